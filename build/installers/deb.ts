import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { mustRun } from '../run.ts';
import type { PackageOptions } from './fpm-options.ts';
import { layOut, type PackageEntry } from './package-root.ts';

/** dpkg counts in these. Bytes. */
const KIB = 1024;
/** What a folder or link is counted as, in KiB: deb-substvars(5), "Installed-Size". */
const ENTRY_KIB = 1;

/** Lines of a description: an empty one is a dot, and each begins with a space (Debian Policy 5.6.13). */
function extendedDescription(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.map((line) => ` ${line === '' ? '.' : line}`).join('\n');
}

/** The installed size in KiB, as dpkg-gencontrol counts it. */
function installedSizeKib(entries: readonly PackageEntry[]): number {
  return entries.reduce((sum, { kind, size }) => sum + (kind === 'file' ? Math.ceil(size / KIB) : ENTRY_KIB), 0);
}

/**
 * The control file (Debian Policy 5.3).
 *
 * @throws {Error} for a value that would begin a field of its own.
 */
export function controlFile(options: PackageOptions, entries: readonly PackageEntry[]): string {
  const [summary = '', ...rest] = options.description.trim().split('\n');
  const fields: [string, string][] = [
    ['Package', options.name],
    ['Version', `${options.version}-${options.iteration}`],
    ['Architecture', options.architecture],
    ['Maintainer', options.maintainer],
    ['Installed-Size', String(installedSizeKib(entries))],
    ['Depends', options.depends.join(', ')],
    ['Recommends', options.recommends.join(', ')],
    ['Section', options.category],
    ['Priority', options.priority],
    ['Homepage', options.url],
    ['Description', summary],
  ];
  for (const [name, value] of fields) if (/[\r\n]/.test(value)) throw new Error(`${name} must be one line`);
  const lines = fields.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}`);
  const more = rest.join('\n').trim();
  return `${[...lines, ...(more === '' ? [] : [extendedDescription(more)])].join('\n')}\n`;
}

async function md5(path: string): Promise<string> {
  const hash = createHash('md5');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function md5sums(root: string, entries: readonly PackageEntry[]): Promise<string> {
  const lines: string[] = [];
  for (const { path, kind } of entries) {
    if (kind === 'file') lines.push(`${await md5(join(root, path))}  ${path.slice(1)}\n`);
  }
  return lines.join('');
}

/**
 * Makes a .deb with dpkg-deb: contents owned by root, maintainer scripts, checksums; the same bytes for the same input.
 *
 * @param work an empty folder.
 * @param timeSeconds see {@link layOut}.
 */
export async function makeDeb(options: PackageOptions, work: string, timeSeconds: number): Promise<void> {
  const root = join(work, 'root');
  await mkdir(root);
  const entries = await layOut(options.contents, root, timeSeconds);
  const control = join(root, 'DEBIAN');
  await mkdir(control, { mode: 0o755 });
  await writeFile(join(control, 'control'), controlFile(options, entries), { mode: 0o644 });
  await writeFile(join(control, 'md5sums'), await md5sums(root, entries), { mode: 0o644 });
  const scripts = { postinst: options.afterInstall, prerm: options.beforeRemove, postrm: options.afterRemove };
  for (const [name, file] of Object.entries(scripts)) {
    if (file !== undefined) await writeFile(join(control, name), await readFile(file), { mode: 0o755 });
  }
  const level = `-z${options.compressionLevel}`;
  // dpkg-deb sets later times back to this one, those of DEBIAN among them.
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(timeSeconds) };
  await mustRun(
    'Making the .deb',
    'dpkg-deb',
    ['--root-owner-group', '-Zxz', level, '--build', root, options.package],
    { env },
  );
}
