import { openBus, ownName } from './bus.ts';

const LOGIND = 'org.freedesktop.login1';
const MANAGER = 'org.freedesktop.login1.Manager';
const PATH = '/org/freedesktop/login1';

/** The part of systemd's login manager that tells programs of sleep, on the session bus. */
export interface Logind extends Disposable {
  /** What makes a program take our bus for the system's. */
  readonly env: Readonly<Record<string, string>>;
  /** Once a program listens; it then asks to be waited for. */
  readonly listened: Promise<void>;
  /** Says that the machine is about to sleep (`true`), or has woken (`false`). */
  prepareForSleep(sleeping: boolean): void;
}

/** Opens a login manager of our own; it is there until disposed. */
export async function openLogind(): Promise<Logind> {
  const listened = Promise.withResolvers<void>();
  const bus = await openBus(({ interface: name, member }) => {
    // Refused: the answer would be an open file. A program that cannot delay sleep is told of it all the same.
    if (name === MANAGER && member === 'Inhibit') listened.resolve();
    return undefined;
  });
  await ownName(bus, LOGIND);
  return {
    env: { DBUS_SYSTEM_BUS_ADDRESS: process.env.DBUS_SESSION_BUS_ADDRESS ?? '' },
    listened: listened.promise,
    prepareForSleep: (sleeping) => bus.signal(PATH, MANAGER, 'PrepareForSleep', { signature: 'b', body: [sleeping] }),
    [Symbol.dispose]: () => bus.close(),
  };
}
