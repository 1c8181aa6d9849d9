import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;
const manifest = z.object({ name: z.string(), version: z.string(), license: z.string().optional() });

/** The folders of the packages that source files came from, sorted; `…/node_modules/@a/b/lib/x.js` → `…/@a/b`. */
export function packageFolders(inputs: readonly string[]): string[] {
  const folders = inputs.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

async function noticeOf(folder: string): Promise<string> {
  const { name, version, license } = manifest.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  const files = (await readdir(folder)).filter((file) => LICENCE_FILE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  // Some packages only name their licence; then that is all there is to pass on.
  const body = texts.length > 0 ? texts.map((text) => text.trim()).join('\n\n') : `Licence: ${license ?? 'not stated'}`;
  return `${'='.repeat(100)}\n${name} ${version}\n\n${body}\n`;
}

/**
 * What the licences of the packages in a program ask to be passed on with it.
 *
 * @param folders of packages, absolute.
 * @throws {Error} when a package has no valid package.json.
 */
export async function collectNotices(folders: readonly string[]): Promise<string> {
  const notices = await Promise.all(folders.map(noticeOf));
  return `This program contains the following software.\n\n${notices.join('\n')}`;
}
