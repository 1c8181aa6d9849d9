import { open, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { expect, test } from 'vitest';
import { DESKTOP_FOLDER } from '../../../build/desktop.ts';
import { findElectron } from '../../../build/electron-binary.ts';
import { APP, INSPECT_APP } from '../../../build/package.ts';
import { run } from '../../../build/run.ts';
import { PRODUCT } from '../../../shared/product.ts';

const RESOURCES = join(dirname(APP), 'resources');

async function fusesOf(program: string): Promise<Record<string, boolean>> {
  const wire: Record<string, unknown> = { ...(await getCurrentFuseWire(program)) };
  const names = Object.keys(FuseV1Options).filter((name) => Number.isNaN(Number(name)));
  return Object.fromEntries(
    names.map((name) => [name, wire[FuseV1Options[name as keyof typeof FuseV1Options]] === FuseState.ENABLE]),
  );
}

const SHIPPED_FUSES = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
  // Not about us: how WebAssembly checks bounds. Electron's default.
  WasmTrapHandlers: true,
};

test('what ships has every fuse as it should be', async () => {
  expect(await fusesOf(APP)).toEqual(SHIPPED_FUSES);
});

test('the copy for tests differs in the inspect fuse alone', async () => {
  expect(await fusesOf(INSPECT_APP)).toEqual({ ...SHIPPED_FUSES, EnableNodeCliInspectArguments: true });
});

test('it runs nobody else’s script, though plain Electron does', async () => {
  const { path } = await findElectron();
  const env = { PATH: process.env.PATH, ELECTRON_RUN_AS_NODE: '1' };
  const script = ['-e', 'console.log("the " + "script ran")'];
  expect((await run(path, script, { env })).output).toContain('the script ran');
  // Without a display it ends at once, as an app.
  expect((await run(APP, script, { env })).output).not.toContain('the script ran');
});

test('the page brings no schemas along: the main process checks', async () => {
  const folder = join(DESKTOP_FOLDER, 'renderer', 'assets');
  const scripts = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(0);
  for (const name of scripts) expect(await readFile(join(folder, name), 'utf8')).not.toContain('ZodError');
});

test('it holds the executable with its add-on', async () => {
  const executable = join(RESOURCES, PRODUCT.command, PRODUCT.command);
  expect(await run(executable, ['--version'])).toEqual({ code: 0, output: `${PRODUCT.version}\n` });
  const prebuilds = join(RESOURCES, PRODUCT.command, 'node_modules', 'keytar', 'prebuilds');
  expect(await readdir(prebuilds)).toEqual([`${process.platform}-${process.arch}`]);
});

/** Names at the top of an asar archive and below its `dist`: its header is JSON behind four lengths of four bytes. */
async function asarNames(path: string): Promise<string[]> {
  const file = await open(path);
  try {
    const lengths = Buffer.alloc(16);
    await file.read(lengths, 0, 16, 0);
    const header = Buffer.alloc(lengths.readUInt32LE(12));
    await file.read(header, 0, header.length, 16);
    const { files } = JSON.parse(header.toString('utf8')) as { files: Record<string, { files?: object }> };
    return [...Object.keys(files), ...Object.keys(files.dist?.files ?? {}).map((name) => `dist/${name}`)].sort();
  } finally {
    await file.close();
  }
}

test('its archive holds the bundled face and nothing else: no modules, no sources', async () => {
  expect(await asarNames(join(RESOURCES, 'app.asar'))).toEqual(['dist', 'dist/desktop', 'package.json']);
  expect((await readdir(RESOURCES)).sort()).toEqual(['LICENSE.txt', 'app.asar', PRODUCT.command]);
});
