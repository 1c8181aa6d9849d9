import { expect, test } from 'vitest';
import { harmlessAdditions, otherAdditions } from '../../../main/clients/additions.ts';
import { standingOf } from '../../../main/clients/app-views.ts';
import { changesOf } from '../../../main/clients/drift.ts';
import type { JsonValue } from '../../../main/clients/edit/entry-place.ts';
import { fingerprintOf, isAsWritten } from '../../../main/clients/fingerprint.ts';
import { findLocalKey, hashLocalKey, makeLocalKey } from '../../../main/clients/local-key.ts';
import { lostEntries } from '../../../main/clients/lost-entries.ts';
import type { ClientRecord } from '../../../main/clients/registry.ts';

const ENTRY = { url: 'http://127.0.0.1:5693/notes/mcp', headers: { 'Lanyard-Key': 'lk_1' }, tools: ['*'] } as const;

test.each<readonly [string, JsonValue | undefined, boolean]>([
  ['the same', ENTRY, true],
  ['another order', { tools: ['*'], headers: { 'Lanyard-Key': 'lk_1' }, url: ENTRY.url }, true],
  ['a key of the app’s own', { ...ENTRY, autoApprove: ['x'] }, true],
  ['another address', { ...ENTRY, url: 'http://127.0.0.1:1/' }, false],
  ['another key', { ...ENTRY, headers: { 'Lanyard-Key': 'lk_2' } }, false],
  ['one more header', { ...ENTRY, headers: { 'Lanyard-Key': 'lk_1', x: '1' } }, false],
  ['another order of a list', { ...ENTRY, tools: ['*', 'x'] }, false],
  ['a part missing', { url: ENTRY.url, headers: ENTRY.headers }, false],
  ['text', 'x', false],
  ['null', null, false],
  ['a list', [ENTRY], false],
  ['nothing', undefined, false],
])('%s of an entry is as written or not', (_what, found, expected) => {
  expect(isAsWritten(found, fingerprintOf(ENTRY))).toBe(expected);
});

test('a fingerprint holds neither the key nor anything else of the entry', () => {
  expect(JSON.stringify(fingerprintOf(ENTRY))).not.toMatch(/lk_1|5693/);
});

test.each<readonly [string, JsonValue]>([
  ['alwaysAllow', ['x']],
  ['autoApprove', ['x']],
  ['disabled', true],
  ['enabled', false],
  ['timeout', 60],
  ['startup_timeout_sec', 60],
  ['disabledTools', ['x']],
  ['enabled_tools', ['x']],
  ['description', 'Notes'],
  ['env', {}],
  ['args', []],
  ['cwd', null],
])('%s is no change, and stays when the entry is written anew', (key, value) => {
  const found = { ...ENTRY, [key]: value };
  expect(harmlessAdditions(found, fingerprintOf(ENTRY))).toEqual({ [key]: value });
  expect(changesOf({ ...RECORD, entries: ['a'] }, new Map([['a', found]]))).toEqual([]);
});

test.each<readonly [string, JsonValue]>([
  ['command', '/bin/sh'],
  ['cmd', '/bin/sh'],
  ['args', ['-c']],
  ['env', { NODE_OPTIONS: '--require=/x' }],
  ['envs', { PATH: '/x' }],
  ['env_keys', ['TOKEN']],
  ['environment', { PATH: '/x' }],
  ['envFile', '/x'],
  ['cwd', '/x'],
  ['uri', 'https://collector.example.com/mcp'],
  ['httpUrl', 'https://collector.example.com/mcp'],
  ['serverUrl', 'https://collector.example.com/mcp'],
  ['http_headers', { x: '1' }],
  ['env_http_headers', { x: 'TOKEN' }],
  ['bearer_token_env_var', 'TOKEN'],
  ['headersHelper', '/x'],
  ['http_headers_helper', '/x'],
  ['trust', true],
  ['type', 'stdio'],
  ['transport', 'sse'],
  ['HTTPURL', 'https://collector.example.com/mcp'],
  ['somethingOfTomorrow', 1],
])('%s that was added is a change, and does not stay when the entry is written anew', (key, value) => {
  const found = { ...ENTRY, timeout: 60, [key]: value };
  expect(otherAdditions(found, fingerprintOf(ENTRY))).toEqual([key]);
  expect(harmlessAdditions(found, fingerprintOf(ENTRY))).toEqual({ timeout: 60 });
  expect(changesOf({ ...RECORD, entries: ['a'] }, new Map([['a', found]]))).toEqual([
    `The entry "a" has something added that Lanyard did not write: ${key}.`,
  ]);
});

test('keys that somebody added are few and harmless to read in the sentence about them', () => {
  const added = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`${n}\u001b[31m${'x'.repeat(99)}`, 1]));
  const [sentence = ''] = changesOf({ ...RECORD, entries: ['a'] }, new Map([['a', { ...ENTRY, ...added }]]));
  expect(sentence).toMatch(/^The entry "a" has something added that Lanyard did not write: (0 \[31mx+, )/);
  expect(sentence).toMatch(/ and more\.$/);
  expect(sentence.length).toBeLessThan(400);
});

const RECORD: ClientRecord = {
  id: 'zed',
  kind: 'zed',
  title: 'Zed',
  addedAt: 1,
  keyHash: 'h',
  file: '/f',
  entries: ['a', 'b'],
  fingerprints: { a: fingerprintOf(ENTRY), b: fingerprintOf(ENTRY) },
};
const { fingerprints: _kept, ...OLD } = RECORD;
const edited = { ...ENTRY, url: 'x' };
const OTHERS: ClientRecord = { ...RECORD, fingerprints: { a: fingerprintOf(ENTRY), b: fingerprintOf(edited) } };
const found = (entries: Readonly<Record<string, JsonValue>>) => new Map(Object.entries(entries));

test.each<readonly [string, ClientRecord, ReadonlyMap<string, JsonValue> | undefined, readonly string[]]>([
  ['all is there', RECORD, found({ a: ENTRY, b: ENTRY, theirs: 1 }), []],
  ['one was edited', RECORD, found({ a: edited, b: ENTRY }), ['The entry "a" has another address.']],
  ['one is gone', RECORD, found({ b: ENTRY }), ['The entry "a" was taken out of the file.']],
  [
    'one gone, one edited',
    RECORD,
    found({ b: edited }),
    ['The entry "a" was taken out of the file.', 'The entry "b" has another address.'],
  ],
  [
    'both edited',
    RECORD,
    found({ a: edited, b: edited }),
    ['The entry "a" has another address.', 'The entry "b" has another address.'],
  ],
  [
    'two of three gone',
    { ...RECORD, entries: ['a', 'b', 'c'] },
    found({ b: ENTRY }),
    ['The entry "a" was taken out of the file.', 'The entry "c" was taken out of the file.'],
  ],
  ['the only one is gone', { ...RECORD, entries: ['a'] }, found({}), ['The entry "a" was taken out of the file.']],
  ['each is compared with its own', OTHERS, found({ a: ENTRY, b: edited }), []],
  [
    'they are exchanged',
    OTHERS,
    found({ a: edited, b: ENTRY }),
    ['The entry "a" has another address.', 'The entry "b" has another address.'],
  ],
  ['all are gone', RECORD, found({ theirs: 1 }), ["Lanyard's entries were taken out of the file."]],
  ['the file is gone', RECORD, undefined, ["The file /f is gone, and Lanyard's entries with it."]],
  ['an older version’s, edited', OLD, found({ a: edited, b: ENTRY }), []],
  ['an older version’s, gone', OLD, found({ b: ENTRY }), ['The entry "a" was taken out of the file.']],
  [
    'it could not be taken out',
    { ...RECORD, leaving: true },
    found({ a: ENTRY, b: ENTRY }),
    ['It is disconnected, but Lanyard\'s entries are still in the file. Disconnect "zed" again.'],
  ],
  ['a value of ours is gone', RECORD, found({ a: { url: ENTRY.url }, b: ENTRY }), ['The entry "a" was edited.']],
  ['it is no object', RECORD, found({ a: 'x', b: ENTRY }), ['The entry "a" was edited.']],
  [
    'it starts another program',
    { ...RECORD, entries: ['a'], fingerprints: { a: fingerprintOf({ command: '/opt/lanyard' }) } },
    found({ a: { command: '/bin/sh' } }),
    ['The entry "a" starts another program.'],
  ],
  [
    'an older version kept no parts, and it was edited',
    { ...RECORD, entries: ['a'], fingerprints: { a: { ...fingerprintOf(ENTRY), parts: undefined } } },
    found({ a: edited }),
    ['The entry "a" was edited.'],
  ],
  ['nothing to reach', { ...RECORD, entries: [] }, undefined, []],
])('%s', (_what, record, entries, sentences) => {
  expect(changesOf(record, entries)).toEqual(sentences);
});

const problem = { code: 'client-file', user: 'u', administrator: 'a' };
const whole = { kind: 'entries', entries: found({ a: ENTRY, b: ENTRY }) } as const;

test.each([
  ['not-allowed', false, RECORD, whole],
  ['not-allowed', false, undefined, undefined],
  ['unreadable', true, RECORD, { kind: 'problem', problem } as const],
  ['unreadable', true, undefined, { kind: 'problem', problem } as const],
  ['connected', true, RECORD, whole],
  ['connected', true, RECORD, { kind: 'too-large' } as const],
  ['changed', true, RECORD, { kind: 'entries', entries: undefined } as const],
  ['not-connected', true, undefined, { kind: 'entries', entries: undefined } as const],
  ['not-connected', true, undefined, undefined],
] as const)('an app is %s', (status, allowed, client, look) => {
  const standing = standingOf(allowed, client, look);
  expect(standing.status).toBe(status);
  expect(standing.problem).toEqual(status === 'unreadable' ? problem : undefined);
  expect(standing.changes.length > 0).toBe(status === 'changed');
});

test.each<readonly [string, JsonValue, boolean]>([
  ['our header', { url: 'u', headers: { 'Lanyard-Key': 'lk_1' } }, true],
  ['our header in another shape', { url: 'u', http_headers: { 'Lanyard-Key': 'lk_1' } }, true],
  ['our shim', { command: '/opt/lanyard', args: ['stdio', 'notes', '--client', 'zed'] }, true],
  ['our shim in one list', { command: ['/opt/lanyard', 'stdio', '--client', 'opencode'] }, true],
  ['a program of theirs', { command: 'notes', args: ['stdio'] }, false],
  ['an address of theirs', { url: 'http://127.0.0.1:5693/notes/mcp' }, false],
  ['text', 'Lanyard-Key', false],
])('%s under our name is ours or not', (_what, entry, isOurs) => {
  expect(lostEntries(found({ 'lanyard-notes': entry }), ['lanyard-notes', 'lanyard-x'])).toEqual(
    isOurs ? ['lanyard-notes'] : [],
  );
  expect(lostEntries(found({ other: entry }), ['lanyard-notes'])).toEqual([]);
  expect(lostEntries(undefined, ['lanyard-notes'])).toEqual([]);
});

test('a local key is found in a file by its hash alone, at any depth', () => {
  const [mine, other] = [makeLocalKey(), makeLocalKey()];
  const values: JsonValue[] = [{ headers: { 'Lanyard-Key': other } }, [1, null, { http_headers: { x: mine } }]];
  expect(findLocalKey(values, hashLocalKey(mine))).toBe(mine);
  expect(findLocalKey(values, hashLocalKey(makeLocalKey()))).toBeUndefined();
});
