import { PRODUCT } from '../../shared/product.ts';
import { STATUS_WORDS } from '../../shared/states.ts';
import type { Desk, Updates } from './bridge/desk.ts';
import type { Face } from './bridge/face.ts';
import type { View } from './bridge/views.ts';
import { canRetry, needsNewSignIn, stateLine, vaultLine, wantedLine, warningsShown } from './bridge/words.ts';

/** What a click on a menu item asks for. */
export type MenuAct =
  | { readonly do: 'sign-in' | 'cancel-sign-in' | 'open-sign-in-page' | 'sign-out' | 'restart-agent' }
  | { readonly do: 'retry'; readonly server: string }
  | { readonly do: 'open-window'; readonly view?: View }
  | { readonly do: 'set-start-at-login'; readonly on: boolean }
  | { readonly do: 'look-for-updates' | 'install-update' | 'quit' };

/** One item, without anything of Electron's. An item without `act` and `items` is a line to read. */
export type MenuItem =
  | { readonly separator: true }
  | {
      readonly label: string;
      readonly act?: MenuAct;
      readonly items?: readonly MenuItem[];
      /** Makes it a checkbox. */
      readonly isChecked?: boolean;
    };

/** More servers than this go into a menu of their own, so that the acts below them stay in reach. */
const SERVERS_INLINE = 10;

const SEPARATOR: MenuItem = { separator: true };
const OPEN_WINDOW: MenuAct = { do: 'open-window' };

function troubleItems(face: Face, desk: Desk): MenuItem[] {
  if (face.link !== 'connected') return [];
  const warnings = warningsShown(face.state, desk);
  const wanted = wantedLine(face.state);
  const vault = vaultLine(face.state);
  const count = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
  return [
    ...(wanted === undefined ? [] : [{ label: wanted, act: { do: 'sign-in' } } as const]),
    ...(vault === undefined ? [] : [{ label: vault, act: OPEN_WINDOW }]),
    ...(warnings.length === 0 ? [] : [{ label: count, act: OPEN_WINDOW }]),
  ];
}

function serverItems(face: Face): MenuItem[] {
  if (face.link !== 'connected' || face.state.session.status === 'signed-out') return [];
  const items = face.state.servers.map((server): MenuItem => {
    const label = `${server.title} — ${STATUS_WORDS[server.status]}`;
    if (server.status === 'step-up') return { label, act: { do: 'sign-in' } };
    if (!canRetry(server)) return { label, act: { do: 'open-window', view: 'servers' } };
    return {
      label,
      items: [
        { label: 'Try again', act: { do: 'retry', server: server.name } },
        { label: 'Show why', act: { do: 'open-window', view: 'servers' } },
      ],
    };
  });
  return items.length > SERVERS_INLINE ? [{ label: 'Servers', items }] : items;
}

function sessionItems(face: Face): MenuItem[] {
  if (face.link === 'starting') return [];
  if (face.link === 'down') {
    const label = face.problem.code === 'not-set-up' ? 'Look again' : 'Start the agent again';
    return [{ label, act: { do: 'restart-agent' } }];
  }
  const { session, signIn } = face.state;
  if (signIn?.phase === 'waiting')
    return [
      { label: 'Open the sign-in page again', act: { do: 'open-sign-in-page' } },
      { label: 'Cancel sign-in', act: { do: 'cancel-sign-in' } },
    ];
  const signOut: MenuItem = { label: 'Sign out', act: { do: 'sign-out' } };
  const offer = (label: string): MenuItem => ({ label, act: { do: 'sign-in' } });
  if (session.status === 'signed-out') return [offer('Sign in…')];
  return needsNewSignIn(face.state) ? [offer('Sign in again…'), signOut] : [signOut];
}

function windowItems(face: Face): MenuItem[] {
  const open: MenuItem = { label: `Open ${PRODUCT.name}`, act: OPEN_WINDOW };
  // Connecting is the agent's work.
  if (face.link !== 'connected') return [open];
  return [open, { label: 'Connect apps…', act: { do: 'open-window', view: 'apps' } }];
}

/** The percentage is not shown: a menu that is set again closes under the person's pointer. */
function updateItems(updates: Updates): MenuItem[] {
  switch (updates.kind) {
    case 'managed':
      return [];
    case 'looking':
      return [{ label: 'Looking for updates…' }];
    case 'loading':
      return [{ label: `Loading update ${updates.version}…` }];
    case 'ready':
      return [{ label: `Restart to update to ${updates.version}`, act: { do: 'install-update' } }];
    default:
      return [{ label: 'Check for updates…', act: { do: 'look-for-updates' } }];
  }
}

function deskItems({ startAtLogin, updates }: Desk): MenuItem[] {
  const isChecked = startAtLogin === 'on';
  const atLogin: MenuItem = { label: 'Start at login', isChecked, act: { do: 'set-start-at-login', on: !isChecked } };
  return [...(startAtLogin === 'unavailable' ? [] : [atLogin]), ...updateItems(updates)];
}

/** The tray's menu for what is known. Pure: the same face and desk give the same menu. */
export function trayMenu(face: Face, desk: Desk): MenuItem[] {
  const groups = [
    [{ label: stateLine(face) }, ...troubleItems(face, desk)],
    serverItems(face),
    sessionItems(face),
    windowItems(face),
    deskItems(desk),
    // The agent goes on: quitting the face must not cut off the person's apps, and the label must not promise it.
    [{ label: `Quit ${PRODUCT.name}'s window and tray`, act: { do: 'quit' } } as const],
  ];
  return groups
    .filter(({ length }) => length > 0)
    .flatMap((group, index) => (index > 0 ? [SEPARATOR, ...group] : group));
}
