import type { SignInDemand } from './sign-in-demand.ts';

/** What a server demands of access tokens beyond the usual. */
export interface ServerDemands {
  /** What the sign-in behind a token must be (RFC 9470). */
  signIn(): SignInDemand;
  /** The scopes that a tool needs besides its own. */
  toolScopes(toolName: string): readonly string[];
}

/** What is demanded besides the usual, changed by tests while the company runs. */
export interface Demands {
  /** What the IdP demands of a sign-in before it issues an ID-JAG for the server. */
  atIdp(server: string): SignInDemand;
  /** Changes a part of that. */
  demandAtIdp(server: string, part: SignInDemand): void;
  /** What the server itself demands. */
  atServer(server: string): ServerDemands;
  /** Demands this sign-in at the server; undefined ends it. */
  demandAtServer(server: string, demand: SignInDemand | undefined): void;
  /** Demands one more scope for a tool; undefined ends it. */
  demandScope(server: string, toolName: string, scope: string | undefined): void;
}

/** Nothing is demanded yet. */
export function createDemands(): Demands {
  const idp = new Map<string, SignInDemand>();
  const signIns = new Map<string, SignInDemand>();
  const scopes = new Map<string, string>();
  return {
    atIdp: (server) => idp.get(server) ?? {},
    demandAtIdp: (server, part) => void idp.set(server, { ...idp.get(server), ...part }),
    atServer: (server) => ({
      signIn: () => signIns.get(server) ?? {},
      toolScopes: (toolName) => [scopes.get(`${server} ${toolName}`) ?? []].flat(),
    }),
    demandAtServer: (server, demand) => setOrDelete(signIns, server, demand),
    demandScope: (server, toolName, scope) => setOrDelete(scopes, `${server} ${toolName}`, scope),
  };
}

function setOrDelete<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
