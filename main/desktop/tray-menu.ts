import { PRODUCT } from '../../shared/product.ts';
import { STATUS_WORDS } from '../../shared/states.ts';
import type { Face } from './bridge/face.ts';
import { canRetry, needsNewSignIn, stateLine, vaultLine } from './bridge/words.ts';

/** What a click on a menu item asks for. */
export type MenuAct =
  | { readonly do: 'sign-in' | 'cancel-sign-in' | 'open-sign-in-page' | 'sign-out' | 'restart-agent' }
  | { readonly do: 'retry'; readonly server: string }
  | { readonly do: 'open-window' | 'quit' };

/** One item, without anything of Electron's. An item without `act` and `items` is a line to read. */
export type MenuItem =
  | { readonly separator: true }
  | { readonly label: string; readonly act?: MenuAct; readonly items?: readonly MenuItem[] };

/** More servers than this go into a menu of their own, so that the acts below them stay in reach. */
const SERVERS_INLINE = 10;

const SEPARATOR: MenuItem = { separator: true };

function serverItems(face: Face): MenuItem[] {
  if (face.link !== 'connected' || face.state.session.status === 'signed-out') return [];
  const items = face.state.servers.map((server): MenuItem => {
    const label = `${server.title} — ${STATUS_WORDS[server.status]}`;
    if (server.status === 'step-up') return { label, act: { do: 'sign-in' } };
    if (!canRetry(server)) return { label, act: { do: 'open-window' } };
    return {
      label,
      items: [
        { label: 'Try again', act: { do: 'retry', server: server.name } },
        { label: 'Show why', act: { do: 'open-window' } },
      ],
    };
  });
  if (items.length === 0) return [];
  return items.length > SERVERS_INLINE ? [SEPARATOR, { label: 'Servers', items }] : [SEPARATOR, ...items];
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

/** The tray's menu for what is known. Pure: the same face gives the same menu. */
export function trayMenu(face: Face): MenuItem[] {
  const warnings = face.link === 'connected' ? face.state.agent.warnings.length : 0;
  const vault = face.link === 'connected' ? vaultLine(face.state) : undefined;
  const session = sessionItems(face);
  return [
    { label: stateLine(face) },
    ...(vault === undefined ? [] : [{ label: vault, act: { do: 'open-window' } } as const]),
    ...(warnings > 0
      ? [{ label: warnings === 1 ? '1 warning' : `${warnings} warnings`, act: { do: 'open-window' } } as const]
      : []),
    ...serverItems(face),
    ...(session.length > 0 ? [SEPARATOR, ...session] : []),
    SEPARATOR,
    { label: `Open ${PRODUCT.name}`, act: { do: 'open-window' } },
    // The agent goes on: quitting the face must not cut off the person's apps, and the label must not promise it.
    { label: `Quit ${PRODUCT.name}'s window and tray`, act: { do: 'quit' } },
  ];
}
