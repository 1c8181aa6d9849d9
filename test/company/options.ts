import type { AuthenticationMethod } from './authentication.ts';
import type { AsQuirks, IdpQuirks } from './authorization-server/quirks.ts';
import type { Clock } from './clock.ts';
import type { DpopOptions } from './dpop/parties.ts';
import type { Latency } from './gate.ts';
import type { ServerEras } from './server/eras.ts';

/** How long things live. */
export interface Lifetimes {
  readonly idTokenSeconds: number;
  /** Access tokens of the servers' authorization servers. */
  readonly accessTokenSeconds: number;
  readonly idJagSeconds: number;
  readonly refreshTokenSeconds: number;
}

/** Fixed ports; 0 or absent takes any free one. */
export interface CompanyPorts {
  readonly idp?: number;
  readonly servers?: Readonly<Record<string, { readonly server?: number; readonly authorizationServer?: number }>>;
}

/** Everything about a company that can be chosen at its start. */
export interface CompanyOptions {
  /** The name people see. */
  readonly name?: string;
  /**
   * The company's time, which every answer has in its `Date`. oidc-provider reads the machine's clock; what
   * it stores and the ID tokens it issues are moved to this clock, and client assertions are judged by it,
   * so only the cookies of the pages stay with the machine.
   */
  readonly clock?: Clock;
  readonly lifetimes?: Partial<Lifetimes>;
  /** Whether a refresh gives a new refresh token and spends the old one (RFC 9700 section 4.14.2); true by default. */
  readonly rotateRefreshTokens?: boolean;
  /**
   * How long after its first use a spent refresh token is answered again, as often as it comes. After that its
   * reuse revokes the whole family, the newest token included. 0 by default.
   */
  readonly refreshReuseGraceSeconds?: number;
  /** Whether a refresh gives no new ID token, as OpenID Connect Core section 12.2 allows; false by default. */
  readonly omitIdTokenOnRefresh?: boolean;
  readonly latencyMs?: Latency;
  readonly ports?: CompanyPorts;
  /** Redirect URIs of the IdP's clients; on loopback any port fits (RFC 8252 section 7.3). */
  readonly redirectUris?: readonly string[];
  /** Where sign-out may lead back to; on loopback any port fits. */
  readonly postLogoutRedirectUris?: readonly string[];
  /** How Lanyard authenticates at the authorization server of a server, by the server's name. */
  readonly authentication?: Readonly<Record<string, AuthenticationMethod>>;
  /** Servers whose authorization server leaves `expires_in` out of its answers. */
  readonly omitExpiresIn?: readonly string[];
  /** Who demands or understands proofs of possession (RFC 9449); nobody by default. */
  readonly dpop?: DpopOptions;
  /** Who demands a nonce in them: `idp`, and servers by name (each with its authorization server). */
  readonly dpopNonce?: readonly string[];
  /**
   * Which issuers (`idp`, or an authorization server by its server's name) say in metadata that they do DPoP,
   * and then ignore every proof, as a downgrade would look.
   */
  readonly dpopIgnored?: readonly string[];
  /** How the authorization servers of some servers differ from the standards, by the server's name. */
  readonly quirks?: Readonly<Record<string, Partial<AsQuirks>>>;
  /** How the IdP does. */
  readonly idpQuirks?: Partial<IdpQuirks>;
  /** Servers that refuse callers who do not declare the enterprise-managed-authorization extension. */
  readonly requireEma?: readonly string[];
  /** How many plain servers named extra-1, extra-2 … to open besides the three; everybody may use them. */
  readonly extraServers?: number;
  /** Whether there is a server `workshop`, which has everything that MCP has; everybody may use it. False by default. */
  readonly workshop?: boolean;
  /** Servers that speak one era of MCP only, by their names; the others speak both. */
  readonly eras?: Readonly<Record<string, ServerEras>>;
}

/** Every option decided. */
export type Settings = Required<Omit<CompanyOptions, 'lifetimes'>> & { readonly lifetimes: Lifetimes };

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;
const DAY_SECONDS = 24 * HOUR_SECONDS;

// What the larger IdPs do: an hour for tokens, five minutes for an ID-JAG, weeks for a refresh token.
const USUAL_LIFETIMES: Lifetimes = {
  idTokenSeconds: HOUR_SECONDS,
  accessTokenSeconds: HOUR_SECONDS,
  idJagSeconds: 5 * MINUTE_SECONDS,
  refreshTokenSeconds: 14 * DAY_SECONDS,
};

/** Fills in what was not chosen. */
export function decideSettings(options: CompanyOptions): Settings {
  return {
    name: 'Example Company',
    clock: Date.now,
    rotateRefreshTokens: true,
    refreshReuseGraceSeconds: 0,
    omitIdTokenOnRefresh: false,
    latencyMs: 0,
    ports: {},
    redirectUris: ['http://127.0.0.1/callback', 'http://127.0.0.1/', 'http://localhost/callback'],
    postLogoutRedirectUris: ['http://127.0.0.1/signed-out', 'http://127.0.0.1/', 'http://localhost/signed-out'],
    authentication: {},
    omitExpiresIn: [],
    dpop: {},
    dpopNonce: [],
    dpopIgnored: [],
    quirks: {},
    idpQuirks: {},
    requireEma: [],
    extraServers: 0,
    workshop: false,
    eras: {},
    ...options,
    lifetimes: { ...USUAL_LIFETIMES, ...options.lifetimes },
  };
}
