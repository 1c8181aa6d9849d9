import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BUNDLE_ENTRY, bundle } from '../../../build/bundle.ts';
import { EXECUTABLE } from '../../../build/executable.ts';
import { DIST, PINNED_NODE } from '../../../build/paths.ts';

/** One form of the program: how it is started. */
export interface ProgramForm {
  readonly name: 'bundle' | 'executable';
  readonly command: string;
  readonly args: readonly string[];
}

/** Names a bundle or an executable to measure in place of the one that is built, such as one with a change in it. */
const CHOICE = 'LANYARD_PROGRAM';

function formOf(path: string): ProgramForm {
  return path.endsWith('.cjs')
    ? { name: 'bundle', command: PINNED_NODE, args: [path] }
    : { name: 'executable', command: path, args: [] };
}

/**
 * The forms to measure: the bundle, made anew from the sources, and the executable, where one was packaged. The first
 * one serves where one is enough.
 */
export async function programForms(): Promise<readonly [ProgramForm, ...ProgramForm[]]> {
  const choice = process.env[CHOICE];
  if (choice) return [formOf(resolve(choice))];
  await bundle();
  const made = formOf(join(DIST, BUNDLE_ENTRY));
  return existsSync(EXECUTABLE) ? [made, formOf(EXECUTABLE)] : [made];
}
