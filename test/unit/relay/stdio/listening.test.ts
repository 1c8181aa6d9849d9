import { expect, test } from 'vitest';
import type { StdioAnswer } from '../../../../main/relay/stdio/answer.ts';
import { keepListening } from '../../../../main/relay/stdio/listening.ts';
import type { Wire } from '../../../../main/relay/stdio/wire.ts';
import { LanyardError } from '../../../../shared/errors.ts';
import { createVirtualTime } from '../../../virtual-time.ts';

const ENDED: StdioAnswer = {
  status: 200,
  mcpSessionId: undefined,
  fault: undefined,
  messages: 0,
  answered: false,
  lastEventId: undefined,
  retryMs: undefined,
};

const fault = (code: string) => new LanyardError({ code, user: 'u', administrator: 'a' });

/** Listens at a server whose streams end as they are told to. */
function listening() {
  const time = createVirtualTime();
  const opened: (string | undefined)[] = [];
  const open: ((answer: StdioAnswer) => void)[] = [];
  let aborted = 0;
  const listen: Wire['listen'] = (_headers, _onMessage, lastEventId) => {
    opened.push(lastEventId);
    const ended = Promise.withResolvers<StdioAnswer>();
    open.push(ended.resolve);
    return {
      ended: ended.promise,
      abort: () => {
        aborted += 1;
        ended.resolve({ ...ENDED, status: 0 });
      },
    };
  };
  const stop = keepListening({ wire: { listen } as Wire, headers: [], onMessage: () => {}, schedule: time.schedule });
  return {
    time,
    opened,
    stop,
    aborted: () => aborted,
    /** The present stream ends so, `afterMs` after it was opened. */
    end: async (answer: Partial<StdioAnswer>, afterMs = 0) => {
      await time.advance(afterMs);
      open.at(-1)?.({ ...ENDED, ...answer });
      await time.advance(0);
    },
  };
}

test.each([404, 405, 400, 403])('a stream that is refused with %i is given up', async (status) => {
  const { end, opened, time } = listening();
  await end({ status });
  await time.advance(3_600_000);
  expect(opened).toHaveLength(1);
  expect(time.waiting()).toBe(0);
});

test.each<readonly [string, Partial<StdioAnswer>, number]>([
  ['a second, unless told', {}, 1_000],
  ["the server's own pause", { retryMs: 3_000 }, 3_000],
  ['a minute at most', { retryMs: 3_600_000 }, 60_000],
  ['a tenth of a second at least', { retryMs: 0 }, 100],
  ['ten seconds after an outage', { status: 0, fault: fault('network-connection') }, 10_000],
  ['ten seconds where the server is busy', { status: 503 }, 10_000],
])('it is opened again after %s', async (_what, answer, pauseMs) => {
  const { end, opened, time } = listening();
  await end(answer);
  await time.advance(pauseMs - 1);
  expect(opened).toHaveLength(1);
  await time.advance(1);
  expect(opened).toHaveLength(2);
});

test('it goes on after the last event, also after an end that brought none, and with the pause told before', async () => {
  const { end, opened, time } = listening();
  await end({ lastEventId: 'e-1', retryMs: 5_000 });
  await time.advance(5_000);
  await end({});
  await time.advance(4_999);
  expect(opened).toEqual([undefined, 'e-1']);
  await time.advance(1);
  expect(opened).toEqual([undefined, 'e-1', 'e-1']);
});

test('what is too large is not asked for again', async () => {
  const { end, opened, time } = listening();
  await end({ lastEventId: 'e-1' });
  await time.advance(1_000);
  await end({ fault: fault('answer-too-large'), lastEventId: 'e-1' });
  await time.advance(10_000);
  expect(opened).toEqual([undefined, 'e-1', undefined]);
});

test.each<readonly [string, Partial<StdioAnswer>, number, number]>([
  ['that end at once', {}, 0, 5],
  ['that are never there', { status: 501 }, 0, 5],
  ['that lived for a while', {}, 1_001, 20],
  ['that brought something', { messages: 1 }, 0, 20],
  ['that the server ends to be asked again', { lastEventId: 'e' }, 0, 20],
  ['that were cut off', { fault: fault('network-connection') }, 0, 20],
])('of streams %s so many are opened', async (_what, answer, lifeMs, expected) => {
  const { end, opened, time } = listening();
  for (let times = 0; times < 20; times += 1) {
    await end(answer, lifeMs);
    await time.advance(answer.status === undefined && answer.fault === undefined ? 1_000 : 10_000);
  }
  expect(Math.min(opened.length, 20)).toBe(expected);
});

test('a stream that was once there is waited for, however long its server is busy', async () => {
  const { end, opened, time } = listening();
  await end({}, 2_000);
  await time.advance(1_000);
  for (let times = 0; times < 50; times += 1) {
    await end({ status: 503 });
    await time.advance(10_000);
  }
  expect(opened).toHaveLength(52);
});

test.each(['while it is open', 'in a pause'])('it ends for good %s', async (when) => {
  const { end, opened, time, stop, aborted } = listening();
  if (when === 'in a pause') await end({});
  stop();
  await time.advance(3_600_000);
  expect(opened).toHaveLength(1);
  expect(aborted()).toBe(1);
  expect(time.waiting()).toBe(0);
});
