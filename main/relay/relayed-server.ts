import type { LanyardError } from '../../shared/errors.ts';
import type { ToolRules } from '../../shared/tool-rules.ts';
import type { HttpFront } from './front/http-front.ts';
import type { ListedTool } from './lists/server-lists.ts';
import type { Responder } from './mcp/responder.ts';
import type { ServerAccess } from './server-call.ts';
import type { StandbyFacts, Unanswered } from './standby/standby-facts.ts';

/** What answers in a server's place. */
export interface Standby {
  /** What it says, for a fault that kept the server's answer away. */
  readonly facts: (error: LanyardError) => StandbyFacts;
  /** Calls back when the server may be reached again. Gives what ends that. */
  readonly onReturn: (listener: () => void) => () => void;
  /** Hears of each request of a client that the server did not answer, and why; see `Unanswered`. */
  readonly onUnanswered?: ((request: Unanswered, error: LanyardError) => void) | undefined;
}

/** One server as the relay serves it: the way of its bytes, and everything beside it. */
export interface RelayedServer {
  readonly access: ServerAccess;
  readonly standby: Standby;
  /** What is known of its tools. */
  readonly tools: { readonly of: (name: string) => ListedTool | undefined; readonly refresh: () => Promise<unknown> };
  /** A client of it has begun a conversation: its lists are wanted for the day when it cannot be reached. */
  readonly used: () => void;
  /** Absent where policy has none: then nothing of a message is looked at. */
  readonly rules: ToolRules | undefined;
  /** Speaks to the server in whichever era it knows; keeps the tool rules; answers through standby. */
  readonly responder: Responder;
  /** Serves HTTP clients of an era that the server does not speak. Opened with the first of them. */
  readonly translation: () => Promise<HttpFront>;
}
