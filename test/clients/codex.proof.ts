import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { PastedClient } from '../../shared/local-api.ts';
import { type Codex, type CodexEntry, codexVersion, startCodex } from './codex.ts';
import { type Employee, startEmployee } from './employee.ts';
import { noteFigure } from './figures.ts';
import { addPasted, shimCommand } from './lanyard-program.ts';
import { randomText } from './random-text.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { startTap, summaryOf, type Tap } from './tap.ts';

const SERVER = 'notes';
const TOOL = 'echo';
const KEY_HEADER = 'Lanyard-Key';

describe('Codex', () => {
  let employee: Employee;
  let added: PastedClient;
  let codex: Codex | undefined;

  before(async () => {
    employee = await startEmployee();
    added = await addPasted(employee.sandbox);
    noteFigure('Codex', codexVersion());
  });
  after(() => employee?.end());
  afterEach(() => codex?.end());

  const overHttp = (key: string): CodexEntry => ({
    url: `${employee.relayUrl}/${SERVER}/mcp`,
    headers: { [KEY_HEADER]: key },
  });
  const entries = {
    http: () => overHttp(added.localKey),
    stdio: () => shimCommand(SERVER),
  } as const;

  for (const transport of ['http', 'stdio'] as const) {
    test(`lists the tools, ${transport} entry`, async () => {
      codex = await startCodex(employee.sandbox, { [SERVER]: entries[transport]() });
      const tools = (await codex.tools())[SERVER] ?? [];
      assert.ok(tools.includes(TOOL), tools.join(' '));
    });

    test(`calls a tool, ${transport} entry`, async () => {
      codex = await startCodex(employee.sandbox, { [SERVER]: entries[transport]() });
      const thread = await codex.startThread();
      assert.equal(thread.starts[SERVER], 'ready');
      const text = randomText();
      const callsBefore = employee.company.counts.servers[SERVER]?.toolCalls ?? 0;
      const answer = await thread.call(SERVER, TOOL, { text });
      assert.deepEqual(answer, { kind: 'result', texts: [text], isError: false });
      assert.equal(employee.company.counts.servers[SERVER]?.toolCalls, callsBefore + 1);
    });
  }

  test('is refused with a wrong key', async () => {
    codex = await startCodex(employee.sandbox, { [SERVER]: overHttp(randomText()) });
    const callsBefore = employee.company.counts.toolCalls;
    const thread = await codex.startThread();
    assert.equal(thread.starts[SERVER], 'failed');
    assert.equal((await thread.call(SERVER, TOOL, { text: randomText() })).kind, 'error');
    assert.equal(employee.company.counts.toolCalls, callsBefore);
  });

  describe('through a tap', () => {
    let sandbox: Sandbox;
    let tap: Tap;
    beforeEach(async () => {
      sandbox = createSandbox();
      tap = await startTap(employee.relayUrl);
    });
    afterEach(async () => {
      await codex?.end();
      await tap.close();
      sandbox.remove();
    });

    test('starts no sign-in of its own', async () => {
      const url = tap.addressOf(`${employee.relayUrl}/${SERVER}/mcp`);
      codex = await startCodex(sandbox, { [SERVER]: { url, headers: { [KEY_HEADER]: added.localKey } } });
      await codex.tools();
      const asked = tap.seen.length;
      const thread = await codex.startThread();
      const text = randomText();
      assert.deepEqual(await thread.call(SERVER, TOOL, { text }), { kind: 'result', texts: [text], isError: false });
      assert.ok(tap.seen.slice(asked).every(({ path }) => path === `/${SERVER}/mcp`));
      // For its status alone it looks for an authorization server, whatever it was answered, and finds none.
      const others = tap.seen.filter(({ path }) => path !== `/${SERVER}/mcp`);
      assert.deepEqual(
        others.filter(
          ({ method, path, status }) => method !== 'GET' || status !== 404 || !path.includes('.well-known'),
        ),
        [],
      );
      assert.ok(tap.seen.every(({ status }) => status !== 401));
      noteFigure('Codex sent', summaryOf(tap.seen));
    });
  });
});
