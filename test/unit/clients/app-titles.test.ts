import { expect, test } from 'vitest';
import { APPS } from '../../../main/clients/apps/table.ts';
import { APP_TITLES } from '../../../shared/app-kinds.ts';

test('every app is called the same wherever it is named', () => {
  expect(Object.fromEntries(APPS.map(({ kind, title }) => [kind, title]))).toEqual(APP_TITLES);
});
