import type { JournalHour } from '../../shared/journal-views.ts';
import { countText } from '../counts.ts';
import { clockText } from '../times.ts';
import { type Column, columnsOf, sumOf } from './chart-shape.ts';

// Units of the drawing, which is stretched to the width there is.
const STEP = 10;
const BAR_WIDTH = 7;
const HEIGHT = 60;
/** Room at the bottom for the signs of renewals. */
const FOOT = 6;
/** A column with anything in it is at least this high, so that one call can be seen beside hundreds. */
const LOWEST = 2;

const high = (part: number) => (part === 0 ? 0 : Math.max(LOWEST, part * HEIGHT));

function hourText({ calls, failed, mints }: Omit<JournalHour, 'at'>): string {
  const parts = [countText(calls, 'call'), ...(failed > 0 ? [`${failed} failed`] : [])];
  return [...parts, ...(mints > 0 ? [countText(mints, 'renewal')] : [])].join(', ');
}

function Bar({ column: { hour, good, failed, hasMints }, index }: { column: Column; index: number }) {
  const x = index * STEP + (STEP - BAR_WIDTH) / 2;
  const [goodHeight, failedHeight] = [high(good), high(failed)];
  return (
    <g>
      <title>{`${clockText(hour.at)}: ${hourText(hour)}`}</title>
      <rect x={index * STEP} y={0} width={STEP} height={HEIGHT + FOOT} class="bar-hit" />
      <rect x={x} y={HEIGHT - goodHeight} width={BAR_WIDTH} height={goodHeight} class="bar-good" />
      <rect x={x} y={HEIGHT - goodHeight - failedHeight} width={BAR_WIDTH} height={failedHeight} class="bar-failed" />
      {hasMints && (
        <rect x={x + BAR_WIDTH / 4} y={HEIGHT + 2} width={BAR_WIDTH / 2} height={FOOT - 3} class="bar-mint" />
      )}
    </g>
  );
}

function Table({ columns }: { columns: readonly Column[] }) {
  return (
    <details class="chart-table">
      <summary>Show as a table</summary>
      <table>
        <caption class="unseen">Calls and renewals of access in the last 24 hours</caption>
        <thead>
          <tr>
            <th scope="col">Hour</th>
            <th scope="col">Calls</th>
            <th scope="col">Failed</th>
            <th scope="col">Renewals</th>
          </tr>
        </thead>
        <tbody>
          {columns.toReversed().map(({ hour: { at, calls, failed, mints } }) => (
            <tr key={at}>
              <th scope="row">{clockText(at)}</th>
              <td>{calls}</td>
              <td>{failed}</td>
              <td>{mints}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** The last 24 hours as columns, and as a table for whoever prefers or needs one. */
export function Chart({ hours, now }: { hours: readonly JournalHour[]; now: number }) {
  const columns = columnsOf(hours, now);
  const sum = sumOf(columns.map(({ hour }) => hour));
  return (
    <section aria-labelledby="chart">
      <div class="section-line">
        <h2 id="chart">Last 24 hours</h2>
        <span class="quiet-text">{hourText(sum)}</span>
      </div>
      <div class="card chart">
        <svg
          role="img"
          aria-label={`Calls of each hour: ${hourText(sum)}`}
          viewBox={`0 0 ${columns.length * STEP} ${HEIGHT + FOOT}`}
          preserveAspectRatio="none"
        >
          <path d={`M0 ${HEIGHT + 0.5}h${columns.length * STEP}`} class="chart-floor" />
          {columns.map((column, index) => (
            <Bar key={column.hour.at} column={column} index={index} />
          ))}
        </svg>
        <p class="chart-scale quiet-text" aria-hidden="true">
          <span>{clockText(columns[0]?.hour.at ?? now)}</span>
          <span>Now</span>
        </p>
        <p class="legend quiet-text" aria-hidden="true">
          <span class="key key-good">Calls</span>
          <span class="key key-failed">Failed</span>
          <span class="key key-mint">Access renewed</span>
        </p>
        <Table columns={columns} />
      </div>
    </section>
  );
}
