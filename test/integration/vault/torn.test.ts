import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openVault } from '../../../main/vault/vault.ts';
import { problemOf } from '../../../shared/errors.ts';

/** A file that was not written to its end may stop anywhere; every so many bytes are looked at. */
const STEP_BYTES = 64;

const key = randomBytes(32);
const keyStore = { kind: 'keychain' as const, read: async () => key, write: async () => {} };
let folder: string;
let path: string;
let present: Buffer;
let previous: Buffer;

const session = (provedAt: number) => ({
  issuer: 'i',
  subject: 's',
  idToken: 'x'.repeat(2_000),
  idTokenExpiresAt: 0,
  refreshToken: 'r',
  provedAt,
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-'));
  path = join(folder, 'vault.json');
  const vault = await openVault(path, keyStore);
  for (const provedAt of [1, 2]) await vault.update((contents) => ({ ...contents, session: session(provedAt) }));
  present = readFileSync(path);
  previous = readFileSync(join(folder, 'vault.previous.json'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
});

/** Opens a vault whose present file is damaged. */
async function openDamaged(damaged: Buffer) {
  writeFileSync(path, damaged);
  writeFileSync(join(folder, 'vault.previous.json'), previous);
  return openVault(path, keyStore);
}

test('torn after any number of bytes, the vault opens from the generation before, and the torn file is kept', async () => {
  expect(present.length).toBeGreaterThan(30 * STEP_BYTES);
  // Without its line's end alone it is whole.
  for (let bytes = 0; bytes < present.length - 1; bytes += STEP_BYTES) {
    const torn = present.subarray(0, bytes);
    const vault = await openDamaged(torn);
    expect(vault.restored, `${bytes} bytes`).toBe(true);
    expect(vault.contents.session).toMatchObject({ provedAt: 1, refreshSentAt: expect.any(Number) });
    expect(readFileSync(vault.setAside ?? '')).toEqual(torn);
    expect(readFileSync(join(folder, 'vault.previous.json'))).toEqual(previous);
    rmSync(vault.setAside ?? '');
  }
});

/** Changes one character of a field's value. */
function flip(field: string, at: number): Buffer {
  const file = JSON.parse(present.toString('utf8')) as Record<string, string>;
  const value = file[field] ?? '';
  const index = at < 0 ? value.length + at : at;
  const other = value[index] === 'A' ? 'B' : 'A';
  return Buffer.from(JSON.stringify({ ...file, [field]: value.slice(0, index) + other + value.slice(index + 1) }));
}

const withField = (change: Record<string, unknown>) => () =>
  Buffer.from(JSON.stringify({ ...(JSON.parse(present.toString('utf8')) as object), ...change }));

test.each<[string, () => Buffer]>([
  ['the version, to an older one', withField({ version: 0 })],
  ['the version, to a text', withField({ version: '1' })],
  ['the cipher', () => flip('cipher', 0)],
  ['the start of the nonce', () => flip('nonce', 0)],
  ['the end of the nonce', () => flip('nonce', -1)],
  ['the start of the tag', () => flip('tag', 0)],
  ['the middle of the tag', () => flip('tag', 10)],
  ['the start of the data', () => flip('data', 0)],
  ['the middle of the data', () => flip('data', 1_000)],
  ['a field more', withField({ more: 1 })],
  ['a field less', withField({ tag: undefined })],
])('tampered with in one place (%s), the vault opens from the generation before', async (_what, tamper) => {
  const tampered = tamper();
  expect(tampered).not.toEqual(present);
  const vault = await openDamaged(tampered);
  expect(vault.contents.session?.provedAt).toBe(1);
  expect(readFileSync(vault.setAside ?? '')).toEqual(tampered);
});

test('tampered with so that it looks newer, the vault does not open, and both files stay', async () => {
  const tampered = withField({ version: 2 })();
  expect(await openDamaged(tampered).catch(problemOf)).toMatchObject({ code: 'vault-newer' });
  expect(readFileSync(path)).toEqual(tampered);
  expect(readdirSync(folder).sort()).toEqual(['vault.json', 'vault.previous.json']);
});
