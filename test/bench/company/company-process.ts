import { type CompanyPolicy, startCompany } from '../../company/company.ts';
import type { Arrival } from '../../company/gate.ts';
import { serveParent } from '../processes/parent.ts';
import { openFastCompany } from './fast-company.ts';

// The demo company in a process of its own, so that its work is not done where times are taken.

/** What is known of an open company. */
export interface OpenCompany {
  readonly policy: CompanyPolicy;
  /** Who signs in. */
  readonly person: { readonly username: string; readonly password: string };
  /** What a server outside needs to check its tokens, by the server's name. */
  readonly issuers: Readonly<Record<string, { readonly issuer: string; readonly jwksUri: string }>>;
}

/** What this process can be asked. */
export type CompanyHandlers = {
  /** Opens a company whose servers are the fast ones at `resources`, by name. */
  openFast(options: {
    readonly resources: Readonly<Record<string, string>>;
    readonly relayPort: number;
  }): Promise<OpenCompany>;
  /** Opens a company with this many servers that everybody may use. */
  openMany(options: { readonly servers: number; readonly relayPort: number }): Promise<OpenCompany>;
  /** From now on every request waits this many ms before it is looked at. */
  setLatency(ms: number): void;
  /** The places of all requests since the last time this was asked. */
  takeArrivals(): readonly string[];
};

let latencyMs = 0;
let arrivals: string[] = [];

function latency({ at, path }: Arrival): number {
  arrivals.push(at ?? path);
  return latencyMs;
}

async function openMany({ servers, relayPort }: Parameters<CompanyHandlers['openMany']>[0]): Promise<OpenCompany> {
  const company = await startCompany({ extraServers: servers, latencyMs: latency });
  const names = company.servers.map(({ name }) => name).filter((name) => name.startsWith('extra-'));
  const { username, password } = company.person('alice');
  return { policy: company.policy({ relayPort, servers: names }), person: { username, password }, issuers: {} };
}

serveParent({
  openFast: ({ resources, relayPort }) => openFastCompany(resources, relayPort),
  openMany,
  setLatency: (ms) => {
    latencyMs = ms;
  },
  takeArrivals: () => {
    const taken = arrivals;
    arrivals = [];
    return taken;
  },
} satisfies CompanyHandlers);
