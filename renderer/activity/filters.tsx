import type { ClientView, ServerView } from '../../shared/local-api.ts';
import type { JournalFilter } from './journal-filter.ts';

interface FiltersParts {
  readonly filter: JournalFilter;
  onFilter(filter: JournalFilter): void;
  readonly servers: readonly ServerView[];
  readonly clients: readonly ClientView[];
}

interface Choice {
  readonly value: string;
  readonly title: string;
}

function Select({
  label,
  all,
  value,
  choices,
  onChoose,
}: {
  label: string;
  all: string;
  value: string;
  choices: readonly Choice[];
  onChoose: (value: string) => void;
}) {
  return (
    <select aria-label={label} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
      <option value="">{all}</option>
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.title}
        </option>
      ))}
    </select>
  );
}

/** What of the journal is shown. */
export function Filters({ filter, onFilter, servers, clients }: FiltersParts) {
  return (
    <search class="filters">
      <input
        type="search"
        aria-label="Find in activity"
        placeholder="Find"
        value={filter.text}
        onInput={(event) => onFilter({ ...filter, text: event.currentTarget.value })}
      />
      <Select
        label="Server"
        all="All servers"
        value={filter.server}
        choices={servers.map(({ name, title }) => ({ value: name, title }))}
        onChoose={(server) => onFilter({ ...filter, server })}
      />
      <Select
        label="App"
        all="All apps"
        value={filter.client}
        choices={clients.map(({ id, title }) => ({ value: id, title }))}
        onChoose={(client) => onFilter({ ...filter, client })}
      />
      <div class="checks">
        <label class="check">
          <input
            type="checkbox"
            checked={filter.onlyProblems}
            onChange={(event) => onFilter({ ...filter, onlyProblems: event.currentTarget.checked })}
          />
          Only problems
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={filter.everything}
            onChange={(event) => onFilter({ ...filter, everything: event.currentTarget.checked })}
          />
          Show everything
        </label>
      </div>
    </search>
  );
}
