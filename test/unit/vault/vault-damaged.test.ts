import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seal } from '../../../main/vault/envelope.ts';
import { openVault } from '../../../main/vault/vault.ts';
import { problemFrom } from '../fixtures.ts';
import { memoryKeyStore } from './memory-key-store.ts';
import { NOW, place, session, withGrant, withSession } from './samples.ts';

const KEY = randomBytes(32);

type Damage = (path: string) => void;
const nothing: Damage = () => {};
const missing: Damage = (path) => rmSync(path);
const empty: Damage = (path) => writeFileSync(path, '');
const torn: Damage = (path) => writeFileSync(path, readFileSync(path).subarray(0, 100));
const foreign: Damage = (path) => writeFileSync(path, '{"hello":"world"}');
const otherKey: Damage = (path) => writeFileSync(path, seal('{}', randomBytes(32)));
const otherForm: Damage = (path) => writeFileSync(path, seal('{"version":2}', KEY));
const newerEnvelope: Damage = (path) => writeFileSync(path, '{"version":2,"cipher":"another"}');
const newerContents: Damage = (path) => writeFileSync(path, seal('{"version":3}', KEY));

/** Every file of a folder with its bytes. */
const filesOf = (folder: string) =>
  new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));

/** A vault of two generations: with one grant, and with one more. Then it is damaged. */
async function damaged(present: Damage, previous: Damage) {
  const at = place();
  const keyStore = memoryKeyStore(KEY);
  const vault = await openVault(at.path, keyStore);
  await vault.update((contents) => withGrant('one')(withSession(session)(contents)));
  await vault.update(withGrant('two'));
  present(at.path);
  previous(at.previous);
  return { ...at, keyStore, before: filesOf(at.folder) };
}

const [PRESENT, PREVIOUS] = ['vault.json', 'vault.previous.json'] as const;

test.each<[string, Damage, Damage, grants: number, restored: boolean, lost: string | undefined, moved: string[]]>([
  ['intact', nothing, nothing, 2, false, undefined, []],
  ['without a previous one', nothing, missing, 2, false, undefined, []],
  ['with a torn previous one', nothing, torn, 2, false, undefined, [PREVIOUS]],
  ['missing', missing, nothing, 1, true, undefined, []],
  ['empty', empty, nothing, 1, true, PRESENT, [PRESENT]],
  ['torn', torn, nothing, 1, true, PRESENT, [PRESENT]],
  ['something else', foreign, nothing, 1, true, PRESENT, [PRESENT]],
  ['of another key', otherKey, nothing, 1, true, PRESENT, [PRESENT]],
  ['of another form', otherForm, nothing, 1, true, PRESENT, [PRESENT]],
  ['torn without a previous one', torn, missing, 0, false, PRESENT, [PRESENT]],
  ['torn like the previous one', torn, torn, 0, false, PRESENT, [PRESENT, PREVIOUS]],
  ['missing and the previous one torn', missing, torn, 0, false, PREVIOUS, [PREVIOUS]],
  ['missing like the previous one', missing, missing, 0, false, undefined, []],
])('a present generation that is %s', async (_what, present, previous, grants, restored, lost, moved) => {
  const { folder, path, keyStore, before } = await damaged(present, previous);
  const vault = await openVault(path, keyStore, () => NOW);
  expect(Object.keys(vault.contents.grants)).toHaveLength(grants);
  expect(vault.contents.session?.refreshSentAt).toBe(restored ? NOW : undefined);
  expect(vault.restored).toBe(restored);
  expect(vault.setAside).toBe(lost && join(folder, `${lost}.unreadable-${NOW}`));
  expect(vault.unsaved).toBeUndefined();

  // Nothing but names has changed, and those only of what does not decrypt.
  const expected = new Map(
    [...before].map(([name, bytes]) => [moved.includes(name) ? `${name}.unreadable-${NOW}` : name, bytes]),
  );
  expect(filesOf(folder)).toEqual(expected);

  await vault.update(withGrant('three'));
  const again = await openVault(path, keyStore);
  expect(Object.keys(again.contents.grants)).toHaveLength(grants + 1);
  expect([again.restored, again.setAside]).toEqual([false, undefined]);
  for (const name of moved) expect(filesOf(folder).get(`${name}.unreadable-${NOW}`)).toEqual(before.get(name));
});

test.each<[string, Damage, Damage, string, number]>([
  ['in a newer envelope', newerEnvelope, nothing, PRESENT, 2],
  ['with newer contents', newerContents, nothing, PRESENT, 3],
  ['with newer contents and no previous one', newerContents, missing, PRESENT, 3],
  ['with newer contents and a torn previous one', newerContents, torn, PRESENT, 3],
  ['torn and the previous one newer', torn, newerContents, PREVIOUS, 3],
  ['missing and the previous one newer', missing, newerEnvelope, PREVIOUS, 2],
  ['good and the previous one newer', nothing, newerContents, PREVIOUS, 3],
])('a present generation %s opens nothing and changes nothing', async (_what, present, previous, name, version) => {
  const { folder, path, keyStore, before } = await damaged(present, previous);
  const fault = await problemFrom(openVault(path, keyStore, () => NOW));
  expect(fault).toMatchObject({ code: 'vault-newer', user: expect.stringContaining('Update Lanyard') });
  expect(fault.administrator).toContain(`${join(folder, name)} has version ${version}`);
  expect(filesOf(folder)).toEqual(before);
});

test('a restored vault that is not written to is restored again', async () => {
  const { path, keyStore } = await damaged(torn, nothing);
  await openVault(path, keyStore, () => NOW);
  const again = await openVault(path, keyStore, () => NOW + 1);
  expect(again).toMatchObject({ restored: true, setAside: undefined });
  expect(Object.keys(again.contents.grants)).toEqual(['one']);
});
