import { chmodSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFileLooks } from '../../../main/clients/file-looks.ts';
import { temporaryFolder } from '../fixtures.ts';

const PLACE = { format: 'json', section: ['mcpServers'] } as const;

function file(text: string) {
  const path = join(temporaryFolder(), 'mcp.json');
  writeFileSync(path, text);
  return path;
}

test('what a look found is remembered for as long as the file stays as it is', async () => {
  const path = file('{"mcpServers":{"a":{}}}');
  const look = createFileLooks();
  const first = await look(path, PLACE, 'read');
  expect(first).toEqual({ kind: 'entries', entries: new Map([['a', {}]]) });
  expect(await look(path, PLACE, 'read')).toBe(first);
  // As editors do it: another file takes the place of this one, of the same size and time.
  const other = `${path}.new`;
  writeFileSync(other, '{"mcpServers":{"b":{}}}');
  utimesSync(other, 1, 1);
  utimesSync(path, 1, 1);
  renameSync(other, path);
  expect(await look(path, PLACE, 'read')).toEqual({ kind: 'entries', entries: new Map([['b', {}]]) });
});

test('a file that does not parse, then does, is seen at once; one that is gone has no entries', async () => {
  const path = file('oops');
  const look = createFileLooks();
  for (const purpose of ['read', 'write'] as const)
    expect(await look(path, PLACE, purpose)).toMatchObject({ kind: 'problem', problem: { code: 'client-file' } });
  writeFileSync(path, '{}');
  expect(await look(path, PLACE, 'read')).toEqual({ kind: 'entries', entries: new Map() });
  expect(await look(path, PLACE, 'write')).toEqual({ kind: 'entries', entries: undefined });
  expect(await look(`${path}.none`, PLACE, 'read')).toEqual({ kind: 'entries', entries: undefined });
});

test('a file that may not be written is a problem for writing alone', async () => {
  const path = file('{}');
  chmodSync(path, 0o400);
  const look = createFileLooks();
  expect((await look(path, PLACE, 'read')).kind).toBe('entries');
  expect((await look(path, PLACE, 'write')).kind).toBe('problem');
});

test('a file beyond the limit is not read at all', async () => {
  const path = file(`oops${' '.repeat(8 * 1024 * 1024)}`);
  expect(await createFileLooks()(path, PLACE, 'read')).toEqual({ kind: 'too-large' });
});
