import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { toolName } from './claude-code.ts';
import { type ClaudeConversation, startConversation } from './claude-conversation.ts';
import { type Codex, type CodexAnswer, type CodexThread, startCodex } from './codex.ts';
import { type Employee, startSignedOut } from './employee.ts';
import { entryFor, type Route, routeInWords, toolOn, writeClaudeEntry } from './entry.ts';
import { noteFigure } from './figures.ts';
import { addPasted, logout } from './lanyard-program.ts';
import { randomText } from './random-text.ts';

// A person signs in and out while their clients run on. Nothing is started anew and nothing is clicked in the client.

const SERVER = 'notes';
const TOOL = 'echo';
const STATUS_TOOL = 'lanyard_status';
/** What every sentence about it says. */
const SIGN_IN = /sign[- ]in/i;
/** The name of our one entry in the clients. */
const ENTRY = 'company';

const ROUTES: readonly Route[] = [
  { transport: 'http', server: SERVER },
  { transport: 'stdio', server: SERVER },
  { transport: 'http', server: undefined },
  { transport: 'stdio', server: undefined },
];

/** Tools are back as soon as the client has listed again; in milliseconds, for a busy machine. */
const BACK_LIMIT_MS = 30_000;

/** How often the model is offered its tools meanwhile, in milliseconds. */
const BACK_POLL_MS = 100;

async function startAt(route: Route) {
  const employee = await startSignedOut();
  const { localKey } = await addPasted(employee.sandbox);
  return { employee, entry: entryFor(employee, route, localKey) };
}

for (const route of ROUTES) {
  const tool = toolOn(route, SERVER, TOOL);

  describe(`Claude Code runs on while the person signs in and out, ${routeInWords(route)}`, () => {
    let employee: Employee;
    let claude: ClaudeConversation;
    const call = (name: string, text = randomText()) => claude.call(ENTRY, name, { text });
    const isOffered = async (name: string) => (await claude.offered()).includes(toolName(ENTRY, name));

    before(async () => {
      const started = await startAt(route);
      employee = started.employee;
      writeClaudeEntry(employee, ENTRY, started.entry);
      claude = await startConversation(employee.sandbox, [`mcp__${ENTRY}`]);
    });
    after(async () => {
      await claude?.end();
      await employee?.end();
    });

    test('before the first sign-in it is connected and has a tool that says what is the matter', async () => {
      assert.ok(await isOffered(STATUS_TOOL));
      assert.equal((await claude.states())[ENTRY], 'connected');
      const { text, isError } = await call(STATUS_TOOL);
      assert.match(text, SIGN_IN);
      assert.equal(isError, false);
    });

    test('after the sign-in the tools come by themselves', async () => {
      await employee.signIn();
      const start = performance.now();
      while (!(await isOffered(tool))) {
        assert.ok(performance.now() - start < BACK_LIMIT_MS, `The tools do not come: ${await claude.offered()}`);
        await delay(BACK_POLL_MS);
      }
      noteFigure(`Tools after sign-in, ${routeInWords(route)}`, `${Math.round(performance.now() - start)} ms`);
      const text = randomText();
      assert.deepEqual(await call(tool, text), { text, isError: false });
    });

    test('after the sign-out the tools stay, and a call says that a sign-in is needed', async () => {
      await logout(employee.sandbox);
      const callsBefore = employee.company.counts.toolCalls;
      const { text, isError } = await call(tool);
      assert.ok(isError, text);
      assert.match(text, SIGN_IN);
      assert.ok(await isOffered(tool));
      assert.equal((await claude.states())[ENTRY], 'connected');
      assert.equal(employee.company.counts.toolCalls, callsBefore);
      noteFigure(`Claude Code asked, ${routeInWords(route)}`, `to open ${claude.askedUrls.length} addresses`);
    });

    test('after the next sign-in the first call works', async () => {
      await employee.signIn();
      const text = randomText();
      assert.deepEqual(await call(tool, text), { text, isError: false });
      assert.equal((await claude.states())[ENTRY], 'connected');
    });

    test('a server that has forgotten its MCP sessions is not noticed', async () => {
      await employee.company.endMcpSessions(SERVER);
      const text = randomText();
      assert.deepEqual(await call(tool, text), { text, isError: false });
    });
  });

  describe(`Codex runs on while the person signs in and out, ${routeInWords(route)}`, () => {
    let employee: Employee;
    let codex: Codex;
    let thread: CodexThread;
    const call = (name: string, text = randomText()) => thread.call(ENTRY, name, { text });
    const result = (text: string): CodexAnswer => ({ kind: 'result', texts: [text], isError: false });

    before(async () => {
      const started = await startAt(route);
      employee = started.employee;
      codex = await startCodex(employee.sandbox, { [ENTRY]: started.entry });
      thread = await codex.startThread();
    });
    after(async () => {
      await codex?.end();
      await employee?.end();
    });

    test('before the first sign-in it is ready and has a tool that says what is the matter', async () => {
      assert.equal(thread.starts[ENTRY], 'ready');
      assert.ok((await codex.tools())[ENTRY]?.includes(STATUS_TOOL));
      const answer = await thread.call(ENTRY, STATUS_TOOL, {});
      assert.ok(answer.kind === 'result' && SIGN_IN.test(answer.texts.join('\n')), JSON.stringify(answer));
    });

    test('after the sign-in the same thread calls, and the next thread has the tools', async () => {
      await employee.signIn();
      const text = randomText();
      assert.deepEqual(await call(tool, text), result(text));
      assert.ok((await codex.tools())[ENTRY]?.includes(tool));
    });

    test('after the sign-out the tools stay, and a call says that a sign-in is needed', async () => {
      await logout(employee.sandbox);
      const callsBefore = employee.company.counts.toolCalls;
      const answer = await call(tool);
      assert.ok(answer.kind === 'result' && answer.isError, JSON.stringify(answer));
      noteFigure(`Codex asked, ${routeInWords(route)}`, codex.questions.join(' ') || 'nothing');
      assert.match(answer.texts.join('\n'), SIGN_IN);
      assert.ok((await codex.tools())[ENTRY]?.includes(tool));
      assert.equal(employee.company.counts.toolCalls, callsBefore);
    });

    test('a thread that starts signed out has the last known tools, which work after the sign-in', async () => {
      const late = await codex.startThread();
      assert.equal(late.starts[ENTRY], 'ready');
      await employee.signIn();
      const text = randomText();
      assert.deepEqual(await late.call(ENTRY, tool, { text }), result(text));
      const again = randomText();
      assert.deepEqual(await call(tool, again), result(again));
    });

    test('a server that has forgotten its MCP sessions is not noticed', async () => {
      await employee.company.endMcpSessions(SERVER);
      const text = randomText();
      assert.deepEqual(await call(tool, text), result(text));
    });
  });
}
