import { expect, test } from 'vitest';
import { EMPTY_VAULT } from '../../../main/vault/contents.ts';
import { CONTENTS_VERSION, migrate, versionOf } from '../../../main/vault/migrations.ts';
import { grant, session } from './samples.ts';

const { tokenType: _bearer, ...olderGrant } = grant('token of notes');
const version1 = { version: 1, session, grants: { notes: { ...olderGrant, scope: 'read' } } };

test('a vault of version 1 keeps its session and its grants, as bearer tokens', () => {
  expect(migrate(version1)).toEqual({
    version: 2,
    session,
    grants: { notes: { ...grant('token of notes'), scope: 'read' } },
    mints: {},
    dpopKey: null,
  });
});

test('an empty vault of version 1 is an empty vault', () => {
  expect(migrate({ version: 1, session: null, grants: {} })).toEqual(EMPTY_VAULT);
});

test('what is migrated is not changed in place', () => {
  const before = structuredClone(version1);
  migrate(version1);
  expect(version1).toEqual(before);
});

test('a vault of the present version is the same afterwards', () => {
  const contents = {
    ...EMPTY_VAULT,
    session: { ...session, refreshSentAt: 3, acr: 'phr' },
    grants: { notes: grant('t') },
  };
  expect(migrate(contents)).toEqual(contents);
});

test.each<[string, unknown]>([
  ['version 1 with a field of version 2', { ...version1, mints: {} }],
  ['version 1 whose grant has a token type', { ...version1, grants: { notes: grant('t') } }],
  ['version 1 whose session was sent for renewal', { ...version1, session: { ...session, refreshSentAt: 1 } }],
  ['version 1 without grants', { version: 1, session: null }],
  ['version 2 with the fields of version 1', { ...version1, version: 2 }],
  ['version 0', { ...version1, version: 0 }],
  ['a newer version', { ...EMPTY_VAULT, version: CONTENTS_VERSION + 1 }],
  ['a version that is a text', { ...version1, version: '1' }],
  ['no version', { session: null, grants: {} }],
  ['nothing', null],
])('%s is refused', (_what, contents) => {
  expect(() => migrate(contents)).toThrow();
});

test.each<[unknown, number | undefined]>([
  [{ version: 7 }, 7],
  [{ version: 0, more: 1 }, 0],
  [{ version: 1.5 }, undefined],
  [{ version: 1e300 }, undefined],
  [{ version: '1' }, undefined],
  [{}, undefined],
  [[], undefined],
  [null, undefined],
  [undefined, undefined],
])('%j says it has version %s', (value, version) => {
  expect(versionOf(value)).toBe(version);
});
