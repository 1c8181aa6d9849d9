#!/usr/bin/env node
import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { script } from '../script.ts';
import { makeDeb } from './deb.ts';
import { readFpmOptions } from './fpm-options.ts';
import { makeRpm } from './rpm.ts';

// electron-builder makes .deb and .rpm with fpm, which it downloads from GitHub. This stands in for it where GitHub
// cannot be reached, over the distributions' own dpkg-deb and rpmbuild. Called as fpm is, through CUSTOM_FPM_PATH.

/** 1 January 1980, the earliest date that every archive format knows. Seconds. */
const EARLIEST_SECONDS = 315_532_800;

/** https://reproducible-builds.org/specs/source-date-epoch/ */
function sourceDate(text: string | undefined): number {
  if (text === undefined) return EARLIEST_SECONDS;
  if (!/^\d+$/.test(text)) throw new Error('SOURCE_DATE_EPOCH must be a number of seconds');
  return Number(text);
}

await script(async () => {
  const options = readFpmOptions(process.argv.slice(2));
  const time = sourceDate(process.env.SOURCE_DATE_EPOCH);
  // Beside the package: it needs as much room, and a temporary folder may be small.
  const work = await mkdtemp(join(dirname(options.package), '.fpm-'));
  try {
    if (options.kind === 'deb') await makeDeb(options, work, time);
    else await makeRpm(options, work, time);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
});
