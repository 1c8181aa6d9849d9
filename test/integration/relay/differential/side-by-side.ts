import { Agent } from 'node:http';
import { expect } from 'vitest';
import { LOCAL_KEY_HEADER_NAME } from '../../../../shared/local-key-header.ts';
import { initializeBody, mcpHeaders, raw } from '../../raw-http.ts';
import { differences, type Observed } from './compare.ts';
import type { Exchange, ReceivedRequest } from './exchange.ts';
import { cameThrough, give, MARK, openRecorder } from './recorder.ts';
import { send } from './send.ts';

/** Exchanges under way at a time. */
const SIDE_BY_SIDE = 16;

/** An exchange, and what finds it again. */
export interface NamedExchange {
  readonly name: string;
  readonly exchange: Exchange;
}

/** A server that is asked directly and through the relay at the same time. */
export interface SideBySide {
  /** Compares every exchange at both ends; in words, what was different in the first that was. */
  observe(exchanges: Iterable<NamedExchange>): Promise<string>;
  close(): Promise<void>;
}

interface UnderWay {
  readonly exchange: Exchange;
  /** By whether it came through the relay. */
  readonly received: Map<boolean, ReceivedRequest>;
}

// The relay learns which eras a server speaks by its first answers.
async function showEras(url: string, localKey: string): Promise<void> {
  const open = (headers: Record<string, string>, body: string) =>
    raw(url, { method: 'POST', headers: { ...mcpHeaders(localKey), ...headers }, body });
  expect((await open({}, initializeBody())).status).toBe(200);
  const discover = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'server/discover', params: {} });
  expect((await open({ 'mcp-protocol-version': '2026-07-28' }, discover)).status).toBe(200);
}

/** Opens it. The relay knows that the server speaks both eras, unless the server hides it. */
export async function openSideBySide(hidesEras = false): Promise<SideBySide> {
  const recorder = await openRecorder({ hidesEras });
  const localKey = await recorder.fixture.localKey();
  const relayUrl = `${recorder.fixture.agent.state().relay.url}/notes/mcp`;
  const agent = new Agent({ keepAlive: true, maxSockets: 2 * SIDE_BY_SIDE });
  const underWay = new Map<string, UnderWay>();
  recorder.script((received, request, response) => {
    const found = underWay.get(String(request.headers[MARK]));
    if (!found) return response.writeHead(500).end();
    found.received.set(cameThrough(received), received);
    return give(response, found.exchange.answer);
  });
  if (!hidesEras) await showEras(relayUrl, localKey);

  const compare = async ({ name, exchange }: NamedExchange): Promise<readonly string[]> => {
    const received = new Map<boolean, ReceivedRequest>();
    underWay.set(name, { exchange, received });
    const marked = { ...exchange.request, headers: [...exchange.request.headers, MARK, name] };
    const [direct, through] = await Promise.all([
      send(recorder.url, marked, agent),
      send(relayUrl, { ...marked, headers: [...marked.headers, LOCAL_KEY_HEADER_NAME, localKey] }, agent),
    ]);
    underWay.delete(name);
    const at = (isThrough: boolean, answer: typeof direct): Observed | undefined => {
      const found = received.get(isThrough);
      return found && { received: found, answer };
    };
    const [before, after] = [at(false, direct), at(true, through)];
    if (!before || !after) return [`It did not arrive; the client got ${through.status} ${through.body.toString()}`];
    return differences(exchange, before, after);
  };

  return {
    observe: async (exchanges) => {
      const left = exchanges[Symbol.iterator]();
      const failures: string[] = [];
      const worker = async () => {
        for (let next = left.next(); !next.done && failures.length === 0; next = left.next()) {
          const { value } = next;
          const found = await compare(value).catch((error: unknown) => [String(error)]);
          if (found.length > 0) failures.push(`${value.name}\n${found.join('\n')}`);
        }
      };
      await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
      return failures.join('\n\n');
    },
    close: async () => {
      agent.destroy();
      await recorder.close();
    },
  };
}
