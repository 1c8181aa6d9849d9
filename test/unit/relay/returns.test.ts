import { expect, test } from 'vitest';
import { createReturns } from '../../../main/relay/returns.ts';

/** Returns whose timers and grant are the test's. */
function watched() {
  const timers: { readonly act: () => void; isOff: boolean }[] = [];
  const asked: unknown[] = [];
  let token: () => Promise<unknown> = () => Promise.reject(new Error('There is no grant'));
  const returns = createReturns(
    {
      token: (purpose) => {
        asked.push(purpose);
        return token() as ReturnType<Parameters<typeof createReturns>[0]['token']>;
      },
    },
    (_delay, act) => {
      const timer = { act, isOff: false };
      timers.push(timer);
      return () => {
        timer.isOff = true;
      };
    },
  );
  return {
    ...returns,
    asked,
    waiting: () => timers.filter(({ isOff }) => !isOff).length,
    /** The newest timer is due. */
    look: async () => {
      const due = timers.at(-1);
      if (!due || due.isOff) throw new Error('Nobody looks');
      due.isOff = true;
      due.act();
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    },
    granted: () => {
      token = async () => ({});
    },
  };
}

test('everybody who waits is told of a return, and once for each', () => {
  const { on, mark } = watched();
  const told: string[] = [];
  const end = on(() => told.push('one'));
  on(() => told.push('two'));
  mark();
  end();
  mark();
  expect(told).toEqual(['one', 'two', 'two']);
});

test('the same function may wait twice, and ends alone', () => {
  const { on, mark } = watched();
  let told = 0;
  const listener = () => {
    told += 1;
  };
  const end = on(listener);
  on(listener);
  mark();
  end();
  mark();
  expect(told).toBe(3);
});

test('who stops waiting while others are told does not keep them from it', () => {
  const { on, mark } = watched();
  const told: string[] = [];
  const end = on(() => {
    told.push('one');
    end();
  });
  on(() => told.push('two'));
  mark();
  expect(told).toEqual(['one', 'two']);
});

test('as long as somebody waits it looks by itself, and tells when there is a grant', async () => {
  const { on, look, asked, granted, waiting } = watched();
  expect(waiting()).toBe(0);
  let told = 0;
  const end = on(() => {
    told += 1;
  });
  await look();
  expect([told, asked]).toEqual([0, ['upkeep']]);
  granted();
  await look();
  expect([told, waiting()]).toEqual([1, 1]);
  end();
  expect(waiting()).toBe(0);
});

test('many who wait are one look, which goes on until the last of them has gone', () => {
  const { on, waiting } = watched();
  const ends = [on(() => {}), on(() => {}), on(() => {})];
  expect(waiting()).toBe(1);
  for (const end of ends.slice(1)) end();
  expect(waiting()).toBe(1);
  ends[0]?.();
  expect(waiting()).toBe(0);
});

test('who stops waiting when told ends the looking', async () => {
  const { on, look, granted, waiting } = watched();
  granted();
  const end = on(() => end());
  await look();
  expect(waiting()).toBe(0);
});
