import { expect, test } from 'vitest';
import type { Acts } from '../../../main/desktop/acts.ts';
import { doMenuAct } from '../../../main/desktop/menu-acts.ts';
import type { MenuAct } from '../../../main/desktop/tray-menu.ts';

async function click(act: MenuAct, hasFailed = false): Promise<string[]> {
  const done: string[] = [];
  const does = new Proxy({} as Acts, {
    get: (_target, channel) => async (payload: unknown) => {
      done.push(`${String(channel)} ${JSON.stringify(payload)}`);
      return null;
    },
  });
  await doMenuAct(act, {
    does,
    openWindow: (view) => void done.push(`window ${view ?? ''}`.trim()),
    quit: () => void done.push('quit'),
    signsInElsewhere: () => void done.push('not from the window'),
    hasFailed: () => hasFailed,
  });
  return done;
}

const table: readonly [MenuAct, readonly string[]][] = [
  [{ do: 'sign-in' }, ['not from the window', 'sign-in {"method":"browser"}']],
  [{ do: 'open-sign-in-page' }, ['not from the window', 'open-sign-in-page null']],
  [{ do: 'cancel-sign-in' }, ['cancel-sign-in null']],
  [{ do: 'sign-out' }, ['sign-out null']],
  [{ do: 'restart-agent' }, ['restart-agent null']],
  [{ do: 'retry', server: 'notes' }, ['retry {"server":"notes"}']],
  [{ do: 'open-window' }, ['window']],
  [{ do: 'open-window', view: 'apps' }, ['window apps']],
  [{ do: 'set-start-at-login', on: true }, ['set-start-at-login {"on":true}']],
  [{ do: 'look-for-updates' }, ['window', 'look-for-updates null']],
  [{ do: 'install-update' }, ['install-update null']],
  [{ do: 'quit' }, ['quit']],
];

test.each(table)('%j', async (act, expected) => {
  expect(await click(act)).toEqual(expected);
});

test.each<MenuAct>([{ do: 'sign-in' }, { do: 'retry', server: 'notes' }, { do: 'set-start-at-login', on: true }])(
  'what went wrong with %j is said in the window',
  async (act) => {
    expect((await click(act, true)).at(-1)).toBe('window');
  },
);
