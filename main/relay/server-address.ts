import type { PolicyServer } from '../../shared/policy.ts';

/** Where a server's calls go, in the parts that a request is made of. */
export interface ServerAddress {
  readonly origin: string;
  /** Path with query. */
  readonly path: string;
}

// Every call of a server goes to the same address, and reading a URL anew would be a twentieth of our work on a call.
const addresses = new WeakMap<PolicyServer, ServerAddress>();

/** The address of a server's policy entry; read once. */
export function addressOf(server: PolicyServer): ServerAddress {
  const known = addresses.get(server);
  if (known) return known;
  const { origin, pathname, search } = new URL(server.url);
  const address = { origin, path: `${pathname}${search}` };
  addresses.set(server, address);
  return address;
}
