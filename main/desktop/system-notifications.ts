import { Notification } from 'electron';
import { bodyText } from './notification-text.ts';
import type { News } from './notifications.ts';

/** The system's notifications. */
export interface SystemNotifications {
  /** Shows one in place of the one before; does nothing where the system shows none. */
  show(news: News): void;
  /** Takes the last one back. */
  takeBack(): void;
}

/** Shows news as the system does; a click on one goes to `onClick`. Without any, the tray's icon has to do. */
export function systemNotifications(onClick: (news: News) => void): SystemNotifications {
  // Held, or it is collected and nobody hears of the click.
  let shown: Notification | undefined;
  const takeBack = () => {
    shown?.close();
    shown = undefined;
  };
  return {
    show: (news) => {
      takeBack();
      if (!Notification.isSupported()) return;
      const notification = new Notification({ title: news.title, body: bodyText(news.body, process.platform) });
      notification.on('click', () => onClick(news));
      notification.show();
      shown = notification;
    },
    takeBack,
  };
}
