import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../run.ts';
import type { PackageOptions } from './fpm-options.ts';
import { layOut, type PackageEntry } from './package-root.ts';

/** These belong to the distribution's own packages; a package that claims one takes it along when it is removed. */
const SYSTEM_FOLDERS = new Set([
  '/etc',
  '/etc/xdg',
  '/etc/xdg/autostart',
  '/opt',
  '/usr',
  '/usr/bin',
  '/usr/lib',
  '/usr/lib/systemd',
  '/usr/lib/systemd/user',
  '/usr/share',
  '/usr/share/applications',
  '/usr/share/doc',
  '/usr/share/icons',
  '/usr/share/mime',
  '/usr/share/mime/packages',
]);
/** electron-builder names architectures as Debian does, whatever it makes. */
const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ['amd64', 'x86_64'],
  ['arm64', 'aarch64'],
]);

// No theme has the folder for our largest icon.
const ICON_THEME = /^\/usr\/share\/icons\/hicolor(\/(?!1024x1024)[^/]+(\/apps)?)?$/;

const isSystemFolder = ({ kind, path }: PackageEntry) =>
  kind === 'folder' && (SYSTEM_FOLDERS.has(path) || ICON_THEME.test(path));

/** A line of %files. Names with what rpm reads as its own signs would need care that none of ours needs. */
function fileLine(entry: PackageEntry): string {
  if (!/^[\w/.+@~-]+$/.test(entry.path)) throw new Error(`rpm cannot take the name ${entry.path}`);
  if (entry.kind === 'link') return entry.path;
  return `%attr(${entry.mode.toString(8)}, root, root) ${entry.kind === 'folder' ? '%dir ' : ''}${entry.path}`;
}

/** A text of ours stands for itself: rpm expands macros everywhere. */
const literal = (text: string) => text.replaceAll('%', '%%');

function scriptSection(name: string, text: string | undefined): string[] {
  return text === undefined ? [] : ['', `%${name} -p /bin/sh`, literal(text)];
}

/** The texts of the maintainer scripts. */
export interface RpmScripts {
  readonly afterInstall: string | undefined;
  readonly beforeRemove: string | undefined;
  readonly afterRemove: string | undefined;
}

/** What {@link layOut} laid out, and where. */
export interface LaidOut {
  readonly root: string;
  readonly entries: readonly PackageEntry[];
}

/** The spec file for files that are ready as they are: nothing is compiled, stripped, or searched for requirements. */
export function specFile(options: PackageOptions, { root, entries }: LaidOut, scripts: RpmScripts): string {
  const description = options.description.trim();
  return [
    // Programs are signed or carry what they run at their end; whoever strips them breaks them.
    '%global __os_install_post %{nil}',
    '%global debug_package %{nil}',
    // Links to build ids would collide with those of other packages that contain the same Electron.
    '%global _build_id_links none',
    '%global use_source_date_epoch_as_buildtime 1',
    '%global clamp_mtime_to_source_date_epoch 1',
    '%global _buildhost localhost',
    `%global _binary_payload w${options.compressionLevel}T.xzdio`,
    '',
    `Name: ${options.name}`,
    `Version: ${literal(options.version)}`,
    `Release: ${literal(options.iteration)}`,
    `Summary: ${literal(options.summary ?? description.split('\n')[0] ?? '')}`,
    `License: ${literal(options.license)}`,
    `Vendor: ${literal(options.vendor)}`,
    `Packager: ${literal(options.maintainer)}`,
    `URL: ${literal(options.url)}`,
    ...(options.category === 'default' ? [] : [`Group: ${literal(options.category)}`]),
    'AutoReqProv: no',
    ...options.depends.map((need) => `Requires: ${literal(need)}`),
    '',
    '%description',
    literal(description),
    '',
    // rpmbuild empties its own root first, so the files come from ours.
    '%install',
    `cp -a --link '${literal(root)}/.' %{buildroot}/`,
    ...scriptSection('post', scripts.afterInstall),
    ...scriptSection('preun', scripts.beforeRemove),
    ...scriptSection('postun', scripts.afterRemove),
    '',
    '%files',
    ...entries.filter((entry) => !isSystemFolder(entry)).map(fileLine),
    '',
  ].join('\n');
}

const textOf = async (file: string | undefined) => (file === undefined ? undefined : readFile(file, 'utf8'));

/**
 * Makes an .rpm with rpmbuild, for the architecture that the options name; the same bytes for the same input.
 *
 * @param work an empty folder.
 * @param timeSeconds see {@link layOut}.
 */
export async function makeRpm(options: PackageOptions, work: string, timeSeconds: number): Promise<void> {
  const root = join(work, 'root');
  await mkdir(root);
  const entries = await layOut(options.contents, root, timeSeconds);
  const spec = join(work, `${options.name}.spec`);
  const { afterInstall, beforeRemove, afterRemove } = options;
  const scripts = {
    afterInstall: await textOf(afterInstall),
    beforeRemove: await textOf(beforeRemove),
    afterRemove: await textOf(afterRemove),
  };
  await writeFile(spec, specFile(options, { root, entries }, scripts));
  const definitions = { _topdir: join(work, 'top'), _rpmdir: work, _rpmfilename: 'made.rpm', _tmppath: work };
  await mustRun(
    'Making the .rpm',
    'rpmbuild',
    [
      '-bb',
      '--target',
      `${ARCHITECTURES.get(options.architecture) ?? options.architecture}-linux`,
      ...Object.entries(definitions).flatMap(([name, value]) => ['--define', `${name} ${value}`]),
      spec,
    ],
    { env: { ...process.env, SOURCE_DATE_EPOCH: String(timeSeconds) } },
  );
  await rename(join(work, 'made.rpm'), options.package);
}
