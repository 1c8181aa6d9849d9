import type { RequestId } from '../mcp/rpc.ts';
import type { Posting } from './posting.ts';

/** Most requests of one client that are under way at once. */
export const IN_FLIGHT_LIMIT = 1_000;

/** A request of the client that waits for its answer. */
export interface UnderWay {
  readonly id: RequestId;
  /** Its present try; none while something else comes first. */
  posting: Posting | undefined;
  /** The client does not wait for it any more. */
  isCancelled: boolean;
  /** Calls off what was planned for it. */
  callOff: () => void;
}

/** The requests of one client that wait for their answers. */
export interface InFlight {
  /** `undefined` where there are too many. */
  begin(id: RequestId): UnderWay | undefined;
  end(request: UnderWay): void;
  /** The last one that began with this id. */
  get(id: RequestId): UnderWay | undefined;
  all(): readonly UnderWay[];
}

/** None yet. */
export function createInFlight(): InFlight {
  const requests = new Set<UnderWay>();
  const byId = new Map<RequestId, UnderWay>();
  return {
    begin: (id) => {
      if (requests.size >= IN_FLIGHT_LIMIT) return undefined;
      const request: UnderWay = { id, posting: undefined, isCancelled: false, callOff: () => {} };
      requests.add(request);
      byId.set(id, request);
      return request;
    },
    end: (request) => {
      request.callOff();
      requests.delete(request);
      if (byId.get(request.id) === request) byId.delete(request.id);
    },
    get: (id) => byId.get(id),
    all: () => [...requests],
  };
}
