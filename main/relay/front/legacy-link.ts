import type { RequestId, RpcMessage } from '../mcp/rpc.ts';

/** The way to a client of the legacy era. */
export interface LegacyLink {
  /** Sends a message: on the stream of the client's request `about`, or where there is none, by itself. */
  send(message: RpcMessage, about?: RequestId): void;
  /** The client's request `about` gets no answer: it cancelled it. */
  drop(about: RequestId): void;
}
