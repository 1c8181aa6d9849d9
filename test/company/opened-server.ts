import { type RegisteredClient, registerClient } from './authentication.ts';
import {
  AS_JWKS_PATH,
  AS_METADATA_PATH,
  AS_TOKEN_PATH,
  type AuthorizationServer,
  createAuthorizationServer,
} from './authorization-server/authorization-server.ts';
import type { Counter } from './counts.ts';
import type { Demands } from './demands.ts';
import type { DpopParties } from './dpop/parties.ts';
import type { FaultController, FaultPlace } from './faults.ts';
import { gated } from './gate.ts';
import type { Origin } from './http.ts';
import type { Ledger } from './ledger.ts';
import type { Settings } from './options.ts';
import {
  createProtectedServer,
  MCP_PATH,
  type ProtectedServer,
  RESOURCE_METADATA_PATH,
} from './server/protected-server.ts';
import type { ServerDefinition } from './servers.ts';

/** A server and its authorization server with addresses and a client, not yet answering. */
export interface OpenedServer {
  readonly definition: ServerDefinition;
  readonly origin: Origin;
  readonly authorizationOrigin: Origin;
  /** Issuer of the authorization server. */
  readonly issuer: string;
  /** The server's resource identifier, which is also its URL. */
  readonly resource: string;
  readonly client: RegisteredClient;
}

/** A server that answers. */
export interface RunningServer extends OpenedServer {
  readonly authorizationServer: AuthorizationServer;
  readonly protectedServer: ProtectedServer;
}

/** What both halves of a server share with the rest of the company. */
export interface ServerSurroundings {
  readonly settings: Settings;
  readonly idp: { readonly issuer: string; readonly jwksUri: string };
  readonly faults: FaultController;
  readonly ledger: Ledger;
  readonly counter: Counter;
  readonly demands: Demands;
  readonly dpop: DpopParties;
}

const PLACES: Readonly<Record<string, FaultPlace>> = {
  [AS_METADATA_PATH]: 'as-metadata',
  [AS_JWKS_PATH]: 'as-jwks',
  [AS_TOKEN_PATH]: 'as-token',
  [RESOURCE_METADATA_PATH]: 'resource-metadata',
  [MCP_PATH]: 'server',
};

/** Takes ports for a server and registers Lanyard at its authorization server. */
export async function openServer(
  definition: ServerDefinition,
  settings: Settings,
  open: (port?: number) => Promise<Origin>,
): Promise<OpenedServer> {
  const ports = settings.ports.servers?.[definition.name] ?? {};
  const origin = await open(ports.server);
  const authorizationOrigin = await open(ports.authorizationServer);
  const hasSlash = settings.quirks[definition.name]?.issuerTrailingSlash ?? false;
  const method = settings.authentication[definition.name] ?? definition.authentication;
  return {
    definition,
    origin,
    authorizationOrigin,
    issuer: hasSlash ? `${authorizationOrigin.url}/` : authorizationOrigin.url,
    resource: `${origin.url}${MCP_PATH}`,
    client: await registerClient(`lanyard-at-${definition.name}`, method),
  };
}

/** Lets a server and its authorization server answer. */
export async function runServer(opened: OpenedServer, surroundings: ServerSurroundings): Promise<RunningServer> {
  const { definition, issuer, resource, client, origin, authorizationOrigin } = opened;
  const { settings, faults, ledger, counter, idp, demands, dpop } = surroundings;
  const { clock, latencyMs } = settings;
  const authorizationServer = await createAuthorizationServer({
    issuer,
    baseUrl: authorizationOrigin.url,
    quirks: settings.quirks[definition.name] ?? {},
    serverName: definition.name,
    allScopes: definition.allScopes,
    resource,
    client,
    idp,
    dpop: dpop.addIssuer(definition.name),
    accessTokenSeconds: settings.lifetimes.accessTokenSeconds,
    omitExpiresIn: settings.omitExpiresIn.includes(definition.name),
    clock,
    ledger,
    counter,
  });
  const protectedServer = createProtectedServer({
    definition,
    url: origin.url,
    authorizationServer: { issuer, jwksUri: `${authorizationOrigin.url}${AS_JWKS_PATH}` },
    isRevoked: authorizationServer.isRevoked,
    demands: demands.atServer(definition.name),
    dpop: dpop.addServer(definition.name),
    requireEma: settings.requireEma.includes(definition.name),
    eras: settings.eras[definition.name] ?? 'both',
    clock,
    counter,
  });
  const gate = { faults, latencyMs, server: definition.name, place: (path: string) => PLACES[path] };
  origin.serve(gated(gate, protectedServer.handler));
  opened.authorizationOrigin.serve(gated(gate, authorizationServer.handler));
  return { ...opened, authorizationServer, protectedServer };
}
