/** What one server and its authorization server have seen since the start. */
export interface ServerCounts {
  /** ID-JAGs the IdP issued for this server. */
  readonly tokenExchanges: number;
  /** Access tokens its authorization server issued. */
  readonly redemptions: number;
  /** `tools/call` requests that reached a tool. */
  readonly toolCalls: number;
  /** Tool calls whose caller went away before the answer. */
  readonly abortedCalls: number;
  /** Requests answered 401. */
  readonly unauthorized: number;
  /** HTTP requests to the MCP endpoint, faulted ones included. */
  readonly requests: number;
}

/** What the whole company has seen since the start. */
export interface CompanyCounts {
  /** Passwords accepted on the sign-in page. */
  readonly signIns: number;
  /** Successful refresh token grants at the IdP (RFC 6749 section 6). */
  readonly refreshes: number;
  /** Requests that reached the IdP's token endpoint, faulted ones included. */
  readonly tokenRequests: number;
  /** Refresh token grants that the IdP refused. */
  readonly refusedRefreshes: number;
  /** Revocation requests that the IdP accepted (RFC 7009), whether or not it knew the token. */
  readonly revocations: number;
  /** Sign-outs at the IdP that came to their end (OpenID Connect RP-Initiated Logout). */
  readonly endedSessions: number;
  /** ID-JAGs issued, for all servers. */
  readonly tokenExchanges: number;
  /** Token exchanges the IdP refused. */
  readonly refusedTokenExchanges: number;
  /** Access tokens issued by the authorization servers, for all servers. */
  readonly redemptions: number;
  /** ID-JAGs that an authorization server refused. */
  readonly refusedRedemptions: number;
  /** Tool calls, on all servers. */
  readonly toolCalls: number;
  readonly servers: Readonly<Record<string, ServerCounts>>;
}

type Countable<T> = { -readonly [K in keyof T]: number };
type Totals = Omit<CompanyCounts, 'tokenExchanges' | 'redemptions' | 'toolCalls' | 'servers'>;

/** The one place where the company counts. */
export interface Counter {
  add(what: keyof Totals): void;
  addAt(server: string, what: keyof ServerCounts): void;
  /** A copy that later events do not change. */
  snapshot(): CompanyCounts;
}

const NONE_AT_SERVER: ServerCounts = {
  tokenExchanges: 0,
  redemptions: 0,
  toolCalls: 0,
  abortedCalls: 0,
  unauthorized: 0,
  requests: 0,
};

const NOTHING: Totals = {
  signIns: 0,
  refreshes: 0,
  tokenRequests: 0,
  refusedRefreshes: 0,
  revocations: 0,
  endedSessions: 0,
  refusedTokenExchanges: 0,
  refusedRedemptions: 0,
};

/** A counter at zero for the servers named. */
export function createCounter(serverNames: readonly string[]): Counter {
  const totals: Countable<Totals> = { ...NOTHING };
  const servers = new Map<string, Countable<ServerCounts>>(serverNames.map((name) => [name, { ...NONE_AT_SERVER }]));
  const sum = (what: keyof ServerCounts) => [...servers.values()].reduce((total, counts) => total + counts[what], 0);
  return {
    add: (what) => {
      totals[what] += 1;
    },
    addAt: (server, what) => {
      const counts = servers.get(server);
      if (counts) counts[what] += 1;
    },
    snapshot: () => ({
      ...totals,
      tokenExchanges: sum('tokenExchanges'),
      redemptions: sum('redemptions'),
      toolCalls: sum('toolCalls'),
      servers: Object.fromEntries([...servers].map(([name, counts]) => [name, { ...counts }])),
    }),
  };
}
