import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { EMPTY_VAULT, type SessionRecord, type VaultContents } from '../../../main/vault/contents.ts';
import { seal } from '../../../main/vault/envelope.ts';
import { chooseContents, endsSession, type Generation, judgeGeneration } from '../../../main/vault/generation.ts';
import { grant, NOW, session } from './samples.ts';

const KEY = randomBytes(32);
const contents: VaultContents = { ...EMPTY_VAULT, session, grants: { notes: grant('t') } };
const { tokenType: _bearer, ...olderGrant } = grant('t');
const sealed = (value: unknown) => seal(JSON.stringify(value), KEY);

test.each<[string, string | undefined, Buffer | null, Generation]>([
  ['no file', undefined, KEY, { kind: 'absent' }],
  ['a good file', sealed(contents), KEY, { kind: 'good', contents }],
  ['a good file and no key', sealed(contents), null, { kind: 'unreadable' }],
  ['a file of another key', seal('{}', randomBytes(32)), KEY, { kind: 'unreadable' }],
  ['an empty file', '', KEY, { kind: 'unreadable' }],
  ['half a file', sealed(contents).slice(0, 200), KEY, { kind: 'unreadable' }],
  ['sealed text that is no JSON', seal('{', KEY), KEY, { kind: 'unreadable' }],
  ['sealed contents without a version', sealed({ session: null }), KEY, { kind: 'unreadable' }],
  ['sealed contents that are not ours', sealed({ version: 2, session: null }), KEY, { kind: 'unreadable' }],
  [
    'contents of version 1',
    sealed({ version: 1, session, grants: { notes: olderGrant } }),
    KEY,
    { kind: 'good', contents },
  ],
  ['contents of a newer version', sealed({ version: 3, secrets: [] }), KEY, { kind: 'newer', version: 3, known: 2 }],
  ['an envelope of a newer version', '{"version":2,"cipher":"x"}', KEY, { kind: 'newer', version: 2, known: 1 }],
  ['a newer envelope and no key', '{"version":9}', null, { kind: 'newer', version: 9, known: 1 }],
  ['an envelope of version 0', sealed(contents).replace('"version":1', '"version":0'), KEY, { kind: 'unreadable' }],
])('%s', (_what, file, key, judged) => {
  expect(judgeGeneration(file, key)).toEqual(judged);
});

const good = (name: string): Generation => ({
  kind: 'good',
  contents: { ...contents, grants: { [name]: grant(name) } },
});
const absent: Generation = { kind: 'absent' };
const unreadable: Generation = { kind: 'unreadable' };

test.each<[Generation, Generation, string | undefined, boolean]>([
  [good('present'), good('previous'), 'present', false],
  [good('present'), unreadable, 'present', false],
  [good('present'), absent, 'present', false],
  [unreadable, good('previous'), 'previous', true],
  [absent, good('previous'), 'previous', true],
  [unreadable, unreadable, undefined, false],
  [unreadable, absent, undefined, false],
  [absent, unreadable, undefined, false],
  [absent, absent, undefined, false],
])('of $0.kind and $1.kind the contents are those of: %2$s', (present, previous, chosen, restored) => {
  const choice = chooseContents(present, previous, NOW);
  expect(Object.keys(choice.contents.grants)).toEqual(chosen === undefined ? [] : [chosen]);
  expect(choice.restored).toBe(restored);
});

test.each<[string, SessionRecord | null, number | undefined]>([
  ['is marked as maybe spent', session, NOW],
  ['keeps the time at which it was sent', { ...session, refreshSentAt: 5 }, 5],
  ['needs no mark when there is none', { ...session, refreshToken: undefined }, undefined],
  ['needs no mark when nobody is signed in', null, undefined],
])('the refresh token of the previous generation %s', (_what, held, refreshSentAt) => {
  const previous: Generation = { kind: 'good', contents: { ...contents, session: held } };
  expect(chooseContents(absent, previous, NOW).contents.session?.refreshSentAt).toBe(refreshSentAt);
  expect(chooseContents(previous, absent, NOW).contents.session).toEqual(held);
});

test.each<[string, SessionRecord | null, SessionRecord | null, boolean]>([
  ['signing out', session, null, true],
  ['another person', session, { ...session, subject: 'bob' }, true],
  ['another identity provider', session, { ...session, issuer: 'https://other.example.com' }, true],
  ['a renewal', session, { ...session, refreshToken: 'next' }, false],
  ['signing in', null, session, false],
  ['nobody before and after', null, null, false],
])('%s ends a session: $3', (_what, before, after, ends) => {
  expect(endsSession({ ...EMPTY_VAULT, session: before }, { ...EMPTY_VAULT, session: after })).toBe(ends);
});
