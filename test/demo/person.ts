import { setTimeout as sleep } from 'node:timers/promises';
import { problemOf } from '../../shared/errors.ts';
import {
  type AgentState,
  agentStateSchema,
  type PastedClient,
  pastedClientSchema,
  signInViewSchema,
} from '../../shared/local-api.ts';
import { callLocal } from '../../shared/local-client.ts';
import type { Company } from '../company/company.ts';
import { signInByScript } from '../company/sign-in.ts';
import { callTool } from './call-tool.ts';
import type { DemoAgent } from './program.ts';

/** How long the demo waits for the servers after a sign-in, in ms; on loopback it takes a tenth of a second. */
const SETTLE_LIMIT_MS = 10_000;

/** Begins a sign-in; gives the address where the person goes. */
export async function beginSignIn({ paths }: DemoAgent): Promise<string> {
  const answer = signInViewSchema;
  return (await callLocal(paths, { method: 'POST', path: '/sign-in', body: { method: 'browser' }, answer })).url;
}

/** Waits until somebody is signed in and each server is ready or refused; gives that state. */
export async function untilSettled(agent: DemoAgent, limitMs: number = SETTLE_LIMIT_MS): Promise<AgentState> {
  for (let waitedMs = 0; ; waitedMs += 50) {
    const state = await agent.state();
    const settled = state.servers.every(({ status }) => status !== 'connecting' && status !== 'idle');
    if (state.session.status === 'signed-in' && settled) return state;
    if (waitedMs >= limitMs) throw new Error('The servers did not get ready in time.');
    await sleep(50);
  }
}

/** A local key and entries to paste for these servers. */
export function connectClient({ paths }: DemoAgent, servers: readonly string[]): Promise<PastedClient> {
  const body = { kind: 'snippet', transport: 'http', servers };
  return callLocal(paths, { method: 'POST', path: '/clients', body, answer: pastedClientSchema });
}

/** The ids of all clients that are connected. */
export async function clientIds(agent: DemoAgent): Promise<ReadonlySet<string>> {
  return new Set((await agent.state()).clients.map(({ id }) => id));
}

/**
 * Takes back whatever was connected since `before`, the window's switches included: keys stop working, and entries go
 * out of the apps' files. One that cannot be taken out is named, and the others go.
 */
export async function disconnectAllBut(
  before: ReadonlySet<string>,
  agent: DemoAgent,
  say: (text: string) => void,
): Promise<void> {
  const { clients } = await agent.state();
  for (const { id, title } of clients.filter((client) => !before.has(client.id)))
    await callLocal(agent.paths, { method: 'DELETE', path: `/clients/${id}`, answer: agentStateSchema }).catch(
      (error: unknown) => say(`${title} stays connected: ${problemOf(error).user}\n`),
    );
}

/**
 * The whole way of an employee, unattended: signs in by script through the demo company's real pages, then calls a
 * tool through the relay. Throws when any step of it fails.
 */
export async function walkTheWholeWay(
  company: Company,
  agent: DemoAgent,
  username: string,
  say: (text: string) => void,
): Promise<void> {
  const person = company.person(username);
  const url = await beginSignIn(agent);
  say(`Signing in as ${username} on the demo company's pages …\n`);
  const { status, text } = await signInByScript({ url, username, password: person.password });
  if (status !== 200) throw new Error(`The sign-in ended with ${status}: ${text}`);
  const { servers, relay } = await untilSettled(agent);
  for (const { title, status: word, work } of servers)
    say(`  ${title}: ${word}${work.kind === 'blocked' ? `. ${work.cause.user}` : ''}\n`);
  const ready = servers.find((server) => server.status === 'ready');
  if (!ready) return say(`${username} has access to no server, as the demo company wants it.\n`);
  const { localKey } = await connectClient(agent, [ready.name]);
  const answer = await callTool({ address: `${relay.url}/${ready.name}/mcp`, localKey, tool: 'whoami' });
  say(`\nCalling the tool "whoami" at ${ready.title} through ${relay.url}/${ready.name}/mcp\n  ${answer}\n`);
}
