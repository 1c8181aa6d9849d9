import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { AddedClient } from '../../shared/local-api.ts';
import { CLAUDE_FILE, callTool, claudeVersion, listEntries, toolName } from './claude-code.ts';
import { filesThatHold, modeOf, readClaudeFile } from './client-files.ts';
import { type Employee, startEmployee } from './employee.ts';
import { noteFigure } from './figures.ts';
import { addClient, agentState, listClients, removeClient } from './lanyard-program.ts';
import { randomText } from './random-text.ts';

const SERVER = 'notes';
const TOOL = 'echo';

/** Where Claude Code remembers which servers it believes want a sign-in of their own. */
const NEEDS_AUTH_FILE = join('.claude', 'mcp-needs-auth-cache.json');

for (const transport of ['http', 'stdio'] as const)
  describe(`Claude Code, ${transport} entry`, () => {
    let employee: Employee;
    let added: AddedClient;
    let entry = '';
    let localKey = '';

    before(async () => {
      employee = await startEmployee();
      noteFigure('Claude Code', await claudeVersion(employee.sandbox));
    });
    after(() => employee?.end());

    test('lanyard client add writes the entry, for this person only', async () => {
      const { sandbox, relayUrl } = employee;
      added = await addClient(sandbox, 'claude-code', ['--transport', transport, '--server', SERVER]);
      const file = join(sandbox.home, CLAUDE_FILE);
      assert.equal(added.client.file, file);
      assert.equal(modeOf(file), 0o600);
      assert.equal(added.client.entries.length, 1);
      entry = added.client.entries[0] ?? '';
      const written = readClaudeFile(file).mcpServers[entry];
      assert.ok(written, `${file} has no entry ${entry}`);
      if (transport === 'http') {
        assert.equal(written.url, `${relayUrl}/${SERVER}/mcp`);
        localKey = written.headers?.['Lanyard-Key'] ?? '';
        assert.match(localKey, /^lk_/);
      } else {
        assert.ok(written.command?.startsWith('/'), 'clients start their children with a path of their own');
      }
      assert.match(JSON.stringify(await listClients(sandbox)), new RegExp(`"${added.client.id}"`));
    });

    test('claude mcp list says Connected', async () => {
      const listed = await listEntries(employee.sandbox);
      assert.ok(listed[entry]?.connected, listed[entry]?.line ?? 'the entry is not listed');
      assert.ok(!Object.values(listed).some(({ line }) => /needs authentication/i.test(line)));
    });

    test('claude -p calls a tool and gives its result to the model', async () => {
      const { sandbox, company } = employee;
      const text = randomText();
      const callsBefore = company.counts.servers[SERVER]?.toolCalls ?? 0;
      const run = await callTool(sandbox, { tool: toolName(entry, TOOL), input: { text } });
      assert.equal(run.servers[entry], 'connected', run.stream);
      assert.ok(run.tools.includes(toolName(entry, TOOL)));
      assert.deepEqual(run.toolResults, [{ content: JSON.stringify([{ type: 'text', text }]), isError: false }]);
      assert.equal(run.toldToModel.length, 1);
      assert.ok(run.toldToModel[0]?.includes(text));
      assert.ok(run.succeeded);
      assert.equal(company.counts.servers[SERVER]?.toolCalls, callsBefore + 1);
    });

    test('Claude Code neither wants a sign-in nor holds a secret of the company', () => {
      const { sandbox, company } = employee;
      assert.ok(!existsSync(join(sandbox.home, NEEDS_AUTH_FILE)));
      const secrets = company.secrets();
      assert.ok(secrets.length > 0);
      // The policy file is the administrator's and holds the client secrets.
      const holders = filesThatHold(sandbox, secrets).filter((file) => file !== employee.policyFile);
      assert.deepEqual(holders, []);
    });

    test('lanyard client remove takes the entry out and ends the key', async () => {
      const { sandbox, relayUrl } = employee;
      const file = join(sandbox.home, CLAUDE_FILE);
      const { mcpServers, ...rest } = readClaudeFile(file);
      await removeClient(sandbox, added.client.id);
      const after = readClaudeFile(file);
      const { [entry]: _gone, ...others } = mcpServers;
      // Claude Code wrote to its file meanwhile; all of that stays.
      assert.deepEqual(after, { ...rest, mcpServers: others });
      assert.deepEqual((await agentState(sandbox)).clients, []);
      const answer = await fetch(`${relayUrl}/${SERVER}/mcp`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'Lanyard-Key': localKey },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
      });
      await answer.arrayBuffer();
      assert.equal(answer.status, 403);
    });
  });
