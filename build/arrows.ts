import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { checkArrows } from './arrows/check.ts';
import { RULES } from './arrows/rules.ts';
import { ROOT } from './paths.ts';

const SOURCE_FOLDERS = ['main', 'renderer', 'shared'];

async function readSources(): Promise<Map<string, string>> {
  const sources = new Map<string, string>();
  for (const folder of SOURCE_FOLDERS) {
    for (const entry of await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      sources.set(relative(ROOT, path).split(sep).join('/'), await readFile(path, 'utf8'));
    }
  }
  return sources;
}

const sources = await readSources();
const problems = checkArrows(sources, RULES);
for (const problem of problems) console.error(problem);
console.log(`Arrows: ${sources.size} files, ${problems.length} wrong`);
process.exitCode = problems.length === 0 ? 0 : 1;
