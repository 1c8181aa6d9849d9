import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { extensionBundle, INSTALLED_PROGRAMS } from '../../../main/cli/extension-bundle.ts';
import { PRODUCT } from '../../../shared/product.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

function manifestOf(bundle: Uint8Array) {
  return JSON.parse(strFromU8(unzipSync(bundle)['manifest.json'] ?? new Uint8Array()));
}

test('the same version is the same bytes, whatever the time and the time zone', () => {
  const zone = process.env.TZ;
  const first = extensionBundle();
  process.env.TZ = 'Asia/Tokyo';
  const second = extensionBundle();
  process.env.TZ = zone;
  if (zone === undefined) delete process.env.TZ;
  expect(Buffer.from(second).equals(first)).toBe(true);
});

test('it starts the gateway of the program that is installed, on each system in its place', () => {
  const { server, tools_generated, version } = manifestOf(extensionBundle());
  expect(server).toMatchObject({
    type: 'binary',
    mcp_config: {
      command: INSTALLED_PROGRAMS.darwin,
      args: ['stdio', '--client', 'claude-desktop-extension'],
      platform_overrides: {
        win32: { command: INSTALLED_PROGRAMS.win32 },
        linux: { command: INSTALLED_PROGRAMS.linux },
      },
    },
  });
  expect({ tools_generated, version }).toEqual({ tools_generated: true, version: PRODUCT.version });
});

test('another place of the program changes that system alone', () => {
  const { server } = manifestOf(extensionBundle({ linux: '/usr/lib/lanyard/lanyard' }));
  expect(server.mcp_config.platform_overrides).toEqual({
    darwin: { command: INSTALLED_PROGRAMS.darwin },
    win32: { command: INSTALLED_PROGRAMS.win32 },
    linux: { command: '/usr/lib/lanyard/lanyard' },
  });
});

test("its icon is the app's, and it holds what it names", () => {
  const files = unzipSync(extensionBundle());
  const { icon, server } = manifestOf(extensionBundle());
  expect(Object.keys(files).toSorted()).toEqual(['manifest.json', icon, server.entry_point].toSorted());
  expect(readFileSync(join(ROOT, 'build', 'icons', '256x256.png')).equals(files[icon] ?? new Uint8Array())).toBe(true);
});
