import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { addForeignEntry, CLAUDE_FILE, listEntries } from './claude-code.ts';
import { modeOf, readClaudeFile } from './client-files.ts';
import { type Employee, startEmployee } from './employee.ts';
import { addClient, removeClient } from './lanyard-program.ts';

const FOREIGN = 'their-own';
const FOREIGN_URL = 'http://127.0.0.1:9/mcp';

const FOREIGN_ENTRY = `{"type":"http","url":"${FOREIGN_URL}" }`;

/** Files as people write them: what stands beside our entries has a form of its own, and keeps it. */
const HAND_WRITTEN = {
  'on one line': `{"numStartups":3,"mcpServers":{"${FOREIGN}":${FOREIGN_ENTRY}},"projects":{}}`,
  'with tabs and an entry on one line': `{\n\t"mcpServers": {\n\t\t"${FOREIGN}": ${FOREIGN_ENTRY}\n\t}\n}\n`,
  'with CRLF, odd spaces, an escape and no newline at the end': [
    '{\t"numStartups" : 3 ,',
    `  "mcpServers":{ "${FOREIGN}" : ${FOREIGN_ENTRY} },`,
    '\t\t"caf\\u00e9":1.50e1,',
    '',
    '"projects" : { }   }',
  ].join('\r\n'),
};

describe("Claude Code's file", () => {
  let employee: Employee;
  let file = '';

  before(async () => {
    employee = await startEmployee();
    file = join(employee.sandbox.home, CLAUDE_FILE);
  });
  beforeEach(() => rmSync(file, { force: true }));
  after(() => employee?.end());

  for (const transport of ['http', 'stdio'] as const)
    test(`as Claude Code wrote it, it is the same to the byte after add and remove of ${transport}`, async () => {
      await addForeignEntry(employee.sandbox, FOREIGN, FOREIGN_URL);
      await listEntries(employee.sandbox);
      await assertLeftAlone(transport);
    });

  test('as Claude Code wrote it without any entry, it is the same to the byte after add and remove', async () => {
    await listEntries(employee.sandbox);
    await assertLeftAlone('http');
  });

  for (const [form, text] of Object.entries(HAND_WRITTEN))
    test(`as a person wrote it, ${form}, it is the same to the byte after add and remove`, async () => {
      writeFileSync(file, text, { mode: 0o600 });
      await assertLeftAlone('http');
    });

  test('where there is none, it is made for this person only', async () => {
    const { client } = await addClient(employee.sandbox, 'claude-code', ['--transport', 'http']);
    assert.equal(modeOf(file), 0o600);
    assert.deepEqual(Object.keys(readClaudeFile(file).mcpServers).sort(), [...client.entries].sort());
    await removeClient(employee.sandbox, client.id);
    if (existsSync(file)) assert.deepEqual(readClaudeFile(file).mcpServers, {});
  });

  async function assertLeftAlone(transport: 'http' | 'stdio'): Promise<void> {
    const before = readFileSync(file);
    const theirs = readClaudeFile(file).mcpServers;
    const { client } = await addClient(employee.sandbox, 'claude-code', ['--transport', transport]);
    const during = readClaudeFile(file).mcpServers;
    assert.deepEqual(Object.keys(during).sort(), [...client.entries, ...Object.keys(theirs)].sort());
    assert.deepEqual(during[FOREIGN], theirs[FOREIGN]);
    assert.equal(modeOf(file), 0o600);
    await removeClient(employee.sandbox, client.id);
    // One character for each byte, so that a difference is shown as text.
    assert.equal(readFileSync(file, 'latin1'), before.toString('latin1'));
    assert.equal(modeOf(file), 0o600);
  }
});
