import { expect, test, vi } from 'vitest';
import { fileOfAddress } from '../../../main/desktop/page-files.ts';

vi.mock('electron', () => ({}));

const table: readonly [string, string | undefined][] = [
  ['lanyard-app://window/index.html', '/app/renderer/index.html'],
  ['lanyard-app://window/assets/page.js', '/app/renderer/assets/page.js'],
  ['lanyard-app://window/index.html?x=1#y', '/app/renderer/index.html'],
  ['lanyard-app://window/../../main/index.js', '/app/renderer/main/index.js'],
  ['lanyard-app://window/%2e%2e/main/index.js', '/app/renderer/main/index.js'],
  ['lanyard-app://window/..%2f..%2fmain/index.js', undefined],
  ['lanyard-app://window/a%00.js', undefined],
  ['lanyard-app://window/', undefined],
  ['lanyard-app://window/secrets.txt', undefined],
  ['lanyard-app://other/index.html', undefined],
  ['file:///app/renderer/index.html', undefined],
  ['not an address', undefined],
];

test.each(table)('%s → %s', (address, file) => {
  expect(fileOfAddress(address, '/app/renderer')).toBe(file);
});
