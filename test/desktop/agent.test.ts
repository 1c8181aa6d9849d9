import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect, test } from 'vitest';
import { pastedClientSchema } from '../../shared/local-api.ts';
import { callLocal } from '../../shared/local-client.ts';
import { LOCAL_KEY_HEADER_NAME } from '../../shared/local-key-header.ts';
import { until } from '../integration/until.ts';
import { endProcess, processesOf } from './processes.ts';
import { endApp, openScene, type Scene, testedApp, windowOf } from './scene.ts';

/** The tools an app gets from a server through the relay. */
async function toolsThroughRelay({ paths, state }: Scene, server: string): Promise<string[]> {
  const body = { kind: 'snippet', transport: 'http' };
  const { localKey } = await callLocal(paths, { method: 'POST', path: '/clients', body, answer: pastedClientSchema });
  const url = new URL(`${(await state()).relay.url}/${server}/mcp`);
  const client = new Client({ name: 'desktop-test', version: '1.0.0' });
  const requestInit = { headers: { [LOCAL_KEY_HEADER_NAME]: localKey } };
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));
  const { tools } = await client.listTools();
  await client.close();
  return tools.map(({ name }) => name);
}

test('a face that dies leaves the agent and its relay at work, and the next face finds them', async () => {
  await using scene = await openScene();
  const app = await scene.launch();
  const page = await windowOf(app);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await scene.signInOnPage('alice');
  await page.getByText('2 of 3 ready').waitFor();
  const { agent } = await scene.state();

  await endApp(app);
  // Nothing of Chromium's stays behind with the agent.
  await until(async () => (await processesOf(scene.folder)).every(({ pid }) => pid === agent.pid));
  expect((await scene.state()).agent.pid).toBe(agent.pid);
  expect((await toolsThroughRelay(scene, 'notes')).length).toBeGreaterThan(0);

  const next = await windowOf(await scene.launch());
  await next.getByText('2 of 3 ready').waitFor();
  await next.getByRole('button', { name: 'Apps', exact: true }).click();
  await next.getByRole('region', { name: 'Apps' }).getByText('1 connected').waitFor();
  expect((await scene.state()).agent.pid).toBe(agent.pid);
});

test('an agent that dies is said to be gone, and is started again with the session it had', async () => {
  await using scene = await openScene();
  const page = await windowOf(await scene.launch());
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await scene.signInOnPage('alice');
  await page.getByText('2 of 3 ready').waitFor();
  const { agent } = await scene.state();

  const gone = page.getByRole('heading', { name: "Lanyard's agent is not running" }).waitFor();
  await endProcess(agent.pid, 'SIGKILL');
  await gone;
  await page.getByText('2 of 3 ready').waitFor();
  expect((await scene.state()).agent.pid).not.toBe(agent.pid);
});

test("somebody else's agent is waited for, and started when the person says so", async () => {
  await using scene = await openScene();
  const first = await scene.launch();
  await (await windowOf(first)).getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await endApp(first);

  const page = await windowOf(await scene.launch());
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await endProcess((await scene.state()).agent.pid);
  await page.getByRole('heading', { name: "Lanyard's agent is not running" }).waitFor();
  await page.getByRole('button', { name: 'Start it again' }).click();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
});

test("a second start shows the first one's window and leaves", async () => {
  await using scene = await openScene();
  const app = await scene.launch(['--hidden', '--policy', scene.policyFile, '--insecure-file-key']);
  await app.evaluate(({ app: electron }) => electron.whenReady());
  const env = await app.evaluate(() => process.env.HOME ?? '');
  const second = spawn(testedApp(), [], { stdio: 'ignore', env: { ...process.env, HOME: env } });
  const [code] = await once(second, 'exit');
  expect(code).toBe(0);
  await (await app.firstWindow()).getByRole('button', { name: 'Sign in', exact: true }).waitFor();
});
