import { LanyardError, problemOf } from '../../../shared/errors.ts';
import type { Exchange, Responder } from '../mcp/responder.ts';
import { LANYARD_ERROR, type Outcome, type RpcRequest, refused } from '../mcp/rpc.ts';

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
