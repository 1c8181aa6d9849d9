import { registerClient } from '../../company/authentication.ts';
import { AS_JWKS_PATH, createAuthorizationServer } from '../../company/authorization-server/authorization-server.ts';
import { createCounter } from '../../company/counts.ts';
import { openOrigin } from '../../company/http.ts';
import { registerIdpClients } from '../../company/idp/clients.ts';
import { createIdp } from '../../company/idp/idp.ts';
import { createLedger } from '../../company/ledger.ts';
import { decideSettings } from '../../company/options.ts';
import { createDirectory } from '../../company/people.ts';
import { writePolicy } from '../../company/policy.ts';
import { EVERYBODY, type ServerDefinition } from '../../company/servers.ts';
import type { OpenCompany } from './company-process.ts';

/** Name of the first server, and of the only one where one is enough. */
export const FAST_SERVER = 'fast';

/** The names of so many servers. */
export function fastServerNames(count: number): readonly string[] {
  return [FAST_SERVER, ...Array.from({ length: count - 1 }, (_, index) => `${FAST_SERVER}-${index + 2}`)];
}

/** Somebody who may use it. */
const USERNAME = 'alice';

function definitionOf(name: string): ServerDefinition {
  const scopes = [`${name}:use`];
  return {
    name,
    title: `Fast ${name}`,
    scopes,
    allScopes: scopes,
    scopesByGroup: { [EVERYBODY]: scopes },
    authentication: 'client_secret_basic',
    registerTools: () => {
      // It lies in another process, which has its own.
    },
  };
}

/**
 * The demo company's identity provider and an authorization server of its for each server that is not the company's:
 * the bench's own fast ones at `resources`, by name. Protocol and rules are the demo company's.
 */
export async function openFastCompany(
  resources: Readonly<Record<string, string>>,
  relayPort: number,
): Promise<OpenCompany> {
  const settings = decideSettings({ name: 'Bench' });
  const names = Object.keys(resources);
  const [ledger, directory, counter] = [createLedger(), createDirectory(), createCounter(names)];
  const clients = await registerIdpClients();
  const troubles: unknown[] = [];
  const open = () => openOrigin(0, (error) => troubles.push(error));
  const idpOrigin = await open();

  const registered = await Promise.all(
    Object.entries(resources).map(async ([name, resource]) => {
      const definition = definitionOf(name);
      const client = await registerClient(`lanyard-at-${name}`, definition.authentication);
      const origin = await open();
      return { definition, resource, client, origin, issuer: origin.url };
    }),
  );
  const servers = () =>
    registered.map(({ definition, issuer, resource, client }) => ({
      ...{ definition, issuer, resource },
      clientId: client.clientId,
      maxAgeSeconds: undefined,
    }));
  const idp = await createIdp({
    issuer: idpOrigin.url,
    settings,
    directory,
    clients,
    servers,
    ledger,
    counter,
    troubles,
  });
  idpOrigin.serve(idp.handler);
  for (const { definition, resource, client, origin, issuer } of registered) {
    const authorizationServer = await createAuthorizationServer({
      issuer,
      serverName: definition.name,
      allScopes: definition.allScopes,
      resource,
      client,
      idp: { issuer: idpOrigin.url, jwksUri: idp.jwksUri },
      accessTokenSeconds: settings.lifetimes.accessTokenSeconds,
      omitExpiresIn: false,
      clock: settings.clock,
      ledger,
      counter,
    });
    origin.serve(authorizationServer.handler);
  }

  const person = directory.byUsername(USERNAME);
  if (!person) throw new Error(`Nobody is called ${USERNAME}`);
  const issuers = registered.map(({ definition: { name }, issuer }) => {
    return [name, { issuer, jwksUri: `${issuer}${AS_JWKS_PATH}` }] as const;
  });
  return {
    policy: writePolicy(
      { company: settings.name, issuer: idpOrigin.url, idpClients: clients, servers: registered },
      { relayPort },
    ),
    person: { username: person.username, password: person.password },
    issuers: Object.fromEntries(issuers),
  };
}
