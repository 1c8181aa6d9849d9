import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { PastedClient } from '../../shared/local-api.ts';
import { type Employee, startEmployee } from './employee.ts';
import { noteFigure } from './figures.ts';
import { callByInspector, inspectorVersion, type ProtocolEra, toolsByInspector } from './inspector.ts';
import { addPasted, shimCommand } from './lanyard-program.ts';
import { randomText } from './random-text.ts';

const SERVER = 'notes';
const TOOL = 'echo';
const ERAS: readonly ProtocolEra[] = ['legacy', 'modern'];

describe('MCP Inspector', () => {
  let employee: Employee;
  let added: PastedClient;

  before(async () => {
    employee = await startEmployee();
    added = await addPasted(employee.sandbox);
    noteFigure('MCP Inspector', inspectorVersion());
  });
  after(() => employee?.end());

  const overHttp = (key: string) => ({
    url: `${employee.relayUrl}/${SERVER}/mcp`,
    header: `Lanyard-Key: ${key}`,
  });
  const argument = (value: string) => ({ name: 'text', value });
  const call = (era: ProtocolEra, key: string, text: string) =>
    callByInspector(employee.sandbox, { ...overHttp(key), era, tool: TOOL, argument: argument(text) });

  test('the snippet holds what a client needs', () => {
    assert.ok(added.snippet.includes(`${employee.relayUrl}/${SERVER}/mcp`));
    assert.ok(added.snippet.includes(added.localKey));
  });

  for (const era of ERAS) {
    test(`calls a tool with the local key, ${era} era`, async () => {
      const text = randomText();
      assert.deepEqual(await call(era, added.localKey, text), { kind: 'result', texts: [text] });
    });

    test(`lists the tools over HTTP and stdio, ${era} era`, async () => {
      const tools = await toolsByInspector(employee.sandbox, overHttp(added.localKey), era);
      assert.ok(tools.includes(TOOL), tools.join(' '));
      assert.deepEqual(await toolsByInspector(employee.sandbox, shimCommand(SERVER), era), tools);
    });

    test(`calls a tool over stdio, ${era} era`, async () => {
      const text = randomText();
      const call = { ...shimCommand(SERVER), era, tool: TOOL, argument: argument(text) };
      assert.deepEqual(await callByInspector(employee.sandbox, call), { kind: 'result', texts: [text] });
    });

    test(`is refused with a wrong key, ${era} era`, async () => {
      const callsBefore = employee.company.counts.toolCalls;
      const answer = await call(era, randomText(), randomText());
      assert.equal(answer.kind, 'error');
      assert.equal(answer.kind === 'error' && answer.status, 403);
      assert.equal(employee.company.counts.toolCalls, callsBefore);
    });
  }
});
