import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { agentStateSchema, pastedClientSchema } from '../../../shared/local-api.ts';
import { callLocal } from '../../../shared/local-client.ts';
import { createLaptop, type Laptop, WITHOUT_KEYCHAIN } from '../laptop.ts';
import { type Child, endAllChildren } from '../program.ts';
import { ask } from '../raw-http.ts';

const KILLS = 30;

let laptop: Laptop;
beforeAll(async () => {
  laptop = await createLaptop();
});
afterEach(endAllChildren);
afterAll(() => laptop.close());

const state = () => callLocal(laptop.paths, { method: 'GET', path: '/state', answer: agentStateSchema });

/** Makes the agent write its vault, again and again, until it is gone: each call drops a token and keeps a new one. */
async function keepWriting(agent: Child, url: URL, localKey: string): Promise<void> {
  while (agent.process.exitCode === null && agent.process.signalCode === null) {
    laptop.company.revokeAccessTokens('notes');
    await ask(url, localKey).catch(() => undefined);
  }
}

test(`an agent that is killed while it writes, ${KILLS} times, always finds its vault again`, async () => {
  let agent = await laptop.startAgent(WITHOUT_KEYCHAIN);
  await laptop.login();
  const body = { kind: 'snippet', transport: 'http' };
  const { localKey } = await callLocal(laptop.paths, {
    method: 'POST',
    path: '/clients',
    body,
    answer: pastedClientSchema,
  });
  for (let kill = 0; kill < KILLS; kill += 1) {
    const url = new URL(`${(await state()).relay.url}/notes/mcp`);
    const before = laptop.company.counts.redemptions;
    const writing = keepWriting(agent, url, localKey);
    // The first write is under way or done; every kill comes at another moment of those behind it.
    while (laptop.company.counts.redemptions === before) await delay(1);
    await delay(kill % 10);
    await agent.end('SIGKILL');
    await writing;

    agent = await laptop.startAgent(WITHOUT_KEYCHAIN);
    const { vault, session } = await state();
    expect(vault.status).toBe('ready');
    expect(session).toMatchObject({ status: 'signed-in', subject: 'u-alice' });
  }
  const files = await readdir(laptop.paths.state);
  expect(files.filter((name) => name.includes('unreadable'))).toEqual([]);
  // What a killed write left half done is cleared away by the next start.
  expect(files.filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
