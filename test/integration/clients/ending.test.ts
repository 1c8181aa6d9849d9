import { readdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { LOCAL_KEY_HEADER_NAME } from '../../../shared/local-key-header.ts';
import { type Fixture, type FixtureOptions, startFixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { initializeBody, mcpHeaders, post } from '../raw-http.ts';

// What ends with a client: the key in its file, the keys that `lanyard headers` gave it, and what it has open; also
// where its file cannot be edited, and where it was never connected.

let fixture: Fixture;
afterEach(() => fixture.close());

const start = async (options: FixtureOptions = {}) => {
  fixture = await startFixture({ change: (policy) => ({ ...policy, clients: { headerHelper: true } }), ...options });
  await fixture.signIn();
};
const statusFor = async (key: string) => (await post(relayUrl(fixture, 'notes'), key)).status;
const headerKey = async (client: string) =>
  (await fixture.agent.acts.headers({ client })).headers[LOCAL_KEY_HEADER_NAME] ?? '';
const file = () => join(fixture.home, '.claude.json');

/** Connects Claude Code; gives the key in its file. */
async function connect(): Promise<string> {
  await fixture.agent.acts.addClient({ kind: 'claude-code', transport: 'http', servers: ['notes'] });
  return JSON.parse(await readFile(file(), 'utf8')).mcpServers['lanyard-notes'].headers[LOCAL_KEY_HEADER_NAME];
}

/** Opens a listening stream with a key; `ended` resolves with it. */
async function listen(key: string) {
  const url = relayUrl(fixture, 'notes');
  const { headers } = await post(url, key, initializeBody());
  const own = { 'mcp-session-id': String(headers['mcp-session-id']), 'mcp-protocol-version': '2025-11-25' };
  // Its answer begins with the first event, which nobody has to wait for.
  const outgoing = request(url, { headers: { ...mcpHeaders(key), accept: 'text/event-stream', ...own }, agent: false });
  outgoing.on('response', (answer) => answer.on('error', () => {}).resume());
  const ended = new Promise((resolve) => outgoing.on('error', resolve).on('close', resolve));
  await new Promise((resolve) => outgoing.end(resolve));
  return { ended };
}

test('a client whose file cannot be edited loses its keys and what it has open all the same', async () => {
  await start();
  const [key, asked] = [await connect(), await headerKey('claude-code')];
  const streams = [await listen(key), await listen(asked)];
  expect(await statusFor(key)).toBe(200);
  await writeFile(file(), '{ broken');
  await expect(fixture.agent.acts.removeClient('claude-code')).rejects.toMatchObject({ code: 'client-file' });
  await Promise.all(streams.map(({ ended }) => ended));
  expect([await statusFor(key), await statusFor(asked)]).toEqual([403, 403]);
});

test('keys of a client that was never connected end too; of one without any there is nothing to end', async () => {
  await start();
  const asked = await headerKey('cursor');
  expect(await statusFor(asked)).toBe(200);
  await fixture.agent.acts.removeClient('cursor');
  expect(await statusFor(asked)).toBe(403);
  await expect(fixture.agent.acts.removeClient('cursor')).rejects.toMatchObject({ code: 'unknown-client' });
});

test('disconnecting leaves no copy of the file, also where the person edited it meanwhile', async () => {
  await start();
  await writeFile(file(), JSON.stringify({ mcpServers: { other: { env: { TOKEN: 'of-another-program' } } } }));
  await connect();
  const text = JSON.parse(await readFile(file(), 'utf8'));
  delete text.mcpServers.other;
  await writeFile(file(), JSON.stringify(text));
  await fixture.agent.acts.removeClient('claude-code');
  expect(JSON.parse(await readFile(file(), 'utf8'))).toEqual({ mcpServers: {} });
  expect(await readdir(fixture.paths.backups)).toEqual([]);
});
