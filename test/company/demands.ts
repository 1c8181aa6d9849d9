import type { SignInDemand } from './sign-in-demand.ts';

/** What servers demand beyond the usual, changed by tests while the company runs. */
export interface Demands {
  /** What the IdP demands of a sign-in before it issues an ID-JAG for the server. */
  atIdp(server: string): SignInDemand;
  /** Changes a part of that. */
  demandAtIdp(server: string, part: SignInDemand): void;
}

/** Nothing is demanded yet. */
export function createDemands(): Demands {
  const idp = new Map<string, SignInDemand>();
  return {
    atIdp: (server) => idp.get(server) ?? {},
    demandAtIdp: (server, part) => void idp.set(server, { ...idp.get(server), ...part }),
  };
}
