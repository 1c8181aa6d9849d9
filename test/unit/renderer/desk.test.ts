import { expect, test } from 'vitest';
import type { Updates } from '../../../main/desktop/bridge/desk.ts';
import { policyPlace } from '../../../renderer/desk/policy-place.ts';
import { updateText } from '../../../renderer/desk/update-text.ts';
import { viewOfKey } from '../../../renderer/view-keys.ts';
import { NOW } from '../desktop/states.ts';

const problem = { code: 'c', user: 'The place for updates does not answer.', administrator: '' };

test.each<[Updates, string]>([
  [{ kind: 'managed' }, 'Whoever installed Lanyard updates it too.'],
  [{ kind: 'idle' }, 'No newer version is known.'],
  [{ kind: 'idle', lookedAt: NOW - 3_600_000 }, 'This is the newest version. Looked 1 hour ago.'],
  [{ kind: 'looking' }, 'Looking for a newer version…'],
  [{ kind: 'loading', version: '1.2.3', percent: 41.6 }, 'Version 1.2.3 is being loaded: 42 %.'],
  [{ kind: 'ready', version: '1.2.3' }, 'Version 1.2.3 is ready to be installed.'],
  [{ kind: 'failed', problem }, problem.user],
])('updates %j: "%s"', (updates, text) => {
  expect(updateText(updates, NOW)).toBe(text);
});

test('where the policy lies is said on systems that have such a place', () => {
  expect(policyPlace('Linux x86_64')).toEqual({ file: '/etc/lanyard/policy.json' });
  expect(policyPlace('MacIntel')).toEqual({ file: '/etc/lanyard/policy.json' });
  expect(policyPlace('Win32')).toEqual({ command: 'lanyard agent --policy FILE' });
});

const press = (key: string, more = {}) => ({
  key,
  ctrlKey: true,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

test.each([
  [press('1'), 'servers'],
  [press('2'), 'apps'],
  [press('3'), 'activity'],
  [press('2', { ctrlKey: false, metaKey: true }), 'apps'],
  [press('4'), undefined],
  [press('a'), undefined],
  [press('1', { ctrlKey: false }), undefined],
  [press('1', { altKey: true }), undefined],
  [press('1', { shiftKey: true }), undefined],
])('%j goes to %s', (key, view) => {
  expect(viewOfKey(key)).toBe(view);
});
