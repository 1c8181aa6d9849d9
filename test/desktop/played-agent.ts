import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { openLocalListener } from '../../main/agent/local-listener.ts';
import { type JournalNews, journalSchema } from '../../shared/journal-views.ts';
import type { AgentState } from '../../shared/local-api.ts';
import type { LocalPaths } from '../../shared/paths.ts';

/** The first event of the journal holds no entries; see `followJournal` in shared/local-client.ts. */
function noNews(journal: unknown): JournalNews {
  const hour = journalSchema.safeParse(journal).data?.hours.at(-1);
  return { entries: [], missed: 0, hour: hour ?? { at: Date.now(), calls: 0, failed: 0, mints: 0 } };
}

/** An agent that shows what a test tells it to: for states that a real one takes weeks or a full disk to reach. */
export interface PlayedAgent extends AsyncDisposable {
  /** Every request but those for states: `POST /v1/power {"event":"suspend"}`. */
  readonly heard: readonly string[];
  /** From now on this is the state. */
  show(state: AgentState): void;
  /** From now on this is answered to a request such as `GET /v1/apps`. */
  answer(asked: string, answer: unknown): void;
  /** Tells whoever follows the journal. */
  tellNews(news: JournalNews): void;
  /** How many follow the journal at present. */
  readonly followers: number;
}

/**
 * Plays the agent on a person's socket, before the app is launched.
 *
 * @param answers what is answered to a request such as `POST /v1/sign-out`; where nothing is said, no apps or the state
 */
export async function playAgent(
  paths: LocalPaths,
  first: AgentState,
  answers: Readonly<Record<string, unknown>> = {},
): Promise<PlayedAgent> {
  await mkdir(paths.state, { recursive: true, mode: 0o700 });
  let state = first;
  const heard: string[] = [];
  const known = new Map<string, unknown>([['GET /v1/apps', { apps: [] }], ...Object.entries(answers)]);
  const watchers = new Set<ServerResponse>();
  const followers = new Set<ServerResponse>();
  const tell = (watcher: ServerResponse, event: unknown) => watcher.write(`data: ${JSON.stringify(event)}\n\n`);
  const hold = async (among: Set<ServerResponse>, response: ServerResponse, event: unknown) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    among.add(response);
    tell(response, event);
    await once(response, 'close');
    among.delete(response);
  };
  const onRequest = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/v1/events') return hold(watchers, response, state);
    if (request.url === '/v1/journal/events') return hold(followers, response, noNews(known.get('GET /v1/journal')));
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const asked = `${request.method} ${request.url}`;
    if (request.method !== 'GET') heard.push([asked, Buffer.concat(chunks).toString()].join(' ').trim());
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known.get(asked) ?? state));
  };
  const listener = await openLocalListener(paths, onRequest, (_request, socket) => socket.destroy());
  return {
    heard,
    show: (next) => {
      state = next;
      for (const watcher of watchers) tell(watcher, state);
    },
    answer: (asked, answer) => void known.set(asked, answer),
    tellNews: (news) => {
      for (const follower of followers) tell(follower, news);
    },
    get followers() {
      return followers.size;
    },
    [Symbol.asyncDispose]: () => listener.close(),
  };
}
