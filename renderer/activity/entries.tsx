import { Fragment } from 'preact';
import type { JournalTone } from '../../shared/journal-words.ts';
import { WarningIcon } from '../parts/icon.tsx';
import { dayText, exactClockText, isSameDay } from '../times.ts';
import type { DescribedEntry } from './journal-filter.ts';

/** A screen reader hears what others see by sign and colour. */
const TONE_WORDS: Readonly<Record<JournalTone, string>> = {
  quiet: '',
  good: '',
  warning: 'Problem: ',
  bad: 'Problem: ',
};

function Entry({ entry: { at, text, tone, detail } }: { entry: DescribedEntry }) {
  const isProblem = tone === 'warning' || tone === 'bad';
  return (
    <li class={`entry entry-${tone}`}>
      <time dateTime={new Date(at).toISOString()}>{exactClockText(at)}</time>
      {isProblem ? <WarningIcon /> : <span class="dot" aria-hidden="true" />}
      <div class="entry-words">
        <p dir="auto">
          <span class="unseen">{TONE_WORDS[tone]}</span>
          {text}
        </p>
        {detail !== undefined && (
          <details class="administrator">
            <summary>For your administrator</summary>
            <p dir="auto">{detail}</p>
          </details>
        )}
      </div>
    </li>
  );
}

/** The entries, newest on top. */
export function Entries({
  entries,
  isFiltered,
  onClear,
  now,
}: {
  entries: readonly DescribedEntry[];
  isFiltered: boolean;
  onClear: () => void;
  now: number;
}) {
  if (entries.length > 0)
    return (
      <ol class="card entries" aria-label="What happened, newest first">
        {entries.map((entry, index) => (
          <Fragment key={entry.id}>
            {!isSameDay(entry.at, entries[index - 1]?.at ?? now) && <li class="day">{dayText(entry.at)}</li>}
            <Entry entry={entry} />
          </Fragment>
        ))}
      </ol>
    );
  if (!isFiltered) return <p class="card empty">Nothing happened yet. What your apps do appears here.</p>;
  return (
    <div class="card empty">
      <p>Nothing that happened fits this.</p>
      <button type="button" class="small" onClick={onClear}>
        Clear the filter
      </button>
    </div>
  );
}
