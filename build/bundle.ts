import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { type BuildOptions, build, formatMessages, transform } from 'esbuild';
import { DIST, ROOT } from './paths.ts';
import { script } from './script.ts';

// One program, many short lives: a shim starts for every stdio client and must not pay for the agent's libraries.
// Minified or not, one file of some megabytes costs 40 ms to scan before its first line runs (Node starts in 23 ms).
// So what is imported dynamically stays in files of its own beside the entry, and is read only when it is needed.

/** Name of the file to run, and of the executable's first asset. */
export const BUNDLE_ENTRY = 'lanyard.cjs';

/** Folder of the dynamically imported parts, beside the entry. */
const BUNDLE_PARTS = 'lanyard-parts';

/** A program that was started before a rebuild may still ask for its old parts; nobody does after this long. */
const OLD_PART_MS = 60 * 60 * 1000;

/** Stands for `import.meta.url`, which CommonJS does not have. */
const MODULE_URL = '__lanyardUrl';

const OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  splitting: true,
  // Some packages' "main" is UMD, whose inner `require` no bundler can follow.
  mainFields: ['module', 'main'],
  // Names are kept, so that a stack trace in a bug report can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  // A native add-on: found at run time from the program's own place.
  external: ['keytar'],
  legalComments: 'external',
  define: {
    'import.meta.url': MODULE_URL,
    'import.meta.filename': '__filename',
    'import.meta.dirname': '__dirname',
  },
  entryNames: '[name]',
  chunkNames: `${BUNDLE_PARTS}/[name]-[hash]`,
  outExtension: { '.js': '.cjs' },
  metafile: true,
  write: false,
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** What {@link bundle} made. */
export interface Bundle {
  /** Folder that holds {@link BUNDLE_ENTRY} and {@link BUNDLE_PARTS}. */
  readonly folder: string;
  /** Files of this bundle relative to `folder`, the entry first. Older parts may lie beside them. */
  readonly files: readonly string[];
  /** Source files it was made from, relative to the repository. */
  readonly inputs: readonly string[];
}

/** esbuild splits only ES modules; a single executable runs only CommonJS. So each part is turned over by itself. */
async function toCommonJs(text: string): Promise<string> {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    minifyWhitespace: true,
    // The executable has no loader behind `import()`; `require` is handed to every part.
    supported: { 'dynamic-import': false },
  });
  return code.includes(MODULE_URL)
    ? `"use strict";const ${MODULE_URL}=require("node:url").pathToFileURL(__filename).href;${code}`
    : code;
}

/** CommonJS has no top-level `await`. Nobody imports the entry, so its body may as well be an async function. */
function allowAwait(text: string): string {
  const imports = /^(?:import(?:[^"';]*from)?\s*"[^"]+";\s*)*/.exec(text)?.[0] ?? '';
  return `${imports}(async()=>{${text.slice(imports.length)}})();`;
}

async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(temporary, content);
  await rename(temporary, path);
}

async function removeOldParts(folder: string, kept: ReadonlySet<string>, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!kept.has(name) && now - (await stat(path)).mtimeMs > OLD_PART_MS) await rm(path, { force: true });
  }
}

/**
 * Bundles the program for Node 24: an entry and the parts it loads on demand, all CommonJS. The comments that
 * licences ask to keep go into `<entry>.LEGAL.txt`. What the bundler would only warn of is an error. The entry is
 * replaced last, so a program that starts meanwhile finds either the old or the new one whole.
 *
 * @param entry the program's first file. Top-level `await` is possible in it and nowhere else.
 */
export async function bundle(entry = join(ROOT, 'main', 'lanyard.ts'), folder = DIST): Promise<Bundle> {
  const { outputFiles, metafile, warnings } = await build({
    ...OPTIONS,
    entryPoints: { [basename(BUNDLE_ENTRY, '.cjs')]: entry },
    outdir: folder,
    absWorkingDir: ROOT,
  });
  if (warnings.length > 0) {
    throw new Error((await formatMessages(warnings, { kind: 'warning' })).join('\n'));
  }
  const texts = new Map<string, string>();
  const legal = new Set<string>();
  for (const { path, text } of outputFiles) {
    if (path.endsWith('.cjs')) texts.set(relative(folder, path).replaceAll(sep, '/'), text);
    else legal.add(text);
  }
  const parts = [...texts.keys()].filter((name) => name !== BUNDLE_ENTRY).sort();
  for (const name of [...parts, BUNDLE_ENTRY]) {
    const text = texts.get(name) ?? '';
    await replaceFile(join(folder, name), await toCommonJs(name === BUNDLE_ENTRY ? allowAwait(text) : text));
  }
  await replaceFile(join(folder, `${BUNDLE_ENTRY}.LEGAL.txt`), [...legal].join('\n'));
  await mkdir(join(folder, BUNDLE_PARTS), { recursive: true });
  await removeOldParts(join(folder, BUNDLE_PARTS), new Set(parts.map((name) => basename(name))), Date.now());
  return { folder, files: [BUNDLE_ENTRY, ...parts], inputs: Object.keys(metafile.inputs) };
}

if (import.meta.main) {
  await script(async () => {
    const { files } = await bundle();
    console.log(`dist/${BUNDLE_ENTRY} and ${files.length - 1} parts`);
  });
}
