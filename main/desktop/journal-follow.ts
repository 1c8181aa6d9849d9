import type { Journal, JournalNews } from '../../shared/journal-views.ts';
import type { Face } from './bridge/face.ts';

/** What following works with. */
export interface JournalFollowDeps {
  read(): Promise<Journal>;
  /** What is new from now on, until `signal` or the agent ends it. */
  watch(signal: AbortSignal): AsyncIterable<JournalNews>;
  /** Hands news to the page. */
  onNews(news: JournalNews): void;
}

/** Follows the journal for the page. */
export interface JournalFollow {
  /** Begins or ends; beginning gives what has been so far. @throws {LanyardError} what reading it throws. */
  follow(isOn: boolean): Promise<Journal | null>;
  /** The newest face: an agent that is back is followed again. */
  onFace(face: Face): void;
  /** The page is gone, and with it whoever asked. */
  end(): void;
}

/**
 * Follows the agent's journal while the page asks for it. The journal is read once the first news have come, which come
 * at once, so that nothing is missed between the two; the page knows by the id what it has twice.
 */
export function journalFollow({ read, watch, onNews }: JournalFollowDeps): JournalFollow {
  let ended: AbortController | undefined;
  let isConnected = false;

  const listen = async (signal: AbortSignal, onFirst: () => void) => {
    for await (const news of watch(signal)) {
      if (signal.aborted) return;
      onFirst();
      onNews(news);
    }
  };
  /** Listens from now on; done when news come, or when it is clear that none will. */
  const begin = (): Promise<void> => {
    ended?.abort();
    ended = new AbortController();
    const { signal } = ended;
    return new Promise((resolve) => {
      // A stream that breaks off is the agent's end, which the face says.
      void listen(signal, resolve)
        .catch(() => undefined)
        .finally(resolve);
    });
  };
  const end = () => {
    ended?.abort();
    ended = undefined;
  };
  return {
    follow: async (isOn) => {
      if (!isOn) {
        end();
        return null;
      }
      await begin();
      return read();
    },
    onFace: ({ link }) => {
      const isBack = link === 'connected' && !isConnected;
      isConnected = link === 'connected';
      if (isBack && ended) void begin();
    },
    end,
  };
}
