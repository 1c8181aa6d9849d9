import { request } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openCallbackListener } from '../../../main/identity/callback-listener.ts';
import { PAGE_HEADERS, PAGES } from '../../../main/identity/pages.ts';
import { freePort } from '../../integration/ports.ts';
import { problemFrom, serveBytes } from '../fixtures.ts';

async function listening(ports: readonly number[] = []) {
  const callbacks: string[] = [];
  const listener = await openCallbackListener(ports, async (callback) => {
    callbacks.push(callback.href);
    return PAGES.signedIn;
  });
  onTestFinished(() => listener.close());
  return { ...listener, url: new URL(listener.redirectUri), callbacks };
}

interface Got {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly text: string;
}

function ask(port: string, path: string, { method = 'GET', host = `127.0.0.1:${port}` } = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, headers: { host } }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
      resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() });
    })
      .once('error', reject)
      .end();
  });
}

test('the browser’s return is handed on with its whole query, and gets the page', async () => {
  const { url, callbacks } = await listening();
  expect(url.href).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
  const { status, headers, text } = await ask(url.port, '/callback?code=a%26b&state=s');
  expect(callbacks).toEqual([`${url.href}?code=a%26b&state=s`]);
  expect(status).toBe(200);
  expect(headers).toMatchObject(PAGE_HEADERS);
  expect(text).toContain(PAGES.signedIn.title);
});

test.each([
  ['another path', '/', {}],
  ['a longer path', '/callback/more', {}],
  ['the favicon', '/favicon.ico', {}],
  ['a POST', '/callback?state=s', { method: 'POST' }],
  ['a HEAD', '/callback?state=s', { method: 'HEAD' }],
  ['a rebound name', '/callback?state=s', { host: 'evil.example' }],
  ['the same name without its port', '/callback?state=s', { host: '127.0.0.1' }],
  ['localhost, which the redirect URI does not name', '/callback?state=s', { host: 'localhost' }],
  ['another origin in the request line', 'http://evil.example/callback?state=s', {}],
])('%s reaches nothing', async (_what, path, how) => {
  const { url, callbacks } = await listening();
  expect(await ask(url.port, path, how)).toMatchObject({ status: 404 });
  expect(callbacks).toEqual([]);
});

test('headers beyond any real answer are refused', async () => {
  const { url, callbacks } = await listening();
  expect((await ask(url.port, `/callback?state=${'x'.repeat(20_000)}`)).status).toBe(431);
  expect(callbacks).toEqual([]);
});

/** A port that another program holds. */
const takenPort = async () => (await serveBytes(() => {})).port;

test('of the policy’s ports the first free one is taken', async () => {
  const free = await freePort();
  expect((await listening([await takenPort(), await takenPort(), free])).url.port).toBe(String(free));
});

test('with all of them taken it is an error that names them', async () => {
  const ports = [await takenPort(), await takenPort()];
  const error = await problemFrom(openCallbackListener(ports, async () => PAGES.over));
  expect(error).toMatchObject({ code: 'sign-in-port', recovery: { kind: 'retry' } });
  expect(error.administrator).toContain(ports.join(', '));
});

test('a closed listener gives its port back, also with a connection that nobody uses', async () => {
  const { url, close } = await listening();
  const unused = connect(Number(url.port), '127.0.0.1');
  await new Promise((resolve) => unused.once('connect', resolve));
  await close();
  await close();
  expect((await listening([Number(url.port)])).url.port).toBe(url.port);
  unused.destroy();
});
