import { expect, test } from 'vitest';
import { signInOrigins } from '../../../main/agent/sign-in-origins.ts';

const ISSUER = 'https://idp.example.com/tenant';
const device = (url: string) => ({ method: 'device' as const, url });

test.each<[string, string[], Parameters<typeof signInOrigins>[1], string[]]>([
  ['nothing is known yet', [], null, []],
  ['pages of its own', ['https://idp.example.com/authorize', 'https://idp.example.com/out'], null, []],
  [
    'pages elsewhere',
    ['https://login.example.com/authorize', 'https://out.example.com:8443/x', 'https://login.example.com/other'],
    null,
    ['https://login.example.com', 'https://out.example.com:8443'],
  ],
  ['no addresses', ['not one', 'javascript:alert(1)', 'file:///etc'], null, []],
  ['plain http', ['http://login.example.com/', 'http://127.0.0.1:9/'], null, []],
  ['a name with a password', ['https://someone:secret@login.example.com/'], null, []],
  ['where the code is typed in', [], device('https://device.example.com/code'), ['https://device.example.com']],
  ['where a browser was sent', [], { method: 'browser', url: 'https://other.example.com/' }, []],
])('%s', (_what, pages, signIn, expected) => {
  expect(signInOrigins({ issuer: ISSUER, pages }, signIn)).toEqual(expected);
});

test('an identity provider on this machine may have pages there', () => {
  const pages = ['http://127.0.0.1:7001/authorize', 'http://127.0.0.1:7000/out', 'http://login.example.com/'];
  expect(signInOrigins({ issuer: 'http://127.0.0.1:7000', pages }, null)).toEqual(['http://127.0.0.1:7001']);
});

test('there are never many', () => {
  const pages = Array.from({ length: 50 }, (_, number) => `https://login${number}.example.com/`);
  expect(signInOrigins({ issuer: ISSUER, pages }, null)).toHaveLength(8);
});
