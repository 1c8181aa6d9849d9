import { Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron';
import { PRODUCT } from '../../shared/product.ts';
import type { Face } from './bridge/face.ts';
import { type Mood, moodOf } from './bridge/mood.ts';
import { stateLine, vaultLine } from './bridge/words.ts';
import { drawIcon } from './tray-drawing.ts';
import { type MenuAct, type MenuItem, trayMenu } from './tray-menu.ts';

function picture(mood: Mood, platform: NodeJS.Platform): Electron.NativeImage {
  const palette = platform === 'darwin' ? 'template' : 'colour';
  // Linux panels scale one picture themselves; elsewhere each density has its own.
  const side = platform === 'linux' ? 32 : 16;
  const image = nativeImage.createEmpty();
  for (const scaleFactor of [1, 2]) {
    const size = side * scaleFactor;
    const buffer = nativeImage.createFromBitmap(drawIcon(mood, size, palette), { width: size, height: size }).toPNG();
    image.addRepresentation({ scaleFactor, width: size, height: size, buffer });
  }
  image.setTemplateImage(platform === 'darwin');
  return image;
}

function template(items: readonly MenuItem[], act: (act: MenuAct) => void): MenuItemConstructorOptions[] {
  return items.map((item): MenuItemConstructorOptions => {
    if ('separator' in item) return { type: 'separator' };
    // "&" would mark a key to press; servers' titles are not ours.
    const label = item.label.replaceAll('&', '&&');
    if (item.items) return { label, submenu: template(item.items, act) };
    const { act: wanted } = item;
    return wanted ? { label, click: () => act(wanted) } : { label, enabled: false };
  });
}

function toolTip(face: Face): string {
  const vault = face.link === 'connected' ? vaultLine(face.state) : undefined;
  return [`${PRODUCT.name}: ${stateLine(face)}`, ...(vault === undefined ? [] : [vault])].join('\n');
}

/** The tray icon. */
export interface TrayIcon {
  show(face: Face): void;
}

/**
 * Puts the icon into the tray. Its menu is set again after every change: on Linux the tray only ever sees the menu
 * it was given last. Where there is no tray, this does nothing and says nothing.
 */
export function openTray(face: Face, act: (act: MenuAct) => void): TrayIcon {
  const tray = new Tray(picture(moodOf(face), process.platform));
  let shown = '';
  const show = (next: Face) => {
    const menu = trayMenu(next);
    const mood = moodOf(next);
    // Setting the same menu again would close it under the person's pointer.
    const description = JSON.stringify([menu, mood]);
    if (description === shown) return;
    shown = description;
    tray.setImage(picture(mood, process.platform));
    tray.setToolTip(toolTip(next));
    tray.setContextMenu(Menu.buildFromTemplate(template(menu, act)));
  };
  tray.on('click', () => {
    // macOS shows the menu itself.
    if (process.platform !== 'darwin') act({ do: 'open-window' });
  });
  show(face);
  return { show };
}
