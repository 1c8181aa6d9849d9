import { z } from 'zod';
import { type NameTable, nameTable } from '../../../../main/relay/gateway/names.ts';
import { SERVER } from '../guarded-server.ts';

/** The fixture server's names, and what the gateway makes of them. */
export interface Renaming {
  readonly tools: NameTable;
  readonly prompts: NameTable;
}

/** Names of the fixture's own tools and prompts, and how the gateway must call them. */
export function renamingOf(names: {
  readonly tools: readonly string[];
  readonly prompts: readonly string[];
}): Renaming {
  return { tools: nameTable(SERVER, names.tools), prompts: nameTable(SERVER, names.prompts) };
}

const nameSchema = z.string().optional().catch(undefined);
const refSchema = z.looseObject({ type: nameSchema, name: nameSchema }).optional().catch(undefined);

const requestSchema = z.looseObject({
  method: nameSchema,
  params: z.looseObject({ name: nameSchema, ref: refSchema }).optional().catch(undefined),
});

/** What the proxy does to a request. */
export interface RenamedRequest {
  /** Sent in place of what came. */
  readonly document: unknown;
  readonly method?: string | undefined;
  /** The name that was asked for, and the gateway's; absent where there is none. */
  readonly name?: { readonly from: string; readonly to: string };
}

/** A request with the gateway's name for what it asks for. */
export function renameRequest(document: unknown, { tools, prompts }: Renaming): RenamedRequest {
  const { success, data } = requestSchema.safeParse(document);
  if (!success) return { document };
  const { method, params } = data;
  const table = { 'tools/call': tools, 'prompts/get': prompts }[method ?? ''];
  const to = table?.toGateway.get(params?.name ?? '');
  if (params?.name !== undefined && to !== undefined)
    return { document: { ...data, params: { ...params, name: to } }, method, name: { from: params.name, to } };
  const prompt = params?.ref?.type === 'ref/prompt' ? prompts.toGateway.get(params.ref.name ?? '') : undefined;
  if (prompt === undefined) return { document, method };
  return { document: { ...data, params: { ...params, ref: { ...params?.ref, name: prompt } } }, method };
}

const entriesSchema = z.array(z.looseObject({ name: z.string() }));

/** Requests whose answers hold names. */
export const LISTS: Readonly<Record<string, 'tools' | 'prompts'>> = {
  'tools/list': 'tools',
  'prompts/list': 'prompts',
};

const listSchema = z.looseObject({ result: z.looseObject({}) });

/** A list's answer with the server's own names in the server's own order, and without the gateway's own tools. */
export function renameList(document: unknown, list: 'tools' | 'prompts', renaming: Renaming): unknown {
  const { success, data } = listSchema.safeParse(document);
  const entries = entriesSchema.safeParse(data?.result[list]);
  if (!success || !entries.success) return document;
  const { toServer } = renaming[list];
  const renamed = entries.data.flatMap((entry) => {
    const name = toServer.get(entry.name);
    return name === undefined ? [] : [{ ...entry, name }];
  });
  return { ...data, result: { ...data.result, [list]: renamed } };
}
