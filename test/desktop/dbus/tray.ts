import { type Answer, type Bus, openBus, ownName } from './bus.ts';
import type { Variant } from './codec.ts';
import type { Message } from './message.ts';

const WATCHER = 'org.kde.StatusNotifierWatcher';
const ITEM = 'org.kde.StatusNotifierItem';
const MENU = 'com.canonical.dbusmenu';
const PROPERTIES = 'org.freedesktop.DBus.Properties';

/** A menu that was set anew between looking and clicking has other numbers; a panel would show the new one. */
const CLICK_TRIES = 3;

/** One entry of a tray menu as the desktop's panel sees it. */
export interface TrayEntry {
  readonly id: number;
  readonly label: string;
  readonly enabled: boolean;
  /** Of a checkbox; `undefined` for anything else. */
  readonly isChecked: boolean | undefined;
  readonly children: readonly TrayEntry[];
}

/** The icon of one program in the tray. */
export interface TrayItem {
  tooltip(): Promise<string>;
  /** The whole menu, separators left out. */
  menu(): Promise<readonly TrayEntry[]>;
  /** Clicks the entry with this label, wherever it is in the menu. */
  click(label: string): Promise<void>;
}

/** A tray of our own: the part of a desktop's panel that programs register their icons with. */
export interface TrayHost extends Disposable {
  /** The next icon that registers. */
  readonly item: Promise<TrayItem>;
}

function entryOf([id, properties, children]: [number, [string, Variant][], Variant[]]): TrayEntry {
  const named = new Map(properties.map(([name, { value }]) => [name, value]));
  return {
    id,
    label: named.get('type') === 'separator' ? '' : String(named.get('label') ?? ''),
    enabled: named.get('enabled') !== false,
    isChecked: named.get('toggle-type') === 'checkmark' ? named.get('toggle-state') === 1 : undefined,
    children: children
      .map(({ value }) => entryOf(value as [number, [string, Variant][], Variant[]]))
      .filter(({ label }) => label !== ''),
  };
}

const withChildren = (entries: readonly TrayEntry[]): TrayEntry[] =>
  entries.flatMap((entry) => [entry, ...withChildren(entry.children)]);

function trayItem(bus: Bus, destination: string, path: string): TrayItem {
  const property = async (name: string): Promise<unknown> => {
    const target = { destination, path, interface: PROPERTIES, member: 'Get' };
    const [value] = await bus.call({ ...target, signature: 'ss', body: [ITEM, name] });
    return (value as Variant).value;
  };
  const menuTarget = async () => ({ destination, path: (await property('Menu')) as string, interface: MENU });
  const menu = async () => {
    const target = { ...(await menuTarget()), member: 'GetLayout', signature: 'iias' };
    const [, root] = await bus.call({ ...target, body: [0, -1, []] });
    return entryOf(root as [number, [string, Variant][], Variant[]]).children;
  };
  return {
    menu,
    // (icon name, icon, title, text); Electron fills the title.
    tooltip: async () => ((await property('ToolTip')) as [string, unknown, string, string])[2],
    click: async (label) => {
      for (let left = CLICK_TRIES; ; left -= 1) {
        const entry = withChildren(await menu()).find((one) => one.label === label);
        if (!entry?.enabled) throw new Error(`The tray menu has nothing to click called ${label}`);
        const target = { ...(await menuTarget()), member: 'Event', signature: 'isvu' };
        try {
          await bus.call({ ...target, body: [entry.id, 'clicked', { signature: 's', value: '' }, 0] });
          return;
        } catch (error) {
          if (left === 1) throw error;
        }
      }
    },
  };
}

/** Opens a tray on the session bus; it is there until disposed. */
export async function openTrayHost(): Promise<TrayHost> {
  const registered = Promise.withResolvers<TrayItem>();
  const properties: Readonly<Record<string, Variant>> = {
    IsStatusNotifierHostRegistered: { signature: 'b', value: true },
    ProtocolVersion: { signature: 'i', value: 0 },
    RegisteredStatusNotifierItems: { signature: 'as', value: [] },
  };
  const serve = ({ interface: name, member, body, sender = '' }: Message): Answer | undefined => {
    if (name === PROPERTIES && member === 'Get') {
      const value = properties[String(body[1])];
      return value && { signature: 'v', body: [value] };
    }
    if (name === PROPERTIES && member === 'GetAll') return { signature: 'a{sv}', body: [Object.entries(properties)] };
    if (name === WATCHER && member === 'RegisterStatusNotifierItem') {
      // Either the bus name of the program, or a path at the caller.
      const given = String(body[0]);
      registered.resolve(
        given.startsWith('/') ? trayItem(bus, sender, given) : trayItem(bus, given, '/StatusNotifierItem'),
      );
      return { signature: '', body: [] };
    }
    return undefined;
  };
  const bus: Bus = await openBus(serve);
  await ownName(bus, WATCHER);
  return { item: registered.promise, [Symbol.dispose]: () => bus.close() };
}
