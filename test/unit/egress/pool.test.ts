import { expect, test } from 'vitest';
import { createEgress, type Egress } from '../../../main/egress/egress.ts';
import { serveRaw, until } from '../fixtures.ts';

/** A server that tells over which of its connections, numbered from 1, a request came; `/stream` never ends. */
async function countingServer() {
  const numbers = new Map<unknown, number>();
  const { origin } = await serveRaw((request, response) => {
    const number = numbers.get(request.socket) ?? numbers.size + 1;
    numbers.set(request.socket, number);
    if (request.url === '/stream') response.write(String(number));
    else response.end(JSON.stringify(number));
  });
  return origin;
}

function openStream({ forward }: Egress, origin: string): string[] {
  const heard: string[] = [];
  forward(
    { origin, path: '/stream', method: 'GET', headers: [], body: null },
    {
      onStart: () => {},
      onHead: () => {},
      onData: (chunk) => void heard.push(chunk.toString()),
      onEnd: () => void heard.push('end'),
      onFault: () => void heard.push('fault'),
    },
  );
  return heard;
}

const connectionOf = async ({ fetch }: Egress, origin: string): Promise<number> => (await fetch(`${origin}/`)).json();

/** How many connections there are, once requests take turns on them instead of opening more. */
async function connections(egress: Egress, origin: string): Promise<number> {
  const seen = new Set<number>();
  for (;;) {
    const next = await connectionOf(egress, origin);
    if (seen.has(next)) return Math.max(...seen);
    seen.add(next);
  }
}

test.each([
  ['finish', ['1']],
  ['cut', ['1', 'fault']],
] as const)('after a renewal (%s) requests take a new connection, and a stream has heard %o', async (old, expected) => {
  const origin = await countingServer();
  const egress = createEgress({});
  const heard = openStream(egress, origin);
  await until(() => heard.length > 0);
  const before = await connections(egress, origin);
  egress.renew(old);
  expect(await connectionOf(egress, origin)).toBe(before + 1);
  expect(heard).toEqual(expected);
  await egress.close();
  await until(() => heard.at(-1) === 'fault');
});

test('a hundred renewals leave a few connections behind, and a close none', async () => {
  const open = new Set<unknown>();
  const { origin } = await serveRaw((request, response) => {
    open.add(request.socket);
    request.socket.once('close', () => open.delete(request.socket));
    response.end('{}');
  });
  const egress = createEgress({});
  for (let times = 0; times < 100; times += 1) {
    await egress.fetch(`${origin}/`);
    egress.renew('finish');
  }
  await until(() => open.size <= 8);
  await egress.close();
  await until(() => open.size === 0);
});
