import type { Schedule } from '../../../shared/schedule.ts';
import { errorMessage } from '../answers.ts';
import type { OutgoingMessage } from '../message.ts';
import type { RelayedServer } from '../relayed-server.ts';
import { IN_FLIGHT_LIMIT } from './in-flight.ts';
import type { Outlet } from './outlet.ts';
import type { Wire } from './wire.ts';

/** What both eras of one stdio connection share. */
export interface LineContext {
  readonly server: RelayedServer;
  /** Id of the client. */
  readonly client: string;
  readonly outlet: Outlet;
  readonly wire: Wire;
  readonly schedule: Schedule;
  /** Takes over a message of a client whose era the server does not speak. */
  readonly translate: (line: string) => void;
  /** As {@link LineContext.translate}, for messages whose answer the client has already. */
  readonly translateUnseen: (line: string) => void;
  /** Whether this client goes on with `initialize` if its `server/discover` fails. */
  readonly fallsBack: (params: unknown) => boolean;
  /** Watches what nobody waits for: the connection ends if it fails. */
  readonly run: (work: Promise<void>) => void;
}

/** The answer to a request that comes on top of too many. */
export function tooMany({ id }: OutgoingMessage): string {
  return errorMessage(id ?? null, `There are more than ${IN_FLIGHT_LIMIT} requests under way.`, 'too-many-requests');
}
