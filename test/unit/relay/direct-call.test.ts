import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { EMA_EXTENSION } from '../../../main/relay/declare-ema.ts';
import { META } from '../../../main/relay/mcp/revisions.ts';
import { type SeenRequest, sendJson, serve } from '../fixtures.ts';
import { accessTo } from './access-to.ts';
import { listenFor, relayed } from './relayed.ts';

const NEEDS_EMA = {
  jsonrpc: '2.0',
  id: null,
  error: {
    code: -32021,
    message: 'Declare it.',
    data: { requiredCapabilities: { extensions: { [EMA_EXTENSION]: {} } } },
  },
};

const MODERN_HEADERS = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'search' };

const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: { roots: {} }, clientInfo: { name: 'n', version: '1' } },
});

const CALL = JSON.stringify({
  jsonrpc: '2.0',
  id: 2,
  method: 'tools/call',
  params: { name: 'search', _meta: { [META.revision]: '2026-07-28', [META.clientCapabilities]: {} } },
});

const result = (response: ServerResponse) => sendJson(response, 200, { jsonrpc: '2.0', id: 1, result: {} });

async function post(port: number, body: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = await fetch(`http://127.0.0.1:${port}/notes/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'lanyard-key': 'lk', ...headers },
    body,
  });
  return { status: answer.status, text: await answer.text() };
}

/** A server that takes only clients that declare the EMA extension, once it is told to be so. */
async function demanding() {
  let demands = true;
  const site = await serve(({ body }: SeenRequest, response) =>
    demands && !body.includes(EMA_EXTENSION) ? sendJson(response, 400, NEEDS_EMA) : result(response),
  );
  return {
    ...site,
    demand: (now: boolean) => {
      demands = now;
    },
  };
}

test.each([
  ['initialize', INITIALIZE, {}],
  ['a modern call', CALL, MODERN_HEADERS],
])(
  '%s to a server that wants the EMA extension is sent again with it, and from then on at once',
  async (_what, body, headers) => {
    const site = await demanding();
    const server = relayed(accessTo(site.origin));
    const port = await listenFor(server);
    expect((await post(port, body, headers)).status).toBe(200);
    expect(site.seen.map((seen) => seen.body.includes(EMA_EXTENSION))).toEqual([false, true]);
    expect(site.seen[0]?.body).toBe(body);
    const spliced = site.seen[1];
    expect(spliced?.headers['content-length']).toBe(String(Buffer.byteLength(spliced?.body ?? '')));
    expect(server.access.traits.wantsEma).toBe(true);
    await post(port, body, headers);
    expect(site.seen.map((seen) => seen.body.includes(EMA_EXTENSION))).toEqual([false, true, true]);
  },
);

test('a server may begin to want it when it is known already', async () => {
  const site = await demanding();
  site.demand(false);
  const server = relayed(accessTo(site.origin));
  const port = await listenFor(server);
  expect((await post(port, CALL, MODERN_HEADERS)).status).toBe(200);
  expect(server.access.traits.speaks('modern')).toBe(true);
  site.demand(true);
  expect((await post(port, CALL, MODERN_HEADERS)).status).toBe(200);
  expect(site.seen).toHaveLength(3);
});

test('a refusal that goes on in spite of the declaration is the client’s', async () => {
  const site = await serve((_request, response) => sendJson(response, 400, NEEDS_EMA));
  const port = await listenFor(relayed(accessTo(site.origin)));
  const { status, text } = await post(port, INITIALIZE);
  expect([status, JSON.parse(text)]).toEqual([400, NEEDS_EMA]);
  expect(site.seen).toHaveLength(2);
});

test('a server with rules is asked for nothing that could not be filtered, others for what the client wants', async () => {
  const site = await serve((_request, response) => result(response));
  for (const rules of [undefined, { deny: ['x'] }]) {
    const port = await listenFor(relayed(accessTo(site.origin), rules && { rules }));
    await post(port, INITIALIZE, { 'accept-encoding': 'br' });
  }
  expect(site.seen.map(({ headers }) => headers['accept-encoding'])).toEqual(['br', 'identity']);
});
