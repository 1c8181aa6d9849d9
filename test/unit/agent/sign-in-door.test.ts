import { expect, test } from 'vitest';
import { createSignInDoor } from '../../../main/agent/sign-in-door.ts';
import type { DoorAnswer } from '../../../main/relay/door.ts';
import { LanyardError } from '../../../shared/errors.ts';

const MINUTE_MS = 60_000;

/** A door whose clock stands still, and that counts what it begins. */
function door(start: () => Promise<{ url: string }> = async () => ({ url: 'https://idp.example/authorize?x=1' })) {
  let now = 0;
  let begun = 0;
  const opened = createSignInDoor({
    origin: () => 'http://127.0.0.1:5693',
    start: () => {
      begun += 1;
      return start();
    },
    clock: () => now,
  });
  return {
    url: opened.url,
    visit: (url: string): Promise<DoorAnswer> | undefined => opened.visit(url.replace('http://127.0.0.1:5693', '')),
    pass: (ms: number) => {
      now += ms;
    },
    begun: () => begun,
  };
}

test('an address takes a browser to the sign-in once', async () => {
  const { url, visit, begun } = door();
  const address = url();
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:5693\/sign-in\/[\w-]{32}$/);
  expect(begun()).toBe(0);
  expect(await visit(address)).toEqual({
    status: 302,
    headers: {
      location: 'https://idp.example/authorize?x=1',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    },
    body: '',
  });
  const again = await visit(address);
  expect(again).toMatchObject({ status: 400, body: expect.stringContaining('has had its use') });
  expect(again?.headers).not.toHaveProperty('location');
  expect(begun()).toBe(1);
});

test.each(['/sign-in/', '/sign-in/x', '/sign-in/../sign-in/', '/sign-in/?'])('%s begins nothing', async (path) => {
  const { url, visit, begun } = door();
  url();
  expect((await visit(path))?.status).toBe(400);
  expect(begun()).toBe(0);
});

test.each(['/', '/notes/mcp', '/sign-in', '/sign-inx/'])('%s is no address of the door', (path) => {
  expect(door().visit(path)).toBeUndefined();
});

test('an address is good for ten minutes', async () => {
  const { url, visit, pass } = door();
  const first = url();
  pass(10 * MINUTE_MS);
  expect((await visit(first))?.status).toBe(302);
  const second = url();
  pass(10 * MINUTE_MS + 1);
  expect((await visit(second))?.status).toBe(400);
});

test('answers that follow each other closely show the same address, until it is used', async () => {
  const { url, visit, pass } = door();
  const first = url();
  expect(url()).toBe(first);
  pass(MINUTE_MS);
  const second = url();
  expect(second).not.toBe(first);
  await visit(second);
  const third = url();
  expect(third).not.toBe(second);
  expect((await visit(first))?.status).toBe(302);
});

test('a sign-in that cannot begin is said on a page, in a sentence for the person', async () => {
  const broken = new LanyardError({ code: 'x', user: 'The company cannot be reached.', administrator: 'Exactly.' });
  const known = door(() => Promise.reject(broken));
  const answer = await known.visit(known.url());
  expect(answer?.body).toContain('The company cannot be reached.');
  expect(answer?.body).not.toContain('Exactly.');
  const unknown = door(() => Promise.reject(new TypeError('undefined is not <a> function')));
  expect((await unknown.visit(unknown.url()))?.body).not.toContain('<a> function');
});
