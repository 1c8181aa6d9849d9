import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { extensionBundle } from '../main/cli/extension-bundle.ts';
import { DIST } from './paths.ts';
import { script } from './script.ts';

/** The extension for Claude Desktop, for a release: the same bytes that `lanyard client extension` writes. */
export const EXTENSION = join(DIST, 'installers', 'Lanyard.mcpb');

/** Writes {@link EXTENSION}. */
export async function makeExtension(): Promise<void> {
  await mkdir(dirname(EXTENSION), { recursive: true });
  await writeFile(EXTENSION, extensionBundle());
}

if (import.meta.main) await script(makeExtension);
