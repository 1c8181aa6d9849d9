import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CLAUDE_FILE, callTool, listEntries, toolName } from './claude-code.ts';
import { filesThatHold } from './client-files.ts';
import { type Codex, startCodex } from './codex.ts';
import { type Employee, startEmployee } from './employee.ts';
import { agentState, programCommand } from './lanyard-program.ts';
import { randomText } from './random-text.ts';

// Clients that ask a program for their headers: no local key stands in any file, and nothing was connected before.

const SERVER = 'notes';
const OTHER_SERVER = 'tickets';
const TOOL = 'echo';
const ENTRY = 'lanyard-notes';

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** Both clients hand the helper to a shell. */
function helperLine(server: string, client: string): string {
  const { command, args } = programCommand('headers', server, '--client', client);
  return [command, ...args].map(quoted).join(' ');
}

describe('Header helpers', () => {
  let employee: Employee;
  let codex: Codex | undefined;

  before(async () => {
    employee = await startEmployee({}, (policy) => ({ ...policy, clients: { headerHelper: true } }));
  });
  after(async () => {
    await codex?.end();
    await employee?.end();
  });

  /** Claude Code's own file with one entry, whose key is of `keyOf`'s server. */
  const writeClaudeEntry = (keyOf: string) => {
    const headersHelper = helperLine(keyOf, 'claude-code');
    const entry = { type: 'http', url: `${employee.relayUrl}/${SERVER}/mcp`, headersHelper };
    writeFileSync(join(employee.sandbox.home, CLAUDE_FILE), JSON.stringify({ mcpServers: { [ENTRY]: entry } }), {
      mode: 0o600,
    });
  };

  test('Claude Code connects and calls a tool', async () => {
    const { sandbox, company } = employee;
    writeClaudeEntry(SERVER);
    const listed = await listEntries(sandbox);
    assert.ok(listed[ENTRY]?.connected, listed[ENTRY]?.line ?? 'the entry is not listed');
    const text = randomText();
    const callsBefore = company.counts.servers[SERVER]?.toolCalls ?? 0;
    const run = await callTool(sandbox, { tool: toolName(ENTRY, TOOL), input: { text } });
    assert.equal(run.servers[ENTRY], 'connected', run.stream);
    assert.deepEqual(run.toolResults, [{ content: JSON.stringify([{ type: 'text', text }]), isError: false }]);
    assert.equal(company.counts.servers[SERVER]?.toolCalls, callsBefore + 1);
  });

  test('Claude Code is refused with the key of another server', async () => {
    writeClaudeEntry(OTHER_SERVER);
    const listed = await listEntries(employee.sandbox);
    assert.equal(listed[ENTRY]?.connected, false);
  });

  test('Codex connects and calls a tool', async () => {
    const { sandbox, relayUrl } = employee;
    const headersHelper = helperLine(SERVER, 'codex');
    codex = await startCodex(sandbox, { [SERVER]: { url: `${relayUrl}/${SERVER}/mcp`, headersHelper } });
    const thread = await codex.startThread();
    assert.equal(thread.starts[SERVER], 'ready');
    const text = randomText();
    assert.deepEqual(await thread.call(SERVER, TOOL, { text }), { kind: 'result', texts: [text], isError: false });
  });

  test('no file holds a local key, and no client is connected', async () => {
    // The program itself knows how keys begin; from a passing place it is copied into the home folder.
    const holding = filesThatHold(employee.sandbox, ['lk_']).filter((file) => !file.includes('/.lanyard/program-'));
    assert.deepEqual(holding, []);
    assert.deepEqual((await agentState(employee.sandbox)).clients, []);
  });
});
