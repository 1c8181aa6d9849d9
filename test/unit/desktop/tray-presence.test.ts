import { describe, expect, test } from 'vitest';
import { ownershipIn, watchTrayHost } from '../../../main/desktop/tray-host.ts';
import { trayPresence } from '../../../main/desktop/tray-presence.ts';

/** A desktop whose tray comes and goes as the test says. */
function desktop() {
  const done: string[] = [];
  const timers = new Set<() => void>();
  const host: { isThere: boolean | undefined; tell: (isThere: boolean) => void } = {
    isThere: undefined,
    tell: () => {},
  };
  let icons = 0;
  const presence = trayPresence({
    open: () => {
      icons += 1;
      const name = `icon ${icons}`;
      done.push(`${name} opened`);
      return { show: () => {}, close: () => void done.push(`${name} closed`) };
    },
    watchHost: (onChange) => {
      host.tell = (isThere) => {
        host.isThere = isThere;
        onChange(isThere);
      };
      return {
        get isThere() {
          return host.isThere;
        },
        close: () => void done.push('watch closed'),
      };
    },
    schedule: (_delayMs, act) => {
      timers.add(act);
      return () => void timers.delete(act);
    },
    onMissing: () => void done.push('missing'),
  });
  const wait = () => {
    for (const act of timers) act();
    timers.clear();
  };
  return { presence, done, tell: (isThere: boolean) => host.tell(isThere), wait };
}

test('until it is known, nothing is hidden', () => {
  const { presence, tell } = desktop();
  expect(presence.isThere).toBe(false);
  tell(true);
  expect(presence.isThere).toBe(true);
});

test('a tray that was there first keeps its icon through restarts of the panel', () => {
  const { done, tell, wait } = desktop();
  for (const isThere of [true, false, true]) tell(isThere);
  wait();
  expect(done).toEqual(['icon 1 opened']);
});

test('a tray that comes up after us is given a new icon, once', () => {
  const { done, tell, wait } = desktop();
  for (const isThere of [false, true, false, true]) tell(isThere);
  wait();
  expect(done).toEqual(['icon 1 opened', 'icon 1 closed', 'icon 2 opened']);
});

test('a tray that stays away is said to be missing', () => {
  const { presence, done, tell, wait } = desktop();
  tell(true);
  tell(false);
  expect(presence.isThere).toBe(false);
  wait();
  expect(done).toEqual(['icon 1 opened', 'missing']);
});

test('once closed, nothing is waited for', () => {
  const { presence, done, tell, wait } = desktop();
  tell(false);
  presence.close();
  wait();
  expect(done).toEqual(['icon 1 opened', 'watch closed', 'icon 1 closed']);
});

test.each([
  ['The name org.kde.StatusNotifierWatcher is owned by :1.5', true],
  ['The name org.kde.StatusNotifierWatcher does not have an owner', false],
  ['Monitoring signals from all objects owned by org.kde.StatusNotifierWatcher', undefined],
  ["/StatusNotifierWatcher: org.kde.StatusNotifierWatcher.StatusNotifierItemRegistered (':1.5',)", undefined],
  ['The name org.example.Other is owned by :1.5', undefined],
])('%s: %s', (line, expected) => {
  expect(ownershipIn(line)).toBe(expected);
});

describe('elsewhere than on Linux', () => {
  test.each(['darwin', 'win32'] as const)('%s always has a tray', (platform) => {
    const said: boolean[] = [];
    expect(watchTrayHost(platform, (isThere) => said.push(isThere)).isThere).toBe(true);
    expect(said).toEqual([true]);
  });
});
