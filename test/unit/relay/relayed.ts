import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { CallRecord } from '../../../main/journal/calls.ts';
import { createServerBack } from '../../../main/relay/back/server-back.ts';
import type { Door } from '../../../main/relay/door.ts';
import { createFallsBack } from '../../../main/relay/falls-back.ts';
import { createHttpFront } from '../../../main/relay/front/http-front.ts';
import { createHttpRelay } from '../../../main/relay/http-relay.ts';
import { openRelayListener } from '../../../main/relay/listener.ts';
import type { ListedTool } from '../../../main/relay/lists/server-lists.ts';
import type { Responder } from '../../../main/relay/mcp/responder.ts';
import { createMcpSessionOwners } from '../../../main/relay/mcp-session-owners.ts';
import { createOpenResponses, type OpenResponses } from '../../../main/relay/open-responses.ts';
import type { RelayedServer } from '../../../main/relay/relayed-server.ts';
import { withRules } from '../../../main/relay/rules/with-rules.ts';
import { withStandby } from '../../../main/relay/standby/with-standby.ts';
import type { StdioRelayContext } from '../../../main/relay/stdio/stdio-relay.ts';
import { systemSchedule } from '../../../shared/schedule.ts';
import type { ToolRules } from '../../../shared/tool-rules.ts';
import type { TestAccess } from './access-to.ts';

/** A server as the relay serves it, with what a test may do to it. */
export interface TestServer extends RelayedServer {
  readonly access: TestAccess;
  readonly records: readonly CallRecord[];
  /** Tells everybody who waits that the server is back. */
  readonly returned: () => void;
}

/** What can be chosen about it. */
export interface RelayedOptions {
  readonly rules?: ToolRules;
  readonly tools?: readonly ListedTool[];
}

/** The parts that the agent puts together for each server, without an agent. */
export function relayed(access: TestAccess, { rules, tools: listed = [] }: RelayedOptions = {}): TestServer {
  const { name, title } = access.server;
  const records: CallRecord[] = [];
  const waiting = new Set<() => void>();
  const tools = { of: (tool: string) => listed.find((one) => one.name === tool), refresh: async () => {} };
  const standby: RelayedServer['standby'] = {
    facts: (error) => ({
      server: { name, title },
      error,
      lists: undefined,
      status: 'The state of everything',
      signInUrl: undefined,
    }),
    onReturn: (listener) => {
      const mine = () => listener();
      waiting.add(mine);
      return () => waiting.delete(mine);
    },
  };
  const back = createServerBack({
    access,
    toolOf: tools.of,
    refreshTools: tools.refresh,
    record: (call) => records.push(call),
    schedule: systemSchedule,
    newId: randomUUID,
  });
  const ruled: Responder = rules
    ? withRules(
        back,
        { rules, title, toolOf: tools.of, refreshTools: tools.refresh },
        { server: access.server.name, record: (call) => records.push(call) },
      )
    : back;
  const responder = withStandby(ruled, standby);
  const front = createHttpFront({ responder, newId: randomUUID, schedule: systemSchedule });
  onTestFinished(() => {
    front.close();
    responder.reset();
  });
  return {
    access,
    standby,
    tools,
    used: () => {},
    rules,
    responder,
    translation: async () => front,
    records,
    returned: () => {
      for (const listener of [...waiting]) listener();
    },
  };
}

/** What can be chosen about a relay. */
export interface RelayOptions {
  readonly keyInPath?: boolean;
  readonly port?: () => number;
  readonly identify?: (key: string) => string | undefined;
  /** Who is signed in. */
  readonly person?: () => string | undefined;
  readonly record?: (call: CallRecord) => void;
  readonly responses?: OpenResponses;
  readonly door?: Door;
}

/** Handles requests as the agent's relay does, for one server by the name of `notes`. */
export function relayFor(server: RelayedServer, options: RelayOptions = {}) {
  const { port = () => 0, keyInPath = false, identify = () => 'tester', person = () => 'ada' } = options;
  return createHttpRelay({
    port,
    keyInPath,
    identify,
    mayReach: () => true,
    server: (name) => (name === 'notes' ? server : undefined),
    servers: () => ['notes'],
    gateway: () => Promise.reject(new Error('There is no gateway here')),
    owners: createMcpSessionOwners(person),
    responses: options.responses ?? createOpenResponses(),
    fallsBack: createFallsBack(),
    door: options.door ?? (() => undefined),
    record: options.record ?? (() => {}),
  });
}

/** The same, listening on the first free port from a random one. */
export async function listenFor(server: RelayedServer, options: Omit<RelayOptions, 'port'> = {}): Promise<number> {
  let port = 0;
  const relay = relayFor(server, { ...options, port: () => port });
  const listener = await openRelayListener(20_000 + Math.floor(Math.random() * 12_000), relay);
  onTestFinished(() => listener.close());
  port = listener.port;
  return port;
}

/** What a stdio connection of the client `tester` works with. */
export function stdioContext(record: (call: CallRecord) => void = () => {}): StdioRelayContext {
  return { client: 'tester', fallsBack: createFallsBack(), record, schedule: systemSchedule, newId: randomUUID };
}
