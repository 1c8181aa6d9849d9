import { connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { findOwner, isOtherUser, parseOwners } from '../../../main/relay/peer-owner.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:163D 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0 100 0 0 10 0
   1: 0100007F:163D 0100007F:C001 01 00000000:00000000 00:00000000 00000000  1000        0 12 1 0 20 4 30 10 -1
   2: 0100007F:C001 0100007F:163D 01 00000000:00000000 00:00000000 00000000 65534        0 13 1 0 20 4 30 10 -1
`;

test('the owner is that of the other end, not of ours', () => {
  expect(findOwner(parseOwners(TABLE), 0xc001, 5693)).toBe(65534);
});

test.each([
  ['another port of theirs', 0xc002, 5693],
  ['another port of ours', 0xc001, 5694],
])('nobody is found for %s', (_what, peerPort, ourPort) => {
  expect(findOwner(parseOwners(TABLE), peerPort, ourPort)).toBeUndefined();
});

test.each(['', 'header only\n', 'a b\n\n:::\n'])('a table that is none has nobody in it: %j', (table) => {
  expect(parseOwners(table).size).toBe(0);
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
