import type { Schedule } from '../../../shared/schedule.ts';
import type { CallRecord } from '../../journal/calls.ts';
import type { ListedTool } from '../lists/server-lists.ts';
import type { Exchange } from '../mcp/responder.ts';
import type { Outcome, RpcRequest } from '../mcp/rpc.ts';
import type { ServerAccess } from '../server-call.ts';
import type { Meter } from './meter.ts';

/** What a back works with. */
export interface BackContext {
  readonly access: ServerAccess;
  /** A tool as it was last listed, for the `Mcp-Param-*` headers. */
  readonly toolOf: (name: string) => ListedTool | undefined;
  /** Asks the server for its tools anew, after it found that headers and body do not match. */
  readonly refreshTools: () => Promise<unknown>;
  /** The journal: one record for each request that a client caused. */
  readonly record: (call: CallRecord) => void;
  readonly schedule: Schedule;
  /** Gives an id that nobody can guess and that was never given before. */
  readonly newId: () => string;
}

/** One request of a client, on its way to the server. */
export interface Errand extends Exchange {
  readonly meter: Meter;
}

/** A back for one era. */
export interface EraBack {
  /**
   * Like `Responder.answer`; `undefined` where the server does not speak this era, and so has done nothing.
   *
   * @throws {LanyardError} where the server was not reached.
   */
  answer(request: RpcRequest, errand: Errand): Promise<Outcome | undefined>;
  end(conversationId: string): void;
  reset(): void;
}
