import type { LookupAddress } from 'node:dns';
import { expect, test } from 'vitest';
import { assertMayLead, guardedLookup, isPublicEnough } from '../../../main/egress/addresses.ts';
import { LanyardError } from '../../../shared/errors.ts';
import { problemFrom } from '../fixtures.ts';

test.each([
  ['93.184.216.34', true],
  ['10.1.2.3', true],
  ['172.16.0.1', true],
  ['192.168.1.1', true],
  ['100.64.0.1', true],
  ['2606:2800:220:1::1', true],
  ['fd12:3456::1', true],
  ['0.0.0.0', false],
  ['0.1.2.3', false],
  ['127.0.0.1', false],
  ['127.9.9.9', false],
  ['169.254.169.254', false],
  ['169.254.0.1', false],
  ['224.0.0.1', false],
  ['239.255.255.250', false],
  ['240.0.0.1', false],
  ['255.255.255.255', false],
  ['::', false],
  ['::1', false],
  ['fe80::1', false],
  ['febf::1', false],
  ['ff02::1', false],
  ['::ffff:127.0.0.1', false],
  ['::ffff:169.254.169.254', false],
  ['::ffff:7f00:1', false],
  ['::ffff:10.0.0.1', true],
])('a name may lead to %s: %s', (address, expected) => expect(isPublicEnough(address)).toBe(expected));

test.each([
  ['https://mcp.example.com', 'https://as.example.com/token'],
  ['https://mcp.example.com', 'https://10.0.0.5/token'],
  ['https://mcp.example.com', 'https://[2606:2800:220:1::1]/token'],
  ['http://localhost:1', 'http://127.0.0.1:2/token'],
  ['http://127.0.0.1:1', 'http://[::1]:2/token'],
  ['http://127.0.0.1:1', 'https://localhost/token'],
  ['http://127.0.0.1:1', 'https://as.example.com/token'],
])('%s may name %s', (from, to) => {
  expect(() => assertMayLead(new URL(from), new URL(to))).not.toThrow();
});

test.each([
  ['https://mcp.example.com', 'http://as.example.com/token', 'is not https'],
  ['http://localhost:1', 'http://as.example.com/token', 'is not https'],
  ['https://mcp.example.com', 'ftp://as.example.com/token', 'is not https'],
  ['https://mcp.example.com', 'file:///etc/passwd', 'is not https'],
  ['https://mcp.example.com', 'javascript:alert(1)', 'is not https'],
  ['https://mcp.example.com', 'https://user@as.example.com', 'user name'],
  ['https://mcp.example.com', 'https://:pw@as.example.com', 'user name'],
  ['https://mcp.example.com', 'https://localhost/token', 'names this machine'],
  ['https://mcp.example.com', 'http://127.0.0.1:8080', 'names this machine'],
  ['https://mcp.example.com', 'https://127.1/', 'names this machine'],
  ['https://mcp.example.com', 'https://2130706433/', 'names this machine'],
  ['https://mcp.example.com', 'https://0x7f.0.0.1/', 'names this machine'],
  ['https://mcp.example.com', 'https://[::1]/', 'names this machine'],
  ['https://mcp.example.com', 'https://[::ffff:127.0.0.1]/', 'names [::ffff:7f00:1]'],
  ['https://mcp.example.com', 'https://0/', 'names 0.0.0.0'],
  ['https://mcp.example.com', 'https://169.254.169.254/latest', 'names 169.254.169.254'],
  ['https://mcp.example.com', 'https://[fe80::1]/', 'names [fe80::1]'],
  ['http://localhost:1', 'https://169.254.169.254/latest', 'names 169.254.169.254'],
])('%s may not name %s', async (from, to, detail) => {
  const error = await problemFrom(() => assertMayLead(new URL(from), new URL(to)));
  expect(error).toMatchObject({
    code: 'address-refused',
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
  expect(error.administrator).toContain(detail);
});

type Outcome = { readonly error: unknown; readonly found: unknown; readonly family: unknown };

function lookUp(hostname: string, options: { all: boolean; family?: number }): Promise<Outcome> {
  return new Promise((resolve) => {
    guardedLookup(hostname, options, (error, found, family) => resolve({ error, found, family }));
  });
}

test("this machine's own names lead to this machine", async () => {
  expect(await lookUp('localhost', { all: false, family: 4 })).toEqual({ error: null, found: '127.0.0.1', family: 4 });
  const { found } = await lookUp('localhost', { all: true, family: 4 });
  expect(found as LookupAddress[]).toContainEqual({ address: '127.0.0.1', family: 4 });
});

test.each([true, false])('an address that no service can have is not found, all: %s', async (all) => {
  // A literal resolves to itself, on every machine.
  for (const address of ['127.0.0.2', '169.254.169.254', '0.0.0.0'].filter((name) => name !== '127.0.0.2' || all)) {
    const { error } = await lookUp(address === '127.0.0.2' ? '::ffff:127.0.0.1' : address, { all });
    expect(error).toBeInstanceOf(LanyardError);
    expect(error).toMatchObject({ code: 'address-refused' });
  }
  const { error, found } = await lookUp('10.0.0.1', { all });
  expect(error).toBeNull();
  expect(found).toEqual(all ? [{ address: '10.0.0.1', family: 4 }] : '10.0.0.1');
});
