import { connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { findOwner, isOtherUser, parseOwners } from '../../../main/loopback/peer-owner.ts';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (local: string, remote: string, user: number, inode = 13, state = '01') =>
  `   2: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000 ${user}        0 ${inode} 1 0 20 4 30 10 -1\n`;
const MAPPED = '0000000000000000FFFF0000';

const TCP = [
  HEAD,
  row('0100007F:163D', '00000000:0000', 1000, 11, '0A'),
  row('0100007F:163D', '0100007F:C001', 1000, 12),
  row('0100007F:C001', '0100007F:163D', 1001),
  row('0900007F:C001', '0100007F:163D', 65534),
  row('0100007F:C006', '0100007F:163D', 1002, 0, '05'),
  row('0100007F:C005', '0100007F:163D', 0, 0, '06'),
].join('');
const TCP6 = [
  HEAD,
  row(`${MAPPED}0100007F:C003`, `${MAPPED}0100007F:163D`, 65533),
  row('00000000000000000000000001000000:C004', '00000000000000000000000001000000:163D', 65532),
].join('');

const RELAY = { address: '127.0.0.1', port: 5693 };

test.each([
  ['the other end, not ours', '127.0.0.1', 0xc001, 1001],
  ['the same port at another address', '127.0.0.9', 0xc001, 65534],
  ['an IPv6 socket that speaks IPv4', '127.0.0.1', 0xc003, 65533],
  ['the mapped form of an address', '::ffff:127.0.0.1', 0xc001, 1001],
  ['another port', '127.0.0.1', 0xc002, undefined],
  ['another address', '127.0.0.2', 0xc001, undefined],
  ['what nobody holds any more: not root', '127.0.0.1', 0xc005, undefined],
  ['what somebody has just left', '127.0.0.1', 0xc006, 1002],
  ['an address that is no IPv4', '::1', 0xc004, undefined],
])('the owner is found by both whole addresses: %s', (_what, address, port, owner) => {
  expect(findOwner(parseOwners(TCP, TCP6), { address, port }, RELAY)).toBe(owner);
});

test('a connection to another port or address of ours is another one', () => {
  const peer = { address: '127.0.0.1', port: 0xc001 };
  for (const ours of [
    { ...RELAY, port: 5694 },
    { ...RELAY, address: '127.0.0.2' },
  ])
    expect(findOwner(parseOwners(TCP, TCP6), peer, ours)).toBeUndefined();
});

test.each(['', 'header only\n', 'a b\n\n:::\n'])('a table that is none has nobody in it: %j', (table) => {
  expect(parseOwners(table, table).size).toBe(0);
});

/** Both ends of some connections to a port of ours. */
async function connections(number: number): Promise<Socket[]> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const accepted: Socket[] = [];
  const all = Promise.withResolvers<void>();
  server.on('connection', (socket) => {
    if (accepted.push(socket) === number) all.resolve();
  });
  for (let made = 0; made < number; made += 1) {
    const client = connect((server.address() as { port: number }).port, '127.0.0.1');
    onTestFinished(() => void client.destroy());
  }
  await all.promise;
  return accepted;
}

test('a program of our own user is nobody else, and is looked for once', async () => {
  const [socket] = await connections(1);
  if (!socket) throw new Error('There is one connection');
  const first = isOtherUser(socket);
  expect(isOtherUser(socket)).toBe(first);
  expect(await first).toBe(false);
  expect(isOtherUser(socket)).toBe(false);
});

test('connections that come while others are looked for are looked for too', async () => {
  const early = await connections(50);
  const looked = early.map(isOtherUser);
  const late = await connections(50);
  expect(await Promise.all([...looked, ...late.map(isOtherUser)])).toEqual(Array(100).fill(false));
});

test.runIf(process.platform === 'linux')('an end that the system does not know is somebody else', async () => {
  // As from another network namespace: the connection is real, but no program of this system holds its other end.
  const nowhere = { remoteAddress: '127.0.0.1', remotePort: 1, localAddress: '127.0.0.1', localPort: 2 } as Socket;
  expect(await isOtherUser(nowhere)).toBe(true);
  expect(isOtherUser(nowhere)).toBe(true);
  expect(await isOtherUser({} as Socket)).toBe(true);
});
