import { expect, test } from 'vitest';
import { createWantedSignIn } from '../../../main/agent/sign-in-wanted.ts';
import { createLog } from '../../../main/journal/log.ts';
import { LanyardError, type Recovery } from '../../../shared/errors.ts';
import { memorySink, virtualClock } from '../fixtures.ts';

const AT = 1_000;

function wanting() {
  const sink = memorySink();
  let changes = 0;
  const onChange = () => {
    changes += 1;
  };
  const wanted = createWantedSignIn({ clock: virtualClock(AT), log: createLog([sink]), onChange });
  return { wanted, sink, changes: () => changes };
}

const fault = (recovery: Recovery | undefined) =>
  new LanyardError({ code: 'some', user: 'u', administrator: 'a', ...(recovery && { recovery }) });
const SIGNED_OUT = fault({ kind: 'blocked', reason: 'signed-out' });
const CALL = { client: 'vscode', method: 'tools/call', name: 'echo' };
const never = () => false;
const attempt = (phase: 'waiting' | 'succeeded' | 'failed', name = 'a') => ({
  attempt: name,
  method: 'browser' as const,
  phase,
  url: 'https://idp.example.com',
  expiresAt: 0,
});

test.each<[string, object, LanyardError, boolean]>([
  ['a tool call while nobody is signed in', {}, SIGNED_OUT, true],
  ['a tool call that needs a stronger sign-in', {}, fault({ kind: 'blocked', reason: 'step-up' }), true],
  ['a tool call that is denied', {}, fault({ kind: 'blocked', reason: 'denied' }), false],
  ['a tool call that will be tried again', {}, fault({ kind: 'retry' }), false],
  ['a tool call whose fault is nobody’s', {}, fault(undefined), false],
  ['a list', { method: 'tools/list' }, SIGNED_OUT, false],
  ['a beginning', { method: 'initialize' }, SIGNED_OUT, false],
  ['a ping', { method: 'ping' }, SIGNED_OUT, false],
  ['a stream', { method: undefined }, SIGNED_OUT, false],
  ['a question for the status', { name: 'lanyard_status' }, SIGNED_OUT, false],
])('%s: %o', (_what, change, error, expected) => {
  const { wanted, changes } = wanting();
  wanted.note('notes', { ...CALL, ...change }, error);
  expect(wanted.current).toEqual(expected ? { at: AT, client: 'vscode', server: 'notes' } : null);
  expect(changes()).toBe(expected ? 1 : 0);
});

test('the first one wins until somebody has signed in', () => {
  const { wanted, sink } = wanting();
  // Somebody had signed in before.
  wanted.look(attempt('succeeded'), never);
  wanted.note('notes', CALL, SIGNED_OUT);
  wanted.note('tickets', { ...CALL, client: 'cursor' }, SIGNED_OUT);
  expect(wanted.current?.server).toBe('notes');
  expect(sink.entries).toMatchObject([{ event: 'sign-in-wanted', fields: { client: 'vscode', server: 'notes' } }]);
  for (const view of [null, attempt('succeeded'), attempt('waiting', 'b'), attempt('failed', 'b')])
    wanted.look(view, never);
  expect(wanted.current?.server).toBe('notes');
  wanted.look(attempt('succeeded', 'c'), never);
  expect(wanted.current).toBeNull();
  wanted.note('tickets', CALL, SIGNED_OUT);
  expect(wanted.current?.server).toBe('tickets');
  wanted.forget();
  expect(wanted.current).toBeNull();
});

test('it is over as well when the server can be used after all', () => {
  const { wanted } = wanting();
  wanted.note('notes', CALL, SIGNED_OUT);
  wanted.look(null, (server) => server === 'tickets');
  expect(wanted.current?.server).toBe('notes');
  wanted.look(null, (server) => server === 'notes');
  expect(wanted.current).toBeNull();
});
