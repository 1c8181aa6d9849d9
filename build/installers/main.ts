import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { script } from '../script.ts';
import { makeLinuxInstallers, makeOwnInstallers } from './make.ts';

// npm run package:installers; on Linux also: [-- --quick] [deb] [rpm] [AppImage]

const TARGETS = ['deb', 'rpm', 'AppImage'] as const;
/** AppImage needs a runtime that electron-builder downloads from GitHub, so it is made only when it is asked for. */
const BY_DEFAULT = ['deb', 'rpm'] as const;
const MEGABYTE = 1_000_000;

function readTargets(names: readonly string[]): readonly (typeof TARGETS)[number][] {
  if (names.length === 0) return BY_DEFAULT;
  return names.map((name) => {
    const target = TARGETS.find((one) => one.toLowerCase() === name.toLowerCase());
    if (!target) throw new Error(`"${name}" is no installer that can be made here: expected ${TARGETS.join(', ')}`);
    return target;
  });
}

await script(async () => {
  const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });
  const updateUrl = process.env.LANYARD_UPDATE_URL;
  const made =
    process.platform === 'linux'
      ? await makeLinuxInstallers({ targets: readTargets(positionals), quick: values.quick === true, updateUrl })
      : await makeOwnInstallers(updateUrl);
  for (const path of made) console.log(`${path}: ${Math.round((await stat(path)).size / MEGABYTE)} MB`);
});
