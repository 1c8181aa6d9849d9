import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { LanyardError } from '../../shared/errors.ts';
import type { ServerTools } from '../../shared/journal-views.ts';
import type { Policy, PolicyServer } from '../../shared/policy.ts';
import type { Schedule } from '../../shared/schedule.ts';
import type { CallRecord } from '../journal/calls.ts';
import type { Log } from '../journal/log.ts';
import { createServerBack } from '../relay/back/server-back.ts';
import { createFallsBack, type FallsBack } from '../relay/falls-back.ts';
import type { HttpFront } from '../relay/front/http-front.ts';
import { createGateway } from '../relay/gateway/gateway.ts';
import { createFreshLists } from '../relay/lists/fresh-lists.ts';
import { openLists } from '../relay/lists/lists.ts';
import type { Responder } from '../relay/mcp/responder.ts';
import { createMcpSessionOwners, type McpSessionOwners } from '../relay/mcp-session-owners.ts';
import type { RelayedServer } from '../relay/relayed-server.ts';
import { createReturns } from '../relay/returns.ts';
import { visibleTools } from '../relay/rules/tool-rules.ts';
import { withRules } from '../relay/rules/with-rules.ts';
import type { ServerAccess } from '../relay/server-call.ts';
import type { Unanswered } from '../relay/standby/standby-facts.ts';
import { withStandby } from '../relay/standby/with-standby.ts';
import { writeDurably } from '../vault/durable-file.ts';
import type { Changes } from './changes.ts';
import { viewTools } from './server-tools.ts';

/** Beyond guessing, in bytes: MCP sessions of ours, states of questions, addresses that start a sign-in. */
const ID_BYTES = 16;

/** Who signed in. */
export interface Person {
  readonly issuer: string;
  readonly subject: string;
}

/** What the relay is put together from. */
export interface RelayingContext {
  readonly policy: Policy;
  readonly access: (server: string) => ServerAccess | undefined;
  readonly person: () => Person | null;
  readonly mayReach: (client: string, server: string) => boolean;
  /** Where the last known lists are kept. */
  readonly listsFile: string;
  /** What there is to say of these servers. */
  readonly statusText: (isMeant: (server: string) => boolean) => string;
  /** A one-time address of this machine that starts a sign-in. */
  readonly signInUrl: () => string | undefined;
  readonly changes: Changes;
  readonly record: (call: CallRecord) => void;
  /** A client's request that a server did not answer, and why. */
  readonly onUnanswered: (server: string, request: Unanswered, error: LanyardError) => void;
  readonly clock: () => number;
  readonly schedule: Schedule;
  readonly log: Log;
}

/** Everything of the relay that outlives a request. */
export interface Relaying {
  readonly server: (name: string) => RelayedServer | undefined;
  /**
   * What a server last listed, those tools included that policy hides. One of which nothing is known, and which is
   * ready, is asked once. `undefined` for a name that policy does not know.
   */
  readonly tools: (server: string) => Promise<ServerTools | undefined>;
  readonly gateway: Responder;
  readonly gatewayFront: () => Promise<HttpFront>;
  readonly owners: McpSessionOwners;
  readonly fallsBack: FallsBack;
  readonly newId: () => string;
  /** This person is about to be signed in: nothing that was opened for another one goes on. */
  beginning(person: Person): void;
  close(): Promise<void>;
}

const newId = () => randomBytes(ID_BYTES).toString('base64url');

const readIfThere = (path: string) =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });

/** A call waits so long for a server to list its tools anew, in ms. */
const REFRESH_WAIT_MS = 3_000;

/** An HTTP front that is loaded with the first request for it: most clients never need one. */
function lazyFront(responder: Responder, schedule: Schedule) {
  let opened: Promise<HttpFront> | undefined;
  const open = () => {
    opened ??= import('../relay/front/http-front.ts').then(({ createHttpFront }) =>
      createHttpFront({ responder, newId, schedule }),
    );
    return opened;
  };
  return {
    open,
    endAll: () => void opened?.then((front) => front.endAll()),
    close: () => void opened?.then((front) => front.close()),
  };
}

/** Puts the relay's parts together: for each server a back, rules and standby, and over them all the gateway. */
export async function openRelaying(context: RelayingContext): Promise<Relaying> {
  const { policy, person, statusText, signInUrl, changes, record, clock, schedule, log } = context;
  const backs = new Map<string, Responder>();
  const lists = await openLists({
    ask: (server) => backs.get(server),
    person,
    read: () => readIfThere(context.listsFile),
    write: (text) => writeDurably(context.listsFile, text, 0o600),
    clock,
    schedule,
    log,
  });

  const tooLong = () => new Promise<undefined>((resolve) => void schedule(REFRESH_WAIT_MS, () => resolve(undefined)));

  const open = (policyServer: PolicyServer, access: ServerAccess) => {
    const { name, title } = policyServer;
    const rules = policyServer.tools;
    const returns = createReturns(access.keeper, schedule);
    const tools = {
      of: (tool: string) => lists.of(name)?.tools.find((listed) => listed.name === tool),
      // A call waits for it: better refused, or sent with what is known, than held up by a server that hangs.
      refresh: () => Promise.race([lists.refresh(name), tooLong()]),
    };
    const back = createServerBack({ access, toolOf: tools.of, refreshTools: tools.refresh, record, schedule, newId });
    backs.set(name, back);
    const standby: RelayedServer['standby'] = {
      facts: (error) => {
        const known = lists.of(name);
        return {
          server: { name, title },
          error,
          lists: known && { ...known, tools: [...visibleTools(rules, known.tools)] },
          status: statusText((server) => server === name),
          signInUrl: signInUrl(),
        };
      },
      onReturn: returns.on,
      onUnanswered: (request, error) => context.onUnanswered(name, request, error),
    };
    const judging = { title, toolOf: tools.of, refreshTools: tools.refresh };
    const ruled = rules ? withRules(back, { rules, ...judging }, { server: name, record }) : back;
    const responder = withStandby(ruled, { ...standby, schedule });
    const front = lazyFront(responder, schedule);
    const used = () => fresh.use(name);
    const server: RelayedServer = { access, standby, tools, used, rules, responder, translation: front.open };
    return { name, server, returns, front };
  };
  const opened = policy.servers.flatMap((server) => {
    const access = context.access(server.name);
    return access ? [open(server, access)] : [];
  });
  const byName = new Map(opened.map(({ name, server }) => [name, server]));

  const isReady = ({ server }: (typeof opened)[number]) => {
    const { token } = server.access.keeper.state;
    return token !== null && token.expiresAt > clock();
  };
  const isHidden = ({ access }: RelayedServer) => {
    const { work, token } = access.keeper.state;
    const reason = work.kind === 'blocked' && !token ? work.reason : undefined;
    return reason === 'denied' || reason === 'misconfigured';
  };
  const fresh = createFreshLists({
    lists,
    clock,
    schedule,
    names: () => opened.filter(isReady).map(({ name }) => name),
  });
  const gateway = fresh.over(
    createGateway({
      servers: opened.map(({ name, server }) => ({
        name,
        title: server.access.server.title,
        responder: server.responder,
        presence: () => (isHidden(server) ? 'hidden' : 'listed'),
      })),
      mayReach: context.mayReach,
      lists,
      visibleTools: (name, tools) => visibleTools(byName.get(name)?.rules, tools),
      onPresenceChange: changes.subscribe,
      toolLimit: policy.gateway.toolLimit,
      statusText: (client) => statusText((server) => context.mayReach(client, server)),
      schedule,
    }),
  );
  const gatewayFront = lazyFront(gateway, schedule);

  const keyOf = (one: Person | null) => (one ? `${one.issuer}\n${one.subject}` : undefined);
  const present = () => keyOf(person());
  let last = present();
  let ready = new Set<string>();
  const stopWatching = changes.subscribe(() => {
    last = present() ?? last;
    lists.personChanged();
    const now = opened.filter(isReady);
    for (const { name, returns } of now) if (!ready.has(name)) returns.mark();
    if (now.some(({ name }) => !ready.has(name))) fresh.look();
    ready = new Set(now.map(({ name }) => name));
  });

  const toolsOf = (name: string): ServerTools => {
    const listedAt = lists.fetchedAt(name);
    const tools = viewTools(lists.of(name)?.tools ?? [], byName.get(name)?.rules);
    return { ...(listedAt !== undefined && { listedAt }), tools };
  };
  const fronts = [...opened.map(({ front }) => front), gatewayFront];
  return {
    server: (name) => byName.get(name),
    tools: async (name) => {
      const found = opened.find((one) => one.name === name);
      if (!found) return undefined;
      // The window says what is known; that nothing came is no error there.
      if (!lists.of(name) && isReady(found)) await Promise.race([lists.refresh(name).catch(() => {}), tooLong()]);
      return toolsOf(name);
    },
    gateway,
    gatewayFront: gatewayFront.open,
    owners: createMcpSessionOwners(present),
    fallsBack: createFallsBack(),
    newId,
    beginning: (next) => {
      const before = last ?? present();
      last = keyOf(next);
      if (before === undefined || before === last) return;
      for (const front of fronts) front.endAll();
      // Resets every server's responder too.
      gateway.reset();
      fresh.reset();
    },
    close: async () => {
      stopWatching();
      for (const front of fronts) front.close();
      gateway.reset();
      await lists.close();
    },
  };
}
