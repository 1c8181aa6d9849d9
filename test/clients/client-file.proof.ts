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

/** As no program writes it: CRLF, tabs, odd spaces, an escape, a number in a form of its own, no newline at the end. */
const HAND_WRITTEN = [
  '{\t"numStartups" : 3 ,',
  `  "mcpServers":{ "${FOREIGN}" : {"type":"http","url":"${FOREIGN_URL}" } },`,
  '\t\t"caf\\u00e9":1.50e1,',
  '',
  '"projects" : { }   }',
].join('\r\n');

describe("Claude Code's file", () => {
  let employee: Employee;
  let file = '';

  before(async () => {
    employee = await startEmployee();
    file = join(employee.sandbox.home, CLAUDE_FILE);
  });
  beforeEach(() => rmSync(file, { force: true }));
  after(() => employee?.end());

  for (const transport of ['http', 'stdio'] as const) {
    test(`as Claude Code wrote it, it is the same to the byte after add and remove of ${transport}`, async () => {
      await addForeignEntry(employee.sandbox, FOREIGN, FOREIGN_URL);
      await listEntries(employee.sandbox);
      await assertLeftAlone(transport);
    });

    test(`as a person wrote it, it is the same to the byte after add and remove of ${transport}`, async () => {
      writeFileSync(file, HAND_WRITTEN, { mode: 0o600 });
      await assertLeftAlone(transport);
    });
  }

  test('where there is none, it is made for this person only', async () => {
    const { client } = await addClient(employee.sandbox, 'claude-code', ['--transport', 'http']);
    assert.equal(modeOf(file), 0o600);
    assert.deepEqual(Object.keys(readClaudeFile(file).mcpServers).sort(), [...client.entries].sort());
    await removeClient(employee.sandbox, client.id);
    if (existsSync(file)) assert.deepEqual(readClaudeFile(file).mcpServers, {});
  });

  async function assertLeftAlone(transport: 'http' | 'stdio'): Promise<void> {
    const before = readFileSync(file);
    const foreign = readClaudeFile(file).mcpServers[FOREIGN];
    assert.ok(foreign);
    const { client } = await addClient(employee.sandbox, 'claude-code', ['--transport', transport]);
    const during = readClaudeFile(file);
    assert.deepEqual(during.mcpServers[FOREIGN], foreign);
    assert.deepEqual(Object.keys(during.mcpServers).sort(), [...client.entries, FOREIGN].sort());
    assert.equal(modeOf(file), 0o600);
    await removeClient(employee.sandbox, client.id);
    assert.equal(readFileSync(file).toString('latin1'), before.toString('latin1'));
    assert.equal(modeOf(file), 0o600);
  }
});
