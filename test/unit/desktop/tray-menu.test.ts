import { describe, expect, test } from 'vitest';
import type { Desk } from '../../../main/desktop/bridge/desk.ts';
import type { Face } from '../../../main/desktop/bridge/face.ts';
import { type MenuItem, trayMenu } from '../../../main/desktop/tray-menu.ts';
import { connected, down, server, signedIn, signedOut, waiting } from './states.ts';

/** A menu as lines: what a click asks for in brackets, menus of their own indented. */
function lines(items: readonly MenuItem[], indent = ''): string[] {
  return items.flatMap((item) => {
    if ('separator' in item) return [`${indent}---`];
    const { do: wanted, ...more } = item.act ?? { do: '' };
    const act = [wanted, ...Object.values(more)].join(' ');
    const box = item.isChecked === undefined ? '' : item.isChecked ? '☑ ' : '☐ ';
    return [`${indent}${box}${item.label}${act === '' ? '' : ` [${act}]`}`, ...lines(item.items ?? [], `${indent}  `)];
  });
}

const NO_DESK: Desk = { startAtLogin: 'unavailable', updates: { kind: 'managed' }, demo: 'not-offered' };
const OPEN = ['---', 'Open Lanyard [open-window]'];
const QUIT = ['---', "Quit Lanyard's window and tray [quit]"];
const ALONE = [...OPEN, ...QUIT];
const END = [...OPEN, 'Connect apps… [open-window apps]', ...QUIT];

const table: readonly [string, Face, readonly string[]][] = [
  ['starting', { link: 'starting' }, ['Starting…', ...ALONE]],
  ['no agent', down(), ["Lanyard's agent is not running", '---', 'Start the agent again [restart-agent]', ...ALONE]],
  ['no policy', down('not-set-up'), ['Not set up on this computer', '---', 'Look again [restart-agent]', ...ALONE]],
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
      'Server0 — Ready [open-window servers]',
      'Server1 — Denied',
      '  Try again [retry server1]',
      '  Show why [open-window servers]',
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
    'an app that waits for a sign-in',
    connected(
      signedOut({
        signInWanted: { at: 1, client: 'c-1', server: 'notes' },
        clients: [{ id: 'c-1', kind: 'claude-code', title: 'Claude Code', addedAt: 1, entries: [] }],
      }),
    ),
    ['Signed out', 'Claude Code needs you to sign in to use Notes [sign-in]', '---', 'Sign in… [sign-in]', ...END],
  ],
  [
    'no servers',
    connected(signedIn([])),
    ['Alice Archer · 0 of 0 servers ready', '---', 'Sign out [sign-out]', ...END],
  ],
];

test.each(table)('menu: %s', (_name, face, expected) => {
  expect(lines(trayMenu(face, NO_DESK))).toEqual(expected);
});

test('in the demo nothing is protected, and that is no warning', () => {
  const danger = 'The key of the vault lies in a plain file (--insecure-file-key).';
  const face = (warnings: string[]) =>
    connected(
      signedOut({
        agent: { version: '1', pid: 1, startedAt: 0, warnings },
        vault: { keyStore: 'insecure-file', status: 'ready' },
      }),
    );
  const demo: Desk = { ...NO_DESK, demo: 'running' };
  expect(lines(trayMenu(face([danger]), NO_DESK))).toContain('1 warning [open-window]');
  expect(lines(trayMenu(face([danger]), demo)).join()).not.toContain('warning');
  expect(lines(trayMenu(face([danger, 'Another.']), demo))).toContain('1 warning [open-window]');
});

describe('many servers', () => {
  test('get a menu of their own, so that the acts stay in reach', () => {
    const servers = Array.from({ length: 11 }, (_, index) => server(`s${index}`, 'ready'));
    const menu = trayMenu(connected(signedIn([], { servers })), NO_DESK);
    expect(menu[2]).toMatchObject({ label: 'Servers', items: { length: 11 } });
    expect(menu).toHaveLength(10);
  });
});

describe('desk', () => {
  const deskLines = (desk: Partial<Desk>) =>
    lines(trayMenu({ link: 'starting' }, { ...NO_DESK, ...desk }))
      .slice(3, -2)
      .filter((line) => line !== '---');

  test.each<readonly [string, Partial<Desk>, readonly string[]]>([
    ['the system decides on the start, and who installed on updates', {}, []],
    ['started at login', { startAtLogin: 'on' }, ['☑ Start at login [set-start-at-login false]']],
    ['not started at login', { startAtLogin: 'off' }, ['☐ Start at login [set-start-at-login true]']],
    ['updates can be had', { updates: { kind: 'idle' } }, ['Check for updates… [look-for-updates]']],
    ['looking', { updates: { kind: 'looking' } }, ['Looking for updates…']],
    ['loading', { updates: { kind: 'loading', version: '1.2.3', percent: 7 } }, ['Loading update 1.2.3…']],
    [
      'an update is ready',
      { updates: { kind: 'ready', version: '1.2.3' } },
      ['Restart to update to 1.2.3 [install-update]'],
    ],
    [
      'an update failed',
      { updates: { kind: 'failed', problem: { code: 'u', user: 'U.', administrator: 'A.' } } },
      ['Check for updates… [look-for-updates]'],
    ],
  ])('%s', (_name, desk, expected) => {
    expect(deskLines(desk)).toEqual(expected);
  });
});
