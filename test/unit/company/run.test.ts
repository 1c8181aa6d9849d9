import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';

type Program = ChildProcessByStdio<Writable, Readable, Readable>;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'company-'));
});
afterAll(() => rm(folder, { recursive: true }));

function run(...args: readonly string[]): Program {
  return spawn(process.execPath, ['test/company/run.ts', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
}

async function firstLine(program: Program) {
  const [line] = await once(createInterface(program.stdout), 'line');
  return JSON.parse(String(line));
}

test('it says where everything is, writes the policy for its owner alone, and ends with stdin', async () => {
  const file = join(folder, 'policy.json');
  const program = run('--policy-out', file, '--until-stdin-ends', '--relay-port', '7777');
  const ready = await firstLine(program);
  expect(ready).toMatchObject({ policy: file, issuer: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/) });
  expect(ready.servers.map(({ name }: { name: string }) => name)).toEqual(['notes', 'tickets', 'payroll']);
  const policy = JSON.parse(await readFile(file, 'utf8'));
  expect(policy).toMatchObject({ identityProvider: { issuer: ready.issuer }, relay: { port: 7777 } });
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
  program.stdin.end();
  expect(await once(program, 'exit')).toEqual([0, null]);
});

test('it ends on SIGTERM', async () => {
  const program = run();
  await firstLine(program);
  program.kill('SIGTERM');
  expect(await once(program, 'exit')).toEqual([0, null]);
});

test.each([
  ['--port-base', 'abc'],
  ['--unknown', 'x'],
])('it explains %s %s and starts nothing', async (...args) => {
  const program = run(...args);
  let complaint = '';
  program.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  expect(await once(program, 'close')).toEqual([1, null]);
  expect(complaint).toContain('--port-base N');
});
