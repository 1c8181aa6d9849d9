import type { AgentState } from '../../shared/local-api.ts';
import type { Schedule } from '../../shared/schedule.ts';
import type { Face } from './bridge/face.ts';
import { AGENT_DOWN, hasSignedIn, type News, newsBetween } from './notifications.ts';

/** The same cause is not told again within this, in ms: an agent that restarts finds it once more. */
const REPEAT_QUIET_MS = 15 * 60_000;
/** An agent that is back within this was not missed, in ms: updates and our own restarts take seconds. */
const AGENT_DOWN_MS = 60_000;
/** Not every system says when its screen is unlocked, so it is asked this often while news wait, in ms. */
const LOCKED_LOOK_MS = 15_000;

/** What telling works with. */
export interface NotifierDeps {
  /** Shows one; there is nothing to give back where the system shows none. */
  show(news: News): void;
  /** Takes back what is shown, since it is settled. */
  takeBack(): void;
  /** Whether the person has our window before them, which says it all. */
  isWatching(): boolean;
  /** Whether nobody can read a notification now: the screen is locked, or somebody else's session is in front. */
  isAway(): boolean;
  readonly schedule: Schedule;
  /** Milliseconds on a clock that goes on while the machine sleeps. */
  now(): number;
}

/** Tells the person what changed while they looked elsewhere. */
export interface Notifier {
  /** The newest face. */
  follow(face: Face): void;
  /** The person may have come back: what waited is told if it is still true. */
  lookAgain(): void;
  close(): void;
}

/**
 * Turns faces into notifications: what was so at the start is no news, nor is what the window shows to whoever looks at
 * it; the same cause is told once. While the person is away nothing is told, and afterwards only what has remained.
 */
export function notifier({ show, takeBack, isWatching, isAway, schedule, now }: NotifierDeps): Notifier {
  /** The state that the person knows, or was told of. */
  let known: AgentState | undefined;
  let newest: AgentState | undefined;
  let isDownForLong = false;
  let endDown: (() => void) | undefined;
  let endLook: (() => void) | undefined;
  let isDownTold = false;
  const toldAt = new Map<string, number>();

  const tell = (news: News) => {
    const before = toldAt.get(news.key);
    // Keys name our servers, of which policy allows few; those that no longer count are forgotten.
    for (const [key, at] of toldAt) if (now() - at >= REPEAT_QUIET_MS) toldAt.delete(key);
    if (before !== undefined && now() - before < REPEAT_QUIET_MS) return;
    toldAt.set(news.key, now());
    if (!isWatching()) show(news);
  };
  const lookAgain = () => {
    endLook?.();
    endLook = undefined;
    if (isAway()) {
      endLook = schedule(LOCKED_LOOK_MS, lookAgain);
      return;
    }
    if (isDownForLong) {
      tell(AGENT_DOWN);
      isDownTold = true;
      isDownForLong = false;
    }
    // Whoever is signing in knows; what is still so when that fails is news then.
    if (newest?.signIn?.phase === 'waiting') return;
    const news = known && newest && newsBetween(known, newest);
    known = newest;
    if (news) tell(news);
  };
  const followDown = (face: Face) => {
    const isDown = face.link === 'down' && face.problem.code !== 'not-set-up';
    if (face.link === 'starting' || (isDown && endDown)) return;
    endDown?.();
    endDown = undefined;
    isDownForLong = false;
    if (!isDown) {
      if (isDownTold) takeBack();
      isDownTold = false;
      return;
    }
    endDown = schedule(AGENT_DOWN_MS, () => {
      isDownForLong = true;
      lookAgain();
    });
  };

  return {
    follow: (face) => {
      followDown(face);
      if (face.link !== 'connected') return;
      const before = newest;
      newest = face.state;
      known ??= newest;
      // Whatever was told is settled by it, and may be told again.
      if (before && hasSignedIn(before, newest)) {
        toldAt.clear();
        takeBack();
      }
      lookAgain();
    },
    lookAgain,
    close: () => {
      endDown?.();
      endLook?.();
    },
  };
}
