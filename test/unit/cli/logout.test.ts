import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { openLocalListener } from '../../../main/agent/local-listener.ts';
import { runCommandLine } from '../../../main/cli/program.ts';
import { localPaths } from '../../../shared/paths.ts';
import { sendJson, temporaryFolder } from '../fixtures.ts';
import { agentState } from '../shared/agent-state.ts';

const ADDRESS = 'http://127.0.0.1:4000/sign-out/once?a=1&b=2';
const HERE = 'Signed out on this computer: access to every server has ended here.\n';

const SIGNED_IN = {
  status: 'signed-in',
  issuer: 'https://idp.example.com',
  subject: 'ada',
  provedAt: 1,
} as const;
let before = agentState();
beforeEach(() => {
  before = agentState({ session: SIGNED_IN });
});

/** Runs `lanyard logout` against an agent that answers with this address, and says what the browser was given. */
async function logout(endSessionUrl: string | undefined, ...args: string[]) {
  const folder = temporaryFolder();
  const paths = localPaths(folder, 'linux');
  mkdirSync(paths.state, { recursive: true });
  const asked: string[] = [];
  const listener = await openLocalListener(
    paths,
    (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      sendJson(response, 200, request.method === 'GET' ? before : { state: agentState(), endSessionUrl });
    },
    (_request, socket) => socket.destroy(),
  );
  onTestFinished(() => listener.close());
  const opened = join(folder, 'opened');
  writeFileSync(
    join(folder, 'xdg-open'),
    `#!/bin/sh\nprintf '%s' "$1" > '${opened}.new'\nmv '${opened}.new' '${opened}'\n`,
  );
  chmodSync(join(folder, 'xdg-open'), 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const texts = { out: '', err: '' };
  const exit = await runCommandLine(['logout', ...args], {
    paths,
    program: { file: '/opt/lanyard', args: [] },
    out: (text) => {
      texts.out += text;
    },
    err: (text) => {
      texts.err += text;
    },
    signal: new AbortController().signal,
    runAgent: async () => 0,
    checkPolicy: async () => 'A policy.',
    runShim: async () => 0,
  });
  expect(asked).toEqual(['GET /v1/state', 'POST /v1/sign-out']);
  return { exit, ...texts, opened: () => (existsSync(opened) ? readFileSync(opened, 'utf8') : undefined) };
}

test.runIf(process.platform === 'linux')(
  'logout opens the page that ends the session at the identity provider',
  async () => {
    const { exit, out, err, opened } = await logout(ADDRESS);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toBe(
      `${HERE}Your browser opens to sign you out at https://idp.example.com too. If it does not, open within a minute\n  ${ADDRESS}\n`,
    );
    await expect.poll(opened).toBe(ADDRESS);
  },
);

test('with --no-browser the address is only printed', async () => {
  const { exit, out, opened } = await logout(ADDRESS, '--no-browser');
  expect(exit).toBe(0);
  expect(out).toBe(`${HERE}To sign out at https://idp.example.com too, open within a minute\n  ${ADDRESS}\n`);
  expect(opened()).toBeUndefined();
});

test('an identity provider that offers no sign-out is said to be signed in still', async () => {
  const { exit, out, opened } = await logout(undefined);
  expect(exit).toBe(0);
  expect(out).toBe(`${HERE}A browser may still be signed in at https://idp.example.com; Lanyard cannot end that.\n`);
  expect(opened()).toBeUndefined();
});

test.each([
  'https://idp.example.com/logout',
  'https://localhost:4000/',
  'http://idp.example.com/logout',
  'http://127.0.0.1@evil.example/',
  'file:///etc/passwd',
  'not an address',
])('the address %j is neither opened nor printed, and what was ended is said', async (address) => {
  const { exit, out, err, opened } = await logout(address);
  expect(exit).toBe(1);
  expect(out).toBe(HERE);
  expect(err).toContain('You are signed out on this computer, but not at https://idp.example.com');
  expect(err).not.toContain(address);
  expect(opened()).toBeUndefined();
});

test('where nobody is signed in that is said', async () => {
  before = agentState();
  const { exit, out, err } = await logout(undefined);
  expect({ exit, out, err }).toEqual({ exit: 0, out: 'Nobody is signed in.\n', err: '' });
});
