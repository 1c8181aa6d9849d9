import type { ServerLists } from './server-lists.ts';

/** What is kept of one server's lists, as JSON in bytes: the largest tool lists known are a tenth of it. */
export const LISTS_LIMIT_BYTES = 4 * 1024 * 1024;

/** Entries that are kept of one server, of all lists together; no client shows a model nearly as many. */
export const LISTS_LIMIT_ENTRIES = 2_000;

/** An entry of any list, kept whole. */
export type Entry = Readonly<Record<string, unknown>>;

/** Something that was left out: of which list, and why. */
export interface Cut {
  readonly list: 'instructions' | 'tools' | 'resources' | 'resourceTemplates' | 'prompts';
  readonly reason: 'malformed' | 'too-large' | 'cursor' | 'pages' | 'refused';
}

/** Lists whose entries were not looked at yet. */
export interface WholeLists extends Pick<ServerLists, 'capabilities' | 'serverInfo' | 'instructions'> {
  readonly tools: readonly Entry[];
  readonly prompts: readonly Entry[];
  readonly resources: readonly Entry[];
  readonly resourceTemplates: readonly Entry[];
}

/** The length of a value as JSON, in bytes. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}

/**
 * As much of a server's lists as is kept: tools first, since most clients use nothing else. `undefined` where even what
 * the server says of itself is too large.
 */
export function fitLists(whole: WholeLists, onCut: (cut: Cut) => void): WholeLists | undefined {
  const { instructions, ...said } = whole;
  let bytes = jsonBytes({ capabilities: said.capabilities, serverInfo: said.serverInfo });
  if (bytes > LISTS_LIMIT_BYTES) return undefined;
  const fits = (value: unknown) => {
    const size = jsonBytes(value);
    if (bytes + size > LISTS_LIMIT_BYTES) return false;
    bytes += size;
    return true;
  };
  let entries = 0;
  const take = (list: 'tools' | 'resources' | 'resourceTemplates' | 'prompts'): readonly Entry[] => {
    const from = whole[list];
    const firstTooMany = from.findIndex((entry) => {
      if (entries >= LISTS_LIMIT_ENTRIES || !fits(entry)) return true;
      entries += 1;
      return false;
    });
    if (firstTooMany < 0) return from;
    onCut({ list, reason: 'too-large' });
    return from.slice(0, firstTooMany);
  };
  const tools = take('tools');
  const keepsInstructions = instructions !== undefined && fits(instructions);
  if (instructions !== undefined && !keepsInstructions) onCut({ list: 'instructions', reason: 'too-large' });
  return {
    ...said,
    ...(keepsInstructions && { instructions }),
    tools,
    prompts: take('prompts'),
    resources: take('resources'),
    resourceTemplates: take('resourceTemplates'),
  };
}
