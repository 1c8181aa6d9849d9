import { expect, test } from 'vitest';
import {
  type Answer,
  errorMessage,
  faultAnswer,
  idOf,
  NOT_FOUND,
  refusalAnswer,
  unknownServer,
  wrongKey,
} from '../../../main/relay/answers.ts';
import type { Refusal } from '../../../main/relay/guard.ts';
import { LanyardError, type Recovery } from '../../../shared/errors.ts';

function expectJsonRpc({ headers, body }: Answer): { id: unknown; error: { message: string; data: { code: string } } } {
  expect(headers['content-type']).toBe('application/json');
  expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
  const message = JSON.parse(body) as ReturnType<typeof expectJsonRpc>;
  expect(message).toMatchObject({ jsonrpc: '2.0', error: { code: -32000 } });
  return message;
}

test.each<readonly [Refusal, number, string]>([
  [wrongKey(false), 403, 'Lanyard-Key header is missing or wrong'],
  [wrongKey(true), 403, 'Connect this app again in Lanyard (Apps), or run: lanyard client add'],
  [unknownServer('nope', ['notes', 'tickets']), 404, 'There is no server "nope". Approved servers: notes, tickets.'],
  [unknownServer('nope', []), 404, 'Approved servers: none.'],
  [NOT_FOUND, 404, '/<server>/mcp'],
  [{ status: 405, code: 'wrong-method', message: 'Use POST.' }, 405, 'Use POST.'],
])('%j is answered with its status and a sentence', (refusal, status, sentence) => {
  const answer = refusalAnswer(refusal);
  expect(answer.status).toBe(status);
  const message = expectJsonRpc(answer);
  expect(message.id).toBeNull();
  expect(message.error.message).toContain(sentence);
  expect(message.error.data.code).toBe(refusal.code);
  expect(answer.headers.allow).toBe(status === 405 ? 'POST, GET, DELETE' : undefined);
});

test.each<readonly [Recovery | undefined, string | undefined]>([
  [{ kind: 'retry' }, '5'],
  [{ kind: 'retry', afterMs: 1 }, '1'],
  [{ kind: 'retry', afterMs: 61_000 }, '61'],
  [{ kind: 'blocked', reason: 'signed-out' }, undefined],
  [{ kind: 'blocked', reason: 'denied' }, undefined],
  [undefined, undefined],
])('a fault with the recovery %j is a 503, never a 401, with Retry-After %s', (recovery, retryAfter) => {
  const problem = { code: 'some-code', user: 'Für die Person.', administrator: 'secret detail' };
  const answer = faultAnswer(new LanyardError({ ...problem, ...(recovery && { recovery }) }), 7);
  expect(answer.status).toBe(503);
  expect(answer.headers['retry-after']).toBe(retryAfter);
  expect(answer.headers['www-authenticate']).toBeUndefined();
  expect(expectJsonRpc(answer)).toMatchObject({ id: 7, error: { message: problem.user, data: { code: 'some-code' } } });
  expect(answer.body).not.toContain('secret detail');
});

test.each([
  ['{"id":1}', 1],
  ['{"id":"a"}', 'a'],
  ['{"id":0}', 0],
  ['{"id":""}', ''],
  ['{"id":null}', null],
  ['{"id":{}}', null],
  ['{"id":true}', null],
  ['{}', null],
  ['[{"id":1}]', null],
  ['null', null],
  ['not JSON', null],
  ['', null],
])('the id of %s is %j', (text, expected) => expect(idOf(Buffer.from(text))).toBe(expected));

test('a request that was streamed through has no id to answer to', () => expect(idOf(null)).toBeNull());

test('an error message is one line, whatever the sentence holds', () => {
  expect(errorMessage('a', 'two\nlines', 'c')).not.toContain('\n');
});
