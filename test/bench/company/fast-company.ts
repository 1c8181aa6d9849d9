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

/** Name of the one server in the policy. */
export const FAST_SERVER = 'fast';

/** Somebody who may use it. */
const USERNAME = 'alice';

const SCOPE = 'fast:use';

const DEFINITION: ServerDefinition = {
  name: FAST_SERVER,
  title: 'Fast',
  scopes: [SCOPE],
  allScopes: [SCOPE],
  scopesByGroup: { [EVERYBODY]: [SCOPE] },
  authentication: 'client_secret_basic',
  registerTools: () => {
    // It lies in another process, which has its own.
  },
};

/**
 * The demo company's identity provider and one authorization server of its, for a server that is not the company's:
 * the bench's own fast one at `resource`. Protocol and rules are the demo company's.
 */
export async function openFastCompany(resource: string, relayPort: number): Promise<OpenCompany> {
  const settings = decideSettings({ name: 'Bench' });
  const [ledger, directory, counter] = [createLedger(), createDirectory(), createCounter([FAST_SERVER])];
  const clients = await registerIdpClients();
  const client = await registerClient(`lanyard-at-${FAST_SERVER}`, DEFINITION.authentication);
  const troubles: unknown[] = [];
  const open = () => openOrigin(0, (error) => troubles.push(error));
  const [idpOrigin, asOrigin] = [await open(), await open()];

  const registered = { definition: DEFINITION, issuer: asOrigin.url, resource };
  const servers = () => [{ ...registered, clientId: client.clientId, maxAgeSeconds: undefined }];
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
  const authorizationServer = await createAuthorizationServer({
    issuer: asOrigin.url,
    serverName: FAST_SERVER,
    allScopes: DEFINITION.allScopes,
    resource,
    client,
    idp: { issuer: idpOrigin.url, jwksUri: idp.jwksUri },
    accessTokenSeconds: settings.lifetimes.accessTokenSeconds,
    omitExpiresIn: false,
    clock: settings.clock,
    ledger,
    counter,
  });
  idpOrigin.serve(idp.handler);
  asOrigin.serve(authorizationServer.handler);

  const person = directory.byUsername(USERNAME);
  if (!person) throw new Error(`Nobody is called ${USERNAME}`);
  return {
    policy: writePolicy(
      { company: settings.name, issuer: idpOrigin.url, idpClients: clients, servers: [{ ...registered, client }] },
      { relayPort },
    ),
    person: { username: person.username, password: person.password },
    issuers: { [FAST_SERVER]: { issuer: asOrigin.url, jwksUri: `${asOrigin.url}${AS_JWKS_PATH}` } },
  };
}
