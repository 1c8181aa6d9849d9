import type { AuthenticationMethod, ClientAuthentication, RegisteredClient } from './authentication.ts';
import type { IdpClients } from './idp/clients.ts';
import type { ServerDefinition } from './servers.ts';

/** What can be chosen about a policy. */
export interface PolicyOptions {
  /** How Lanyard authenticates at the IdP; picks the client registered for it. `none` by default. */
  readonly authentication?: AuthenticationMethod;
  /** Port of the relay; Lanyard's usual 5693 by default. */
  readonly relayPort?: number;
  /** Only these servers, in this order; all of them by default. */
  readonly servers?: readonly string[];
  /** Loopback ports for the sign-in's redirect; empty, the default, is any free one. */
  readonly redirectPorts?: readonly number[];
}

/** One approved server in the policy. */
export interface PolicyServer {
  readonly name: string;
  readonly title: string;
  readonly url: string;
  readonly scopes: readonly string[];
  readonly authorizationServer: {
    readonly issuer: string;
    readonly clientId: string;
    readonly authentication: ClientAuthentication;
  };
}

/** Lanyard's policy for this company, as an administrator would write it. */
export interface CompanyPolicy {
  readonly version: 1;
  readonly company: string;
  readonly identityProvider: {
    readonly issuer: string;
    readonly clientId: string;
    readonly authentication: ClientAuthentication;
    readonly scopes: readonly string[];
    readonly redirectPorts: readonly number[];
  };
  readonly servers: readonly PolicyServer[];
  readonly relay: { readonly port: number };
}

/** What a policy is written from. */
export interface PolicyParts {
  readonly company: string;
  readonly issuer: string;
  readonly idpClients: IdpClients;
  readonly servers: readonly {
    readonly definition: ServerDefinition;
    readonly resource: string;
    readonly issuer: string;
    readonly client: RegisteredClient;
  }[];
}

const USUAL_RELAY_PORT = 5693;

/** Writes the policy as a plain value that can be stored as JSON. */
export function writePolicy(parts: PolicyParts, options: PolicyOptions): CompanyPolicy {
  const { clientId, authentication } = parts.idpClients[options.authentication ?? 'none'];
  const chosen = options.servers ?? parts.servers.map(({ definition }) => definition.name);
  const servers = chosen.map((name) => {
    const server = parts.servers.find(({ definition }) => definition.name === name);
    if (!server) throw new Error(`The company has no server called ${name}`);
    return policyServer(server);
  });
  const policy: CompanyPolicy = {
    version: 1,
    company: parts.company,
    identityProvider: {
      issuer: parts.issuer,
      clientId,
      authentication,
      scopes: ['openid', 'profile', 'email', 'offline_access'],
      redirectPorts: options.redirectPorts ?? [],
    },
    servers,
    relay: { port: options.relayPort ?? USUAL_RELAY_PORT },
  };
  return structuredClone(policy);
}

function policyServer({ definition, resource, issuer, client }: PolicyParts['servers'][number]): PolicyServer {
  const { clientId, authentication } = client;
  return {
    name: definition.name,
    title: definition.title,
    url: resource,
    scopes: definition.scopes,
    authorizationServer: { issuer, clientId, authentication },
  };
}
