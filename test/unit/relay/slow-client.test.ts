import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { serveStdio } from '../../../main/relay/stdio/stdio-relay.ts';
import { serveRaw, until } from '../fixtures.ts';
import { accessTo } from './access-to.ts';
import { listenFor, relayed, stdioContext } from './relayed.ts';

const MESSAGE = `data: ${JSON.stringify({ jsonrpc: '2.0', method: 'm', params: { padding: 'x'.repeat(64 * 1024) } })}\n\n`;

/** Far more than the system's own buffers on the way hold, in bytes. */
const ENDLESS = 256 * 1024 * 1024;

/** How many turns nothing may have moved before we believe that it stands. */
const STILL_TURNS = 500;

/** A server that sends events as fast as they are taken off it. */
async function torrent() {
  const counts = { sent: 0 };
  const pour = (response: ServerResponse) => {
    while (counts.sent < ENDLESS && !response.destroyed) {
      counts.sent += MESSAGE.length;
      if (!response.write(MESSAGE)) return;
    }
  };
  const { origin } = await serveRaw((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.on('drain', () => pour(response));
    pour(response);
  });
  const standsStill = async () => {
    let before = -1;
    for (let turns = 0; turns < STILL_TURNS; turns += 1) {
      if (before !== counts.sent) turns = 0;
      before = counts.sent;
      await new Promise((resolve) => {
        setTimeout(resolve, 1);
      });
    }
  };
  return { origin, counts, standsStill };
}

test('an HTTP client that reads nothing slows the server, and gets the rest once it reads', async () => {
  const { origin, counts, standsStill } = await torrent();
  const port = await listenFor(relayed(accessTo(origin)));
  const outgoing = httpRequest({ host: '127.0.0.1', port, path: '/notes/mcp', headers: { 'lanyard-key': 'lk' } });
  outgoing.on('error', () => {});
  onTestFinished(() => void outgoing.destroy());
  const answered = new Promise<IncomingMessage>((resolve) => outgoing.once('response', resolve));
  outgoing.end();
  const answer = await answered;
  answer.on('error', () => {});
  await standsStill();
  const held = counts.sent;
  expect(held).toBeGreaterThan(0);
  expect(held).toBeLessThan(ENDLESS);
  answer.resume();
  await until(() => counts.sent > held);
});

test('a stdio client that reads nothing slows the server, and gets the rest once it reads', async () => {
  const { origin, counts, standsStill } = await torrent();
  let taken = () => {};
  let reads = false;
  const pipe = new Duplex({
    read: () => {},
    write: (_chunk, _encoding, done) => {
      taken = done;
      if (reads) done();
    },
  });
  const over = serveStdio(pipe, relayed(accessTo(origin)), stdioContext());
  onTestFinished(async () => {
    pipe.push(null);
    await over;
  });
  pipe.push('{"jsonrpc":"2.0","id":1,"method":"tools/call"}\n');
  await until(() => counts.sent > 0);
  await standsStill();
  const held = counts.sent;
  expect(held).toBeLessThan(ENDLESS);
  reads = true;
  taken();
  await until(() => counts.sent > held);
});
