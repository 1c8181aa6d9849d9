import { expect, test } from 'vitest';
import type { Updates } from '../../../../main/desktop/bridge/desk.ts';
import { nextUpdates, type UpdateEvent } from '../../../../main/desktop/updates/transitions.ts';
import { updateProblem } from '../../../../main/desktop/updates/update-problem.ts';

const problem = { code: 'update-failed', user: 'U.', administrator: 'A.' };
const MANAGED: Updates = { kind: 'managed' };
const IDLE: Updates = { kind: 'idle' };
const LOADING: Updates = { kind: 'loading', version: '2.0.0', percent: 40 };
const READY: Updates = { kind: 'ready', version: '2.0.0' };
const FAILED: Updates = { kind: 'failed', problem };

const table: readonly [Updates, UpdateEvent, Updates][] = [
  [MANAGED, { kind: 'allowed' }, IDLE],
  [MANAGED, { kind: 'looking' }, MANAGED],
  [MANAGED, { kind: 'loaded', version: '2.0.0' }, MANAGED],
  [MANAGED, { kind: 'failed', problem }, MANAGED],
  [IDLE, { kind: 'allowed' }, IDLE],
  [IDLE, { kind: 'looking' }, { kind: 'looking' }],
  [FAILED, { kind: 'looking' }, { kind: 'looking' }],
  [{ kind: 'looking' }, { kind: 'nothing-newer', at: 7 }, { kind: 'idle', lookedAt: 7 }],
  [{ kind: 'looking' }, { kind: 'found', version: '2.0.0' }, { kind: 'loading', version: '2.0.0', percent: 0 }],
  [{ kind: 'looking' }, { kind: 'failed', problem }, FAILED],
  [LOADING, { kind: 'progress', percent: 55.9 }, { ...LOADING, percent: 55 }],
  [LOADING, { kind: 'progress', percent: 3 }, LOADING],
  [LOADING, { kind: 'progress', percent: 130 }, { ...LOADING, percent: 100 }],
  [IDLE, { kind: 'progress', percent: 3 }, IDLE],
  [LOADING, { kind: 'loaded', version: '2.0.0' }, READY],
  [LOADING, { kind: 'failed', problem }, FAILED],
  [LOADING, { kind: 'forbidden' }, MANAGED],
  [READY, { kind: 'looking' }, READY],
  [READY, { kind: 'nothing-newer', at: 7 }, READY],
  [READY, { kind: 'found', version: '2.0.0' }, READY],
  [READY, { kind: 'found', version: '2.1.0' }, { kind: 'loading', version: '2.1.0', percent: 0 }],
  [READY, { kind: 'failed', problem }, READY],
  [READY, { kind: 'forbidden' }, MANAGED],
];

test.each(table)('%j after %j is %j', (before, event, after) => {
  expect(nextUpdates(before, event)).toEqual(after);
});

const coded = (code: string, message: string) => Object.assign(new Error(message), { code });

test.each<readonly [unknown, string]>([
  [coded('ERR_CHECKSUM_MISMATCH', 'sha512 checksum mismatch'), 'update-not-genuine'],
  [coded('ERR_UPDATER_INVALID_SIGNATURE', 'New version is not signed by the application owner'), 'update-not-genuine'],
  [new Error('net::ERR_CONNECTION_REFUSED'), 'update-failed'],
  ['nothing that is an error', 'update-failed'],
])('%s is told as %s, in one line', (error, code) => {
  expect(updateProblem(error)).toMatchObject({ code });
  expect(updateProblem(new Error(`${'x'.repeat(999)}\nat line 2`)).administrator).not.toMatch(/\n|x{301}/);
});
