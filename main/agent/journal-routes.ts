import type { ServerResponse } from 'node:http';
import type { Journal, JournalNews, ServerTools } from '../../shared/journal-views.ts';
import type { Schedule } from '../../shared/schedule.ts';
import type { AgentJournal } from './journal.ts';

/** News wait so long for company, in ms: as quick as a person sees, and a busy minute is hundreds of events fewer. */
export const GATHER_MS = 250;

/** Entries in one event: a window shows fewer, and one that reads slowly is not sent more at once. */
export const NEWS_LIMIT = 200;

/** What the Local API can ask about the journal. */
export interface JournalActs {
  journal(): Journal;
  /** Sends news to a reader until it goes. */
  followJournal(response: ServerResponse): void;
  /** What a server last listed. */
  serverTools(server: string): Promise<ServerTools>;
  /** Ends the agent as a signal would. Called when the answer is out. */
  stop(): void;
}

/** What following works with. */
export interface FollowContext {
  readonly journal: Pick<AgentJournal, 'recent' | 'hour'>;
  readonly schedule: Schedule;
}

/**
 * Streams news as server-sent events (HTML Living Standard section 9.2). The first one comes at once and without
 * entries: from there on nothing is lost between it and the answer of `GET /v1/journal` that is asked for next. Nothing
 * is gathered for a reader: what it missed is looked up when it can be sent, and a slow one gets the newest alone.
 */
export function followJournal(response: ServerResponse, { journal, schedule }: FollowContext): void {
  const { recent, hour } = journal;
  let sentId = recent.lastId;
  let callOff: (() => void) | undefined;
  const send = () => {
    callOff = undefined;
    // The reader's `drain` brings us here again.
    if (response.writableNeedDrain) return;
    const { entries, missed } = recent.after(sentId, NEWS_LIMIT);
    sentId = recent.lastId;
    const news: JournalNews = { entries: [...entries], missed, firstId: recent.firstId, hour: hour() };
    response.write(`data: ${JSON.stringify(news)}\n\n`);
  };
  const soon = () => {
    callOff ??= schedule(GATHER_MS, send);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.on('drain', () => {
    if (recent.lastId > sentId) soon();
  });
  const end = recent.onEntry(soon);
  response.on('close', () => {
    end();
    callOff?.();
  });
  send();
}
