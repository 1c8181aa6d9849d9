import { LanyardError, problemOf } from '../../../shared/errors.ts';
import type { Exchange, Responder } from '../mcp/responder.ts';
import { type Outcome, type RpcRequest, refused } from '../mcp/rpc.ts';

/** JSON-RPC error code of what Lanyard itself refuses, with its own code in `data` (JSON-RPC 2.0 section 5.1). */
export const LANYARD_ERROR = -32000;

/** An error of ours as an outcome, with its sentence for the person. */
export function outcomeOfFault(error: unknown): Outcome {
  const { user, code } = error instanceof LanyardError ? error : problemOf(error);
  return refused(LANYARD_ERROR, user, { code });
}

/** What a request comes to, whatever happens: an error of ours becomes an error outcome with its sentence. */
export async function outcomeOf(responder: Responder, request: RpcRequest, exchange: Exchange): Promise<Outcome> {
  try {
    return await responder.answer(request, exchange);
  } catch (error) {
    return outcomeOfFault(error);
  }
}
