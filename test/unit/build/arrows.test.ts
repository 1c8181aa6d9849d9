import { describe, expect, test } from 'vitest';
import { checkArrows } from '../../../build/arrows/check.ts';
import { findCycles } from '../../../build/arrows/cycles.ts';
import { RULES } from '../../../build/arrows/rules.ts';

const check = (sources: Record<string, string>) => checkArrows(new Map(Object.entries(sources)), RULES);

describe('arrows between rooms', () => {
  test('a tree whose arrows point the right way has no faults', () => {
    const sources = {
      'main/lanyard.ts': "await import('./agent/agent.ts');",
      'main/agent/agent.ts': "import { relay } from '../relay/relay.ts'; import '../../shared/a.ts'; relay();",
      'main/relay/relay.ts': "import { z } from 'zod'; export const relay = () => z;",
      'shared/a.ts': 'export const a = 1;',
    };
    expect(check(sources)).toEqual([]);
  });

  test.each([
    ['a value', "import { relay } from '../relay/relay.ts'; relay;"],
    ['a type', "import type { Relay } from '../relay/relay.ts'; export type A = Relay;"],
    ['a type in place', "export type A = import('../relay/relay.ts').Relay;"],
    ['a re-export', "export * from '../relay/relay.ts';"],
    ['a part loaded later', "await import('../relay/relay.ts');"],
  ])('a wrong arrow is found: %s', (_, code) => {
    const problems = check({ 'main/grant/mint.ts': `\n${code}`, 'main/relay/relay.ts': 'export const relay = 1;' });
    expect(problems).toEqual(['main/grant/mint.ts:2: main/grant may not import main/relay (main/relay/relay.ts)']);
  });

  test('shared imports no room', () => {
    const problems = check({ 'shared/a.ts': "import '../main/policy/b.ts';", 'main/policy/b.ts': '' });
    expect(problems).toEqual(['shared/a.ts:1: shared may not import main/policy (main/policy/b.ts)']);
  });

  test('the page may know the bridge and nothing else of the desktop', () => {
    const problems = check({
      'renderer/a.ts': "import '../main/desktop/bridge/b.ts'; import '../main/desktop/c.ts';",
      'main/desktop/bridge/b.ts': '',
      'main/desktop/c.ts': '',
    });
    expect(problems).toEqual(['renderer/a.ts:1: renderer may not import main/desktop (main/desktop/c.ts)']);
  });

  test('nothing in main imports a test, a file that is not there, or lies outside the rooms', () => {
    const problems = check({
      'main/cli/a.ts': "import '../../test/company/b.ts'; import './gone.ts';",
      'main/surprise/b.ts': '',
    });
    expect(problems).toEqual([
      'main/cli/a.ts:1: imports test/company/b.ts, which lies in no room',
      'main/cli/a.ts:1: imports main/cli/gone.ts, which does not exist',
      'main/surprise/b.ts: lies in no room',
    ]);
  });
});

describe('packages of one room', () => {
  test.each([
    ['undici', "import type { Dispatcher } from 'undici'; export type A = Dispatcher;"],
    ['electron', "import { app } from 'electron/main'; app;"],
    ['openid-client', "export { discovery } from 'openid-client';"],
    ['keytar', "import { createRequire } from 'node:module'; createRequire(import.meta.url)('keytar');"],
    ['keytar', "const load = () => require('keytar'); load();"],
  ])('%s elsewhere is found', (name, code) => {
    expect(check({ 'main/relay/a.ts': code })).toEqual([expect.stringMatching(`only .* may import ${name}$`)]);
  });

  test('and is allowed at home', () => {
    const sources = { 'main/egress/a.ts': "import 'undici';", 'main/desktop/b.ts': "import 'electron';" };
    expect(check(sources)).toEqual([]);
  });
});

describe('outgoing connections', () => {
  test.each([
    'await fetch(url);',
    'const get = fetch; get(url);',
    'await globalThis.fetch(url);',
    "await globalThis['fetch'](url);",
    'new WebSocket(url);',
    "import { request } from 'node:http'; request(url);",
    "import http from 'node:http'; http.get(url);",
    "import { default as http } from 'node:http'; http.get(url);",
    "import { connect } from 'node:tls'; connect(1);",
    "import { TLSSocket } from 'node:tls'; new TLSSocket(socket);",
    "import { connect } from 'node:net'; connect(1);",
    "import { createConnection as dial } from 'net'; dial(1);",
    "import { Socket } from 'node:net'; new Socket().connect(1);",
    "import net from 'node:net'; net.connect(1);",
    "import * as net from 'node:net'; net.connect(1);",
    "export { connect } from 'node:net';",
    "(await import('node:net')).connect(1);",
    "require('node:net').connect(1);",
    "import { createSocket } from 'node:dgram'; createSocket('udp4');",
    'function one(fetch) { fetch(url); } fetch(url);',
  ])('%s is found outside egress, and allowed in it', (code) => {
    expect(check({ 'main/relay/a.ts': code })).toEqual([expect.stringMatching('may open connections')]);
    expect(check({ 'main/egress/a.ts': code })).toEqual([]);
  });

  test.each([
    'export async function one(fetch: Fetch) { await fetch(url); }',
    'export const one = ({ fetch }: Context) => fetch(url);',
    'const { fetch } = egress; export const one = () => fetch(url);',
    'egress.fetch(url); export const context = { fetch: egress.fetch };',
    'export type Fetch = typeof fetch;',
    "import { fetch } from '../egress/fetch.ts'; fetch(url);",
    "import { createServer, type IncomingMessage } from 'node:http'; createServer();",
    "import type * as http from 'node:http'; export type A = http.Server;",
    "import { createServer, isIP, type Socket } from 'node:net'; createServer(isIP);",
    "import type { Socket } from 'node:dgram'; export type A = Socket;",
  ])('%s is not one', (code) => {
    expect(check({ 'main/relay/a.ts': code, 'main/egress/fetch.ts': '' })).toEqual([]);
  });
});

test('the agent’s own socket is opened in one file, and HTTP over it in another', () => {
  const socket = "import { connect } from 'node:net'; connect('agent.sock');";
  const http = "import { request } from 'node:http'; request({});";
  expect(check({ 'shared/local-connection.ts': socket, 'shared/local-client.ts': http })).toEqual([]);
  expect(check({ 'shared/local-connection.ts': http, 'shared/local-client.ts': socket })).toHaveLength(2);
});

describe('import cycles', () => {
  test('are found, types included, and told once', () => {
    const problems = check({
      'shared/a.ts': "import type { B } from './b.ts'; export type A = B;",
      'shared/b.ts': "import { c } from './c.ts'; export type B = typeof c;",
      'shared/c.ts': "import type { A } from './a.ts'; export const c: A = 1;",
    });
    expect(problems).toEqual(['shared/a.ts: import cycle shared/a.ts → shared/b.ts → shared/c.ts → shared/a.ts']);
  });

  test('a file reached by two ways is no cycle', () => {
    const imports = new Map([
      ['a', ['b', 'c']],
      ['b', ['d']],
      ['c', ['d']],
    ]);
    expect(findCycles(imports)).toEqual([]);
  });
});

test('a file that does not parse is an error, not a pass', () => {
  expect(() => check({ 'main/cli/a.ts': 'import {' })).toThrow('main/cli/a.ts');
});
