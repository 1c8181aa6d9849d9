import type { ServerResponse } from 'node:http';
import { Agent } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { createForward, type Flow, type ForwardRequest } from '../../../main/egress/forward.ts';
import { problemOf } from '../../../shared/errors.ts';
import { serve, serveBytes, serveRaw, until } from '../fixtures.ts';

interface Heard {
  readonly events: string[];
  flow?: Flow;
  fault?: Error;
}

function forwarding(request: Partial<ForwardRequest> & { readonly origin: string }): Heard {
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  const heard: Heard = { events: [] };
  createForward(agent)(
    { path: '/mcp?x=1', method: 'POST', headers: [], body: null, ...request },
    {
      onStart: (flow) => {
        heard.flow = flow;
      },
      onHead: (status, text, headers) =>
        heard.events.push(`${status} ${text} ${headers.map((part) => part.toString('latin1')).join('|')}`),
      onData: (chunk) => heard.events.push(`data ${chunk.length}`),
      onEnd: () => heard.events.push('end'),
      onFault: (error) => {
        heard.fault = error;
        heard.events.push('fault');
      },
    },
  );
  return heard;
}

test('names keep their case and order both ways, and status texts pass', async () => {
  const { origin, seen } = await serve((_request, response) => {
    response.sendDate = false;
    response
      .writeHead(418, 'I am a teapot', ['X-Two', '2', 'x-One', 'caf\u00e9', 'Content-Length', '2'])
      .end(Buffer.from('ok'));
  });
  const heard = forwarding({
    origin,
    headers: ['X-Zeta', '1', 'mcp-Name', '2', 'X-Alpha', '3'],
    body: Buffer.from('{}'),
  });
  await until(() => heard.events.includes('end'));
  expect(heard.events[0]).toContain('418 I am a teapot X-Two|2|x-One|caf\u00e9|Content-Length|2');
  expect(heard.events.slice(1)).toEqual(['data 2', 'end']);
  const names = seen[0]?.rawHeaders.filter((_part, index) => index % 2 === 0) ?? [];
  expect(names.filter((name) => /^x-|^mcp-/i.test(name))).toEqual(['X-Zeta', 'mcp-Name', 'X-Alpha']);
  expect(seen[0]).toMatchObject({ path: '/mcp?x=1', body: '{}' });
});

test('after a pause no more than the piece on its way comes until it goes on', async () => {
  const responses: ServerResponse[] = [];
  const { origin } = await serveRaw((request, response) => {
    if (request.url === '/barrier') return response.end();
    responses.push(response);
    return response.write('1');
  });
  const heard = forwarding({ origin, method: 'GET' });
  await until(() => heard.events.length === 2);
  heard.flow?.pause();
  for (const piece of ['22', '333', '4444']) {
    await new Promise((resolve) => responses[0]?.write(piece, resolve));
    // By the time another whole exchange has ended, the piece has reached us as well.
    const barrier = forwarding({ origin, method: 'GET', path: '/barrier' });
    await until(() => barrier.events.includes('end'));
  }
  const sizeOf = () => heard.events.slice(1).reduce((sum, event) => sum + Number(event.slice(5)), 0);
  expect(sizeOf()).toBeLessThanOrEqual(3);
  heard.flow?.resume();
  await until(() => sizeOf() === 10);
});

test('aborting ends the exchange on both sides', async () => {
  let closed = false;
  const { origin } = await serveRaw((_request, response) => {
    response.on('close', () => {
      closed = true;
    });
    response.write('first');
  });
  const heard = forwarding({ origin, method: 'GET' });
  await until(() => heard.events.length === 2);
  heard.flow?.abort();
  await until(() => closed);
  expect(heard.events.at(-1)).toBe('fault');
  expect(heard.fault?.name).toBe('AbortError');
});

test('a connection that fails is a fault with sentences', async () => {
  const { origin } = await serveBytes((socket) => socket.destroy());
  const heard = forwarding({ origin });
  await until(() => heard.events.length > 0);
  expect(heard.events).toEqual(['fault']);
  expect(problemOf(heard.fault).code).toBe('network-connection');
});

test('an answer that breaks off ends with a fault and not with an end', async () => {
  const { origin } = await serveBytes((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc')),
  );
  const heard = forwarding({ origin, method: 'GET' });
  await until(() => heard.events.includes('fault') || heard.events.includes('end'));
  expect(heard.events.at(-1)).toBe('fault');
});

test('an informational answer before the real one is not taken for it', async () => {
  const { origin } = await serveRaw((_request, response) => {
    response.writeProcessing();
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.end('real');
  });
  const heard = forwarding({ origin, method: 'GET' });
  await until(() => heard.events.includes('end'));
  expect(heard.events.map((event) => event.slice(0, 4))).toEqual(['200 ', 'data', 'end']);
});
