import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openEndSessionDoor } from '../../../main/identity/end-session-door.ts';
import { endSessionPage } from '../../../main/identity/end-session-page.ts';
import { PAGES } from '../../../main/identity/pages.ts';
import { manualSchedule } from './manual-schedule.ts';

const END_SESSION = { url: 'https://login.example.com/end?a=1&b=2', idToken: 'a.b.c', clientId: 'lanyard' };

async function opening() {
  const time = manualSchedule();
  const door = await openEndSessionDoor(END_SESSION, { schedule: time.schedule });
  onTestFinished(() => door.close());
  return { ...time, ...door };
}

const isOpen = (url: string) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    onTestFinished(() => void socket.destroy());
  });

test('the first visit gets a form that posts itself to the IdP, with the ID token in its body', async () => {
  const { url } = await opening();
  const answer = await fetch(url);
  const html = await answer.text();
  expect(answer.status).toBe(200);
  expect(html).toContain('<form method="post" action="https://login.example.com/end?a=1&#38;b=2">');
  expect(html).toContain('<input type="hidden" name="id_token_hint" value="a.b.c">');
  expect(html).toContain('<input type="hidden" name="client_id" value="lanyard">');
  expect(html).toMatch(/<button>/);
  const policy = answer.headers.get('content-security-policy') ?? '';
  const nonce = /script-src 'nonce-([\w-]{20,})'/.exec(policy)?.[1];
  expect(html).toContain(`<script nonce="${nonce}">document.forms[0].submit()</script>`);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain('form-action https://login.example.com');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
});

test('a second visit says that it is over, and gives nothing', async () => {
  const { url } = await opening();
  await (await fetch(url)).text();
  const again = await fetch(url);
  expect(again.status).toBe(400);
  const html = await again.text();
  expect(html).toContain(PAGES.signOutOver.title);
  expect(html).not.toContain(END_SESSION.idToken);
});

test('the address holds neither the ID token nor anything that can be guessed, and no other one leads in', async () => {
  const { url } = await opening();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/sign-out\/[\w-]{43}$/);
  expect((await opening()).url.split('/').at(-1)).not.toBe(url.split('/').at(-1));
  for (const other of ['/', '/sign-out', '/sign-out/', '/sign-out/guess', `${new URL(url).pathname}/more`]) {
    const answer = await fetch(new URL(other, url));
    expect([answer.status, await answer.text()]).not.toContain(END_SESSION.idToken);
    expect(answer.status).toBe(404);
  }
  expect((await fetch(url, { method: 'POST' })).status).toBe(404);
  expect((await fetch(url)).status).toBe(200);
});

test.each(['before a visit', 'after one'])('a minute later the port is given back: %s', async (when) => {
  const { url, advance, pending } = await opening();
  if (when === 'after one') await (await fetch(url)).text();
  advance(59_999);
  expect(await isOpen(url)).toBe(true);
  advance(1);
  expect(await isOpen(url)).toBe(false);
  expect(pending()).toEqual([]);
});

test('closing gives the port back at once and leaves no timer', async () => {
  const { url, pending, close } = await opening();
  await close();
  await close();
  expect(await isOpen(url)).toBe(false);
  expect(pending()).toEqual([]);
});

test('what the IdP names is text in the page, and nothing else', () => {
  const { html } = endSessionPage({ ...END_SESSION, url: 'https://x.example/"><script>', idToken: '"><img>' }, 'n');
  expect(html).not.toContain('<img');
  expect(html.match(/<script/g)).toHaveLength(1);
});
