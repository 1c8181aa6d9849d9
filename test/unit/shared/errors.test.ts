import { expect, test } from 'vitest';
import { LanyardError, problemOf } from '../../../shared/errors.ts';

test('a problem crosses a process boundary without cause, stack and recovery', () => {
  const cause = new Error('with a secret');
  const error = new LanyardError({ code: 'c', user: 'u', administrator: 'a', recovery: { kind: 'retry' }, cause });
  expect(problemOf(error)).toEqual({ code: 'c', user: 'u', administrator: 'a' });
  expect(error).toMatchObject({ message: 'a', name: 'LanyardError', cause, recovery: { kind: 'retry' } });
});

test.each([
  [new TypeError('x is not a function'), 'Unexpected error: TypeError: x is not a function'],
  ['a thrown string', 'Unexpected error: a thrown string'],
  [undefined, 'Unexpected error: undefined'],
])('anything else becomes "internal", with its text for the administrator alone: %s', (thrown, administrator) => {
  const problem = problemOf(thrown);
  expect(problem).toMatchObject({ code: 'internal', administrator });
  expect(problem.user).not.toContain(String(thrown));
  expect(problem.user).toContain('tell your administrator');
});
