import type { Comparison, Loss } from './compare.ts';
import { excuseOf } from './named-losses.ts';
import type { PathName } from './paths.ts';

const line = (text: string) => void process.stdout.write(`${text}\n`);

function printLoss(mark: string, { scenario, check, reason }: Loss, why: string | undefined): void {
  line(`    ${mark} ${scenario} / ${check}: ${why ?? reason}`);
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
