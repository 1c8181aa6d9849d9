import { expect, test } from 'vitest';
import { judgeCallback } from '../../../main/identity/browser-sign-in.ts';
import { failedPage, PAGE_HEADERS, PAGES, renderPage } from '../../../main/identity/pages.ts';

test.each([
  ['state=right&code=c', true, 'answer'],
  ['code=c&state=right&iss=x', true, 'answer'],
  ['state=right&error=access_denied', true, 'answer'],
  ['state=right', false, 'over'],
  ['state=wrong', false, 'over'],
  ['', false, 'over'],
  ['', true, 'foreign'],
  ['code=c', true, 'foreign'],
  ['state=&code=c', true, 'foreign'],
  ['state=wrong&code=c', true, 'foreign'],
  ['state=Right&code=c', true, 'foreign'],
  ['state=right%20&code=c', true, 'foreign'],
  ['state=right&state=right', true, 'foreign'],
  ['state=right&state=wrong', true, 'foreign'],
  ['State=right', true, 'foreign'],
])('a callback with %j, the sign-in open: %s, is %s', (query, open, judgement) => {
  expect(judgeCallback(new URLSearchParams(query), 'right', open)).toBe(judgement);
});

const NASTY = `<script>alert("1")</script>&'<img src=x onerror=y>`;

test('whatever comes from outside is text and not HTML', () => {
  const html = renderPage({ status: 400, title: NASTY, text: NASTY });
  expect(html).not.toContain('<script');
  expect(html).not.toContain('<img');
  const decoded = html.replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)));
  expect(decoded.split(NASTY)).toHaveLength(4);
});

test.each([...Object.values(PAGES), failedPage('Your account is locked.')])(
  '$title is a whole page of its own',
  (page) => {
    const html = renderPage(page);
    expect(html).toMatch(/^<!doctype html><html lang="en">/);
    expect(html).toContain(`<h1>${page.title}</h1>`);
    // Nothing from elsewhere: no script, no link, no address.
    expect(html).not.toMatch(/<script|<link|<a |src=|https?:|url\(/i);
  },
);

test('pages may not be kept, framed, or run or load anything, and tell nobody their address', () => {
  expect(PAGE_HEADERS).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'content-type': 'text/html; charset=utf-8',
  });
  const policy = PAGE_HEADERS['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('script-src');
});

test('only success and a wish of the person count as success', () => {
  expect(
    Object.entries(PAGES)
      .filter(([, { status }]) => status === 200)
      .map(([name]) => name),
  ).toEqual(['signedIn', 'cancelled']);
  expect(failedPage('x').status).toBe(400);
});
