import type { Comparison, Loss } from './compare.ts';
import { excuseOf } from './named-losses.ts';
import type { Pair } from './pairs.ts';
import type { PathName } from './paths.ts';

const line = (text: string) => void process.stdout.write(`${text}\n`);

function printLoss(mark: string, { scenario, check, reason }: Loss, why: string | undefined): void {
  line(`    ${mark} ${scenario} / ${check}: ${why ?? reason}`);
}

/** Prints what passes without anything in between; gives whether nothing fails and `least` pairs pass. */
export function reportDirect(suite: string, pairs: readonly Pair[], least: number): boolean {
  const failed = pairs.filter(({ failures }) => failures > 0).length;
  const passed = pairs.filter(({ successes }) => successes > 0).length;
  const doubtful = pairs.filter(({ doubts }) => doubts > 0).length;
  const isGood = failed === 0 && passed >= least;
  line(
    `${isGood ? '✓' : '✗'} ${suite} direct: ${passed} passed (at least ${least}), ${failed} failed, ${doubtful} doubtful`,
  );
  for (const { scenario, check, reasons } of pairs)
    if (reasons.length > 0) line(`    ${scenario} / ${check}: ${reasons.join('; ')}`);
  return isGood;
}

/** Prints one cell; gives whether nothing was lost beyond what the path may lose. */
export function reportCell(suite: string, path: PathName, { lost, worse, ...counts }: Comparison): boolean {
  const inexcusable = lost.filter((loss) => excuseOf(path, loss) === undefined);
  const named = lost.length - inexcusable.length;
  const { passedDirectly, passedThrough } = counts;
  line(
    `${inexcusable.length === 0 ? '✓' : '✗'} ${suite} ${path}: ${passedDirectly} directly, ${passedThrough} through, ` +
      `${inexcusable.length} lost, ${named} named, ${worse.length} worse`,
  );
  for (const loss of inexcusable) printLoss('lost', loss, undefined);
  for (const loss of lost) if (!inexcusable.includes(loss)) printLoss('named', loss, excuseOf(path, loss));
  for (const loss of worse) printLoss('worse', loss, undefined);
  return inexcusable.length === 0;
}
