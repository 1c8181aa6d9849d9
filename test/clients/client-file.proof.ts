import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { addForeignEntry, CLAUDE_FILE, listEntries } from './claude-code.ts';
import { modeOf, readClaudeFile } from './client-files.ts';
import { CODEX_FOLDER, CONFIGURATION_FILE, type Codex, openCodex } from './codex.ts';
import { type Employee, startEmployee } from './employee.ts';
import { addClient, removeClient } from './lanyard-program.ts';
import { randomText } from './random-text.ts';

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

/** As people have it: comments, tables of their own, one line that Codex writes itself. */
const CODEX_TEXT = [
  '# mine',
  'model_reasoning_effort   = "low" # keep',
  '',
  `[mcp_servers.${FOREIGN}]`,
  `url = "${FOREIGN_URL}"`,
  'enabled = false',
  '',
  '[tui]',
  'notifications=true',
].join('\n');

describe("Codex' file", () => {
  let employee: Employee;
  let codex: Codex | undefined;
  let file = '';

  before(async () => {
    employee = await startEmployee();
    file = join(employee.sandbox.home, CODEX_FOLDER, CONFIGURATION_FILE);
  });
  afterEach(() => codex?.end());
  after(() => employee?.end());

  for (const transport of ['http', 'stdio'] as const)
    for (const gateway of ['--gateway', '--no-gateway'] as const)
      test(`Codex reads what we wrote, over ${transport} with ${gateway}, and calls a tool`, async () => {
        mkdirSync(join(file, '..'), { recursive: true });
        writeFileSync(file, CODEX_TEXT, { mode: 0o600 });
        const { client } = await addClient(employee.sandbox, 'codex', ['--transport', transport, gateway]);
        assert.equal(client.file, file);
        codex = await openCodex(employee.sandbox, client.entries);
        const thread = await codex.startThread();
        for (const entry of client.entries) assert.equal(thread.starts[entry], 'ready', entry);
        const text = randomText();
        const [entry, tool] = gateway === '--gateway' ? ['lanyard', 'notes_echo'] : ['lanyard-notes', 'echo'];
        assert.deepEqual(await thread.call(entry, tool, { text }), { kind: 'result', texts: [text], isError: false });
        await codex.end();
        await removeClient(employee.sandbox, client.id);
        assert.ok(!readFileSync(file, 'utf8').includes('lanyard'));
        assert.ok(readFileSync(file, 'utf8').startsWith(CODEX_TEXT));
      });

  test('it is the same to the byte after add and remove, where Codex wrote nothing meanwhile', async () => {
    writeFileSync(file, CODEX_TEXT, { mode: 0o600 });
    const { client } = await addClient(employee.sandbox, 'codex', []);
    assert.ok(readFileSync(file, 'utf8').includes('[mcp_servers.lanyard-notes'));
    await removeClient(employee.sandbox, client.id);
    assert.equal(readFileSync(file, 'utf8'), CODEX_TEXT);
  });
});
