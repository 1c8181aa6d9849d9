import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PRODUCT } from '../../../shared/product.ts';

test('the product version is that of package.json', () => {
  const { version, name } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
    name: string;
  };
  expect(PRODUCT.version).toBe(version);
  expect(PRODUCT.command).toBe(name);
});
