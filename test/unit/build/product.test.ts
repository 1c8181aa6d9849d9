import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawSvg, ICON_SIZES } from '../../../build/icons/draw.ts';
import { PNG_SIGNATURE } from '../../../build/icons/png.ts';
import { APP_ICON } from '../../../build/icons/shapes.ts';
import { ROOT } from '../../../build/paths.ts';
import { PRODUCT } from '../../../shared/product.ts';

const text = (name: string) => readFile(join(ROOT, name), 'utf8');

test('the app is packaged under the product’s names', async () => {
  const config = await text('electron-builder.yml');
  expect(/^appId: (.*)$/m.exec(config)?.[1]).toBe(PRODUCT.bundleId);
  expect(/^productName: (.*)$/m.exec(config)?.[1]).toBe(PRODUCT.name);
  expect(/^ {4}- from: dist\/executable\n {6}to: (.*)$/m.exec(config)?.[1]).toBe(PRODUCT.command);
});

test('the package has the product’s version and offers its command', async () => {
  const { version, bin } = JSON.parse(await text('package.json')) as { version: string; bin: object };
  expect(version).toBe(PRODUCT.version);
  expect(Object.keys(bin)).toEqual([PRODUCT.command]);
});

test.each(ICON_SIZES)('the icon of %i pixels has that size', async (side) => {
  const icon = await readFile(join(ROOT, 'build', 'icons', `${side}x${side}.png`));
  expect(icon.subarray(0, 8)).toEqual(PNG_SIGNATURE);
  expect([icon.readUInt32BE(16), icon.readUInt32BE(20)]).toEqual([side, side]);
});

test('the icons were drawn from the shapes as they are now', async () => {
  expect(await text('build/icons/icon.svg')).toBe(drawSvg(APP_ICON, PRODUCT.name));
});
