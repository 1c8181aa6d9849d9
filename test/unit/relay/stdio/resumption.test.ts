import { describe, expect, test } from 'vitest';
import type { StdioAnswer } from '../../../../main/relay/stdio/answer.ts';
import { NO_PROGRESS, nextProgress, type Progress, pauseOf } from '../../../../main/relay/stdio/resumption.ts';
import { LanyardError } from '../../../../shared/errors.ts';

const fault = (code: string) => new LanyardError({ code, user: 'u', administrator: 'a' });

const ended = (answer: Partial<StdioAnswer>): StdioAnswer => ({
  status: 200,
  mcpSessionId: undefined,
  fault: undefined,
  messages: 0,
  answered: false,
  lastEventId: undefined,
  retryMs: undefined,
  ...answer,
});

const BEFORE: Progress = { lastEventId: 'e-1', retryMs: 500, failures: 3, empty: 4 };

describe('after the stream that answered the request', () => {
  test.each<readonly [string, Partial<StdioAnswer>, Partial<Progress> | undefined]>([
    ['it goes on from its last event', { lastEventId: 'e-1', retryMs: 7 }, { lastEventId: 'e-1', retryMs: 7 }],
    ['also where it was cut off', { lastEventId: 'e-1', fault: fault('network-connection') }, { failures: 1 }],
    ['without an event id it is over', { messages: 1 }, undefined],
    ['without an answer it is over', { status: 0, lastEventId: 'e-1', fault: fault('network-dns') }, undefined],
    ['with a refusal it is over', { status: 503, lastEventId: 'e-1' }, undefined],
    ['with an event that is too large it is over', { lastEventId: 'e-1', fault: fault('answer-too-large') }, undefined],
  ])('%s', (_what, answer, expected) => {
    const next = nextProgress(NO_PROGRESS, ended(answer), true);
    if (expected) expect(next).toMatchObject(expected);
    else expect(next).toBeUndefined();
  });
});

describe('after a stream that was taken up again', () => {
  test.each<readonly [string, Partial<StdioAnswer>, Partial<Progress> | undefined]>([
    ['a new event counts as progress', { lastEventId: 'e-2' }, { lastEventId: 'e-2', failures: 0, empty: 0 }],
    ['so does a message', { messages: 1 }, { lastEventId: 'e-1', failures: 0, empty: 0 }],
    ['the same event does not', { lastEventId: 'e-1' }, { failures: 0, empty: 5 }],
    ['the pause stays what it was', {}, { retryMs: 500 }],
    ['the server is away', { status: 0, fault: fault('network-dns') }, { lastEventId: 'e-1', failures: 4 }],
    ['the server is busy', { status: 503 }, { failures: 4 }],
    ['the server asks for patience', { status: 429 }, { failures: 4 }],
    ['the server knows nothing of it', { status: 404 }, undefined],
    ['the server keeps no events', { status: 400 }, undefined],
    ['an event is too large', { fault: fault('answer-too-large') }, undefined],
  ])('%s', (_what, answer, expected) => {
    const next = nextProgress(BEFORE, ended(answer), false);
    if (expected) expect(next).toMatchObject(expected);
    else expect(next).toBeUndefined();
  });
});

test.each<readonly [string, Partial<StdioAnswer>, number]>([
  ['fails', { status: 503 }, 20],
  ['brings nothing', {}, 1_000],
])('a server that %s each time is asked so often', (_what, answer, expected) => {
  let times = -1;
  for (let progress: Progress | undefined = { ...BEFORE, failures: 0, empty: 0 }; progress; times += 1)
    progress = nextProgress(progress, ended(answer), false);
  expect(times).toBe(expected);
});

test.each([
  [undefined, 1_000],
  [0, 100],
  [99, 100],
  [2_500, 2_500],
  [3_600_000, 60_000],
])('a wish for %j ms is a pause of %i ms', (wish, expected) => expect(pauseOf(wish)).toBe(expected));
