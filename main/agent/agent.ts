import { homedir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentState } from '../../shared/local-api.ts';
import { systemSchedule } from '../../shared/schedule.ts';
import { unknownServers } from '../clients/choice.ts';
import type { CallRecord } from '../journal/calls.ts';
import { createHttpRelay } from '../relay/http-relay.ts';
import { openRelayListener, type RelayListener } from '../relay/listener.ts';
import { createOpenResponses } from '../relay/open-responses.ts';
import { serveStdio, serveStdioFront } from '../relay/stdio/stdio-relay.ts';
import { createActs } from './acts.ts';
import { createChanges } from './changes.ts';
import { createClientWork } from './client-acts.ts';
import { examine } from './doctor.ts';
import { createHeaderKeys } from './header-keys.ts';
import { createIdentify } from './identify.ts';
import { openJournal } from './journal.ts';
import { followJournal } from './journal-routes.ts';
import { type AgentActs, createLocalApi } from './local-api.ts';
import { openLocalListener } from './local-listener.ts';
import { createOlderPrograms } from './older-programs.ts';
import type { AgentOptions } from './options.ts';
import { openRelaying, type Person } from './relaying.ts';
import { openRooms } from './rooms.ts';
import { createSignInDoor } from './sign-in-door.ts';
import { createWantedSignIn } from './sign-in-wanted.ts';
import { createSignOutDoor } from './sign-out-door.ts';
import { describeAgent } from './state.ts';
import { statusText } from './status-text.ts';
import { createStdioUpgrade } from './stdio-upgrade.ts';
import { watchVault } from './vault-watch.ts';
import { createWake } from './wake.ts';
import { watchWake } from './wake-watch.ts';

/**
 * How long the start waits for the vault, in ms: a keychain that is unlocked answers well within it, so that the first
 * state is right; one that asks the person first may take minutes, and the agent must be there meanwhile.
 */
const OPENING_LIMIT_MS = 1_000;

/** A running agent. */
export interface RunningAgent {
  readonly state: () => AgentState;
  readonly acts: AgentActs;
  /** Resolves when somebody asks the agent to end; whoever runs it closes it then. */
  readonly stopAsked: Promise<void>;
  close(): Promise<void>;
}

/**
 * Puts the rooms together and opens both doors: the socket of the Local API, then the relay's port.
 *
 * @throws {LanyardError} `agent-running`, `relay-port`, `socket-path`. A keychain that is not there yet is no error:
 * the state says so and opening is tried again.
 */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  const { loaded, paths, keyStore, log, program, home = homedir() } = options;
  const { clock = Date.now, schedule = systemSchedule, random = Math.random } = options;
  const { policy } = loaded;
  const changes = createChanges();
  const journal = await openJournal({ paths, log, clock, schedule, onUse: changes.mark });
  const onPerson = (person: Person) => {
    journal.belongsTo(person);
    relaying.beginning(person);
  };
  const { minted: onMint } = journal;
  const rooms = await openRooms(options, { clock, schedule, random, onChange: changes.mark, onPerson, onMint });
  const { egress, vault, provider, session, grants, signIn, registry } = rooms;
  const onOpen = () => {
    grants.load();
    session.resume();
  };
  const vaultWatch = watchVault(vault, log, onOpen, schedule, changes.mark);
  const wakeWatch = watchWake({ clock, schedule, onChange: createWake({ egress, session, grants, log }) });
  const signOutDoor = createSignOutDoor(schedule);
  const headerKeys = createHeaderKeys(clock);
  const wanted = createWantedSignIn({ clock, log, onChange: changes.mark });
  const endWatching = changes.subscribe(() => {
    wanted.look(signIn.view, (server) =>
      grants.view().some(({ name, status, signInAsked }) => name === server && status === 'ready' && !signInAsked),
    );
    if (session.current) journal.belongsTo(session.current);
  });
  const stopping = Promise.withResolvers<void>();

  let relay: RelayListener | undefined;
  let renewing: Promise<void> | undefined;
  const port = () => relay?.port ?? policy.relay.port;
  const facts = { loaded, keyStore: keyStore.kind, startedAt: clock(), pid: process.pid };
  const state = () => describeAgent(facts, rooms, { journal, wanted, clientWork }, `http://127.0.0.1:${port()}`);
  const doctor = () =>
    examine({ loaded, state: state(), clients: registry.clients, provider, fetch: egress.fetch, clock });
  const responses = createOpenResponses();
  const cutClient = responses.cut;
  const clientWork = createClientWork({
    connect: {
      registry,
      machine: { platform: process.platform, home, env: options.env ?? process.env, root: '/', ...options.machine },
      backups: paths.backups,
      policy: policy.clients,
      clock,
    },
    program,
    relayUrl: () => `http://127.0.0.1:${port()}`,
    servers: () => grants.names,
    cutClient,
    headerKeys,
    log,
    onChange: changes.mark,
  });
  const acts = createActs({
    rooms,
    vaultWatch,
    wakeWatch,
    signOutDoor,
    headerKeys,
    wanted,
    journalActs: {
      journal: journal.view,
      followJournal: (response) => followJournal(response, { journal, schedule }),
      serverTools: async (server) => {
        const tools = await relaying.tools(server);
        if (!tools) throw unknownServers([server], grants.names);
        return tools;
      },
      stop: stopping.resolve,
    },
    clientActs: clientWork.acts,
    changes,
    state,
    doctor,
  });

  const record = (call: CallRecord) => {
    const client = headerKeys.clientOf(call.client);
    journal.record(client === call.client ? call : { ...call, client });
  };
  const servers = () => grants.names;
  const identify = (keyHash: string) => registry.identify(keyHash) ?? headerKeys.identify(keyHash);
  const mayReach = (id: string, name: string) => headerKeys.mayReach(id, name) ?? registry.mayReach(id, name);
  const signInDoor = createSignInDoor({
    origin: () => `http://127.0.0.1:${port()}`,
    start: () => acts.signIn({ method: 'browser' }),
    clock,
  });
  const relaying = await openRelaying({
    policy,
    access: rooms.access,
    person: () => session.current && { issuer: session.current.issuer, subject: session.current.subject },
    mayReach,
    listsFile: paths.lists,
    statusText: (isMeant) => {
      const { company, session: who, servers: all } = state();
      return statusText({ company, session: who, servers: all.filter(({ name }) => isMeant(name)) }, signInDoor.url);
    },
    signInUrl: signInDoor.url,
    changes,
    record,
    onUnanswered: (server, request, error) => {
      // Until the vault is open nobody knows whether a sign-in is needed.
      if (!vault.problem) wanted.note(server, { ...request, client: headerKeys.clientOf(request.client) }, error);
    },
    clock,
    schedule,
    log,
  });
  const server = (name: string) => {
    wakeWatch.peek();
    return relaying.server(name);
  };
  const { fallsBack, newId, gateway, gatewayFront, owners } = relaying;
  const stdio = (client: string) => ({ client, fallsBack, record, schedule, newId });
  const upgrade = createStdioUpgrade({
    server,
    servers,
    serve: (socket, target, client) => void serveStdio(socket, target, stdio(client)),
    gateway: (socket, client) => void serveStdioFront(socket, gateway, stdio(client)),
  });
  const local = await openLocalListener(paths, createLocalApi(acts), upgrade, { onPeer: createOlderPrograms(log) });

  const close = async () => {
    vaultWatch.close();
    wakeWatch.close();
    // First the doors: a call that came after this would find grants that are closed.
    await Promise.all([local.close(), relay?.close(), signIn.close(), signOutDoor.close(), renewing]);
    await relaying.close();
    endWatching();
    grants.close();
    // An answer that is on its way may hold the only good refresh token.
    await session.close();
    await egress.close();
    await journal.close();
    // A refresh token that was rotated a moment ago must reach the disk, or the next start has none.
    await vault.settled();
  };
  try {
    const onRequest = createHttpRelay({
      port,
      keyInPath: policy.relay.keyInPath,
      identify: createIdentify({ registry: { identify }, log, clock }),
      mayReach,
      server,
      servers,
      gateway: gatewayFront,
      owners,
      responses,
      fallsBack,
      door: signInDoor.visit,
      record,
    });
    relay = await openRelayListener(policy.relay.port, onRequest);
    if (port() !== policy.relay.port) log.warn('relay-port-taken', { wished: policy.relay.port, port: port() });
  } catch (error) {
    await close();
    throw error;
  }
  renewing = clientWork.renew();
  const opening = vaultWatch.open().catch(() => {
    log.warn('vault-unavailable', { code: vault.problem?.code, detail: vault.problem?.user });
    changes.mark();
  });
  await Promise.race([Promise.all([opening, renewing]), sleep(OPENING_LIMIT_MS, undefined, { ref: false })]);
  return { state, acts, stopAsked: stopping.promise, close };
}
