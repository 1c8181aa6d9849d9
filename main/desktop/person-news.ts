import { BrowserWindow, powerMonitor } from 'electron';
import { systemSchedule } from '../../shared/schedule.ts';
import { watchAway } from './away.ts';
import type { Face } from './bridge/face.ts';
import type { News } from './notifications.ts';
import { notifier } from './notifier.ts';
import { systemNotifications } from './system-notifications.ts';

/** Tells the person what changed; see {@link notifier}. */
export interface PersonNews {
  follow(face: Face): void;
  close(): void;
}

/** The notifier on the real system: its notifications, its screen, our windows. */
export function personNews(onClick: (news: News) => void): PersonNews {
  const system = systemNotifications(onClick);
  const away = watchAway(powerMonitor, () => told.lookAgain());
  const told = notifier({
    ...system,
    isWatching: () => BrowserWindow.getFocusedWindow()?.isVisible() ?? false,
    isAway: () => away.isAway,
    schedule: systemSchedule,
    now: Date.now,
  });
  return {
    follow: told.follow,
    close: () => {
      // Nobody would hear a click on it any more.
      system.takeBack();
      away.close();
      told.close();
    },
  };
}
