import { setTimeout as delay } from 'node:timers/promises';
import type { CallToolResult, Client, JSONRPCMessage, SubscriptionFilter } from '@modelcontextprotocol/client';
import type { ServerCounts } from '../../company/counts.ts';
import type { Fixture } from '../fixture.ts';
import { type Cell, isGateway, WORKSHOP } from './cells.ts';

const POLL_MS = 10;

/** A connected client in its cell, with what behaviours need around it. */
export interface Subject {
  readonly cell: Cell;
  readonly client: Client;
  /** What the workshop has counted. */
  counts(): ServerCounts;
  /** A tool's or prompt's name as this client gets to see it. */
  shown(name: string): string;
  /** Calls a tool of the workshop. */
  call(name: string, args?: Record<string, unknown>): Promise<CallToolResult>;
  /** The text of a call's result. */
  text(name: string, args?: Record<string, unknown>): Promise<string>;
  /** Has the workshop forget every MCP session, as a restart would. */
  forgetMcpSessions(): Promise<void>;
  /** Waits for something that nobody announces, for as long as the test has patience. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  /** The messages that arrive while something runs, in their order. */
  arriving(run: () => Promise<unknown>): Promise<readonly JSONRPCMessage[]>;
  /** Runs with the notifications of a modern filter; in the legacy era they come without being asked for. */
  listening<T>(filter: SubscriptionFilter, run: () => Promise<T>): Promise<T>;
}

/** See {@link Subject}. `patience` ends every wait. */
export function createSubject(
  cell: Cell,
  client: Client,
  { company }: Pick<Fixture, 'company'>,
  patience: AbortSignal,
): Subject {
  const shown = (name: string) => (isGateway(cell) ? `${WORKSHOP}_${name}` : name);
  const call = async (name: string, args: Record<string, unknown> = {}) =>
    (await client.callTool({ name: shown(name), arguments: args }, { signal: patience })) as CallToolResult;
  return {
    cell,
    client,
    counts: () => {
      const counts = company.counts.servers[WORKSHOP];
      if (!counts) throw new Error('The company has a workshop');
      return counts;
    },
    shown,
    call,
    text: async (name, args) => {
      const [first] = (await call(name, args)).content;
      return first?.type === 'text' ? first.text : '';
    },
    forgetMcpSessions: () => company.endMcpSessions(WORKSHOP),
    until: async (condition) => {
      while (!(await condition())) await delay(POLL_MS, undefined, { signal: patience });
    },
    arriving: async (run) => {
      const { transport } = client;
      const heard = transport?.onmessage;
      if (!transport || !heard) throw new Error('The client is connected');
      const messages: JSONRPCMessage[] = [];
      transport.onmessage = (message, extra) => {
        messages.push(message);
        heard(message, extra);
      };
      await run();
      transport.onmessage = heard;
      return messages;
    },
    listening: async (filter, run) => {
      if (cell.client === 'legacy') return run();
      const subscription = await client.listen(filter, { signal: patience });
      try {
        return await run();
      } finally {
        await subscription.close();
      }
    },
  };
}
