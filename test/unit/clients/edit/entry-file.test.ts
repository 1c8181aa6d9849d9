import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  checkWritable,
  printEntries,
  readEntries,
  removeEntries,
  writeEntries,
} from '../../../../main/clients/edit/entry-file.ts';
import type { EntryPlace } from '../../../../main/clients/edit/entry-place.ts';
import { parsePosition } from '../../../../main/clients/edit/file-problem.ts';
import { writtenFileSchema } from '../../../../main/clients/edit/written-file.ts';
import { problemFrom, temporaryFolder } from '../../fixtures.ts';

const JSON_PLACE: EntryPlace = { format: 'json', section: ['mcpServers'] };
const TOML_PLACE: EntryPlace = { format: 'toml', section: ['mcp_servers'] };
const YAML_PLACE: EntryPlace = { format: 'yaml', section: ['extensions'] };
const PLACES = [JSON_PLACE, TOML_PLACE, YAML_PLACE];
const ENTRIES = { 'lanyard-notes': { url: 'http://127.0.0.1:5693/notes/mcp', headers: { 'Lanyard-Key': 'lk_1' } } };
const TEXT = '{ "theme": 1 }\n';

function setUp(text?: string | Buffer) {
  const folder = temporaryFolder();
  const path = join(folder, 'client.json');
  if (text !== undefined) writeFileSync(path, text, { mode: 0o600 });
  const backups = join(folder, 'state', 'backups');
  return { folder, path, options: { backups, clock: () => Date.UTC(2026, 0, 2) } };
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

for (const place of PLACES) {
  test(`${place.format}: a file and folders that were not there are private, and gone again after`, async () => {
    const { folder, options } = setUp();
    const path = join(folder, 'a', 'b', 'client');
    await checkWritable(path, place);
    expect(await readEntries(path, place)).toBeUndefined();
    const written = await writeEntries(path, place, ENTRIES, options);
    expect(written).toMatchObject({ names: ['lanyard-notes'], made: 'file' });
    expect(modeOf(path)).toBe(0o600);
    expect(modeOf(join(folder, 'a'))).toBe(0o700);
    expect(readFileSync(path, 'utf8')).toBe(await printEntries(place, ENTRIES));
    const again = await writeEntries(path, place, { lanyard: { url: 'x' } }, { ...options, previous: written });
    await removeEntries(path, place, again);
    expect(existsSync(join(folder, 'a'))).toBe(false);
  });

  test(`${place.format}: a file that we made stays with what others put into it, and goes when they took it out`, async () => {
    const { folder, options } = setUp();
    const path = join(folder, 'a', 'client');
    const written = await writeEntries(path, place, ENTRIES, options);
    const theirs = await writeEntries(path, place, { theirs: { url: 'x' } }, options);
    const again = await writeEntries(path, place, ENTRIES, { ...options, previous: written });
    expect([...((await readEntries(path, place)) ?? new Map()).keys()]).toEqual(['theirs', 'lanyard-notes']);
    await removeEntries(path, place, again);
    expect([...((await readEntries(path, place)) ?? [])]).toEqual([['theirs', { url: 'x' }]]);

    const last = await writeEntries(path, place, ENTRIES, { ...options, previous: again });
    await removeEntries(path, place, { ...theirs, made: 'nothing', hash: '' });
    await removeEntries(path, place, last);
    expect(existsSync(join(folder, 'a'))).toBe(false);
  });

  test(`${place.format}: an empty file is empty again, also when somebody wrote a line meanwhile`, async () => {
    const { path, options } = setUp('');
    const written = await writeEntries(path, place, ENTRIES, options);
    await removeEntries(path, place, written);
    expect(readFileSync(path, 'utf8')).toBe('');

    const again = await writeEntries(path, place, ENTRIES, options);
    const comment = place.format === 'json' ? '// theirs\n' : '# theirs\n';
    writeFileSync(path, `${comment}${readFileSync(path, 'utf8')}`);
    await removeEntries(path, place, again);
    expect(readFileSync(path, 'utf8').trimEnd()).toBe(comment.trimEnd());
  });

  test(`${place.format}: somebody else's entry with our name is left alone, unless we wrote it before`, async () => {
    const { path, options } = setUp('');
    await writeEntries(path, place, { 'lanyard-notes': { url: 'theirs' }, 'lanyard-x': { url: 'y' } }, options);
    const before = readFileSync(path);
    const problem = await problemFrom(writeEntries(path, place, ENTRIES, options));
    expect(problem.code).toBe('client-file');
    expect(problem.user).toContain('an entry "lanyard-notes" that Lanyard did not write');
    expect(problem.user).toContain('Rename or remove that entry');
    expect(readFileSync(path)).toEqual(before);
    const previous = { names: ['lanyard-notes'], made: 'nothing' as const, hash: '' };
    await removeEntries(path, place, await writeEntries(path, place, ENTRIES, { ...options, previous }));
    expect([...((await readEntries(path, place)) ?? [])]).toEqual([['lanyard-x', { url: 'y' }]]);
  });
}

test('a preview is what an empty file becomes', async () => {
  expect(await printEntries(TOML_PLACE, { a: { command: 'c', env: { K: 'v' } } })).toBe(
    '[mcp_servers.a]\ncommand = "c"\nenv = { K = "v" }\n',
  );
  expect(await printEntries(YAML_PLACE, { a: { cmd: 'c', args: ['x', 'no'] } })).toBe(
    'extensions:\n  a:\n    cmd: c\n    args:\n      - x\n      - "no"\n',
  );
  expect(JSON.parse(await printEntries({ format: 'json', section: ['amp.mcpServers'] }, { a: { url: 'u' } }))).toEqual({
    'amp.mcpServers': { a: { url: 'u' } },
  });
});

test('without entries ours are taken out, and a later connection starts from there', async () => {
  const { path, options } = setUp(TEXT);
  const written = await writeEntries(path, JSON_PLACE, ENTRIES, options);
  const none = await writeEntries(path, JSON_PLACE, {}, { ...options, previous: written });
  expect(readFileSync(path, 'utf8')).toBe(TEXT);
  const again = await writeEntries(path, JSON_PLACE, ENTRIES, { ...options, previous: none });
  await removeEntries(path, JSON_PLACE, again);
  expect(readFileSync(path, 'utf8')).toBe(TEXT);
});

test('what is kept about a file survives the registry', async () => {
  const { path, options } = setUp('{ "mcpServers": null }');
  const written = await writeEntries(path, JSON_PLACE, ENTRIES, options);
  const kept = writtenFileSchema.parse(JSON.parse(JSON.stringify(written)));
  expect(kept).toEqual(written);
  expect(JSON.stringify(kept)).not.toContain('lk_');
});

test('what a record from before tells is enough to take entries out', async () => {
  const { path, options } = setUp(TEXT);
  await writeEntries(path, JSON_PLACE, ENTRIES, options);
  await removeEntries(path, JSON_PLACE, { names: ['lanyard-notes'], made: 'section', hash: '' });
  expect(readFileSync(path, 'utf8')).toBe(TEXT);
});

test('a link is followed and stays one, also to a file and in a folder that do not exist yet', async () => {
  const { folder, options } = setUp();
  mkdirSync(join(folder, 'dotfiles'));
  symlinkSync('dotfiles', join(folder, 'linked'));
  symlinkSync('../dotfiles/deep/real.json', join(folder, 'dotfiles', 'client.json'));
  const path = join(folder, 'linked', 'client.json');
  const real = join(folder, 'dotfiles', 'deep', 'real.json');
  const written = await writeEntries(path, JSON_PLACE, ENTRIES, options);
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  expect(lstatSync(real).isFile()).toBe(true);
  await removeEntries(path, JSON_PLACE, written);
  expect(readlinkSync(path)).toBe('../dotfiles/deep/real.json');
  expect(existsSync(join(folder, 'dotfiles', 'deep'))).toBe(false);

  mkdirSync(join(folder, 'dotfiles', 'deep'));
  writeFileSync(real, TEXT);
  const again = await writeEntries(path, JSON_PLACE, ENTRIES, options);
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  await removeEntries(path, JSON_PLACE, again);
  expect(readFileSync(real, 'utf8')).toBe(TEXT);
});

test('a ring of links is a problem', async () => {
  const { path, options } = setUp();
  symlinkSync('client.json', path);
  expect((await problemFrom(writeEntries(path, JSON_PLACE, ENTRIES, options))).user).toContain('links lead nowhere');
});

test('a read-only file is left alone, for root too', async () => {
  const { path, options } = setUp(TEXT);
  const written = await writeEntries(path, JSON_PLACE, ENTRIES, options);
  const text = readFileSync(path);
  chmodSync(path, 0o400);
  for (const work of [
    () => checkWritable(path, JSON_PLACE),
    () => writeEntries(path, JSON_PLACE, ENTRIES, { ...options, previous: written }),
    () => removeEntries(path, JSON_PLACE, written),
  ])
    expect((await problemFrom(work)).user).toBe(
      `Lanyard may not change the file ${path}. It is read-only; your administrator may have locked it.`,
    );
  expect(readFileSync(path)).toEqual(text);
  expect(modeOf(path)).toBe(0o400);
});

test('others lose their rights while a key is in the file, and have them again after', async () => {
  const { path, options } = setUp(TEXT);
  chmodSync(path, 0o754);
  const written = await writeEntries(path, JSON_PLACE, ENTRIES, options);
  expect(modeOf(path)).toBe(0o700);
  writeFileSync(path, readFileSync(path, 'utf8').replace('1', '2'));
  await removeEntries(path, JSON_PLACE, written);
  expect(modeOf(path)).toBe(0o754);

  const again = await writeEntries(path, JSON_PLACE, ENTRIES, options);
  chmodSync(path, 0o640);
  await removeEntries(path, JSON_PLACE, again);
  expect(modeOf(path)).toBe(0o640);
});

const REFUSED: Readonly<Record<string, readonly [EntryPlace, string | Buffer, string]>> = {
  'JSON that does not parse': [JSON_PLACE, '{\n  "a": 1,,\n}', 'line 2, column 10 is not JSON'],
  'TOML that does not parse': [TOML_PLACE, 'a = 1\nb = = 2\n', 'line 2, column 5 is not TOML'],
  'YAML that does not parse': [YAML_PLACE, 'a: 1\n\tb: 2\n', 'line 2, column 1 is not YAML'],
  'bytes that are not UTF-8': [JSON_PLACE, Buffer.from([0x7b, 0xff, 0x7d]), 'it is not UTF-8'],
  'a list': [JSON_PLACE, '[]', 'it is not a'],
  'a section that is a list': [JSON_PLACE, '{"mcpServers": []}', '"mcpServers" is not a'],
  'a section that is there twice': [JSON_PLACE, '{"mcpServers": {}, "mcpServers": {}}', 'it has "mcpServers" 2 times'],
  'an entry that is there twice': [JSON_PLACE, '{"mcpServers": {"a": 1, "a": 2}}', 'it has "a" 2 times'],
  'a key of TOML that is there twice': [TOML_PLACE, 'a = 1\na = 2\n', 'line 2, column 1 is not TOML'],
  'a key of YAML that is there twice': [YAML_PLACE, 'a: 1\na: 2\n', 'line 2, column 1 is not YAML'],
  'a section of TOML on one line': [TOML_PLACE, 'mcp_servers = { a = {} }\n', 'written as a value and not as tables'],
  'a section of TOML that is a list': [TOML_PLACE, '[[mcp_servers]]\na = 1\n', 'is not a map of entries'],
  'a section of YAML that is a list': [YAML_PLACE, 'extensions:\n- a\n', 'is not a map of entries'],
  'a section of YAML that is somewhere else': [YAML_PLACE, 'b: &b {x: 1}\nextensions: *b\n', 'is not a map'],
  'a section of YAML that is used somewhere else': [
    YAML_PLACE,
    'extensions: &e\n  x: 1\nb: *e\n',
    'the edit would change more than our entries',
  ],
  'two documents of YAML': [YAML_PLACE, 'a: 1\n---\nb: 1\n', 'it holds more than one document'],
  'aliases that grow without end': [
    YAML_PLACE,
    `a0: &a0 [x, x]\n${[0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => `a${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(9)}]\n`).join('')}`,
    'it cannot be understood',
  ],
  'brackets without end': [JSON_PLACE, '['.repeat(200_000), 'it cannot be understood'],
};

for (const [title, [place, text, detail]] of Object.entries(REFUSED))
  test(`${title}: the file is left as it is, and the reason said`, async () => {
    const { path, options } = setUp(text);
    const before = readFileSync(path);
    const problem = await problemFrom(writeEntries(path, place, ENTRIES, options));
    expect(problem.code).toBe('client-file');
    expect(problem.user).toContain(path);
    expect(problem.user).toContain(detail);
    expect(problem.user).toContain('It was left as it is.');
    expect((await problemFrom(checkWritable(path, place))).user).toBe(problem.user);
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(join(path, '..'))).toEqual(['client.json']);
  });

test('where a file does not parse can be shown', async () => {
  const { path } = setUp('{\n  "a": 1,,\n}');
  expect(parsePosition(await problemFrom(readEntries(path, JSON_PLACE)))).toEqual({ line: 2, column: 10 });
  rmSync(path);
  mkdirSync(path);
  expect(parsePosition(await problemFrom(readEntries(path, JSON_PLACE)))).toBeUndefined();
});

test('what is no file is refused, and a pipe is not waited for', async () => {
  const { folder, path, options } = setUp();
  mkdirSync(path);
  expect((await problemFrom(writeEntries(path, JSON_PLACE, ENTRIES, options))).user).toContain('it is a folder');
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  expect((await problemFrom(writeEntries(pipe, JSON_PLACE, ENTRIES, options))).user).toContain('it is not a file');
  expect((await problemFrom(checkWritable(pipe, JSON_PLACE))).user).toContain('it is not a file');
  const below = join(folder, 'file');
  writeFileSync(below, '');
  const inside = join(below, 'client.json');
  expect((await problemFrom(writeEntries(inside, JSON_PLACE, ENTRIES, options))).user).toContain('not a folder');
});

test('a file larger than 64 MiB is left alone without being read', async () => {
  const { path, options } = setUp('{}');
  truncateSync(path, 64 * 1024 * 1024 + 1);
  expect((await problemFrom(writeEntries(path, JSON_PLACE, ENTRIES, options))).user).toContain('larger than 64 MiB');
});

test('a file that is gone already needs no undoing', async () => {
  const { path, options } = setUp(TEXT);
  const written = await writeEntries(path, JSON_PLACE, ENTRIES, options);
  rmSync(path);
  await removeEntries(path, JSON_PLACE, written);
  expect(existsSync(path)).toBe(false);
  const again = await writeEntries(path, JSON_PLACE, ENTRIES, { ...options, previous: written });
  expect(again.made).toBe('file');
});

test('folders that somebody removed are made again, and known once', async () => {
  const { folder, options } = setUp();
  const path = join(folder, 'a', 'client.json');
  const written = await writeEntries(path, JSON_PLACE, ENTRIES, options);
  rmSync(join(folder, 'a'), { recursive: true });
  const again = await writeEntries(path, JSON_PLACE, ENTRIES, { ...options, previous: written });
  expect(again.madeFolders).toEqual([join(folder, 'a')]);
  await removeEntries(path, JSON_PLACE, again);
  expect(readdirSync(folder)).toEqual([]);
});

test('copies from before are private, few, named after the file, and never hold a key of ours', async () => {
  const { path, options } = setUp(TEXT);
  let previous = await writeEntries(path, JSON_PLACE, ENTRIES, options);
  for (let edit = 2; edit < 9; edit += 1) {
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"theme": \d/, `"theme": ${edit}`));
    previous = await writeEntries(path, JSON_PLACE, ENTRIES, { ...options, previous });
  }
  expect(modeOf(options.backups)).toBe(0o700);
  const copies = readdirSync(options.backups).map((name) => join(options.backups, name));
  expect(copies).toHaveLength(3);
  expect(copies).toContain(previous.backup);
  for (const copy of copies) {
    expect(copy).toMatch(/-client\.json-[0-9a-f]{8}-2026-01-02T00-00-00-000Z(-\d+)?$/);
    expect(modeOf(copy)).toBe(0o600);
    expect(readFileSync(copy, 'utf8')).toMatch(/^\{ "theme": \d \}\n$/);
  }
  await removeEntries(path, JSON_PLACE, previous);
  expect(readFileSync(path, 'utf8')).toBe('{ "theme": 8 }\n');
  expect(readdirSync(options.backups)).toEqual([]);
});

test('no copy stays where only our entries were cut out, or the file is gone; copies of other files do', async () => {
  const { path, options } = setUp(TEXT);
  const other = setUp(TEXT);
  const kept = await writeEntries(other.path, JSON_PLACE, ENTRIES, { ...other.options, backups: options.backups });
  for (const change of [() => writeFileSync(path, readFileSync(path, 'utf8').replace('1', '2')), () => rmSync(path)]) {
    const written = await writeEntries(path, JSON_PLACE, ENTRIES, options);
    change();
    await removeEntries(path, JSON_PLACE, written);
    expect(readdirSync(options.backups).map((name) => join(options.backups, name))).toEqual([kept.backup]);
  }
});

test('a copy that somebody changed is not put back', async () => {
  const { path, options } = setUp(TEXT);
  const written = await writeEntries(path, JSON_PLACE, ENTRIES, options);
  writeFileSync(written.backup ?? '', '{ "evil": true }');
  await removeEntries(path, JSON_PLACE, written);
  expect(readFileSync(path, 'utf8')).toBe(TEXT);
});

test('nothing but the file itself is left behind, whether writing succeeds or fails', async () => {
  const { folder, path, options } = setUp(TEXT);
  const written = await writeEntries(path, JSON_PLACE, ENTRIES, options);
  await problemFrom(writeEntries(path, JSON_PLACE, ENTRIES, options));
  await removeEntries(path, JSON_PLACE, written);
  expect(readdirSync(folder).toSorted()).toEqual(['client.json', 'state']);
  expect(readdirSync(options.backups)).toEqual([]);
});
