import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Entry } from '../../../main/clients/entries.ts';
import { type Made, removeEntries, writeEntries } from '../../../main/clients/json-config.ts';
import { problemFrom, temporaryFolder } from '../fixtures.ts';

const NOTES: Entry = { type: 'http', url: 'http://127.0.0.1:5693/notes/mcp', headers: { 'Lanyard-Key': 'lk_1' } };
const TICKETS: Entry = { type: 'stdio', command: '/opt/lanyard', args: ['stdio', 'tickets'] };
const ENTRIES = { 'lanyard-notes': NOTES, 'lanyard-tickets': TICKETS };

/** A file with this content, in a folder of its own. */
function fileWith(content: string | Buffer, mode = 0o600): string {
  const path = join(temporaryFolder(), 'client.json');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

/** What JSON with comments and trailing commas means; strings of these tests hold neither. */
function meaningOf(path: string): { mcpServers: Record<string, unknown> } {
  const text = readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  const plain = text
    .replaceAll(/(?<=^|\s)\/\/.*$/gm, '')
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/,(\s*[}\]])/g, '$1');
  return JSON.parse(plain) as ReturnType<typeof meaningOf>;
}

const THEIRS = '{"type":"http","url":"http://127.0.0.1:9/mcp" }';

const FORMS: Readonly<Record<string, string>> = {
  'an empty object': '{}',
  'an empty object and a newline': '{}\n',
  'two spaces': '{\n  "a": 1,\n  "b": [1, 2]\n}\n',
  'four spaces': '{\n    "a": {\n        "b": 1\n    }\n}\n',
  tabs: `{\n\t"mcpServers": {\n\t\t"theirs": ${THEIRS}\n\t},\n\t"z": 1\n}\n`,
  'one line': `{"a":1,"mcpServers":{"theirs":${THEIRS}},"b":{}}`,
  'one line without a section': '{"a":1,"b":{}}',
  'CR LF': `{\r\n  "mcpServers": {\r\n    "theirs": ${THEIRS}\r\n  },\r\n  "z": 1\r\n}\r\n`,
  'CR LF without a section': '{\r\n  "a": 1\r\n}\r\n',
  'no newline at the end': '{\n  "a": 1\n}',
  'a byte order mark': `\ufeff{\n  "a": 1,\n  "mcpServers": {\n    "theirs": ${THEIRS}\n  }\n}\n`,
  'an empty section': '{\n  "a": 1,\n  "mcpServers": {}\n}\n',
  'an empty section on one line': '{"mcpServers":{},"a":1}',
  'the section first': `{\n  "mcpServers": {\n    "theirs": ${THEIRS}\n  },\n  "z": 1\n}\n`,
  comments: `{\n  // why\n  "a": 1, /* here */\n  "mcpServers": {\n    // theirs\n    "theirs": ${THEIRS}\n    // end\n  }\n}\n`,
  'comments without a section': '{\n  // why\n  "a": 1 // here\n}\n',
  'trailing commas': `{\n  "mcpServers": {\n    "theirs": ${THEIRS},\n  },\n}\n`,
  'a trailing comma without a section': '{\n  "a": 1,\n}\n',
  'odd spaces and escapes': `{ "caf\\u00e9" :1.50e1 ,\n\n "mcpServers":{ "theirs" : ${THEIRS} } , "z" : [ ]   }`,
  'letters of all kinds': '{\n  "å": "🔑",\n  "\\ud83d": "\\u2028"\n}\n',
  'a name like ours elsewhere': '{\n  "projects": {"mcpServers": {"lanyard-notes": 1}},\n  "lanyard-notes": 2\n}\n',
};

for (const [form, content] of Object.entries(FORMS)) {
  test(`${form}: our entries go in, and out again to the same bytes`, async () => {
    const path = fileWith(content);
    const { made, entries } = await writeEntries(path, ENTRIES);
    expect(entries).toEqual(Object.keys(ENTRIES));
    const { mcpServers } = meaningOf(path);
    expect(mcpServers).toMatchObject(ENTRIES);
    expect('theirs' in mcpServers).toBe(content.includes('"theirs"'));
    await removeEntries(path, made);
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  test(`${form}: connecting again replaces our entries, and they still go without a trace`, async () => {
    const path = fileWith(content);
    let { made } = await writeEntries(path, ENTRIES);
    ({ made } = await writeEntries(path, { 'lanyard-other': NOTES }, made));
    const ours = Object.keys(meaningOf(path).mcpServers).filter((name) => name.startsWith('lanyard-'));
    expect(ours).toEqual(['lanyard-other']);
    await removeEntries(path, made);
    expect(readFileSync(path, 'utf8')).toBe(content);
  });
}

test("others' entries keep their bytes, also what was added between our two visits", async () => {
  const path = fileWith(`{\n  "mcpServers": {\n    "theirs": ${THEIRS}\n  }\n}\n`);
  const { made } = await writeEntries(path, ENTRIES);
  expect(readFileSync(path, 'utf8')).toContain(`"theirs": ${THEIRS}`);
  const added = readFileSync(path, 'utf8').replace('"lanyard-notes"', '"later": {"x" :1},\n    "lanyard-notes"');
  writeFileSync(path, added);
  await removeEntries(path, made);
  expect(readFileSync(path, 'utf8')).toBe(
    `{\n  "mcpServers": {\n    "theirs": ${THEIRS},\n    "later": {"x" :1}\n  }\n}\n`,
  );
});

test.each<readonly [string, string | Buffer, string]>([
  ['is empty', '', 'line 1, column 1 is not JSON'],
  ['is not JSON', '{\n  "a": oops\n}', 'line 2, column 8 is not JSON'],
  ['was cut off', '{"mcpServers": {', 'is not JSON'],
  ['is a list', '[]', 'it is not a JSON object'],
  ['is a text', '"x"', 'it is not a JSON object'],
  ['has a section that is a list', '{"mcpServers": []}', 'its "mcpServers" is not an object'],
  ['has a section that is null', '{"mcpServers": null}', 'its "mcpServers" is not an object'],
  ['is not UTF-8', Buffer.from([0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d]), 'it is not UTF-8'],
])('a file that %s is refused and stays byte for byte', async (_what, content, detail) => {
  const path = fileWith(content, 0o644);
  const before = readFileSync(path);
  for (const edit of [() => writeEntries(path, ENTRIES), () => removeEntries(path, 'section')]) {
    const error = await problemFrom(edit());
    expect(error).toMatchObject({ code: 'client-file' });
    expect(error.user).toContain(path);
    expect(error.user).toContain(detail);
    expect(readFileSync(path)).toEqual(before);
    expect(statSync(path).mode & 0o777).toBe(0o644);
  }
  expect(readdirSync(join(path, '..'))).toEqual(['client.json']);
});

test.each([
  [0o600, 0o600],
  [0o644, 0o600],
  [0o666, 0o600],
  [0o700, 0o700],
  [0o400, 0o400],
])('a file of mode %o gets %o, since it holds a key now', async (before, after) => {
  const path = fileWith('{}', before);
  await writeEntries(path, ENTRIES);
  expect(statSync(path).mode & 0o777).toBe(after);
});

test('where there is none, a private file is made, and goes away with our entries', async () => {
  const path = join(temporaryFolder(), 'new.json');
  const { made } = await writeEntries(path, ENTRIES);
  expect(made).toBe('file');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(meaningOf(path)).toEqual({ mcpServers: ENTRIES });
  await removeEntries(path, made);
  expect(existsSync(path)).toBe(false);
  await removeEntries(path, made);
});

test('a file that we made and somebody else uses now stays', async () => {
  const path = join(temporaryFolder(), 'new.json');
  const { made } = await writeEntries(path, ENTRIES);
  writeFileSync(path, readFileSync(path, 'utf8').replace('{', '{\n  "theirs": 1,'));
  await removeEntries(path, made);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ theirs: 1 });
});

test('a link is followed and stays a link', async () => {
  const folder = temporaryFolder();
  const target = fileWith('{\n  "a": 1\n}\n');
  const path = join(folder, 'link.json');
  symlinkSync(target, path);
  const { made } = await writeEntries(path, ENTRIES);
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  expect(meaningOf(target).mcpServers).toEqual(ENTRIES);
  await removeEntries(path, made);
  expect(readFileSync(target, 'utf8')).toBe('{\n  "a": 1\n}\n');
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
});

test('a file without entries of ours is not touched by removing', async () => {
  const path = fileWith('{ "mcpServers": {"theirs": 1} }', 0o644);
  const { ino, mtimeMs } = statSync(path);
  for (const made of ['file', 'section', 'nothing'] satisfies Made[]) await removeEntries(path, made);
  expect(statSync(path)).toMatchObject({ ino, mtimeMs });
});

test.each([
  ['in a folder that is not there', (folder: string) => join(folder, 'nowhere', 'client.json')],
  [
    'that is a folder',
    (folder: string) => {
      mkdirSync(join(folder, 'client.json'));
      return join(folder, 'client.json');
    },
  ],
])('a file %s is named', async (_what, place) => {
  const path = place(temporaryFolder());
  const error = await problemFrom(writeEntries(path, ENTRIES));
  expect(error).toMatchObject({ code: 'client-file' });
  expect(error.user).toContain(path);
});
