import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { policyState } from '../../../main/desktop/policy-state.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lanyard-policy-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a policy that comes or changes, and other options, are another state', async () => {
  const managed = join(folder, 'policy.json');
  const states = [await policyState([], managed)];
  expect(await policyState([], managed)).toBe(states[0]);
  await writeFile(managed, '{}');
  states.push(await policyState([], managed));
  await writeFile(managed, '{ "version": 1 }');
  states.push(await policyState([], managed));
  const named = ['--policy', join(folder, 'other.json')];
  states.push(await policyState(named, managed));
  await writeFile(join(folder, 'other.json'), '{}');
  states.push(await policyState(named, managed));
  expect(new Set(states).size).toBe(states.length);
});
