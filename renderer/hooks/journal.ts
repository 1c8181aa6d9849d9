import { useEffect, useState } from 'preact/hooks';
import type { JournalNews } from '../../shared/journal-views.ts';
import { addNews, beginList, type JournalList } from '../activity/journal-list.ts';
import { useVisible } from './time.ts';

/** The journal: not asked yet, the list, or `failed` where there was no answer. */
export type KnownJournal = 'asking' | 'failed' | JournalList;

/**
 * The journal, followed while the page can be seen.
 *
 * @param agent what is another one when the agent is: ids begin anew then
 * @param attempt another number asks again
 */
export function useJournal(agent: number, attempt: number): KnownJournal {
  const [journal, setJournal] = useState<KnownJournal>('asking');
  const visible = useVisible();
  // Another agent has another journal.
  useEffect(() => {
    if (!visible) return;
    let isOver = false;
    let list: JournalList | undefined;
    // News may come before the answer does.
    const early: JournalNews[] = [];
    const end = window.lanyard.onJournal((news) => {
      if (!list) return void early.push(news);
      list = addNews(list, news);
      setJournal(list);
    });
    void window.lanyard.invoke('follow-journal', { on: true }).then((answer) => {
      if (isOver) return;
      if (answer) list = early.reduce(addNews, beginList(answer));
      setJournal(list ?? 'failed');
    });
    return () => {
      isOver = true;
      end();
      void window.lanyard.invoke('follow-journal', { on: false });
    };
  }, [visible, agent, attempt]);
  return journal;
}
