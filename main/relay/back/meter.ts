import type { LanyardError } from '../../../shared/errors.ts';
import type { CallRecord } from '../../journal/calls.ts';
import type { Exchange } from '../mcp/responder.ts';
import { memberOf, type RpcRequest } from '../mcp/rpc.ts';

/** Counts what one request of a client came to, on as many HTTP requests as it took. */
export interface Meter {
  sent(bytes: number): void;
  received(bytes: number): void;
  /** The HTTP status of the last answer. */
  status(code: number): void;
}

/** No method or tool name in the journal is longer, in characters. */
const LONGEST_NAME = 128;

/** For a request that was answered from what is known. */
const OK = 200;

/** For a request that got no answer. */
const UNAVAILABLE = 503;

const short = (value: unknown) => (typeof value === 'string' ? value.slice(0, LONGEST_NAME) : undefined);

/** A meter for a request that begins now, and what writes its record when it is over. */
export function createMeter(
  server: string,
  request: RpcRequest,
  { conversation }: Exchange,
): { readonly meter: Meter; readonly toRecord: (isAnswered: boolean, fault?: LanyardError) => CallRecord } {
  const startedAt = performance.now();
  let requestBytes = 0;
  let responseBytes = 0;
  let last = 0;
  const meter: Meter = {
    sent: (bytes) => {
      requestBytes += bytes;
    },
    received: (bytes) => {
      responseBytes += bytes;
    },
    status: (code) => {
      last = code;
    },
  };
  const toRecord = (isAnswered: boolean, fault?: LanyardError): CallRecord => ({
    client: conversation.client,
    server,
    transport: conversation.transport,
    verb: 'POST',
    method: short(request.method),
    name: short(memberOf(request.params, 'name')) ?? short(memberOf(request.params, 'uri')),
    status: isAnswered ? last || OK : UNAVAILABLE,
    durationMs: performance.now() - startedAt,
    requestBytes,
    responseBytes,
    fault,
  });
  return { meter, toRecord };
}
