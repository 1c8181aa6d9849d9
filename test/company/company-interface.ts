import type { CompanyCounts } from './counts.ts';
import type { Faults } from './faults.ts';
import type { IdpClients } from './idp/clients.ts';
import type { Person } from './people.ts';
import type { CompanyPolicy, PolicyOptions } from './policy.ts';
import type { SignInDemand } from './sign-in-demand.ts';
import type { TokenRequest } from './token-requests.ts';

/** One protected MCP server of the company, seen from outside. */
export interface CompanyServer {
  readonly name: string;
  readonly title: string;
  /** The MCP endpoint, which is also the resource identifier. */
  readonly url: string;
  /** Issuer of its authorization server. */
  readonly issuer: string;
}

/** A whole company on loopback: an IdP, MCP servers, and their authorization servers. */
export interface Company {
  readonly name: string;
  /** Issuer of the IdP. */
  readonly issuer: string;
  readonly servers: readonly CompanyServer[];
  /** Everybody who can sign in, with their passwords. */
  readonly people: readonly Person[];
  /** Somebody by username; throws for strangers. */
  person(username: string): Person;
  /** Lanyard's clients at the IdP, by authentication method. */
  readonly idpClients: IdpClients;
  readonly faults: Faults;
  /** What has happened so far; a copy at every reading. */
  readonly counts: CompanyCounts;
  /** When and how requests to the IdP's token endpoint ended, oldest first; the latest 100,000 are kept. */
  tokenRequestTimes(): readonly TokenRequest[];
  /** Lanyard's policy for this company as a plain JSON value. */
  policy(options?: PolicyOptions): CompanyPolicy;
  /** From now on the server answers 401 to every access token issued until now. */
  revokeAccessTokens(server: string): void;
  /** Ends the person's browser sessions and revokes their refresh tokens; ID tokens live until they expire. */
  revokeSession(username: string): void;
  /** Puts the person into exactly these groups. */
  setGroups(username: string, groups: readonly string[]): void;
  /** Issues ID-JAGs for the server only after sign-ins of at most this age; undefined ends the demand. */
  requireFreshSignIn(server: string, maxAgeSeconds: number | undefined): void;
  /** Issues ID-JAGs for the server only after sign-ins with one of these `acr`; undefined ends the demand. */
  requireAcr(server: string, acrValues: readonly string[] | undefined): void;
  /** A tool of the server needs this scope besides its own (403 `insufficient_scope`); undefined ends the demand. */
  requireScope(server: string, toolName: string, scope: string | undefined): void;
  /** The server itself asks for such a sign-in (401, RFC 9470), judged by the token's claims; undefined ends it. */
  requireStepUpAtServer(server: string, demand: SignInDemand | undefined): void;
  /** From now on `idp`, or the authorization server of a server, ignores DPoP proofs, or no longer does. */
  ignoreDpop(party: string, isIgnored: boolean): void;
  /** Makes every DPoP nonce given out until now worthless. */
  rotateDpopNonces(): void;
  /** Sends `notifications/tools/list_changed` to the server's clients of both eras. */
  announceToolListChanged(server: string): void;
  /** Forgets the server's MCP sessions as a restart would: their next request gets 404. */
  endMcpSessions(server: string): Promise<void>;
  /** Every password, client secret, code, token and assertion that was configured, issued or received so far. */
  secrets(): readonly string[];
  /** What went wrong inside the company itself and was answered with 500; a sound test leaves it empty. */
  troubles(): readonly unknown[];
  /** Closes everything; no port, connection or timer is left. */
  close(): Promise<void>;
}
