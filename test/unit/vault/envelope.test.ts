import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { KEY_BYTES, seal, unseal } from '../../../main/vault/envelope.ts';

const KEY = randomBytes(KEY_BYTES);

test.each(['', '{}', 'ünïcödé 🔑', 'x'.repeat(100_000)])('what was sealed comes back: %.20s', (text) => {
  expect(unseal(seal(text, KEY), KEY)).toBe(text);
});

test('nothing of the text can be read, and the same text never looks the same', () => {
  const sealed = seal('a-refresh-token', KEY);
  expect(sealed).not.toContain('refresh');
  expect(sealed).not.toContain(Buffer.from('a-refresh-token').toString('base64').slice(0, 12));
  expect(seal('a-refresh-token', KEY)).not.toBe(sealed);
  expect(sealed.endsWith('}\n')).toBe(true);
});

test('whatever byte of the file is changed, it does not open', () => {
  const sealed = Buffer.from(seal('secret', KEY), 'latin1');
  for (let at = 0; at < sealed.length - 1; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 0x01;
    expect(() => unseal(changed.toString('latin1'), KEY), `byte ${at}: ${changed.toString('latin1')}`).toThrow();
  }
});

test('wherever the file is cut off, it does not open', () => {
  const sealed = seal('secret', KEY).trimEnd();
  for (let length = 0; length < sealed.length; length += 1)
    expect(() => unseal(sealed.slice(0, length), KEY), `${length} bytes`).toThrow();
});

test('another key does not open it', () => {
  const other = Buffer.from(KEY);
  other[31] = (other[31] ?? 0) ^ 0x80;
  expect(() => unseal(seal('secret', KEY), other)).toThrow();
});

test('parts of two files do not fit together', () => {
  const [one, two] = ['one', 'two'].map((text) => JSON.parse(seal(text, KEY)) as Record<string, unknown>);
  for (const part of ['nonce', 'tag', 'data'])
    expect(() => unseal(JSON.stringify({ ...one, [part]: two?.[part] }), KEY), part).toThrow();
});

test.each([
  ['another version', { version: 2 }],
  ['another cipher', { cipher: 'aes-256-cbc' }],
  ['a shorter tag', { tag: Buffer.alloc(12).toString('base64') }],
  ['a longer nonce', { nonce: Buffer.alloc(16).toString('base64') }],
  ['a field that is not its own', { extra: 1 }],
])('a file with %s is not taken for one of ours', (_what, change) => {
  const sealed = JSON.parse(seal('secret', KEY)) as object;
  expect(() => unseal(JSON.stringify({ ...sealed, ...change }), KEY)).toThrow();
});

test.each(['', 'not JSON', 'null', '[]', '{}'])('%j is no sealed file', (file) => {
  expect(() => unseal(file, KEY)).toThrow();
});
