import { app, Menu, type MenuItemConstructorOptions, nativeImage, nativeTheme, Tray } from 'electron';
import { PRODUCT } from '../../shared/product.ts';
import type { Desk } from './bridge/desk.ts';
import type { Face } from './bridge/face.ts';
import { moodOf } from './bridge/mood.ts';
import { stateLine, vaultLine } from './bridge/words.ts';
import { drawIcon, type Palette, paletteOf } from './tray-drawing.ts';
import { type MenuAct, type MenuItem, trayMenu } from './tray-menu.ts';

/** Windows and macOS remember by it where the person placed the icon. Never changed. */
const TRAY_ID = '5c1f0f0e-6f3b-4d0a-9d3e-5b7a2c86e1d4';

function picture(face: Face, palette: Palette): Electron.NativeImage {
  // Linux panels scale one picture themselves; elsewhere each density has its own.
  const side = process.platform === 'linux' ? 32 : 16;
  const image = nativeImage.createEmpty();
  for (const scaleFactor of [1, 2]) {
    const size = side * scaleFactor;
    const pixels = drawIcon(moodOf(face), size, palette);
    const buffer = nativeImage.createFromBitmap(pixels, { width: size, height: size }).toPNG();
    image.addRepresentation({ scaleFactor, width: size, height: size, buffer });
  }
  image.setTemplateImage(palette === 'template');
  return image;
}

function template(items: readonly MenuItem[], act: (act: MenuAct) => void): MenuItemConstructorOptions[] {
  return items.map((item): MenuItemConstructorOptions => {
    if ('separator' in item) return { type: 'separator' };
    // "&" would mark a key to press; servers' titles are not ours.
    const label = item.label.replaceAll('&', '&&');
    if (item.items) return { label, submenu: template(item.items, act) };
    const { act: wanted, isChecked } = item;
    if (!wanted) return { label, enabled: false };
    const click = () => act(wanted);
    return isChecked === undefined ? { label, click } : { label, click, type: 'checkbox', checked: isChecked };
  });
}

function toolTip(face: Face): string {
  const vault = face.link === 'connected' ? vaultLine(face.state) : undefined;
  return [`${PRODUCT.name}: ${stateLine(face)}`, ...(vault === undefined ? [] : [vault])].join('\n');
}

function place(image: Electron.NativeImage): Tray {
  // Windows ties the id to the program's path or signature: one for every build that is being developed would clash.
  return app.isPackaged && process.platform !== 'linux' ? new Tray(image, TRAY_ID) : new Tray(image);
}

/** The tray icon. */
export interface TrayIcon {
  show(face: Face, desk: Desk): void;
  close(): void;
}

/**
 * Puts the icon into the tray. Its menu is set again after every change: on Linux the tray only ever sees the menu
 * it was given last. Where there is no tray, this does nothing and says nothing.
 */
export function openTray(first: { face: Face; desk: Desk }, act: (act: MenuAct) => void): TrayIcon {
  let known = first;
  let shownMenu = '';
  let shownPicture = '';
  const palette = () => paletteOf(process.platform, nativeTheme.shouldUseDarkColorsForSystemIntegratedUI);
  const tray = place(picture(known.face, palette()));

  const draw = () => {
    const look = `${moodOf(known.face)} ${palette()}`;
    if (look === shownPicture) return;
    shownPicture = look;
    tray.setImage(picture(known.face, palette()));
  };
  const setMenu = () => {
    const menu = trayMenu(known.face, known.desk);
    // Setting the same menu again would close it under the person's pointer.
    const description = JSON.stringify(menu);
    if (description === shownMenu) return;
    shownMenu = description;
    tray.setContextMenu(Menu.buildFromTemplate(template(menu, onClick)));
  };
  const onClick = (wanted: MenuAct) => {
    // The system has turned the checkbox by itself: the menu is set again, so that it says how it truly stands. Not
    // now, while the system is still busy with the click.
    if (wanted.do === 'set-start-at-login') {
      shownMenu = '';
      setImmediate(() => tray.isDestroyed() || setMenu());
    }
    act(wanted);
  };
  const show = (face: Face, desk: Desk) => {
    if (tray.isDestroyed()) return;
    known = { face, desk };
    draw();
    tray.setToolTip(toolTip(face));
    setMenu();
  };

  tray.on('click', () => {
    // macOS shows the menu itself.
    if (process.platform !== 'darwin') act({ do: 'open-window' });
  });
  nativeTheme.on('updated', draw);
  show(known.face, known.desk);
  return {
    show,
    close: () => {
      nativeTheme.off('updated', draw);
      tray.destroy();
    },
  };
}
