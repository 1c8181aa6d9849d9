import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Fixture, startFixture } from '../fixture.ts';
import { endAllChildren, runProgram, startProgram } from '../program.ts';
import { initializeBody } from '../raw-http.ts';
import { INITIALIZED, initialize, line, messages } from './lines.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
  await fixture.signIn('alice');
});
afterEach(endAllChildren);
afterAll(() => fixture.close());

const start = (...more: string[]) => startProgram(['stdio', 'notes', ...more], fixture);

test('a line that is no message gets an error and harms nothing', async () => {
  const child = start();
  child.stdin.write('this is no JSON\n{"half":\n[]\n\r\n');
  await initialize(child);
  const errors = messages(child).filter(({ error }) => error);
  expect(errors.length).toBeGreaterThanOrEqual(2);
  for (const { id, error } of errors) {
    expect(id).toBeNull();
    expect(error?.message).toContain('not a JSON-RPC message');
  }
  expect(messages(child).at(-1)).toMatchObject({ id: 'init', result: { protocolVersion: '2025-11-25' } });
});

test('a message may come in any pieces, and end with CR LF', async () => {
  const child = start();
  for (const character of `${initializeBody('init')}\r\n`) child.stdin.write(character);
  await child.printed(/"id":"init"/);
  expect(messages(child)).toHaveLength(1);
});

test('an endless line is cut off', async () => {
  const child = start();
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  const more = () => {
    while (child.stdin.writable && child.stdin.write(chunk));
  };
  child.stdin.on('drain', more);
  more();
  expect((await child.ended).stdout).toBe('');
});

test('stdout carries messages and nothing else', async () => {
  const child = start();
  await initialize(child);
  child.stdin.write(line(INITIALIZED));
  child.stdin.write(line({ jsonrpc: '2.0', id: 2, method: 'tools/list' }));
  await child.printed(/"id":2/);
  for (const message of messages(child)) expect(message).toMatchObject({ jsonrpc: '2.0' });
  expect(child.stderr()).toBe('');
});

test('a call for which there is no access gets the reason as its result', async () => {
  const child = startProgram(['stdio', 'payroll'], fixture);
  await initialize(child);
  child.stdin.write(line(INITIALIZED));
  const params = { name: 'payslip', arguments: {} };
  child.stdin.write(line({ jsonrpc: '2.0', id: 'call', method: 'tools/call', params }));
  await child.printed(/"id":"call"/);
  expect(messages(child).at(-1)?.result).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('has not given you access to Payroll') }],
  });
});

test('a server that policy does not have is refused with the names that it has', async () => {
  const { exitCode, stdout, stderr } = await runProgram(['stdio', 'linear'], fixture);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toBe('lanyard: There is no server "linear". Approved servers: notes, tickets, payroll.\n');
});

test('calls are recorded under the name that the entry gives the client', async () => {
  const child = start('--client', 'claude-code');
  await initialize(child);
  const records = fixture.logged.filter(({ event, fields }) => event === 'call' && fields.client === 'claude-code');
  expect(records[0]?.fields).toMatchObject({ transport: 'stdio', server: 'notes', method: 'initialize', status: 200 });
});

test('every step of a call comes in its order and before the call’s result', async () => {
  const child = start();
  await initialize(child);
  child.stdin.write(line(INITIALIZED));
  const params = { name: 'count_up', arguments: { to: 50 }, _meta: { progressToken: 'steps' } };
  child.stdin.write(line({ jsonrpc: '2.0', id: 'count', method: 'tools/call', params }));
  await child.printed(/"id":"count"/);
  const after = messages(child).slice(1) as { params?: { progress: number }; id?: unknown }[];
  expect(after.map(({ params: step, id }) => step?.progress ?? id)).toEqual([
    ...Array.from({ length: 50 }, (_, index) => index + 1),
    'count',
  ]);
});
