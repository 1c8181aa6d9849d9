import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createClientWork } from '../../../main/agent/client-acts.ts';
import { createHeaderKeys } from '../../../main/agent/header-keys.ts';
import { addClient, type ConnectContext } from '../../../main/clients/connect.ts';
import { openClientRegistry } from '../../../main/clients/registry.ts';
import { createLog } from '../../../main/journal/log.ts';
import { temporaryFolder } from '../fixtures.ts';

/** A machine with a connected app that policy does not offer any more. */
async function machine() {
  const home = temporaryFolder();
  const context: ConnectContext = {
    registry: await openClientRegistry(join(home, 'clients.json')),
    machine: { platform: 'linux', home, env: {}, root: home },
    backups: join(home, 'backups'),
    policy: { prefer: 'http', entries: 'each', headerHelper: true },
    relayUrl: 'http://127.0.0.1:5693',
    program: { file: '/opt/lanyard', args: [] },
    servers: ['notes'],
    clock: () => 7,
  };
  await addClient({ kind: 'cursor' }, context);
  const headerKeys = createHeaderKeys(() => 7);
  headerKeys.give({ client: 'cursor' });
  const cut: string[] = [];
  const work = createClientWork({
    connect: { ...context, policy: { ...context.policy, allow: [] } },
    program: { file: join(home, 'lanyard'), args: [] },
    relayUrl: () => context.relayUrl,
    servers: () => context.servers,
    cutClient: (id) => void cut.push(id),
    headerKeys,
    log: createLog([]),
    onChange: () => {},
  });
  return { home, registry: context.registry, headerKeys, cut, work };
}

test.each([
  ['goes', false],
  ['cannot be taken out', true],
])(
  'an app that policy no longer offers keeps nothing open, and no key of any kind: its entry %s',
  async (_, isBroken) => {
    const { home, registry, headerKeys, cut, work } = await machine();
    if (isBroken) writeFileSync(join(home, '.cursor', 'mcp.json'), '{ broken');
    await work.renew();
    expect(cut).toEqual(['cursor', 'cursor@*']);
    expect(headerKeys.remove('cursor')).toEqual([]);
    expect(registry.mayReach('cursor', 'notes')).toBe(false);
    expect(registry.clients.map(({ id }) => id)).toEqual(isBroken ? ['cursor'] : []);
  },
);

test('how an entry starts us is known once it has been looked at', async () => {
  const { home, work } = await machine();
  expect(work.program).toBeUndefined();
  await work.renew();
  expect(work.program).toEqual({ file: join(home, 'lanyard'), args: [] });
});

test('where nothing may name the program, apps that would start it are refused and others are not', async () => {
  const { home } = await machine();
  mkdirSync(join(home, 'other'));
  const context: Parameters<typeof addClient>[1] = {
    registry: await openClientRegistry(join(home, 'other', 'clients.json')),
    machine: { platform: 'linux', home: join(home, 'other'), env: {}, root: home },
    backups: join(home, 'backups'),
    policy: { prefer: 'http', entries: 'each', headerHelper: false },
    relayUrl: 'http://127.0.0.1:5693',
    program: undefined,
    servers: ['notes'],
    clock: () => 7,
  };
  const refused = addClient({ kind: 'cursor', transport: 'stdio' }, context);
  await expect(refused).rejects.toMatchObject({ code: 'no-lasting-program' });
  expect((await addClient({ kind: 'cursor', transport: 'http' }, context)).client.entries).toEqual(['lanyard-notes']);
});
