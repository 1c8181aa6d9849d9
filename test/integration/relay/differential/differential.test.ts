import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCAL_KEY_HEADER_NAME } from '../../../../shared/local-key-header.ts';
import { ERAS } from '../../mcp.ts';
import { initializeBody, mcpHeaders, raw } from '../../raw-http.ts';
import { differences, type Observed } from './compare.ts';
import type { Exchange, ReceivedRequest } from './exchange.ts';
import { generateExchange } from './generate.ts';
import { readRecorded } from './recorded.ts';
import { cameThrough, give, MARK, openRecorder, type Recorder } from './recorder.ts';
import { send } from './send.ts';

// The same traffic goes directly to a server and through the relay; nothing may be different at either end.

/** Generated exchanges in one run; more of them by hand. */
const EXCHANGES = Number(process.env.DIFFERENTIAL_EXCHANGES ?? 10_000);
/** Another one in every run, unless it is given to see a failure again. */
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? Math.floor(Math.random() * 2 ** 31));
const SIDE_BY_SIDE = 16;

interface UnderWay {
  readonly exchange: Exchange;
  readonly received: Map<boolean, ReceivedRequest>;
}

let recorder: Recorder;
let relayUrl: string;
let localKey: string;
const agent = new Agent({ keepAlive: true, maxSockets: 2 * SIDE_BY_SIDE });
const underWay = new Map<string, UnderWay>();

/** Lets the relay see that the server speaks both eras, as it does by its first answers. */
async function showEras(): Promise<void> {
  const open = (headers: Record<string, string>, body: string) =>
    raw(relayUrl, { method: 'POST', headers: { ...mcpHeaders(localKey), ...headers }, body });
  expect((await open({}, initializeBody())).status).toBe(200);
  const discover = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'server/discover', params: {} });
  expect((await open({ 'mcp-protocol-version': '2026-07-28' }, discover)).status).toBe(200);
}

beforeAll(async () => {
  recorder = await openRecorder();
  localKey = await recorder.fixture.localKey();
  relayUrl = `${recorder.fixture.agent.state().relay.url}/notes/mcp`;
  recorder.script((received, request, response) => {
    const found = underWay.get(String(request.headers[MARK]));
    if (!found) return response.writeHead(500).end();
    found.received.set(cameThrough(received), received);
    return give(response, found.exchange.answer);
  });
  await showEras();
});
afterAll(async () => {
  agent.destroy();
  await recorder.close();
});

async function observe(name: string, exchange: Exchange): Promise<readonly string[]> {
  const received = new Map<boolean, ReceivedRequest>();
  underWay.set(name, { exchange, received });
  const { request } = exchange;
  const marked = { ...request, headers: [...request.headers, MARK, name] };
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
}

async function observeAll(count: number, exchangeAt: (index: number) => Exchange, nameOf: (index: number) => string) {
  let next = 0;
  const failures: string[] = [];
  const worker = async () => {
    while (next < count && failures.length === 0) {
      const index = next;
      next += 1;
      const found = await observe(nameOf(index), exchangeAt(index)).catch((error: unknown) => [String(error)]);
      if (found.length > 0) failures.push(`${nameOf(index)}\n${found.join('\n')}`);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  return { next, failures };
}

const nameOf = (index: number) => `exchange ${index}`;

describe('what goes through the relay is what was sent', () => {
  test.each(ERAS)('in the recorded conversation of an SDK client and server of the %s era', async (era) => {
    const recorded = await readRecorded(era);
    const { failures, next } = await observeAll(recorded.length, (index) => recorded[index] as Exchange, nameOf);
    expect(failures.join('\n\n')).toBe('');
    expect(next).toBeGreaterThan(0);
  });

  test(`in ${EXCHANGES} generated exchanges`, async () => {
    const seeds = { seed: (index: number) => SEED + index };
    const { failures } = await observeAll(
      EXCHANGES,
      (index) => generateExchange(seeds.seed(index)),
      (index) => `DIFFERENTIAL_SEED=${seeds.seed(index)} DIFFERENTIAL_EXCHANGES=1`,
    );
    expect(failures.join('\n\n')).toBe('');
  }, 600_000);
});
