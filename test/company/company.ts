import { secretOf } from './authentication.ts';
import type { Company, CompanyServer } from './company-interface.ts';
import { createCounter } from './counts.ts';
import { createDemands, type Demands } from './demands.ts';
import { createDpopParties, IDP } from './dpop/parties.ts';
import { createFaults } from './faults.ts';
import { gated } from './gate.ts';
import { type Origin, openOrigin } from './http.ts';
import { type IdpClients, registerIdpClients } from './idp/clients.ts';
import { createIdp, idpPlace } from './idp/idp.ts';
import { createLedger } from './ledger.ts';
import { type OpenedServer, openServer, type RunningServer, runServer } from './opened-server.ts';
import { type CompanyOptions, decideSettings, type Settings } from './options.ts';
import { createDirectory, type Person } from './people.ts';
import { writePolicy } from './policy.ts';
import { defineServers } from './servers.ts';
import { createTokenRequestLog } from './token-requests.ts';

export type { AsQuirks, IdpQuirks } from './authorization-server/quirks.ts';
export type { Company, CompanyServer } from './company-interface.ts';
export type { Fault } from './faults.ts';
export type { CompanyOptions } from './options.ts';
export type { CompanyPolicy, PolicyOptions } from './policy.ts';
export type { SignInDemand } from './sign-in-demand.ts';
export type { TokenRequest } from './token-requests.ts';

/** Starts a company; everything is bound to 127.0.0.1. When a port is taken, it throws and leaves nothing open. */
export async function startCompany(options: CompanyOptions = {}): Promise<Company> {
  const settings = decideSettings(options);
  const origins: Origin[] = [];
  const troubles: unknown[] = [];
  const open = async (port = 0) => {
    const origin = await openOrigin(port, (error) => troubles.push(error), settings.clock);
    origins.push(origin);
    return origin;
  };
  const closeOrigins = () => Promise.all(origins.map((origin) => origin.close()));
  try {
    return await buildCompany(settings, troubles, open, closeOrigins);
  } catch (error) {
    await closeOrigins();
    throw error;
  }
}

async function buildCompany(
  settings: Settings,
  troubles: unknown[],
  open: (port?: number) => Promise<Origin>,
  closeOrigins: () => Promise<unknown>,
): Promise<Company> {
  const definitions = defineServers(settings.extraServers, settings.workshop);
  const [ledger, faults, directory, demands] = [createLedger(), createFaults(), createDirectory(), createDemands()];
  const counter = createCounter(definitions.map(({ name }) => name));
  const idpClients = await registerIdpClients();
  const idpOrigin = await open(settings.ports.idp);
  const opened: OpenedServer[] = [];
  for (const definition of definitions) opened.push(await openServer(definition, settings, open));
  recordCredentials(ledger.record, directory.people, idpClients, opened);

  const issuer = idpOrigin.url;
  const dpop = createDpopParties(settings);
  const servers = () => opened.map((server) => asRegistered(server, demands));
  const idpParts = { issuer, settings, directory, clients: idpClients, servers, ledger, counter, troubles };
  const idp = await createIdp({ ...idpParts, dpop: dpop.addIssuer(IDP) });
  const tokenRequests = createTokenRequestLog(settings.clock, () => counter.add('tokenRequests'));
  const idpGate = { faults, latencyMs: settings.latencyMs, place: idpPlace, tokenRequests };
  idpOrigin.serve(gated(idpGate, idp.handler));
  const surroundings = { settings, idp: { issuer, jwksUri: idp.jwksUri }, faults, ledger, counter, demands, dpop };
  const running = await Promise.all(opened.map((server) => runServer(server, surroundings)));

  const serverCalled = (name: string) => find(running, ({ definition }) => definition.name === name, name);
  const nameOf = (name: string) => serverCalled(name).definition.name;
  const person = (username: string) => find(directory.people, (one) => one.username === username, username);
  return {
    name: settings.name,
    issuer,
    servers: running.map(asCompanyServer),
    people: directory.people,
    person,
    idpClients,
    faults,
    get counts() {
      return counter.snapshot();
    },
    tokenRequestTimes: () => tokenRequests.all(),
    policy: (policyOptions = {}) =>
      writePolicy({ company: settings.name, issuer, idpClients, servers: running }, policyOptions),
    revokeAccessTokens: (name) => serverCalled(name).authorizationServer.revokeAccessTokens(),
    revokeSession: (username) => idp.revokeSubject(person(username).subject),
    setGroups: (username, groups) => directory.setGroups(username, groups),
    requireFreshSignIn: (name, maxAgeSeconds) => demands.demandAtIdp(nameOf(name), { maxAgeSeconds }),
    requireAcr: (name, acrValues) => demands.demandAtIdp(nameOf(name), { acrValues }),
    requireScope: (name, toolName, scope) => demands.demandScope(nameOf(name), toolName, scope),
    requireStepUpAtServer: (name, demand) => demands.demandAtServer(nameOf(name), demand),
    ignoreDpop: (party, isIgnored) => dpop.ignore(party === IDP ? IDP : nameOf(party), isIgnored),
    rotateDpopNonces: () => dpop.rotateNonces(),
    announceToolListChanged: (name) => serverCalled(name).protectedServer.announce('tools'),
    endMcpSessions: (name) => serverCalled(name).protectedServer.endMcpSessions(),
    secrets: () => ledger.all(),
    troubles: () => [...troubles],
    close: async () => {
      await Promise.all(running.map(({ protectedServer }) => protectedServer.close()));
      await closeOrigins();
    },
  };
}

function recordCredentials(
  record: (...secrets: readonly (string | undefined)[]) => void,
  people: readonly Person[],
  idpClients: IdpClients,
  servers: readonly OpenedServer[],
): void {
  const clients = [...Object.values(idpClients), ...servers.map(({ client }) => client)];
  record(...people.flatMap(({ password, otp }) => [password, otp]));
  record(...clients.map(({ authentication }) => secretOf(authentication)));
}

function asRegistered(server: OpenedServer, demands: Demands) {
  const { definition, issuer, resource, client } = server;
  return { definition, issuer, resource, clientId: client.clientId, demand: demands.atIdp(definition.name) };
}

function asCompanyServer({ definition, resource, issuer }: RunningServer): CompanyServer {
  return { name: definition.name, title: definition.title, url: resource, issuer };
}

function find<T>(all: readonly T[], condition: (one: T) => boolean, name: string): T {
  const found = all.find(condition);
  if (!found) throw new Error(`The company knows nobody and nothing called ${name}`);
  return found;
}
