import { LanyardError } from '../../shared/errors.ts';
import { type JournalEntry, journalSchema } from '../../shared/journal-views.ts';
import { describeEntry, type JournalTitles } from '../../shared/journal-words.ts';
import { type AgentState, agentStateSchema } from '../../shared/local-api.ts';
import { callLocal, watchJournal } from '../../shared/local-client.ts';
import { plainJson } from '../../shared/plain-text.ts';
import type { CliContext } from './context.ts';
import { formatEntry } from './format-entry.ts';

/** Options of `lanyard journal`. */
export interface JournalOptions {
  readonly follow?: true;
  readonly json?: true;
  /** Name of a server: only what is about it. */
  readonly server?: string;
  /** Id of a client: only what is about it. */
  readonly client?: string;
}

function titlesOf({ servers, clients }: AgentState): JournalTitles {
  const serverTitles = new Map(servers.map(({ name, title }) => [name, title]));
  const clientTitles = new Map(clients.map(({ id, title }) => [id, title]));
  return { serverTitle: (name) => serverTitles.get(name), clientTitle: (id) => clientTitles.get(id) };
}

/** Whether an entry is about what was asked for. */
function isWanted({ fields }: JournalEntry, { server, client }: JournalOptions): boolean {
  return (server === undefined || fields.server === server) && (client === undefined || fields.client === client);
}

function checkServer({ server }: JournalOptions, { servers }: AgentState): void {
  if (server === undefined || servers.some(({ name }) => name === server)) return;
  const approved = servers.map(({ name }) => name).join(', ') || 'none';
  throw new LanyardError({
    code: 'unknown-server',
    user: `There is no server "${server}". Approved servers: ${approved}.`,
    administrator: `The policy has no server ${server}.`,
  });
}

/**
 * `lanyard journal`: what happened, one line each, oldest first; with `--follow` until it is interrupted.
 *
 * @throws {LanyardError} `unknown-server`.
 */
export async function journal({ paths, out, signal }: CliContext, options: JournalOptions): Promise<void> {
  const readState = () => callLocal(paths, { method: 'GET', path: '/state', answer: agentStateSchema });
  const state = await readState();
  checkServer(options, state);
  let titles = titlesOf(state);
  let lastId = 0;
  const print = (entries: readonly JournalEntry[]) => {
    const news = entries.filter(({ id }) => id > lastId);
    lastId = Math.max(lastId, ...news.map(({ id }) => id));
    for (const entry of news.filter((one) => isWanted(one, options)))
      out(options.json ? `${plainJson(entry)}\n` : formatEntry(entry, describeEntry(entry, titles)));
  };
  const printKnown = async () =>
    print((await callLocal(paths, { method: 'GET', path: '/journal', answer: journalSchema })).entries);

  if (!options.follow) return printKnown();
  let hasBegun = false;
  for await (const { entries, missed } of watchJournal(paths, signal)) {
    // Only when the stream stands is nothing lost between the two.
    if (!hasBegun) await printKnown();
    hasBegun = true;
    // A client that was connected a moment ago has a title too.
    if (entries.some(({ event }) => event === 'client-added')) titles = titlesOf(await readState());
    if (missed > 0 && !options.json) out(`(${missed} more)\n`);
    print(entries);
  }
}
