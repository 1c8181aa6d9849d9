import type { Apps, ConnectionPlan, ConnectionPlanRequest } from '../../shared/app-views.ts';
import type { AppKind } from '../../shared/client-kinds.ts';
import { problemOf } from '../../shared/errors.ts';
import type { AddClientRequest, AddedClient } from '../../shared/local-api.ts';
import { viewApps } from '../clients/app-views.ts';
import { addClient, type ConnectContext, removeClient } from '../clients/connect.ts';
import type { Program } from '../clients/entries.ts';
import { createFileLooks } from '../clients/file-looks.ts';
import { planConnection } from '../clients/plan.ts';
import { renewClients } from '../clients/renew.ts';
import { spacelessCommand } from '../clients/spaceless-command.ts';
import type { Log } from '../journal/log.ts';
import type { HeaderKeys } from './header-keys.ts';

/** What the Local API can have the agent do about clients. */
export interface ClientActs {
  apps(): Promise<Apps>;
  planConnection(kind: AppKind, request: ConnectionPlanRequest): Promise<ConnectionPlan>;
  addClient(request: AddClientRequest): Promise<AddedClient>;
  /**
   * Ends a client's keys, those of `lanyard headers` too, and what it has open; then its entries go.
   *
   * @throws {LanyardError} `unknown-client` where there was neither a client nor such a key; `client-file`, and the keys
   * have ended all the same.
   */
  removeClient(id: string): Promise<void>;
}

/** What the acts work with. */
export interface ClientActsContext {
  readonly connect: Omit<ConnectContext, 'relayUrl' | 'servers' | 'program'>;
  /** How to start ourselves. */
  readonly program: Program;
  /** The relay's present address. */
  readonly relayUrl: () => string;
  /** Names of the approved servers. */
  readonly servers: () => readonly string[];
  /** Ends what a client has open. */
  readonly cutClient: (id: string) => void;
  readonly headerKeys: Pick<HeaderKeys, 'remove'>;
  readonly log: Log;
  readonly onChange: () => void;
}

/** The acts, and what is done once when the relay's address is known. */
export interface ClientWork {
  readonly acts: ClientActs;
  /** How to start ourselves as it is written into entries; absent until that is known, and where it must not be. */
  readonly program: Program | undefined;
  /** Brings the entries of connected apps up to date. Never throws. */
  renew(): Promise<void>;
}

/** Puts together what is done about clients. The program's path is made fit for every app's file at once. */
export function createClientWork(work: ClientActsContext): ClientWork {
  const { connect, relayUrl, servers, cutClient, headerKeys, log, onChange } = work;
  const { registry, machine, policy } = connect;
  let known: Program | undefined;
  const program = spacelessCommand(work.program, machine).then((found) => {
    known = found;
    if (found) onChange();
    else log.warn('program-not-lasting', { program: work.program.file });
    return found;
  });
  const look = createFileLooks();
  const now = async (): Promise<ConnectContext> => ({
    ...connect,
    program: await program,
    relayUrl: relayUrl(),
    servers: servers(),
  });
  /** Ends what a client has open, and its keys that are in no file; says whether there were such. */
  const end = (id: string): boolean => {
    const keys = headerKeys.remove(id);
    for (const one of [id, ...keys]) cutClient(one);
    return keys.length > 0;
  };
  const isConnected = (id: string) => registry.clients.some((one) => one.id === id && !one.leaving);
  const renew = async () => {
    const renewals = await renewClients(await now());
    for (const { client } of renewals) if (!isConnected(client)) end(client);
    for (const { client, ...rest } of renewals)
      if (rest.outcome === 'renewed') log.info('client-renewed', { client, newKey: rest.hasNewKey });
      else if (rest.outcome === 'removed') log.info('client-removed', { client });
      else log.warn('client-not-renewed', { client, why: rest.why });
    if (renewals.length > 0) onChange();
  };
  return {
    get program() {
      return known;
    },
    acts: {
      apps: () => viewApps({ registry, machine, policy, look }),
      planConnection: async (kind, request) => planConnection(kind, request, await now()),
      addClient: async (request) => {
        const added = await addClient(request, await now());
        const { id } = added.client;
        // What was opened with the key before this one.
        cutClient(id);
        log.info('client-added', { client: id, transport: registry.clients.find((one) => one.id === id)?.transport });
        onChange();
        return added;
      },
      removeClient: async (id) => {
        const hadHeaderKeys = end(id);
        try {
          await removeClient(id, { registry });
        } catch (error) {
          // A client whose only keys came from `lanyard headers` was never connected.
          if (!hadHeaderKeys || problemOf(error).code !== 'unknown-client') throw error;
        } finally {
          // What was begun or given meanwhile, also where the client's file cannot be edited.
          end(id);
          onChange();
        }
        log.info('client-removed', { client: id });
      },
    },
    renew: () =>
      renew().catch((error: unknown) =>
        log.error('client-not-renewed', { why: error instanceof Error ? error.message : String(error) }),
      ),
  };
}
