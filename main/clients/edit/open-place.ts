import type { EntryFormat, OpenPlace } from './entry-format.ts';
import type { EntryPlace } from './entry-place.ts';

// Most files are JSON. The parsers of the others cost memory, and few people need them.
const FORMATS: Readonly<Record<EntryPlace['format'], () => Promise<EntryFormat>>> = {
  json: async () => (await import('./json-format.ts')).jsonFormat,
  toml: async () => (await import('./toml-format.ts')).tomlFormat,
  yaml: async () => (await import('./yaml-format.ts')).yamlFormat,
};

/** Loads what reads and edits the format of a place. */
export async function openPlace({ format, section }: EntryPlace): Promise<OpenPlace> {
  return { format: await FORMATS[format](), section };
}
