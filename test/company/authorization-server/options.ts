import type { RegisteredClient } from '../authentication.ts';
import type { Clock } from '../clock.ts';
import type { Counter } from '../counts.ts';
import type { DpopParty } from '../dpop/party.ts';
import type { Ledger } from '../ledger.ts';
import type { AsQuirks } from './quirks.ts';

/** What the authorization server of one MCP server is made of. */
export interface AuthorizationServerOptions {
  readonly issuer: string;
  /** Where it answers, without a trailing slash; the issuer when absent. */
  readonly baseUrl?: string;
  /** How it differs from the standards; not at all when absent. */
  readonly quirks?: Partial<AsQuirks>;
  readonly serverName: string;
  readonly allScopes: readonly string[];
  /** The one resource it issues tokens for. */
  readonly resource: string;
  /** The one client it knows. */
  readonly client: RegisteredClient;
  readonly idp: { readonly issuer: string; readonly jwksUri: string };
  readonly accessTokenSeconds: number;
  readonly omitExpiresIn: boolean;
  /** What it makes of DPoP proofs; nothing when absent. */
  readonly dpop?: DpopParty;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly counter: Counter;
}
