import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAgentRunning } from '../../../shared/agent-process.ts';
import { agentStateSchema, pastedClientSchema, signedOutSchema, signInViewSchema } from '../../../shared/local-api.ts';
import { callLocal, watchState } from '../../../shared/local-client.ts';
import { localPaths } from '../../../shared/paths.ts';
import { createSandbox, type Sandbox } from '../../clients/sandbox.ts';
import { signInByScript } from '../../company/sign-in.ts';
import type { OpenCompany } from '../company/company-process.ts';
import { endChild, startChild } from '../processes/children.ts';
import type { ProgramForm } from './forms.ts';

/** A running agent of somebody with a home folder of their own. */
export interface Agent {
  readonly pid: number;
  readonly sandbox: Sandbox;
  /** Where its relay listens. */
  readonly relayUrl: string;
  /**
   * Signs in by script through the company's pages and waits until every server is ready. Gives the time from the
   * request to our callback until the state says so, in ms.
   *
   * @param beforeCallback runs just before that request.
   */
  signIn(beforeCallback?: () => Promise<unknown>): Promise<number>;
  signOut(): Promise<void>;
  /** Makes a local key for a client without a file. */
  addClient(): Promise<string>;
  end(): Promise<void>;
}

/** It writes a file and opens two sockets before it answers; in ms, for a busy machine. */
const START_LIMIT_MS = 20_000;
const START_POLL_MS = 20;

/** All servers are ready within a second; in ms. */
const READY_LIMIT_MS = 20_000;

async function signIn(home: string, { person }: OpenCompany, beforeCallback: () => Promise<unknown>): Promise<number> {
  const paths = localPaths(home);
  const signal = AbortSignal.timeout(READY_LIMIT_MS);
  const method = 'browser';
  const { url } = await callLocal(paths, {
    method: 'POST',
    path: '/sign-in',
    body: { method },
    answer: signInViewSchema,
  });
  const { callbackUrl } = await signInByScript({ url, ...person, deliver: false });

  const states = watchState(paths, signal);
  await states.next();
  await beforeCallback();
  const startedAt = performance.now();
  const delivered = fetch(callbackUrl, { signal }).then((response) => response.text());
  try {
    for await (const { servers } of states) {
      if (!servers.every(({ status }) => status === 'ready')) continue;
      const readyMs = performance.now() - startedAt;
      await delivered;
      return readyMs;
    }
  } finally {
    await delivered.catch(() => undefined);
  }
  const { servers } = await callLocal(paths, { method: 'GET', path: '/state', answer: agentStateSchema });
  throw new Error(`Not ready after the sign-in: ${JSON.stringify(servers.filter(({ status }) => status !== 'ready'))}`);
}

/** Starts the real agent with a company's policy and waits until it answers. The caller ends it. */
export async function startAgent({ command, args }: ProgramForm, company: OpenCompany): Promise<Agent> {
  const sandbox = createSandbox();
  const paths = localPaths(sandbox.home);
  const policyFile = join(sandbox.home, 'policy.json');
  writeFileSync(policyFile, JSON.stringify(company.policy), { mode: 0o600 });
  const child = startChild(command, [...args, 'agent', '--policy', policyFile, '--insecure-file-key'], {
    cwd: sandbox.project,
    env: sandbox.env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const end = async () => {
    await endChild(child);
    sandbox.remove();
  };
  try {
    for (const until = Date.now() + START_LIMIT_MS; !(await isAgentRunning(paths)); await delay(START_POLL_MS))
      if (child.exitCode !== null || Date.now() > until) throw new Error(`The agent does not answer:\n${complaints}`);
    const { agent, relay } = await callLocal(paths, { method: 'GET', path: '/state', answer: agentStateSchema });
    return {
      pid: agent.pid,
      sandbox,
      relayUrl: relay.url,
      signIn: (beforeCallback = async () => {}) => signIn(sandbox.home, company, beforeCallback),
      signOut: async () => {
        await callLocal(paths, { method: 'POST', path: '/sign-out', answer: signedOutSchema });
      },
      addClient: async () => {
        const body = { kind: 'snippet', transport: 'http' };
        return (await callLocal(paths, { method: 'POST', path: '/clients', body, answer: pastedClientSchema }))
          .localKey;
      },
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}
