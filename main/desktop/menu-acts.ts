import type { Acts } from './acts.ts';
import type { View } from './bridge/views.ts';
import type { MenuAct } from './tray-menu.ts';

/** What clicks in the tray and on notifications work with. */
export interface MenuDeps {
  readonly does: Acts;
  openWindow(view?: View): void;
  quit(): void;
  /** A sign-in starts or goes on here, and not in the window. */
  signsInElsewhere(): void;
  /** Whether the last act failed. */
  hasFailed(): boolean;
}

/** Does what was clicked outside of the window. What went wrong is said in the window, since a menu has no room for it. */
export async function doMenuAct(act: MenuAct, deps: MenuDeps): Promise<void> {
  const { does } = deps;
  switch (act.do) {
    case 'quit':
      return deps.quit();
    case 'open-window':
      return deps.openWindow(act.view);
    case 'look-for-updates':
      // What comes of it is news that only the window has room for.
      deps.openWindow();
      await does[act.do](null);
      return;
    case 'retry':
      await does.retry({ server: act.server });
      break;
    case 'set-start-at-login':
      await does['set-start-at-login']({ on: act.on });
      break;
    case 'sign-in':
      deps.signsInElsewhere();
      await does['sign-in']({ method: 'browser' });
      break;
    case 'open-sign-in-page':
      deps.signsInElsewhere();
      await does['open-sign-in-page'](null);
      break;
    default:
      await does[act.do](null);
  }
  if (deps.hasFailed()) deps.openWindow();
}
