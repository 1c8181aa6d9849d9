import { useMemo, useState } from 'preact/hooks';
import type { Demo } from '../../main/desktop/bridge/desk.ts';
import type { JournalTitles } from '../../shared/journal-words.ts';
import type { AgentState } from '../../shared/local-api.ts';
import { useJournal } from '../hooks/journal.ts';
import { Chart } from './chart.tsx';
import { Entries } from './entries.tsx';
import { Filters } from './filters.tsx';
import { filterEntries, NO_FILTER, toldEntries } from './journal-filter.ts';
import type { JournalList } from './journal-list.ts';
import { usePausedWhileRead } from './reading.ts';

interface ActivityParts {
  readonly state: AgentState;
  readonly demo: Demo;
  readonly now: number;
}

function Journal({ list, state, demo, now }: ActivityParts & { readonly list: JournalList }) {
  const { servers, clients } = state;
  const [filter, setFilter] = useState(NO_FILTER);
  const told = useMemo(() => toldEntries(list.entries, demo), [list.entries, demo]);
  const { shown, waiting, reader } = usePausedWhileRead(told);
  const titles = useMemo<JournalTitles>(
    () => ({
      serverTitle: (name) => servers.find((server) => server.name === name)?.title,
      clientTitle: (id) => clients.find((client) => client.id === id)?.title,
    }),
    [servers, clients],
  );
  const entries = useMemo(() => filterEntries(shown, filter, titles), [shown, filter, titles]);
  return (
    <>
      <Chart hours={list.hours} now={now} />
      <section aria-labelledby="activity">
        <div class="section-line">
          <h2 id="activity">Activity</h2>
          <span class="quiet-text live">
            {waiting === undefined ? 'Live' : waiting === 0 ? 'Paused while you read' : `Paused · ${waiting} new`}
          </span>
        </div>
        <Filters filter={filter} onFilter={setFilter} servers={servers} clients={clients} />
        {list.missed > 0 && (
          <p class="quiet-text missed">
            {list.missed} more came too fast to be shown. The whole journal is in the file agent.log.
          </p>
        )}
        <div {...reader}>
          <Entries entries={entries} isFiltered={filter !== NO_FILTER} onClear={() => setFilter(NO_FILTER)} now={now} />
        </div>
      </section>
    </>
  );
}

/** What happened, live: never what was said. */
export function Activity({ state, demo, now }: ActivityParts) {
  const [attempt, setAttempt] = useState(0);
  const journal = useJournal(state.agent.startedAt, attempt);
  if (typeof journal === 'object') return <Journal list={journal} state={state} demo={demo} now={now} />;
  return (
    <section aria-labelledby="activity">
      <div class="section-line">
        <h2 id="activity">Activity</h2>
      </div>
      {journal === 'asking' ? (
        <p class="card empty">Looking it up…</p>
      ) : (
        <div class="card empty">
          <p>Lanyard could not look up what happened.</p>
          <button type="button" class="small" onClick={() => setAttempt(attempt + 1)}>
            Try again
          </button>
        </div>
      )}
    </section>
  );
}
