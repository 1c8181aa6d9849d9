import type { NodeIncomingMessageLike, NodeMcpRequestHandler } from '@modelcontextprotocol/node';
import { secretOf } from '../../company/authentication.ts';
import { AS_JWKS_PATH, createAuthorizationServer } from '../../company/authorization-server/authorization-server.ts';
import { createCounter } from '../../company/counts.ts';
import { createDpopParties, IDP } from '../../company/dpop/parties.ts';
import { type Handler, type Origin, openOrigin, pathOf, sendJson } from '../../company/http.ts';
import { registerIdpClients } from '../../company/idp/clients.ts';
import { createIdp } from '../../company/idp/idp.ts';
import { createLedger } from '../../company/ledger.ts';
import { openServer } from '../../company/opened-server.ts';
import { decideSettings } from '../../company/options.ts';
import { createDirectory, type Person } from '../../company/people.ts';
import { type CompanyPolicy, writePolicy } from '../../company/policy.ts';
import { createTokenJudge, type TokenJudge } from '../../company/server/access-token.ts';
import { challengeOf } from '../../company/server/challenge.ts';
import { MCP_PATH, RESOURCE_METADATA_PATH } from '../../company/server/protected-server.ts';
import { EVERYBODY, type ServerDefinition } from '../../company/servers.ts';

/** Name of the one server in the policy. */
export const SERVER = 'fixture';

const SCOPES = [`${SERVER}:use`];

const DEFINITION: ServerDefinition = {
  name: SERVER,
  title: 'Fixture',
  scopes: SCOPES,
  allScopes: SCOPES,
  scopesByGroup: { [EVERYBODY]: SCOPES },
  authentication: 'client_secret_basic',
  registerTools: () => {},
};

/** A company whose one server is somebody else's handler, behind access tokens. */
export interface GuardedServer {
  /** Somebody who may use the server. */
  readonly person: Person;
  policy(relayPort: number): CompanyPolicy;
  /** Requests that came without a token that is good. */
  refused(): number;
  /** What went wrong inside the company. */
  troubles(): readonly unknown[];
  close(): Promise<void>;
}

/** Puts `serve` behind access tokens of an authorization server that trusts a company's IdP; all on 127.0.0.1. */
export async function openGuardedServer(serve: NodeMcpRequestHandler): Promise<GuardedServer> {
  const settings = decideSettings({});
  const { clock, lifetimes } = settings;
  const troubles: unknown[] = [];
  const origins: Origin[] = [];
  const open = async (port = 0) => {
    const origin = await openOrigin(port, (error) => troubles.push(error));
    origins.push(origin);
    return origin;
  };
  const [ledger, directory, counter] = [createLedger(), createDirectory(), createCounter([SERVER])];
  const idpClients = await registerIdpClients();
  const idpOrigin = await open();
  const server = await openServer(DEFINITION, settings, open);
  const { issuer, resource, client, origin, authorizationOrigin } = server;
  ledger.record(secretOf(client.authentication));
  const dpop = createDpopParties(settings);
  const servers = () => [{ definition: DEFINITION, issuer, resource, clientId: client.clientId }];
  const idpParts = { issuer: idpOrigin.url, settings, directory, clients: idpClients, servers, ledger, counter };
  const idp = await createIdp({ ...idpParts, troubles, dpop: dpop.addIssuer(IDP) });
  const authorizationServer = await createAuthorizationServer({
    issuer,
    serverName: SERVER,
    allScopes: SCOPES,
    resource,
    client,
    idp: { issuer: idpOrigin.url, jwksUri: idp.jwksUri },
    accessTokenSeconds: lifetimes.accessTokenSeconds,
    omitExpiresIn: false,
    clock,
    ledger,
    counter,
  });
  const judge = createTokenJudge({
    clock,
    issuer,
    jwksUri: `${authorizationOrigin.url}${AS_JWKS_PATH}`,
    resource,
    resourceMetadataUrl: `${origin.url}${RESOURCE_METADATA_PATH}`,
    isRevoked: authorizationServer.isRevoked,
    dpop: dpop.addServer(SERVER),
    title: DEFINITION.title,
    signInDemand: () => ({}),
  });
  let refused = 0;
  idpOrigin.serve(idp.handler);
  authorizationOrigin.serve(authorizationServer.handler);
  origin.serve(guard({ url: origin.url, resource, issuer }, judge, serve, () => (refused += 1)));
  const [person] = directory.people;
  if (!person) throw new Error('Nobody works here');
  return {
    person,
    policy: (relayPort) =>
      writePolicy({ company: 'Conformance', issuer: idpOrigin.url, idpClients, servers: [server] }, { relayPort }),
    refused: () => refused,
    troubles: () => [...troubles],
    close: async () => void (await Promise.all(origins.map((one) => one.close()))),
  };
}

function guard(
  { url, resource, issuer }: { readonly url: string; readonly resource: string; readonly issuer: string },
  judge: TokenJudge,
  serve: NodeMcpRequestHandler,
  onRefused: () => void,
): Handler {
  const metadata = { resource, authorization_servers: [issuer], scopes_supported: SCOPES };
  const challenge = { resourceMetadataUrl: `${url}${RESOURCE_METADATA_PATH}`, scopes: SCOPES, dpop: undefined };
  return async (request, response) => {
    const path = pathOf(request);
    if (path === RESOURCE_METADATA_PATH) return sendJson(response, 200, metadata);
    if (path !== MCP_PATH) return sendJson(response, 404, { error: 'not_found' });
    const verdict = await judge(request);
    // The SDK's type wants absent members where Node's has undefined ones; the values are the same.
    if ('auth' in verdict)
      return serve(Object.assign(request, { auth: verdict.auth }) as NodeIncomingMessageLike, response);
    onRefused();
    request.resume();
    response.setHeader('www-authenticate', challengeOf(challenge, verdict.refusal, 'Bearer'));
    sendJson(response, 401, { error: verdict.refusal?.error ?? 'invalid_token' });
  };
}
