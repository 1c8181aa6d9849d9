import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { createEgress } from '../../../main/egress/egress.ts';
import { problemFrom, serveBytes } from '../fixtures.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A proxy that writes down what it is asked for and lets nobody through. */
async function proxy() {
  const asked: string[] = [];
  const { origin } = await serveBytes((socket) => {
    socket.once('data', (chunk: Buffer) => {
      asked.push(chunk.toString('latin1').split('\r\n')[0] ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
  });
  return { origin, asked };
}

/** Asks for a page of a host that only a proxy could know. */
async function ask(env: NodeJS.ProcessEnv): Promise<void> {
  const egress = createEgress(env);
  onTestFinished(() => egress.close());
  await problemFrom(egress.fetch('https://server.invalid/page'));
}

test.each(['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'])(
  'the proxy that %s names is asked, and not the one of the process',
  async (name) => {
    const [given, other] = [await proxy(), await proxy()];
    for (const variable of ['https_proxy', 'http_proxy']) vi.stubEnv(variable, other.origin);
    await ask({ [name]: given.origin });
    expect(given.asked).toEqual(['CONNECT server.invalid:443 HTTP/1.1']);
    expect(other.asked).toEqual([]);
  },
);

test('loopback is reached without it', async () => {
  const { origin, asked } = await proxy();
  const target = await serveBytes((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'));
  const egress = createEgress({ https_proxy: origin, http_proxy: origin });
  onTestFinished(() => egress.close());
  expect((await egress.fetch(target.origin)).status).toBe(200);
  expect(asked).toEqual([]);
});
