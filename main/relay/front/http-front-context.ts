import type { Schedule } from '../../../shared/schedule.ts';
import type { Responder } from '../mcp/responder.ts';

/** What an HTTP front serves from. */
export interface HttpFrontContext {
  readonly responder: Responder;
  /** Unguessable: MCP sessions are named by it. */
  readonly newId: () => string;
  readonly schedule: Schedule;
}
