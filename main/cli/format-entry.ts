import type { JournalEntry } from '../../shared/journal-views.ts';
import type { JournalLine, JournalTone } from '../../shared/journal-words.ts';
import { oneLine } from '../../shared/plain-text.ts';

const SIGNS: Readonly<Record<JournalTone, string>> = { quiet: '·', good: '✓', warning: '!', bad: '✗' };

const twoDigits = (number: number) => String(number).padStart(2, '0');

/** `2026-11-23 14:05:09`, in the machine's own time zone. */
export function formatMoment(at: number): string {
  const date = new Date(at);
  const day = [date.getFullYear(), twoDigits(date.getMonth() + 1), twoDigits(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':')}`;
}

/** One line of `lanyard journal`. Names in it come from clients and servers: see {@link oneLine}. */
export function formatEntry({ at }: Pick<JournalEntry, 'at'>, { text, tone, detail }: JournalLine): string {
  const reason = detail === undefined ? '' : `: ${detail}`;
  return `${oneLine(`${formatMoment(at)} ${SIGNS[tone]} ${text}${reason}`)}\n`;
}
