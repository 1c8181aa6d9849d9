import { expect, test } from 'vitest';
import { type GuardInput, guardRequest, parseRoute } from '../../../main/relay/guard.ts';

const RIGHT: GuardInput = { remoteAddress: '127.0.0.1', host: '127.0.0.1:5693', origin: undefined, port: 5693 };

test.each<Partial<GuardInput>>([
  {},
  { remoteAddress: '127.0.0.2' },
  { remoteAddress: '::1' },
  { remoteAddress: '::ffff:127.0.0.1' },
  { host: 'localhost:5693' },
  { host: 'LocalHost:5693' },
  { origin: 'http://127.0.0.1:5693' },
  { origin: 'http://localhost:5693' },
  { origin: 'HTTP://LOCALHOST:5693' },
  { host: 'localhost:5694', port: 5694 },
])('a program of this machine passes: %j', (change) => expect(guardRequest({ ...RIGHT, ...change })).toBeUndefined());

test.each<readonly [Partial<GuardInput>, string]>([
  [{ remoteAddress: undefined }, 'not-loopback'],
  [{ remoteAddress: '' }, 'not-loopback'],
  [{ remoteAddress: '192.168.1.7' }, 'not-loopback'],
  [{ remoteAddress: '1.127.0.0' }, 'not-loopback'],
  [{ remoteAddress: '::ffff:10.0.0.1' }, 'not-loopback'],
  [{ remoteAddress: '::1:2' }, 'not-loopback'],
  [{ remoteAddress: 'fe80::1' }, 'not-loopback'],
  [{ host: undefined }, 'wrong-host'],
  [{ host: '' }, 'wrong-host'],
  [{ host: '127.0.0.1' }, 'wrong-host'],
  [{ host: '127.0.0.1:5694' }, 'wrong-host'],
  [{ host: '127.0.0.1:56930' }, 'wrong-host'],
  [{ host: 'localhost.:5693' }, 'wrong-host'],
  [{ host: 'evil.example:5693' }, 'wrong-host'],
  [{ host: '127.0.0.1:5693.evil.example' }, 'wrong-host'],
  [{ host: 'localhost:5693@evil.example' }, 'wrong-host'],
  [{ host: '127.0.0.1:5693, evil.example' }, 'wrong-host'],
  [{ origin: 'null' }, 'foreign-origin'],
  [{ origin: '' }, 'foreign-origin'],
  [{ origin: 'https://evil.example' }, 'foreign-origin'],
  [{ origin: 'https://127.0.0.1:5693' }, 'foreign-origin'],
  [{ origin: 'http://127.0.0.1:5693.evil.example' }, 'foreign-origin'],
  [{ origin: 'http://127.0.0.1:8080' }, 'foreign-origin'],
  [{ origin: 'http://localhost:5693/' }, 'foreign-origin'],
  [{ origin: 'file://' }, 'foreign-origin'],
])('%j is refused as %s', (change, code) => {
  expect(guardRequest({ ...RIGHT, ...change })).toMatchObject({ status: 403, code });
});

test.each([
  ['/mcp', {}],
  ['/mcp?x=1', {}],
  ['/~lk_x/mcp', { pathKey: 'lk_x' }],
  ['/notes/mcp', { server: 'notes' }],
  ['/notes/mcp/', { server: 'notes' }],
  ['/notes/mcp?x=1', { server: 'notes' }],
  ['/notes/mcp?', { server: 'notes' }],
  ['/a/mcp', { server: 'a' }],
  ['/a-b-2/mcp', { server: 'a-b-2' }],
  ['/~lk_A-b_9/notes/mcp', { server: 'notes', pathKey: 'lk_A-b_9' }],
  ['/~lk_x/notes/mcp?x=/other/mcp', { server: 'notes', pathKey: 'lk_x' }],
])('%s is a route', (url, route) => expect(parseRoute(url)).toEqual(route));

test.each([
  '',
  '/',
  '/notes',
  '/notes/',
  '/notes/mcp/more',
  '//notes/mcp',
  '/notes//mcp',
  '/notes/mcp//',
  '/Notes/mcp',
  '/1notes/mcp',
  '/-notes/mcp',
  `/${'n'.repeat(21)}/mcp`,
  '/no_tes/mcp',
  '/notes%2f/mcp',
  '/../notes/mcp',
  '/~/notes/mcp',
  `/~${'k'.repeat(101)}/notes/mcp`,
  '/~key/notes',
  '/~key.x/notes/mcp',
  '/notes/MCP',
  'http://127.0.0.1:5693/notes/mcp',
  'notes/mcp',
  '/notes/mcp\n',
])('%j is nobody’s', (url) => expect(parseRoute(url)).toBeUndefined());
