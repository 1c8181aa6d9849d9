import { expect, test } from 'vitest';
import { LOCAL_API_VERSION } from '../../../shared/local-api.ts';
import { STDIO_PATH } from '../../../shared/stdio-upgrade.ts';

test('the upgrade lies below the version of the Local API', () => {
  expect(STDIO_PATH).toBe(`/v${LOCAL_API_VERSION}/stdio`);
});
