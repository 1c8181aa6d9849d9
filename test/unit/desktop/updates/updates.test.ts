import { expect, test } from 'vitest';
import type { NotOurs } from '../../../../main/desktop/updates/installation.ts';
import type { UpdateEvent } from '../../../../main/desktop/updates/transitions.ts';
import { createUpdates } from '../../../../main/desktop/updates/updates.ts';
import { problemFrom, until } from '../../fixtures.ts';

const HOUR_MS = 60 * 60_000;

interface World {
  readonly why?: NotOurs;
  readonly fails?: boolean;
  /** Opening ends with it. */
  readonly opening?: Promise<void>;
  /** Every look ends with it. */
  readonly looking?: Promise<void>;
}

function world({ why, fails = false, opening, looking }: World = {}) {
  const done: string[] = [];
  const due: { delayMs: number; act: () => void }[] = [];
  let onEvent: (event: UpdateEvent) => void = () => {};
  let changes = 0;
  const updates = createUpdates({
    whyNotOurs: async () => why,
    open: async (told) => {
      done.push('opened');
      await opening;
      if (fails) throw new Error('no such module');
      onEvent = told;
      return {
        look: async () => {
          done.push('looked');
          await looking;
        },
        install: () => void done.push('installed'),
        installsOnQuit: (isAllowed) => void done.push(`on quit: ${isAllowed}`),
      };
    },
    schedule: (delayMs, act) => {
      const timer = { delayMs, act };
      due.push(timer);
      return () => void due.splice(due.indexOf(timer), due.includes(timer) ? 1 : 0);
    },
    random: () => 0.5,
    changed: () => {
      changes += 1;
    },
    leaving: () => void done.push('leaving'),
  });
  const ring = () => {
    const timer = due.shift();
    timer?.act();
    return timer?.delayMs;
  };
  return { updates, done, due, ring, changes: () => changes, tell: (event: UpdateEvent) => onEvent(event) };
}

const settled = () => new Promise((resolve) => void setImmediate(resolve));

test('nothing is loaded before it is allowed', async () => {
  const { updates, done } = world();
  await updates.look();
  expect([updates.view, done]).toEqual([{ kind: 'managed' }, []]);
});

test('once allowed it looks within a minute, then every six hours or so', async () => {
  const { updates, done, due, ring } = world();
  updates.allow(true);
  updates.allow(true);
  await until(() => due.length > 0);
  expect([updates.view, done]).toEqual([{ kind: 'idle' }, ['opened', 'on quit: true']]);
  expect(ring()).toBe(30_000);
  await settled();
  expect(ring()).toBe(6 * HOUR_MS);
  await settled();
  expect(done.filter((what) => what === 'looked')).toHaveLength(2);
  expect(due).toHaveLength(1);
  updates.close();
  expect(due).toEqual([]);
});

test.each<NotOurs>(['no-feed', 'unsafe-feed', 'unsigned', 'system-wide'])(
  'an installation that is not ours (%s) stays managed, and says why',
  async (why) => {
    const { updates, done, due } = world({ why });
    updates.allow(true);
    await updates.look();
    expect([updates.view, done, due]).toEqual([{ kind: 'managed' }, [], []]);
    const { code, administrator } = await problemFrom(updates.install());
    expect(code).toBe('no-update');
    expect(administrator).not.toContain('Policy');
  },
);

test('without the word of policy the refusal names it', async () => {
  expect((await problemFrom(world().updates.install())).administrator).toContain('desktop.updates');
});

test('what is ready is installed by the act of a person alone, after the windows were let go', async () => {
  const { updates, done, due, tell, changes } = world();
  updates.allow(true);
  await until(() => due.length > 0);
  tell({ kind: 'found', version: '2.0.0' });
  expect((await problemFrom(updates.install())).code).toBe('no-update');
  tell({ kind: 'loaded', version: '2.0.0' });
  const before = changes();
  tell({ kind: 'looking' });
  expect([updates.view, changes() - before]).toEqual([{ kind: 'ready', version: '2.0.0' }, 0]);
  expect(done).not.toContain('installed');
  await updates.install();
  expect(done.slice(-2)).toEqual(['leaving', 'installed']);
});

test('no longer allowed: no look, no install, not at quitting either; allowed again it goes on', async () => {
  const { updates, done, due, tell } = world();
  updates.allow(true);
  await until(() => due.length > 0);
  tell({ kind: 'loaded', version: '2.0.0' });
  updates.allow(false);
  await settled();
  await updates.look();
  expect([updates.view, due, done]).toEqual([{ kind: 'managed' }, [], ['opened', 'on quit: true', 'on quit: false']]);
  expect((await problemFrom(updates.install())).code).toBe('no-update');
  updates.allow(true);
  await until(() => due.length > 0);
  expect([updates.view, done.at(-1)]).toEqual([{ kind: 'idle' }, 'on quit: true']);
});

test('what cannot be opened is a problem and breaks nothing', async () => {
  const { updates } = world({ fails: true });
  updates.allow(true);
  await until(() => updates.view.kind === 'failed');
  await updates.look();
  expect(updates.view).toMatchObject({ problem: { code: 'update-failed' } });
});

test('what is forbidden again while it is being opened does nothing, and looks for nothing', async () => {
  const opening = Promise.withResolvers<void>();
  const { updates, done, due, changes } = world({ opening: opening.promise });
  updates.allow(true);
  await until(() => done.includes('opened'));
  updates.allow(false);
  opening.resolve();
  await until(() => done.length > 1);
  await settled();
  expect([updates.view, due, changes()]).toEqual([{ kind: 'managed' }, [], 0]);
  expect(done).not.toContain('on quit: true');
  await updates.look();
  expect(done).not.toContain('looked');
});

test('what is forbidden and allowed while it is being opened is opened once, and looks once', async () => {
  const opening = Promise.withResolvers<void>();
  const { updates, done, due } = world({ opening: opening.promise });
  for (const isAllowed of [true, false, true]) updates.allow(isAllowed);
  await until(() => done.includes('opened'));
  opening.resolve();
  await until(() => due.length > 0);
  await settled();
  expect([updates.view, due.length]).toEqual([{ kind: 'idle' }, 1]);
  expect([done.filter((what) => what === 'opened').length, done.at(-1)]).toEqual([1, 'on quit: true']);
});

test('two looks at once are one, and both wait for its end', async () => {
  const looking = Promise.withResolvers<void>();
  const { updates, done, due } = world({ looking: looking.promise });
  updates.allow(true);
  await until(() => due.length > 0);
  let ended = 0;
  const looks = [updates.look(), updates.look()].map((look) =>
    look.then(() => {
      ended += 1;
    }),
  );
  await until(() => done.includes('looked'));
  await settled();
  expect([done.filter((what) => what === 'looked').length, ended]).toEqual([1, 0]);
  looking.resolve();
  await Promise.all(looks);
  await updates.look();
  expect(done.filter((what) => what === 'looked')).toHaveLength(2);
});
