import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Child, startChild } from '../program.ts';
import { until } from '../until.ts';

// A desktop session as far as the keychain goes: a real session bus and a real gnome-keyring, with a home folder of
// their own. Where they are not installed these tests fail; build/system-packages.ts installs them.

const PASSWORD = 'the password of the login keyring';
const LOGIN_COLLECTION = '/org/freedesktop/secrets/collection/login';

/** A desktop session with a keyring. */
export interface Keyring {
  /** What a process needs to find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Locks the login keyring, as the desktop does when the person leaves. */
  lock(): Promise<void>;
  /** Unlocks it with the person's password, as signing in to the desktop does. */
  unlock(): Promise<void>;
  /** Ends the keyring's daemon and starts it again, as an update or a crash does. The login keyring is locked then. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a session bus and a keyring whose login collection exists and is unlocked. */
export async function startKeyring(home: string): Promise<Keyring> {
  const runtime = join(home, 'run');
  await mkdir(runtime, { mode: 0o700 });
  const bus = startChild('dbus-run-session', ['--', 'sh', '-c', 'echo "$DBUS_SESSION_BUS_ADDRESS"; exec cat'], {
    home,
    env: { XDG_RUNTIME_DIR: runtime },
  });
  const [address] = await bus.printed(/^unix:\S+(?=\n)/);
  const env = { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: runtime };
  const send = async (...args: readonly string[]) => {
    const { exitCode, stdout, stderr } = await startChild('dbus-send', ['--session', '--print-reply', ...args], {
      home,
      env,
    }).ended;
    if (exitCode !== 0) throw new Error(`dbus-send: ${stderr}`);
    return stdout;
  };
  const driver = ['--dest=org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus.NameHasOwner'];
  const isThere = async () => (await send(...driver, 'string:org.freedesktop.secrets')).includes('true');
  const start = (...how: readonly string[]) =>
    startChild('gnome-keyring-daemon', ['--foreground', ...how, '--components=secrets'], { home, env });
  let daemon: Child = start('--unlock');
  daemon.stdin.end(PASSWORD);
  await until(isThere);

  const service = ['--dest=org.freedesktop.secrets', '/org/freedesktop/secrets', 'org.freedesktop.Secret.Service.Lock'];
  return {
    env,
    lock: async () => void (await send(...service, `array:objpath:${LOGIN_COLLECTION}`)),
    unlock: () => unlockBySocket(join(runtime, 'keyring', 'control')),
    restart: async () => {
      await daemon.end();
      await until(async () => !(await isThere()));
      daemon = start();
      await until(isThere);
    },
    close: async () => {
      await daemon.end();
      bus.stdin.end();
      await bus.ended;
    },
  };
}

const UNLOCK = 1;
const OK = 0;

/** Says the password on the daemon's control socket, which is how pam_gnome_keyring unlocks the keyring. */
async function unlockBySocket(path: string): Promise<void> {
  const socket = connect(path);
  const password = Buffer.from(PASSWORD);
  const packet = Buffer.alloc(12 + password.length);
  packet.writeUInt32BE(packet.length, 0);
  packet.writeUInt32BE(UNLOCK, 4);
  packet.writeUInt32BE(password.length, 8);
  password.copy(packet, 12);
  // The first byte carries the sender's credentials.
  socket.write(Buffer.concat([Buffer.of(0), packet]));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  if (answer.readUInt32BE(4) !== OK) throw new Error(`The keyring answered ${answer.readUInt32BE(4)}`);
}
