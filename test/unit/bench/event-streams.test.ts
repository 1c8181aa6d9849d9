import { createServer, type RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Target } from '../../bench/load/caller.ts';
import { openConnection } from '../../bench/load/connection.ts';
import { openStreams } from '../../bench/load/streams.ts';
import { listenOnLoopback } from '../../bench/processes/listen.ts';
import { createListeningStreams, sendEvents } from '../../bench/server/event-streams.ts';
import { answerBody } from '../../bench/server/tool-call.ts';

const closing: (() => void)[] = [];

async function serve(handle: RequestListener): Promise<Target> {
  const server = createServer(handle);
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${await listenOnLoopback(server)}/mcp`, headers: { 'x-key': 'k' } };
}

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('A call that is answered with events', () => {
  it.each([1, 10, 3_000])(
    'brings each of %i events, then the result, on a connection that can be used again',
    async (count) => {
      const target = await serve((_request, response) => sendEvents(response, 7, count));
      const connection = openConnection(target);
      closing.push(connection.close);
      for (let call = 0; call < 2; call += 1) {
        const answer = await connection.exchange({ method: 'POST', body: '{}' });
        expect(answer).toMatchObject({ status: 200, events: count });
        expect(answer.tail.endsWith(`data: ${answerBody(7, 'done')}\n\n`)).toBe(true);
        expect(answer.firstMs).toBeLessThanOrEqual(answer.ms);
      }
    },
  );
});

describe('Listening streams', () => {
  it('tell when the last of them had the event', async () => {
    const listening = createListeningStreams();
    const target = await serve((_request, response) => listening.open(response));
    const streams = openStreams(target, 5);
    await until(() => listening.count === 5);
    for (let event = 0; event < 2; event += 1) {
      streams.expectEvent();
      const beganAt = listening.emit();
      expect(await streams.lastEvent()).toBeGreaterThanOrEqual(beganAt);
    }
    streams.close();
    await until(() => listening.count === 0);
  });

  it('are no streams where the server has none', async () => {
    const target = await serve((_request, response) => response.writeHead(405, { 'content-length': 0 }).end());
    const streams = openStreams(target, 2);
    streams.expectEvent();
    await expect(streams.lastEvent()).rejects.toThrow('405');
    streams.close();
  });
});

describe('An exchange', () => {
  it('fails where the connection ends before the answer does', async () => {
    const target = await serve((request) => request.socket.destroy());
    const connection = openConnection(target);
    await expect(connection.exchange({ method: 'POST', body: '{}' })).rejects.toThrow();
    await expect(connection.exchange({ method: 'POST', body: '{}' })).rejects.toThrow();
  });
});
