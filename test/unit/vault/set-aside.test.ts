import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createSettingAside } from '../../../main/vault/set-aside.ts';
import { problemFrom } from '../fixtures.ts';
import { NOW, place } from './samples.ts';

test('files are moved byte for byte, under a name with the time, once', async () => {
  const { folder, path, previous } = place();
  writeFileSync(path, 'one');
  writeFileSync(previous, 'other');
  const aside = createSettingAside([path, previous], () => NOW);
  await aside.move();
  await aside.move();
  expect(aside.moved).toEqual([`${path}.unreadable-${NOW}`, `${previous}.unreadable-${NOW}`]);
  expect(aside.moved.map((file) => readFileSync(file, 'utf8'))).toEqual(['one', 'other']);
  expect(readdirSync(folder)).toHaveLength(2);
});

test('at the same time as before, nothing that was set aside is overwritten', async () => {
  const { folder, path } = place();
  for (const content of ['one', 'two', 'three']) {
    writeFileSync(path, content);
    await createSettingAside([path], () => NOW).move();
  }
  expect(readdirSync(folder).map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')])).toEqual([
    [`vault.json.unreadable-${NOW}`, 'one'],
    [`vault.json.unreadable-${NOW}-2`, 'two'],
    [`vault.json.unreadable-${NOW}-3`, 'three'],
  ]);
});

test('the five newest of both files are kept, and nothing else is touched', async () => {
  const { folder, path, previous } = place();
  const others = ['clients.json.unreadable-1', 'vault.json.unreadable-x', 'other.vault.json.unreadable-1'];
  for (const name of others) writeFileSync(`${folder}/${name}`, '');
  for (const time of [9, 10, 11, 100]) {
    for (const file of [path, previous]) writeFileSync(file, `at ${time}`);
    await createSettingAside([path, previous], () => time).move();
  }
  expect(new Set(readdirSync(folder))).toEqual(
    new Set([
      ...others,
      'vault.previous.json.unreadable-10',
      'vault.json.unreadable-11',
      'vault.previous.json.unreadable-11',
      'vault.json.unreadable-100',
      'vault.previous.json.unreadable-100',
    ]),
  );
});

test('what cannot be moved is told in a sentence and can be tried again', async () => {
  const { folder, path } = place();
  const aside = createSettingAside([path], () => NOW);
  expect(await problemFrom(aside.move())).toMatchObject({ code: 'vault-write' });
  expect(aside.moved).toEqual([]);
  writeFileSync(path, 'back');
  mkdirSync(`${folder}/vault.json.unreadable-${NOW}`);
  await aside.move();
  expect(aside.moved).toEqual([`${path}.unreadable-${NOW}-2`]);
});
