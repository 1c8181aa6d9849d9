import { useCallback, useEffect, useState } from 'preact/hooks';
import type { AppView } from '../../shared/app-views.ts';
import type { ClientView } from '../../shared/local-api.ts';
import { useVisible } from './time.ts';

/** Apps are installed, and their files edited, without a word to us; this often is soon enough. */
const ASK_AGAIN_MS = 4_000;

/** The apps: not asked yet, the answer, or `failed` where there was none. */
export type KnownApps = 'asking' | 'failed' | readonly AppView[];

/** The apps as the agent sees them, kept fresh while the page can be seen; and a way to ask at once. */
export function useApps(clients: readonly ClientView[]): readonly [KnownApps, () => Promise<void>] {
  const [apps, setApps] = useState<KnownApps>('asking');
  const visible = useVisible();
  const connected = clients.map(({ id }) => id).join(' ');
  const [answers, setAnswers] = useState(true);
  const look = useCallback(async () => {
    const answer = await window.lanyard.invoke('apps', null);
    setAnswers(answer !== null);
    setApps((before) => answer ?? (before === 'asking' ? 'failed' : before));
  }, []);
  // A client that came or went is a reason to ask.
  useEffect(() => {
    if (visible) void look();
  }, [visible, connected, look]);
  // A question that failed came with a notice; asking on would bring that notice again and again.
  const goesOn = visible && answers;
  useEffect(() => {
    if (!goesOn) return;
    const timer = setInterval(() => void look(), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [goesOn, look]);
  return [apps, look];
}
