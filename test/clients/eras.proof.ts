import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ClaudeConversation, startConversation } from './claude-conversation.ts';
import { type Employee, startEmployee } from './employee.ts';
import { writeClaudeEntry } from './entry.ts';
import { noteFigure } from './figures.ts';
import { addPasted } from './lanyard-program.ts';
import { randomText } from './random-text.ts';
import { startTap, summaryOf, type Tap } from './tap.ts';
import { until } from './until.ts';

const SERVER = 'notes';
const TOOL = 'echo';
const ENTRY = 'company';

describe('Claude Code speaks the newest revision through the relay', () => {
  let employee: Employee;
  let tap: Tap;
  let claude: ClaudeConversation;
  const sent = (method: string) => tap.seen.filter(({ rpcMethod }) => rpcMethod === method);

  before(async () => {
    employee = await startEmployee();
    const { localKey } = await addPasted(employee.sandbox);
    tap = await startTap(employee.relayUrl);
    const url = tap.addressOf(`${employee.relayUrl}/${SERVER}/mcp`);
    writeClaudeEntry(employee, ENTRY, { url, headers: { 'Lanyard-Key': localKey } });
    claude = await startConversation(employee.sandbox, [`mcp__${ENTRY}`]);
  });
  after(async () => {
    await claude?.end();
    await tap?.close();
    await employee?.end();
  });

  test('it discovers, listens and calls, without an MCP session', async () => {
    const text = randomText();
    assert.deepEqual(await claude.call(ENTRY, TOOL, { text }), { text, isError: false });
    for (const method of ['server/discover', 'subscriptions/listen', 'tools/list', 'tools/call'])
      assert.ok(sent(method).length > 0, method);
    assert.deepEqual(sent('initialize'), []);
    assert.ok(tap.seen.every(({ method, status }) => method === 'POST' && status === 200));
    noteFigure('Claude Code, newest revision', summaryOf(tap.seen));
  });

  test('it lists again when the server announces other tools', async () => {
    const before = sent('tools/list').length;
    employee.company.announceToolListChanged(SERVER);
    await until(() => sent('tools/list').length > before);
  });
});
