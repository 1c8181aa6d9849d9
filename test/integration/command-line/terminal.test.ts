import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { journalEntrySchema } from '../../../shared/journal-views.ts';
import type { Person } from '../../company/people.ts';
import { createLaptop, type Laptop, WITHOUT_KEYCHAIN } from '../laptop.ts';
import { endAllChildren } from '../program.ts';

// What others say of themselves is printed: it must not steer the terminal, nor turn a line round.

let laptop: Laptop;
beforeAll(async () => {
  laptop = await createLaptop();
});
afterEach(endAllChildren);
afterAll(() => laptop.close());

const EVIL = 'a\u001b]0;owned\u0007\u009b31mRED\u202e0021\u2028line\u2066';
const STEERING = /[^\P{Cc}\n]|[\p{Bidi_Control}\p{Zl}\p{Zp}]/u;

test('the name that the identity provider gives is printed without what steers a terminal', async () => {
  await laptop.startAgent(WITHOUT_KEYCHAIN);
  const alice: { -readonly [name in keyof Person]: Person[name] } = laptop.company.person('alice');
  const name = alice.displayName;
  alice.displayName = EVIL;
  try {
    const { stdout, stderr } = await laptop.login();
    expect(stdout).toContain('Signed in as a ]0;owned  31mRED 0021 line');
    expect(`${stdout}${stderr}`).not.toMatch(STEERING);
    expect((await laptop.run('status', '--json')).stdout).not.toMatch(STEERING);
    expect((await laptop.state()).session).toMatchObject({ name: EVIL });
  } finally {
    alice.displayName = name;
  }
});

test('the name of a tool is told in the journal without it, and as JSON escaped', async () => {
  await laptop.startAgent(WITHOUT_KEYCHAIN);
  await laptop.login();
  const shim = laptop.start('stdio', 'notes', '--client', 'some-app');
  const params = { name: EVIL, arguments: {}, _meta: {} };
  shim.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 'evil', method: 'tools/call', params })}\n`);
  await shim.printed(/"id":"evil"/);
  shim.stdin.end();
  await shim.ended;

  const { stdout } = await laptop.run('journal');
  expect(stdout).toContain('RED');
  expect(stdout).not.toMatch(STEERING);
  const json = (await laptop.run('journal', '--json')).stdout;
  expect(json).not.toMatch(STEERING);
  const entries = json.trimEnd().split('\n');
  expect(entries.map((entry) => journalEntrySchema.parse(JSON.parse(entry)).fields.name)).toContain(EVIL);
});
