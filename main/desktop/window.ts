import { join } from 'node:path';
import { app, BrowserWindow, nativeImage, nativeTheme, session } from 'electron';
import { PRODUCT } from '../../shared/product.ts';
import { SHOWING_EVENT } from './bridge/channels.ts';
import type { Showing } from './bridge/face.ts';
import { hardenSession } from './hardening.ts';
import { PAGE_URL } from './page-address.ts';
import { servePage } from './page-files.ts';
import { drawIcon } from './tray-drawing.ts';
import type { TrustedSenders } from './trusted-senders.ts';
import { zoomByKeys } from './window-zoom.ts';

/** The one window. */
export interface FaceWindow {
  /** Makes it if need be, and brings it to the front. */
  open(): void;
  /** Hands the newest showing to the page, where there is one. */
  send(showing: Showing): void;
  /** From now on closing means closing, not hiding. */
  letGo(): void;
}

/** What the window's surroundings decide. */
export interface WindowDeps {
  readonly senders: TrustedSenders;
  /** Whether a closed window can be found again in a tray; asked at every close. */
  staysInTray(): boolean;
}

// In the page's own colours, so that the first frame does not flash.
const backgroundColor = () => (nativeTheme.shouldUseDarkColors ? '#14171b' : '#f4f5f7');

function create(senders: TrustedSenders, folder: string): BrowserWindow {
  // Kept in memory: the page stores nothing, so nothing of it is written to disk.
  const pageSession = session.fromPartition(PRODUCT.command);
  if (!pageSession.protocol.isProtocolHandled(new URL(PAGE_URL).protocol.slice(0, -1))) {
    servePage(pageSession.protocol, join(folder, 'renderer'));
    hardenSession(pageSession);
  }
  const size = 64;
  const window = new BrowserWindow({
    title: PRODUCT.name,
    width: 600,
    height: 820,
    minWidth: 360,
    minHeight: 420,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: backgroundColor(),
    icon: nativeImage.createFromBitmap(drawIcon('ready', size, 'colour'), { width: size, height: size }),
    webPreferences: {
      session: pageSession,
      preload: join(folder, 'preload', 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  window.removeMenu();
  zoomByKeys(window.webContents);
  const { id } = window.webContents;
  senders.add(id);
  window.webContents.once('destroyed', () => senders.remove(id));
  window.once('ready-to-show', () => window.show());
  return window;
}

/**
 * The window: made when it is first asked for, hidden when it is closed while a tray can bring it back.
 *
 * @param folder holds the built `preload` and `renderer`
 */
export function faceWindow(folder: string, { senders, staysInTray }: WindowDeps): FaceWindow {
  let window: BrowserWindow | undefined;
  let released = false;
  const open = () => {
    if (window) {
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
      return;
    }
    const created = create(senders, folder);
    window = created;
    created.on('close', (event) => {
      if (released || !staysInTray()) return;
      event.preventDefault();
      created.hide();
    });
    created.once('closed', () => {
      window = undefined;
    });
    // A page that crashed is made anew when it is next asked for.
    created.webContents.on('render-process-gone', () => created.destroy());
    void created.loadURL(PAGE_URL);
  };
  return {
    open,
    send: (showing) => window?.webContents.send(SHOWING_EVENT, showing),
    letGo: () => {
      released = true;
    },
  };
}
