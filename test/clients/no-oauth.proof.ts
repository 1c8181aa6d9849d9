import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { CLAUDE_FILE, callTool, listEntries, toolName } from './claude-code.ts';
import { type ClaudeFile, readClaudeFile } from './client-files.ts';
import { type Employee, startEmployee } from './employee.ts';
import { noteFigure } from './figures.ts';
import { callByInspector } from './inspector.ts';
import { addClient, logout } from './lanyard-program.ts';
import { randomText } from './random-text.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { type SeenRequest, startTap, summaryOf, type Tap } from './tap.ts';

const SERVER = 'notes';
const TOOL = 'echo';
const PATH = `/${SERVER}/mcp`;
/** The server that our employee may not use. */
const DENIED_SERVER = 'payroll';
const KEY_HEADER = 'Lanyard-Key';

describe('No client opens OAuth against us', () => {
  let employee: Employee;
  /** As `client add` wrote them, and the name of the one for SERVER. */
  let entries: ClaudeFile['mcpServers'];
  let entry = '';
  let localKey = '';
  /** Another home, whose entries are ours with the tap's port. */
  let sandbox: Sandbox;
  let tap: Tap;

  before(async () => {
    employee = await startEmployee();
    await addClient(employee.sandbox, 'claude-code', ['--transport', 'http']);
    entries = readClaudeFile(join(employee.sandbox.home, CLAUDE_FILE)).mcpServers;
    entry = Object.keys(entries).find((name) => entries[name]?.url?.endsWith(PATH)) ?? '';
    localKey = entries[entry]?.headers?.[KEY_HEADER] ?? '';
  });
  after(() => employee?.end());
  beforeEach(async () => {
    sandbox = createSandbox();
    tap = await startTap(employee.relayUrl);
  });
  afterEach(async () => {
    await tap.close();
    sandbox.remove();
  });

  const tapped = () => tap.addressOf(`${employee.relayUrl}${PATH}`);
  const writeEntries = (mcpServers: ClaudeFile['mcpServers']) =>
    writeFileSync(join(sandbox.home, CLAUDE_FILE), JSON.stringify({ mcpServers }), { mode: 0o600 });
  const writeEntry = (url: string, key: string) =>
    writeEntries({ [entry]: { ...entries[entry], url, headers: { [KEY_HEADER]: key } } });
  const inspect = (key: string, text: string) =>
    callByInspector(sandbox, {
      url: tapped(),
      header: `${KEY_HEADER}: ${key}`,
      era: 'modern',
      tool: TOOL,
      argument: { name: 'text', value: text },
    });

  test('Claude Code asks for the server and nothing else', async () => {
    writeEntry(tapped(), localKey);
    const listed = await listEntries(sandbox);
    assert.ok(listed[entry]?.connected, listed[entry]?.line);
    const text = randomText();
    const run = await callTool(sandbox, { tool: toolName(entry, TOOL), input: { text } });
    assert.ok(run.toolResults[0]?.content.includes(text), run.stream);
    assertOnlyMcp(tap.seen);
    assert.ok(tap.seen.every(({ status }) => status < 400));
    noteFigure('Claude Code sent', summaryOf(tap.seen));
  });

  test('Claude Code with a wrong key asks for the server and nothing else', async () => {
    writeEntry(tapped(), randomText());
    const listed = await listEntries(sandbox);
    assert.equal(listed[entry]?.connected, false);
    const run = await callTool(sandbox, { tool: toolName(entry, TOOL), input: { text: randomText() } });
    assert.notEqual(run.servers[entry], 'connected');
    assertOnlyMcp(tap.seen);
    assert.ok(tap.seen.every(({ status }) => status === 403));
  });

  test('Inspector asks for the server and nothing else, with the key and without', async () => {
    const text = randomText();
    assert.deepEqual(await inspect(localKey, text), { kind: 'result', texts: [text] });
    noteFigure('MCP Inspector sent', summaryOf(tap.seen));
    assert.equal((await inspect(randomText(), text)).kind, 'error');
    assertOnlyMcp(tap.seen);
  });

  test('without a grant Claude Code is not sent to sign in by itself, denied or signed out', async () => {
    writeEntries(mapValues(entries, (one) => ({ ...one, url: tap.addressOf(one.url ?? '') })));
    const denied = await listEntries(sandbox);
    assert.ok(denied[entry]?.connected, denied[entry]?.line);
    await logout(employee.sandbox);
    const signedOut = await listEntries(sandbox);
    assert.deepEqual(Object.keys(signedOut).sort(), Object.keys(entries).sort());
    const lines = [...Object.values(denied), ...Object.values(signedOut)].map(({ line }) => line);
    assert.deepEqual(
      lines.filter((line) => /authenticat/i.test(line)),
      [],
    );
    const asked = new Set(tap.seen.map(({ path }) => path));
    assert.ok(asked.has(PATH) && asked.has(`/${DENIED_SERVER}/mcp`));
    assert.deepEqual(
      [...asked].filter((path) => !/^\/[a-z-]+\/mcp$/.test(path)),
      [],
    );
    // Either of the two makes Claude Code believe that the server wants a sign-in of its own, and remember it.
    assert.ok(tap.seen.every(({ status }) => status !== 401 && status !== 403));
  });

  test('the same client does open OAuth where a server answers 401, so we would have seen it', async () => {
    const paths: string[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url ?? '');
      response.writeHead(request.url === PATH ? 401 : 404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      writeEntry(`http://127.0.0.1:${port}${PATH}`, localKey);
      const listed = await listEntries(sandbox);
      assert.equal(listed[entry]?.connected, false);
      assert.ok(
        paths.some((path) => path.startsWith('/.well-known/')),
        paths.join(' '),
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

function assertOnlyMcp(seen: readonly SeenRequest[]): void {
  assert.ok(seen.length > 0, 'the client never came');
  const others = seen.filter(({ path }) => path !== PATH);
  assert.deepEqual(others, []);
  // 401 is what makes clients look for an authorization server.
  assert.ok(seen.every(({ status }) => status !== 401));
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
