import { copyFile, mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PRODUCT } from '../../shared/product.ts';
import { DIST, ROOT } from '../paths.ts';

/** Laid out as on the machine; electron-builder.yml names it. */
export const LINUX_FILES = join(DIST, 'linux-files');

const SOURCES = join(ROOT, 'build', 'installers', 'linux');
/** Where a package of this product puts the app. */
const APP = `/opt/${PRODUCT.name}`;

const FILES = {
  'lanyard.service': `/usr/lib/systemd/user/${PRODUCT.command}.service`,
  'autostart.desktop': `/etc/xdg/autostart/${PRODUCT.command}.desktop`,
  copyright: `/usr/share/doc/${PRODUCT.command}/copyright`,
} as const;

const LINKS = {
  // The command on PATH. Between folders at the top Debian wants absolute links (Policy 10.5).
  [`/usr/bin/${PRODUCT.command}`]: `${APP}/resources/${PRODUCT.command}/${PRODUCT.command}`,
  // What `systemctl --global enable` would do, but a file of the package, so it comes and goes with it.
  [`/usr/lib/systemd/user/default.target.wants/${PRODUCT.command}.service`]: `../${PRODUCT.command}.service`,
};

/** Writes what the Linux packages hold beside the app: the command, the agent's unit, the start at login. */
export async function writeLinuxFiles(): Promise<void> {
  await rm(LINUX_FILES, { recursive: true, force: true });
  const place = async (to: string) => {
    const path = join(LINUX_FILES, to);
    await mkdir(dirname(path), { recursive: true });
    return path;
  };
  for (const [name, to] of Object.entries(FILES)) await copyFile(join(SOURCES, name), await place(to));
  for (const [path, target] of Object.entries(LINKS)) await symlink(target, await place(path));
}
