import { type Answer, openBus, ownName } from './bus.ts';
import type { Message } from './message.ts';

const NAME = 'org.freedesktop.Notifications';
const PATH = '/org/freedesktop/Notifications';

/** One notification as the desktop's notification service is given it. */
export interface Shown {
  readonly id: number;
  /** The program's name. */
  readonly app: string;
  readonly title: string;
  readonly body: string;
}

/** The desktop's notification service, ours. */
export interface NotificationService extends Disposable {
  /** Everything that was ever shown, oldest first. */
  readonly shown: readonly Shown[];
  /** Ids of those that the program took back. */
  readonly takenBack: readonly number[];
  /** The person clicks a notification itself, and not one of its buttons. */
  click(id: number): void;
}

/** Opens a notification service on the session bus (Desktop Notifications Specification 1.2); it is there until disposed. */
export async function openNotificationService(): Promise<NotificationService> {
  const shown: Shown[] = [];
  const takenBack: number[] = [];
  const notify = ([app, replaces, , title, body]: readonly unknown[]): Answer => {
    const id = Number(replaces) || shown.length + 1;
    shown.push({ id, app: String(app), title: String(title), body: String(body) });
    return { signature: 'u', body: [id] };
  };
  const serve = ({ interface: name, member, body }: Message): Answer | undefined => {
    if (name !== NAME) return undefined;
    switch (member) {
      case 'GetCapabilities':
        return { signature: 'as', body: [['body', 'actions']] };
      case 'GetServerInformation':
        return { signature: 'ssss', body: ['Test', 'Lanyard', '1', '1.2'] };
      case 'Notify':
        return notify(body);
      case 'CloseNotification':
        takenBack.push(Number(body[0]));
        return { signature: '', body: [] };
      default:
        return undefined;
    }
  };
  const bus = await openBus(serve);
  await ownName(bus, NAME);
  return {
    shown,
    takenBack,
    click: (id) => {
      bus.signal(PATH, NAME, 'ActionInvoked', { signature: 'us', body: [id, 'default'] });
      bus.signal(PATH, NAME, 'NotificationClosed', { signature: 'uu', body: [id, 2] });
    },
    [Symbol.dispose]: () => bus.close(),
  };
}
