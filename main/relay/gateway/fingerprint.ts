import { createHash } from 'node:crypto';
import type { Catalogue } from './catalogue.ts';
import { shownTools } from './shown-tools.ts';

/** Lists whose changes a client can listen to, by their names in methods. */
export const LIST_KINDS = ['tools', 'prompts', 'resources'] as const;
/** One of {@link LIST_KINDS}. */
export type ListKind = (typeof LIST_KINDS)[number];

/** A hash for each kind of list that a client would see. */
export type Fingerprint = Readonly<Record<ListKind, string>>;

const hashOf = (lists: unknown) => createHash('sha256').update(JSON.stringify(lists)).digest('base64');

/** Tells whether what a client would see is still the same. Templates count as resources, as in MCP. */
export function fingerprintOf(catalogue: Catalogue, toolLimit: number, client: string): Fingerprint {
  return {
    tools: hashOf(shownTools(catalogue, toolLimit, client)),
    prompts: hashOf(catalogue.prompts(client)),
    resources: hashOf([catalogue.resources(client), catalogue.resourceTemplates(client)]),
  };
}

/** The kinds of list that are other ones than before. */
export function changedKinds(before: Fingerprint, now: Fingerprint): readonly ListKind[] {
  return LIST_KINDS.filter((kind) => before[kind] !== now[kind]);
}
