/** Where a fault strikes. */
export type FaultPlace =
  | 'idp-metadata'
  | 'idp-jwks'
  | 'idp-authorization'
  | 'idp-device'
  | 'idp-token'
  | 'idp-revocation'
  | 'as-metadata'
  | 'as-jwks'
  | 'as-token'
  | 'resource-metadata'
  | 'server';

/** What the struck request gets instead of its answer. */
export type FaultKind =
  /** Any answer at all. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** A web page where JSON was due, as captive portals and proxies send it; 200 unless said otherwise. */
  | { readonly kind: 'html'; readonly status?: number }
  /** No answer until the caller goes away or the company closes. */
  | { readonly kind: 'hang' }
  /** The connection ends with a TCP RST before any answer. */
  | { readonly kind: 'reset' }
  /** The status line and half of a body, then a TCP RST. */
  | { readonly kind: 'cut' }
  /** A well-formed OAuth error (RFC 6749 section 5.2), 400 unless said otherwise; `members` are added to its body. */
  | {
      readonly kind: 'oauth-error';
      readonly error: string;
      readonly description?: string;
      readonly status?: number;
      readonly members?: Readonly<Record<string, unknown>>;
    }
  /** An OAuth error sent with HTTP 200. */
  | { readonly kind: 'error-as-200'; readonly error: string; readonly description?: string }
  /** "Come back later" (RFC 9110 section 10.2.3): 429 unless said otherwise. */
  | { readonly kind: 'retry-after'; readonly seconds: number; readonly status?: number };

/** One fault to strike. */
export type Fault = FaultKind & {
  readonly at: FaultPlace;
  /** Only this server and its authorization server; all of them when absent. Means nothing at the IdP. */
  readonly server?: string;
  /** How many requests are struck before the fault ends by itself; no end when absent. */
  readonly times?: number;
  /**
   * `before` (the default): the request is not processed at all. `after`: it is processed, and only the
   * answer is lost, as when a connection breaks on the way back.
   */
  readonly stage?: 'before' | 'after';
  /** Only token requests with this `grant_type`. */
  readonly grantType?: string;
};

/** What is known of a request when a fault for it is looked up. */
export interface Struck {
  readonly at: FaultPlace;
  readonly server: string | undefined;
  readonly grantType: string | undefined;
}

/** Sets and removes faults while the company runs. */
export interface Faults {
  /** Starts a fault and returns what ends it. Of several that fit, the newest strikes. */
  set(fault: Fault): () => void;
  /** Ends every fault. */
  clear(): void;
}

/** The company's own side of the faults. */
export interface FaultController extends Faults {
  /** Whether telling one request from another needs its `grant_type`. */
  needGrantType(at: FaultPlace): boolean;
  /** The fault that strikes this request, if any; uses up one of its `times`. */
  strike(request: Struck): Fault | undefined;
}

/** A controller without faults. */
export function createFaults(): FaultController {
  const active = new Map<symbol, { readonly fault: Fault; remaining: number }>();
  return {
    set: (fault) => {
      const id = Symbol(fault.kind);
      active.set(id, { fault, remaining: fault.times ?? Number.POSITIVE_INFINITY });
      return () => void active.delete(id);
    },
    clear: () => active.clear(),
    needGrantType: (at) => [...active.values()].some(({ fault }) => fault.at === at && fault.grantType !== undefined),
    strike: (request) => {
      const found = [...active].reverse().find(([, { fault }]) => fits(fault, request));
      if (!found) return undefined;
      const [id, entry] = found;
      entry.remaining -= 1;
      if (entry.remaining <= 0) active.delete(id);
      return entry.fault;
    },
  };
}

function fits(fault: Fault, request: Struck): boolean {
  return (
    fault.at === request.at &&
    (fault.server === undefined || request.server === undefined || fault.server === request.server) &&
    (fault.grantType === undefined || fault.grantType === request.grantType)
  );
}
