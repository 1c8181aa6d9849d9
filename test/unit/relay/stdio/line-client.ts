import { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { CallRecord } from '../../../../main/journal/calls.ts';
import { type StdioRelayContext, serveStdio } from '../../../../main/relay/stdio/stdio-relay.ts';
import { until } from '../../fixtures.ts';
import type { TestAccess } from '../access-to.ts';
import { relayed, stdioContext, type TestServer } from '../relayed.ts';

/** What came out, as far as tests look into it. */
export interface Line {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: { readonly code?: string } };
}

/** A stdio client: what it writes goes to the relay, what the relay writes it keeps as lines. */
export interface LineClient {
  readonly lines: readonly string[];
  readonly records: readonly CallRecord[];
  readonly server: TestServer;
  readonly pipe: Duplex;
  readonly over: Promise<void>;
  write(...messages: readonly (object | string)[]): void;
  messages(): readonly Line[];
  /** The only answer to the request; fails where there are more. Waits for it. */
  answer(id: unknown): Promise<Line>;
  /** Waits for a message of this method. */
  heard(method: string): Promise<Line>;
  end(): Promise<void>;
}

/** Connects one. */
export function connectLine(
  access: TestAccess,
  { server = relayed(access), ...context }: Partial<StdioRelayContext> & { readonly server?: TestServer } = {},
): LineClient {
  const lines: string[] = [];
  const records: CallRecord[] = [];
  let rest = '';
  const pipe = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      const pieces = `${rest}${chunk.toString()}`.split('\n');
      rest = pieces.pop() ?? '';
      lines.push(...pieces);
      done();
    },
  });
  const over = serveStdio(pipe, server, { ...stdioContext((call) => records.push(call)), ...context });
  const end = async () => {
    pipe.push(null);
    await over;
  };
  onTestFinished(end);
  const messages = () => lines.map((line) => JSON.parse(line) as Line);
  return {
    lines,
    records,
    server,
    pipe,
    over,
    end,
    messages,
    write: (...all) => {
      for (const message of all)
        pipe.push(`${typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    },
    answer: async (id) => {
      const answers = () => messages().filter((message) => message.id === id && message.method === undefined);
      await until(() => answers().length > 0);
      const [answer, ...more] = answers();
      if (!answer || more.length > 0) throw new Error(`More than one answer: ${lines.join('\n')}`);
      return answer;
    },
    heard: async (method) => {
      await until(() => messages().some((message) => message.method === method));
      return messages().find((message) => message.method === method) ?? {};
    },
  };
}

export const INITIALIZE = {
  id: 'init',
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'tester', version: '1' } },
};

export const INITIALIZED = { method: 'notifications/initialized' };

/** The `_meta` of a modern request. */
export const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'tester', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
