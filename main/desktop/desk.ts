import type { DeskActs } from './acts.ts';
import type { Demo, Desk, StartAtLogin, Updates } from './bridge/desk.ts';
import type { JournalFollow } from './journal-follow.ts';
import type { LoginItem } from './login-item.ts';

/** What the desk is put together from. */
export interface DeskParts {
  readonly login: LoginItem;
  readonly updates: { readonly view: Updates; look(): Promise<void>; install(): Promise<void> };
  readonly demo: { readonly state: Demo; start(): Promise<void>; end(): Promise<void> };
  readonly journal: Pick<JournalFollow, 'follow'>;
  /** The desk has to be shown again. */
  changed(): void;
}

/** What the face does that is not the agent's business. */
export interface OpenDesk {
  readonly view: Desk;
  readonly acts: DeskActs;
  /** Asks the system again: its settings change start at login without a word to us. */
  lookAgain(): Promise<void>;
}

/** Puts the desk together. Until the system has answered, start at login is not offered. */
export function openDesk({ login, updates, demo, journal, changed }: DeskParts): OpenDesk {
  let startAtLogin: StartAtLogin = 'unavailable';
  const lookAgain = async () => {
    const now = await login.look();
    if (now === startAtLogin) return;
    startAtLogin = now;
    changed();
  };
  return {
    get view() {
      return { startAtLogin, updates: updates.view, demo: demo.state };
    },
    lookAgain,
    acts: {
      // What the system says afterwards counts, also where it refused.
      setStartAtLogin: (isOn) => login.set(isOn).finally(lookAgain),
      lookForUpdates: () => updates.look(),
      installUpdate: () => updates.install(),
      startDemo: () => demo.start(),
      endDemo: () => demo.end(),
      followJournal: (isOn) => journal.follow(isOn),
    },
  };
}
