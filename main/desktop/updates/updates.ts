import { LanyardError } from '../../../shared/errors.ts';
import type { Schedule } from '../../../shared/schedule.ts';
import type { Updates } from '../bridge/desk.ts';
import type { NotOurs } from './installation.ts';
import { nextUpdates, type UpdateEvent } from './transitions.ts';
import { updateProblem } from './update-problem.ts';
import type { Updater } from './updater.ts';

/** The first look comes within this after the start, in ms: 2,000 people who start at nine do not ask at once. */
const FIRST_LOOK_WITHIN_MS = 60_000;

/** Between two looks, in ms, give or take a tenth. Timers stand still while the machine sleeps. */
const LOOK_EVERY_MS = 6 * 60 * 60_000;

/** What updates work with. */
export interface UpdatesDeps {
  /** Why this installation is not ours to update, if it is not; asked once, when updates are allowed. */
  readonly whyNotOurs: () => Promise<NotOurs | undefined>;
  /** Loads what gets updates; called once, when they are allowed for the first time. */
  readonly open: (onEvent: (event: UpdateEvent) => void) => Promise<Updater>;
  readonly schedule: Schedule;
  /** From 0 to 1. */
  readonly random: () => number;
  /** The view has changed. */
  readonly changed: () => void;
  /** The app is about to be ended: windows must not hide instead of closing. */
  readonly leaving: () => void;
}

/** Updates of the app: looked for and loaded by themselves where that is allowed, installed when the person says so. */
export interface AppUpdates {
  readonly view: Updates;
  /** Looks now; resolves when that has ended. Does nothing where updates are managed. */
  look(): Promise<void>;
  /**
   * Ends the app, installs the update that is ready, and starts again.
   *
   * @throws {LanyardError} `no-update` where none is ready.
   */
  install(): Promise<void>;
  /** Whether policy lets the app update itself (`rights.updates`). May be said any number of times. */
  allow(isAllowed: boolean): void;
  close(): void;
}

const WHY: Readonly<Record<NotOurs, string>> = {
  'no-feed': 'This build has no place to get updates from.',
  'unsafe-feed': 'The update feed of this build is neither https nor on loopback.',
  unsigned: 'The update feed of this build does not name the publisher, so the signature would not be checked.',
  'system-wide': 'Lanyard was installed for the whole machine: whoever installed it updates it.',
};

/** See {@link AppUpdates}. */
export function createUpdates({ whyNotOurs, open, schedule, random, changed, leaving }: UpdatesDeps): AppUpdates {
  let view: Updates = { kind: 'managed' };
  let isAllowed = false;
  let reason = 'Policy leaves updates to whoever installed Lanyard (desktop.updates).';
  let opened: Promise<Updater | undefined> | undefined;
  let looking: Promise<void> | undefined;
  let callOff = () => {};

  const onEvent = (event: UpdateEvent) => {
    const next = nextUpdates(view, event);
    if (JSON.stringify(next) === JSON.stringify(view)) return;
    view = next;
    changed();
  };
  const openOnce = async (): Promise<Updater | undefined> => {
    const why = await whyNotOurs();
    if (why === undefined) return open(onEvent);
    reason = WHY[why];
    return undefined;
  };
  const look = async () => {
    const updater = await opened;
    if (!updater || !isAllowed) return;
    looking ??= updater.look().finally(() => {
      looking = undefined;
    });
    await looking;
  };
  const lookLater = (delayMs: number) => {
    callOff = schedule(delayMs, () => {
      lookLater(LOOK_EVERY_MS * (0.9 + 0.2 * random()));
      void look();
    });
  };
  const begin = async () => {
    opened ??= openOnce().catch((error: unknown) => {
      onEvent({ kind: 'allowed' });
      onEvent({ kind: 'failed', problem: updateProblem(error) });
      return undefined;
    });
    const updater = await opened;
    updater?.installsOnQuit(isAllowed);
    if (!updater || !isAllowed) return;
    onEvent({ kind: 'allowed' });
    callOff();
    lookLater(FIRST_LOOK_WITHIN_MS * random());
  };
  return {
    get view() {
      return view;
    },
    look,
    install: async () => {
      const updater = await opened;
      if (!updater || view.kind !== 'ready')
        throw new LanyardError({
          code: 'no-update',
          user: 'There is no update to install.',
          administrator: view.kind === 'managed' ? reason : 'No update has been loaded completely.',
        });
      leaving();
      updater.install();
    },
    allow: (now) => {
      if (now === isAllowed) return;
      isAllowed = now;
      if (now) {
        void begin();
        return;
      }
      callOff();
      onEvent({ kind: 'forbidden' });
      void opened?.then((updater) => updater?.installsOnQuit(false));
    },
    close: () => callOff(),
  };
}
