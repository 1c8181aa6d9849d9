import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/**
 * A program that keeps editing its file, as clients do that keep their history in it: reads all of it, counts one up,
 * and writes all of it. Says every number that it wrote and that is gone, and goes on from the one that is there.
 */
const [path = '', way = '', count = '0'] = process.argv.slice(2);

/** Longest pause between two edits, in ms. */
const LONGEST_PAUSE_MS = 6;

/** How long a number may be missing: what was written into a file that was being replaced is put back in less. */
const PATIENCE_MS = 2_000;

interface Content {
  counter: number;
}

async function readFrom(least: number): Promise<Content> {
  const start = Date.now();
  for (;;) {
    const content = JSON.parse(readFileSync(path, 'utf8')) as Content;
    if (content.counter >= least) return content;
    if (Date.now() - start > PATIENCE_MS) {
      console.log(least);
      return { ...content, counter: least };
    }
    await setTimeout(1);
  }
}

for (let number = 0; number < Number(count); number += 1) {
  const content = await readFrom(number);
  content.counter = number + 1;
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if (way === 'in place') writeFileSync(path, text);
  else {
    writeFileSync(`${path}.other`, text, { mode: 0o600 });
    renameSync(`${path}.other`, path);
  }
  await setTimeout(Math.random() * LONGEST_PAUSE_MS);
}
await readFrom(Number(count));
