import { expect, test } from 'vitest';
import type { StartAtLogin } from '../../../main/desktop/bridge/desk.ts';
import { openDesk } from '../../../main/desktop/desk.ts';
import { LanyardError } from '../../../shared/errors.ts';
import { problemFrom } from '../fixtures.ts';

function desk({ refuses = false } = {}) {
  const done: string[] = [];
  const world: { login: StartAtLogin } = { login: 'off' };
  const act = (name: string) => async () => void done.push(name);
  const opened = openDesk({
    login: {
      look: async () => world.login,
      set: async (isOn) => {
        if (refuses) throw new LanyardError({ code: 'start-at-login', user: 'No.', administrator: 'No.' });
        world.login = isOn ? 'on' : 'off';
      },
    },
    updates: { view: { kind: 'ready', version: '1.2.3' }, look: act('look'), install: act('install') },
    demo: { state: 'offered', start: act('start'), end: act('end') },
    journal: {
      follow: async (isOn) => {
        done.push(`follow ${isOn}`);
        return null;
      },
    },
    changed: () => void done.push('changed'),
  });
  return { opened, done, world };
}

test('start at login is not offered before the system has answered', async () => {
  const { opened, done } = desk();
  expect(opened.view).toEqual({
    startAtLogin: 'unavailable',
    updates: { kind: 'ready', version: '1.2.3' },
    demo: 'offered',
  });
  await opened.lookAgain();
  expect(opened.view.startAtLogin).toBe('off');
  await opened.lookAgain();
  expect(done).toEqual(['changed']);
});

test('what the system says after a change counts', async () => {
  const { opened, world } = desk();
  await opened.acts.setStartAtLogin(true);
  expect(opened.view.startAtLogin).toBe('on');
  world.login = 'off';
  await opened.lookAgain();
  expect(opened.view.startAtLogin).toBe('off');
});

test('a change that the system refuses is a problem, and the view stays true', async () => {
  const { opened } = desk({ refuses: true });
  expect((await problemFrom(opened.acts.setStartAtLogin(true))).code).toBe('start-at-login');
  expect(opened.view.startAtLogin).toBe('off');
});

test('each act goes to the room it belongs to', async () => {
  const { opened, done } = desk();
  const { lookForUpdates, installUpdate, startDemo, endDemo, followJournal } = opened.acts;
  await lookForUpdates();
  await installUpdate();
  await startDemo();
  await endDemo();
  await followJournal(true);
  expect(done).toEqual(['look', 'install', 'start', 'end', 'follow true']);
});
