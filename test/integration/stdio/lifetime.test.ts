import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { watchEgress } from '../egress-watch.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { endAllChildren, PROGRAM, runProgram, startProgram } from '../program.ts';
import { initializeBody } from '../raw-http.ts';
import { until } from '../until.ts';
import { INITIALIZED, initialize, line } from './lines.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
  await fixture.signIn('alice');
});
afterEach(endAllChildren);
afterAll(() => fixture.close());

const start = (...more: string[]) => startProgram(['stdio', 'notes', ...more], fixture);

test('the end of stdin ends the shim and its MCP session at the server', async () => {
  const watch = watchEgress();
  const child = start();
  await initialize(child);
  child.stdin.write(line(INITIALIZED));
  child.stdin.end();
  const { exitCode, stderr } = await child.ended;
  expect([exitCode, stderr]).toEqual([0, '']);
  const ending = () => watch.sent.find(({ method }) => method === 'DELETE');
  await until(() => ending()?.status !== undefined);
  watch.end();
  expect(ending()?.status).toBe(200);
  expect(ending()?.headers['mcp-session-id']).toMatch(/^[0-9a-f-]{36}$/);
});

test('without an agent and without a policy there is a sentence on stderr and nothing on stdout', async () => {
  const home = await mkdtemp(join(tmpdir(), 'lanyard-'));
  const { exitCode, stdout, stderr } = await runProgram(['stdio', 'notes'], { home });
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^lanyard: Lanyard has no company policy on this computer yet\. .+\n\(There is no .+\)\n$/);
  await rm(home, { recursive: true, force: true });
});

test('the shim ends when its parent is killed, also where nobody closes its stdin', async () => {
  const script = `
    const { spawn } = require('node:child_process');
    process.send(spawn(process.execPath, ${JSON.stringify([PROGRAM, 'stdio', 'notes'])}, { stdio: ['inherit', 'inherit', 'inherit'] }).pid);
    process.stdin.pause();
  `;
  // We hold the other end of its stdin, so the shim sees no end there.
  const parent = spawn(process.execPath, ['-e', script], {
    env: { HOME: fixture.home, PATH: process.env.PATH ?? '' },
    stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
  });
  const output: string[] = [];
  parent.stdout?.setEncoding('utf8').on('data', (text: string) => output.push(text));
  // Both processes hold our pipe; it closes when the last of them has ended.
  const bothEnded = new Promise<void>((resolve) => parent.once('close', () => resolve()));
  parent.stdin?.write(line(initializeBody('init')));
  await until(() => output.join('').includes('"id":"init"'));
  parent.kill('SIGKILL');
  await bothEnded;
  parent.stdin?.destroy();
});

test('the shim ends when the agent ends', async () => {
  const child = start();
  await initialize(child);
  await fixture.restart();
  expect((await child.ended).exitCode).toBe(0);
  const next = start();
  await initialize(next);
});
