import { z } from 'zod';

const idSchema = z.union([z.string(), z.number()]);
const tokenSchema = idSchema.optional().catch(undefined);

const metaSchema = z
  .looseObject({
    progressToken: tokenSchema,
    'io.modelcontextprotocol/subscriptionId': tokenSchema,
    'io.modelcontextprotocol/protocolVersion': z.string().optional().catch(undefined),
  })
  .optional()
  .catch(undefined);

const messageSchema = z.looseObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([idSchema, z.null()]).optional(),
  method: z.string().optional(),
  params: z
    .looseObject({ _meta: metaSchema, progressToken: tokenSchema, requestId: tokenSchema })
    .optional()
    .catch(undefined),
  error: z.looseObject({ code: z.number() }).optional(),
});

/** A JSON-RPC message, as far as the adapter must understand it. */
export type Message = z.infer<typeof messageSchema>;

/** A JSON-RPC id. */
export type MessageId = z.infer<typeof idSchema>;

/** Reads a message; `undefined` where it is none. What is not looked into stays as it came. */
export function readMessage(text: string): { readonly message: Message; readonly document: object } | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { success, data } = messageSchema.safeParse(document);
  return success ? { message: data, document: document as object } : undefined;
}

/** The revision that a request names itself. */
export function revisionOf({ params }: Message): string | undefined {
  return params?._meta?.['io.modelcontextprotocol/protocolVersion'];
}

/** What says which exchange a notification belongs to. */
export function tokensOf({ params }: Message): readonly MessageId[] {
  return [params?._meta?.['io.modelcontextprotocol/subscriptionId'], params?.progressToken].filter(
    (token) => token !== undefined,
  );
}
