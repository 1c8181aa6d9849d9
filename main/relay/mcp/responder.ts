import type { Outcome, RpcNotification, RpcRequest } from './rpc.ts';

// Where a message has to be understood (era translation, gateway, standby, tool rules), it is understood in one form:
// requests of revision 2026-07-28, each of which stands for itself. Fronts turn what a client of either era says into
// such requests, backs turn them into what a server of either era understands, and everything in between is a
// Responder made of Responders.

/** One client that talks to us: an MCP session, a stdio connection, or, without those, a client's local key. */
export interface Conversation {
  /** What is kept for it is found by this; never given to another one. */
  readonly id: string;
  /** The client's id, for the journal and for what it may reach. */
  readonly client: string;
  readonly transport: 'http' | 'stdio';
}

/** One request on its way. */
export interface Exchange {
  readonly conversation: Conversation;
  /** Aborted when the client cancels or goes away. */
  readonly signal: AbortSignal;
  /** Hands a notification to the client, in order and before the outcome. Does nothing after an end. */
  notify(notification: RpcNotification): void;
}

/** Something that answers MCP requests. */
export interface Responder {
  /**
   * Answers a request of revision 2026-07-28; its `_meta` has the revision, client info and capabilities. The request's
   * id is of the client's choosing and unique within its conversation. `subscriptions/listen` stays open until the
   * signal aborts it or the server ends it; its notifications carry that id as their subscription.
   *
   * @throws {LanyardError} where there is no answer of the server to be had: whoever asked may answer in its place.
   *   After an abort, anything.
   */
  answer(request: RpcRequest, exchange: Exchange): Promise<Outcome>;
  /** The conversation is over: whatever is kept for it goes. */
  end(conversationId: string): void;
  /** Ends everything, as when another person signs in; it can be used again afterwards. */
  reset(): void;
}
