import type { Schedule } from '../../../shared/schedule.ts';
import type { InputRequest } from '../mcp/input-capability.ts';
import type { Conversation } from '../mcp/responder.ts';
import { memberOf, type RequestId, type RpcRequest } from '../mcp/rpc.ts';
import { roomFor, type Shares } from './fair-share.ts';
import type { Hello } from './legacy-message.ts';
import type { UsedSession } from './mcp-sessions.ts';
import type { UpstreamCall } from './upstream-call.ts';

/** How long a call waits for its client's answers, in ms: as long as a person may take for a form. */
const WAIT_MS = 600_000;

/** Calls that may wait at one server; of one client's own the one that has waited longest is given up. */
const LIMIT: Shares = { share: 32, total: 128 };

/** A question that a client was asked. */
export interface AskedQuestion {
  readonly question: InputRequest;
  /** The server's own request, to be answered under this id; `undefined` where the call is sent again instead. */
  readonly requestId: RequestId | undefined;
}

/** A call that waits for its client's answers. */
export interface Suspended {
  readonly conversation: Conversation;
  /** The request that began it. */
  readonly request: RpcRequest;
  readonly hello: Hello;
  /** By the keys that the client knows. */
  readonly questions: ReadonlyMap<string, AskedQuestion>;
  /** Still open at the server; `undefined` where it has refused, and the call is to be sent again. */
  readonly call: UpstreamCall | undefined;
  readonly used: UsedSession;
}

/** The calls that wait, by the state that their clients were given. */
export interface SuspendedCalls {
  /** Gives whether there was room; calls of other clients are never given up for it. */
  put(state: string, suspended: Suspended): boolean;
  /** The call that a retry goes on with; once, and for the same conversation, method and name only. */
  take(state: unknown, conversationId: string, request: RpcRequest): Suspended | undefined;
  /** Gives up those of a conversation. */
  end(conversationId: string): void;
  /** Forgets all of them; the servers are not told. */
  reset(): void;
}

interface Waiting {
  readonly state: string;
  readonly client: string;
  readonly suspended: Suspended;
  readonly callOff: () => void;
}

const nameOf = ({ params }: RpcRequest) => memberOf(params, 'name') ?? memberOf(params, 'uri');

/** No calls wait yet. */
export function createSuspendedCalls(schedule: Schedule): SuspendedCalls {
  // In the order of their beginning.
  const waiting = new Map<string, Waiting>();

  const remove = (state: string): Suspended | undefined => {
    const entry = waiting.get(state);
    waiting.delete(state);
    entry?.callOff();
    return entry?.suspended;
  };

  const giveUp = (state: string) => {
    const suspended = remove(state);
    suspended?.call?.cancel();
    suspended?.used.release();
  };

  return {
    put: (state, suspended) => {
      const { client } = suspended.conversation;
      const own = [...waiting.values()].filter((one) => one.client === client);
      const leaving = roomFor(client, waiting.values(), own, LIMIT);
      if (leaving === 'full') return false;
      if (leaving) giveUp(leaving.state);
      waiting.set(state, { state, client, suspended, callOff: schedule(WAIT_MS, () => giveUp(state)) });
      return true;
    },
    take: (state, conversationId, request) => {
      if (typeof state !== 'string') return undefined;
      const suspended = waiting.get(state)?.suspended;
      const isSame =
        suspended?.conversation.id === conversationId &&
        suspended.request.method === request.method &&
        nameOf(suspended.request) === nameOf(request);
      return isSame ? remove(state) : undefined;
    },
    end: (conversationId) => {
      for (const [state, { suspended }] of [...waiting])
        if (suspended.conversation.id === conversationId) giveUp(state);
    },
    reset: () => {
      for (const state of [...waiting.keys()]) {
        const suspended = remove(state);
        suspended?.call?.drop();
        suspended?.used.release();
      }
    },
  };
}
