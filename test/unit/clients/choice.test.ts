import { expect, test } from 'vitest';
import { appOf } from '../../../main/clients/apps/table.ts';
import { type ClientPolicy, chooseConnection, transportsOf } from '../../../main/clients/choice.ts';
import { problemFrom } from '../fixtures.ts';

const POLICY: ClientPolicy = { prefer: 'http', entries: 'each', headerHelper: false };
const STDIO: ClientPolicy = { ...POLICY, prefer: 'stdio' };
const ONE: ClientPolicy = { ...POLICY, entries: 'one' };
const SERVERS = ['notes', 'tickets'];
const BOTH = { transport: 'http', gateway: false, servers: SERVERS };

test.each<readonly [string, string, object, ClientPolicy, object]>([
  ['policy decides', 'zed', {}, POLICY, BOTH],
  ['policy decides', 'zed', {}, STDIO, { ...BOTH, transport: 'stdio' }],
  ['policy decides', 'zed', {}, ONE, { ...BOTH, gateway: true }],
  ['the person decides before it', 'zed', { transport: 'http', gateway: false }, { ...STDIO, entries: 'one' }, BOTH],
  ['the person decides before it', 'zed', { gateway: true }, POLICY, { ...BOTH, gateway: true }],
  ['some servers', 'zed', { servers: ['tickets'] }, POLICY, { ...BOTH, servers: ['tickets'] }],
  ['what the app can counts most', 'claude-desktop', {}, POLICY, { ...BOTH, transport: 'stdio' }],
  [
    'policy decides for pasted entries',
    'snippet',
    {},
    { ...STDIO, entries: 'one' },
    { servers: SERVERS, transport: 'stdio', gateway: true },
  ],
  ['pasted entries are not limited', 'snippet', {}, { ...POLICY, allow: [] }, BOTH],
  ['an app that is allowed', 'zed', {}, { ...POLICY, allow: ['zed'] }, BOTH],
])('%s: %s with %j', (_what, kind, request, policy, choice) => {
  expect(chooseConnection(appOf(kind), request, policy, SERVERS)).toEqual(choice);
});

test.each<readonly [string, object, ClientPolicy, string, string]>([
  ['zed', { servers: ['notes', 'nope'] }, POLICY, 'unknown-server', '"nope"'],
  ['zed', {}, { ...POLICY, allow: ['cursor'] }, 'app-not-allowed', 'Zed'],
  ['zed', {}, { ...POLICY, allow: [] }, 'app-not-allowed', 'Zed'],
  ['claude-desktop', { transport: 'http' }, POLICY, 'app-transport', 'only over stdio'],
])('%s with %j is refused', async (kind, request, policy, code, sentence) => {
  const problem = await problemFrom(() => chooseConnection(appOf(kind), request, policy, SERVERS));
  expect(problem.code).toBe(code);
  expect(problem.user).toContain(sentence);
});

test('what policy prefers is the first of an app’s transports', () => {
  expect(transportsOf({ http: () => ({}) }, POLICY)).toEqual(['http', 'stdio']);
  expect(transportsOf({ http: () => ({}) }, STDIO)).toEqual(['stdio', 'http']);
  expect(transportsOf({}, POLICY)).toEqual(['stdio']);
});
