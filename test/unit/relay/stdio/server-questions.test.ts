import { expect, test } from 'vitest';
import { createServerQuestions } from '../../../../main/relay/stdio/server-questions.ts';

const asks = (id: string | number) => ({ line: '', answers: false, asks: id });
const takesBack = (id: string | number) => ({ line: '', answers: false, takesBack: id });

test('a response goes to who asked, and to whoever is there where nobody is known to have asked', () => {
  const questions = createServerQuestions();
  questions.heard(asks(1));
  expect(questions.takes(1)).toBe(true);
  expect(questions.takes('unknown')).toBe(true);
});

test('what a lost MCP session asked is taken back, and responses to it go nowhere, once', () => {
  const questions = createServerQuestions();
  for (const id of [0, 'a', 2]) questions.heard(asks(id));
  questions.takes(2);
  expect(questions.lose().map((line) => JSON.parse(line))).toMatchObject([
    { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 0 } },
    { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'a' } },
  ]);
  expect(questions.lose()).toEqual([]);
  expect([questions.takes(0), questions.takes(0), questions.takes('a')]).toEqual([false, true, false]);
});

test('the next MCP session may ask with the same ids', () => {
  const questions = createServerQuestions();
  questions.heard(asks(0));
  questions.lose();
  questions.heard(asks(0));
  expect(questions.takes(0)).toBe(true);
});

test('what its server has taken back is not taken back again', () => {
  const questions = createServerQuestions();
  questions.heard(asks(0));
  questions.heard(takesBack(0));
  expect(questions.lose()).toEqual([]);
});

test('a thousand are remembered, the newest', () => {
  const questions = createServerQuestions();
  for (let id = 0; id < 1_500; id += 1) questions.heard(asks(id));
  const lines = questions.lose();
  expect(lines).toHaveLength(1_000);
  expect(lines[0]).toContain('"requestId":500');
});
