import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BUNDLE_ENTRY, bundle } from '../../../build/bundle.ts';
import { EXECUTABLE } from '../../../build/executable.ts';
import { DIST, PINNED_NODE, ROOT } from '../../../build/paths.ts';

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

/** Whether something was changed since `made` was made. */
function isOlder(made: string, sources: readonly string[]): boolean {
  const { mtimeMs } = statSync(made);
  return sources.some((source) => statSync(join(ROOT, source)).mtimeMs > mtimeMs);
}

/** What is measured, and why not more. */
export interface Forms {
  /** The form that ships comes last; where one form is enough, it is that one. */
  readonly forms: readonly [ProgramForm, ...ProgramForm[]];
  readonly note?: string;
}

/** The bundle, made anew from the sources, and the executable, where one was packaged from the same sources. */
export async function programForms(): Promise<Forms> {
  const choice = process.env[CHOICE];
  if (choice) return { forms: [formOf(resolve(choice))], note: `Measured was what ${CHOICE} names.` };
  const { inputs } = await bundle();
  const made = formOf(join(DIST, BUNDLE_ENTRY));
  const missing = !existsSync(EXECUTABLE) ? 'There is no executable' : undefined;
  const unfit = missing ?? (isOlder(EXECUTABLE, inputs) ? 'The executable is older than its sources' : undefined);
  if (unfit !== undefined) return { forms: [made], note: `${unfit}, so it is left out; "npm run package" makes it.` };
  return { forms: [made, formOf(EXECUTABLE)] };
}

/** The form to measure where one is enough. */
export function shippedForm([first, ...others]: Forms['forms']): ProgramForm {
  return others.at(-1) ?? first;
}
