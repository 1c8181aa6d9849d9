import { expect, test } from 'vitest';
import { standbyOutcome } from '../../../main/relay/standby/standby-outcome.ts';
import { LanyardError, type Recovery } from '../../../shared/errors.ts';
import { readToolAnswer } from '../../integration/raw-http.ts';

const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'whoami', arguments: {} } } as const;

const standby = (recovery: Recovery | undefined, code = 'network-connection', cause?: Error) => {
  const error = new LanyardError({
    code,
    user: 'Notes is not reached.',
    administrator: '',
    ...(recovery && { recovery }),
    ...(cause && { cause }),
  });
  const server = { name: 'notes', title: 'Notes' };
  return standbyOutcome(call, { server, error, lists: undefined, status: '', signInUrl: undefined });
};

const message = (members: object) => JSON.stringify({ jsonrpc: '2.0', id: 1, ...members });
const events = (...messages: readonly string[]) => messages.map((one) => `event: message\ndata: ${one}\n\n`).join('');

const served = message({ result: { content: [{ type: 'text', text: 'alice' }] } });
const refused = message({ error: { code: -32000, message: 'Not now.' } });
const progress = '{"jsonrpc":"2.0","method":"notifications/progress","params":{}}';

test.each<[string, number, string, string, string]>([
  ['a result', 200, served, 'server', ''],
  ['a result behind a notification', 200, events(progress, served), 'server', ''],
  ['standby, which says when', 200, message(standby({ kind: 'retry', afterMs: 0 })), 'standby', 'was not carried out'],
  [
    'standby, which says whose turn it is',
    200,
    message(standby({ kind: 'blocked', reason: 'denied' })),
    'standby',
    'Notes is not reached.',
  ],
  [
    'standby, which does not know whether it was carried out',
    200,
    message(standby(undefined, 'network-timeout', new Error('half-way'))),
    'standby',
    'is not known',
  ],
  ['a tool that failed', 200, message({ result: { isError: true, content: [{ text: 'No.' }] } }), 'nobody', 'No.'],
  ['a JSON-RPC error', 200, refused, 'nobody', 'Not now.'],
  ['a JSON-RPC error with 503', 503, refused, 'nobody', 'Not now.'],
  ['a result with another status', 500, served, 'nobody', 'alice'],
  ['a page', 200, '<html></html>', 'nobody', ''],
  ['a stream that was cut off', 200, events(progress), 'nobody', ''],
  ['half a message', 200, served.slice(0, 30), 'nobody', ''],
  ['nothing', 0, '', 'nobody', ''],
])('%s', (_what, status, text, by, sentence) => {
  const answer = readToolAnswer(status, text);
  expect(answer.by).toBe(by);
  expect(answer.sentence).toContain(sentence);
});
