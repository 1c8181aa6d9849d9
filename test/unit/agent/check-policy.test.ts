import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkLoadedPolicy, checkPolicy } from '../../../main/agent/check-policy.ts';
import { loadPolicy } from '../../../main/policy/load.ts';
import { problemFrom, temporaryFolder } from '../fixtures.ts';
import { policyDocument } from '../policy/policy-document.ts';

function policyFile(text = JSON.stringify(policyDocument())): string {
  const file = join(temporaryFolder(), 'policy.json');
  writeFileSync(file, text);
  return file;
}

test('a file that is to become the policy is looked at where it lies', async () => {
  const file = policyFile();
  const { length } = policyDocument().servers;
  expect(await checkPolicy(file)).toBe(`${file}, ${length} ${length === 1 ? 'server' : 'servers'}.`);
});

test('one server is one server', async () => {
  const { servers, ...rest } = policyDocument();
  const file = policyFile(JSON.stringify({ ...rest, servers: servers.slice(0, 1) }));
  expect(await checkPolicy(file)).toBe(`${file}, 1 server.`);
});

test('its mistakes are told', async () => {
  expect(await problemFrom(checkPolicy(policyFile('{}')))).toMatchObject({ code: 'policy-invalid' });
  expect(await problemFrom(checkPolicy('/nowhere/policy.json'))).toMatchObject({ code: 'policy-unreadable' });
});

test('the doctor of a running agent tells a policy that has changed since from one that has not', async () => {
  const file = policyFile();
  const loaded = await loadPolicy({ file, managedFile: join(file, 'none') });
  expect(await checkLoadedPolicy(loaded)).toMatchObject({ outcome: 'ok', detail: expect.stringContaining('(file)') });
  // Only its meaning counts.
  writeFileSync(file, JSON.stringify(policyDocument(), null, 4));
  expect(await checkLoadedPolicy(loaded)).toMatchObject({ outcome: 'ok' });
  writeFileSync(file, JSON.stringify({ ...policyDocument(), company: 'Another' }));
  expect(await checkLoadedPolicy(loaded)).toEqual({
    name: 'policy',
    outcome: 'warning',
    detail: `${file} has changed since the agent started; what it says now counts from the next start.`,
  });
  writeFileSync(file, '{}');
  expect(await checkLoadedPolicy(loaded)).toMatchObject({
    outcome: 'failed',
    advice: expect.stringContaining('start'),
  });
  rmSync(file);
  expect(await checkLoadedPolicy(loaded)).toMatchObject({
    outcome: 'failed',
    detail: `Policy ${file}: does not exist.`,
  });
});
