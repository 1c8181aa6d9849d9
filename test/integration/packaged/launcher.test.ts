import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../../build/paths.ts';
import { run } from '../../../build/run.ts';
import { PRODUCT } from '../../../shared/product.ts';

const LAUNCHER = join(ROOT, 'bin', 'lanyard');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lanyard launcher '));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('it runs the bundle from another folder, whatever Node is on the path', async () => {
  await mkdir(join(folder, 'path'));
  await writeFile(join(folder, 'path', 'node'), '#!/bin/sh\nexit 9\n', { mode: 0o755 });
  const env = { HOME: folder, PATH: `${join(folder, 'path')}:/usr/bin:/bin` };
  expect(await run(LAUNCHER, ['--version'], { cwd: folder, env })).toEqual({ code: 0, output: `${PRODUCT.version}\n` });
});

test('it runs through a link to a link', async () => {
  await mkdir(join(folder, 'in'));
  await symlink(LAUNCHER, join(folder, 'in', 'first'));
  await symlink('in/first', join(folder, 'second'));
  expect(await run(join(folder, 'second'), ['--version'])).toEqual({ code: 0, output: `${PRODUCT.version}\n` });
});

test('it gives arguments on as they are, and the exit code back', async () => {
  const { code, output } = await run(LAUNCHER, ['no such', 'command']);
  expect(code).toBe(2);
  expect(output).toContain("'no such'");
});

test('in a checkout without modules it says what to run', async () => {
  await mkdir(join(folder, 'checkout', 'bin'), { recursive: true });
  const copy = join(folder, 'checkout', 'bin', 'lanyard');
  await copyFile(LAUNCHER, copy);
  const { code, output } = await run(copy, ['--version']);
  expect(code).toBe(1);
  expect(output).toContain('npm ci');
});
