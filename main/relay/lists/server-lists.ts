import { z } from 'zod';

const members = z.record(z.string(), z.unknown());
const named = z.looseObject({ name: z.string() });

const toolSchema = z.looseObject({
  name: z.string(),
  inputSchema: members.optional(),
  annotations: z
    .looseObject({ readOnlyHint: z.boolean().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/**
 * What a server said of itself, and everything it listed, for one person. Entries are kept whole: what a client gets
 * to see of them must not depend on what we know.
 */
export const serverListsSchema = z.object({
  capabilities: members,
  serverInfo: members.optional(),
  instructions: z.string().optional(),
  tools: z.array(toolSchema),
  resources: z.array(z.looseObject({ uri: z.string() })),
  resourceTemplates: z.array(z.looseObject({ uriTemplate: z.string() })),
  prompts: z.array(named),
});

/** See {@link serverListsSchema}. */
export type ServerLists = z.infer<typeof serverListsSchema>;
/** A tool as its server lists it. */
export type ListedTool = ServerLists['tools'][number];

/** The last known lists of every server, for the present person; while nobody is signed in, for the last one. */
export interface Lists {
  /** `undefined` where a server was never reached for this person. At once, from memory. */
  of(server: string): ServerLists | undefined;
  /**
   * Asks the server for all of its lists. Callers share one request.
   *
   * @throws {LanyardError} where it gives none; what was known stays.
   */
  refresh(server: string): Promise<ServerLists>;
  /** Hears of each server whose lists are other ones than before, in anything a client could see. */
  onChange(listener: (server: string) => void): () => void;
}
