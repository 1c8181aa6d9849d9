import { describe, expect, test } from 'vitest';
import type { Face } from '../../../main/desktop/bridge/face.ts';
import { type MenuItem, trayMenu } from '../../../main/desktop/tray-menu.ts';
import { connected, down, server, signedIn, signedOut, waiting } from './states.ts';

/** A menu as lines: what a click asks for in brackets, menus of their own indented. */
function lines(items: readonly MenuItem[], indent = ''): string[] {
  return items.flatMap((item) => {
    if ('separator' in item) return [`${indent}---`];
    const wanted = item.act ? ` [${item.act.do}${'server' in item.act ? ` ${item.act.server}` : ''}]` : '';
    return [`${indent}${item.label}${wanted}`, ...lines(item.items ?? [], `${indent}  `)];
  });
}

const END = ['---', 'Open Lanyard [open-window]', "Quit Lanyard's window and tray [quit]"];

const table: readonly [string, Face, readonly string[]][] = [
  ['starting', { link: 'starting' }, ['Starting…', ...END]],
  ['no agent', down(), ["Lanyard's agent is not running", '---', 'Start the agent again [restart-agent]', ...END]],
  ['no policy', down('not-set-up'), ['Not set up on this computer', '---', 'Look again [restart-agent]', ...END]],
  ['signed out', connected(signedOut()), ['Signed out', '---', 'Sign in… [sign-in]', ...END]],
  [
    'waiting for the browser',
    connected(waiting()),
    [
      'Waiting for you to sign in…',
      '---',
      'Open the sign-in page again [open-sign-in-page]',
      'Cancel sign-in [cancel-sign-in]',
      ...END,
    ],
  ],
  [
    'signed in, one denied',
    connected(signedIn(['ready', 'denied'])),
    [
      'Alice Archer · 1 of 2 servers ready',
      '---',
      'Server0 — Ready [open-window]',
      'Server1 — Denied',
      '  Try again [retry server1]',
      '  Show why [open-window]',
      '---',
      'Sign out [sign-out]',
      ...END,
    ],
  ],
  [
    'a server that wants a stronger sign-in',
    connected(signedIn(['step-up'])),
    [
      'Alice Archer · 0 of 1 server ready · sign in again',
      '---',
      'Server0 — Sign in again [sign-in]',
      '---',
      'Sign in again… [sign-in]',
      'Sign out [sign-out]',
      ...END,
    ],
  ],
  [
    'a vault that cannot be written',
    connected(signedIn([], { vault: { keyStore: 'keychain', status: 'unsaved' } })),
    [
      'Alice Archer · 0 of 0 servers ready',
      'Changes cannot be saved [open-window]',
      '---',
      'Sign out [sign-out]',
      ...END,
    ],
  ],
  [
    'a vault that cannot be read',
    connected(signedOut({ vault: { keyStore: 'keychain', status: 'unavailable' } })),
    ['Signed out', 'The keychain is not available [open-window]', '---', 'Sign in… [sign-in]', ...END],
  ],
  [
    'a dangerous option',
    connected(signedOut({ agent: { version: '1', pid: 1, startedAt: 0, warnings: ['The key lies in a file.'] } })),
    ['Signed out', '1 warning [open-window]', '---', 'Sign in… [sign-in]', ...END],
  ],
  [
    'no servers',
    connected(signedIn([])),
    ['Alice Archer · 0 of 0 servers ready', '---', 'Sign out [sign-out]', ...END],
  ],
];

test.each(table)('menu: %s', (_name, face, expected) => {
  expect(lines(trayMenu(face))).toEqual(expected);
});

describe('many servers', () => {
  test('get a menu of their own, so that the acts stay in reach', () => {
    const servers = Array.from({ length: 11 }, (_, index) => server(`s${index}`, 'ready'));
    const menu = trayMenu(connected(signedIn([], { servers })));
    expect(menu[2]).toMatchObject({ label: 'Servers', items: { length: 11 } });
    expect(menu).toHaveLength(8);
  });
});
