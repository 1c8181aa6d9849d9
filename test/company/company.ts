import { secretOf } from './authentication.ts';
import { type CompanyCounts, createCounter } from './counts.ts';
import { createFaults, type Faults } from './faults.ts';
import { gated } from './gate.ts';
import { type Origin, openOrigin } from './http.ts';
import { type IdpClients, registerIdpClients } from './idp/clients.ts';
import { createIdp, idpPlace } from './idp/idp.ts';
import { createLedger } from './ledger.ts';
import { type OpenedServer, openServer, type RunningServer, runServer } from './opened-server.ts';
import { type CompanyOptions, decideSettings, type Settings } from './options.ts';
import { createDirectory, type Person } from './people.ts';
import { type CompanyPolicy, type PolicyOptions, writePolicy } from './policy.ts';
import { defineServers } from './servers.ts';

export type { Fault } from './faults.ts';
export type { CompanyOptions } from './options.ts';
export type { CompanyPolicy, PolicyOptions } from './policy.ts';

/** One protected MCP server of the company, seen from outside. */
export interface CompanyServer {
  readonly name: string;
  readonly title: string;
  /** The MCP endpoint, which is also the resource identifier. */
  readonly url: string;
  /** Issuer of its authorization server. */
  readonly issuer: string;
}

/** A whole company on loopback: an IdP, MCP servers, and their authorization servers. */
export interface Company {
  readonly name: string;
  /** Issuer of the IdP. */
  readonly issuer: string;
  readonly servers: readonly CompanyServer[];
  /** Everybody who can sign in, with their passwords. */
  readonly people: readonly Person[];
  /** Somebody by username; throws for strangers. */
  person(username: string): Person;
  /** Lanyard's clients at the IdP, by authentication method. */
  readonly idpClients: IdpClients;
  readonly faults: Faults;
  /** What has happened so far; a copy at every reading. */
  readonly counts: CompanyCounts;
  /** Lanyard's policy for this company as a plain JSON value. */
  policy(options?: PolicyOptions): CompanyPolicy;
  /** From now on the server answers 401 to every access token issued until now. */
  revokeAccessTokens(server: string): void;
  /** Ends the person's browser sessions and revokes their refresh tokens; ID tokens live until they expire. */
  revokeSession(username: string): void;
  /** Puts the person into exactly these groups. */
  setGroups(username: string, groups: readonly string[]): void;
  /** Issues ID-JAGs for the server only after sign-ins of at most this age; undefined ends the demand. */
  requireFreshSignIn(server: string, maxAgeSeconds: number | undefined): void;
  /** Sends `notifications/tools/list_changed` to the server's clients of both eras. */
  announceToolListChanged(server: string): void;
  /** Forgets the server's MCP sessions as a restart would: their next request gets 404. */
  endMcpSessions(server: string): Promise<void>;
  /** Every password, client secret, code, token and assertion that was configured, issued or received so far. */
  secrets(): readonly string[];
  /** What went wrong inside the company itself and was answered with 500; a sound test leaves it empty. */
  troubles(): readonly unknown[];
  /** Closes everything; no port, connection or timer is left. */
  close(): Promise<void>;
}

/** Starts a company; everything is bound to 127.0.0.1. When a port is taken, it throws and leaves nothing open. */
export async function startCompany(options: CompanyOptions = {}): Promise<Company> {
  const settings = decideSettings(options);
  const origins: Origin[] = [];
  const troubles: unknown[] = [];
  const open = async (port = 0) => {
    const origin = await openOrigin(port, (error) => troubles.push(error));
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
  const definitions = defineServers(settings.extraServers);
  const [ledger, faults, directory] = [createLedger(), createFaults(), createDirectory()];
  const counter = createCounter(definitions.map(({ name }) => name));
  const idpClients = await registerIdpClients();
  const idpOrigin = await open(settings.ports.idp);
  const opened: OpenedServer[] = [];
  for (const definition of definitions) opened.push(await openServer(definition, settings, open));
  recordCredentials(ledger.record, directory.people, idpClients, opened);

  const issuer = idpOrigin.url;
  const freshness = new Map<string, number>();
  const servers = () => opened.map((server) => asRegistered(server, freshness));
  const idp = await createIdp({ issuer, settings, directory, clients: idpClients, servers, ledger, counter, troubles });
  idpOrigin.serve(gated({ faults, latencyMs: settings.latencyMs, place: idpPlace }, idp.handler));
  const surroundings = { settings, idp: { issuer, jwksUri: idp.jwksUri }, faults, ledger, counter };
  const running = await Promise.all(opened.map((server) => runServer(server, surroundings)));

  const serverCalled = (name: string) => find(running, ({ definition }) => definition.name === name, name);
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
    policy: (policyOptions = {}) =>
      writePolicy({ company: settings.name, issuer, idpClients, servers: running }, policyOptions),
    revokeAccessTokens: (name) => serverCalled(name).authorizationServer.revokeAccessTokens(),
    revokeSession: (username) => idp.revokeSubject(person(username).subject),
    setGroups: (username, groups) => directory.setGroups(username, groups),
    requireFreshSignIn: (name, maxAgeSeconds) => {
      const { definition } = serverCalled(name);
      if (maxAgeSeconds === undefined) freshness.delete(definition.name);
      else freshness.set(definition.name, maxAgeSeconds);
    },
    announceToolListChanged: (name) => serverCalled(name).protectedServer.announceToolListChanged(),
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
  record(...people.map(({ password }) => password), ...clients.map(({ authentication }) => secretOf(authentication)));
}

function asRegistered(server: OpenedServer, freshness: ReadonlyMap<string, number>) {
  const { definition, issuer, resource, client } = server;
  return { definition, issuer, resource, clientId: client.clientId, maxAgeSeconds: freshness.get(definition.name) };
}

function asCompanyServer({ definition, resource, issuer }: RunningServer): CompanyServer {
  return { name: definition.name, title: definition.title, url: resource, issuer };
}

function find<T>(all: readonly T[], condition: (one: T) => boolean, name: string): T {
  const found = all.find(condition);
  if (!found) throw new Error(`The company knows nobody and nothing called ${name}`);
  return found;
}
