import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCAL_KEY_HEADER_NAME } from '../../../../shared/local-key-header.ts';
import { until } from '../../until.ts';
import { diceOf } from './random.ts';
import { MARK, openRecorder, type Recorder } from './recorder.ts';
import { begin } from './send.ts';

const STREAMS = 200;
const EVENTS_EACH = 10;
const CHUNK = Buffer.alloc(64 * 1024, 'x');
/** More than all buffers between the two ends hold, in bytes. */
const TOTAL = 96 * 1024 * 1024;
/** A stream that has not moved for so many looks in a row stands still. */
const LOOKS = 30;
const LOOK_MS = 10;

let recorder: Recorder;
let localKey: string;
const agent = new Agent({ keepAlive: true });
beforeAll(async () => {
  recorder = await openRecorder();
  recorder.readNoBodies();
  localKey = await recorder.fixture.localKey();
});
afterAll(async () => {
  agent.destroy();
  await recorder.close();
});

const ERAS = [
  ['legacy', ['mcp-session-id', 'one', 'mcp-protocol-version', '2025-11-25']],
  ['modern', ['mcp-protocol-version', '2026-07-28', 'mcp-method', 'tools/call', 'mcp-name', 'echo']],
] as const;

const CHUNKED = ['transfer-encoding', 'chunked'];

function open(era: readonly string[], mark: string, framing: readonly string[] = CHUNKED): ClientRequest {
  const url = `${recorder.fixture.agent.state().relay.url}/notes/mcp`;
  const headers = [MARK, mark, LOCAL_KEY_HEADER_NAME, localKey, 'content-type', 'application/json', ...era, ...framing];
  return begin(url, 'POST', headers, agent);
}

/** Resolves once a count has come to rest. */
async function atRest(count: () => number): Promise<number> {
  let last = -1;
  let looks = 0;
  while (looks < LOOKS) {
    looks = count() > 0 && count() === last ? looks + 1 : 0;
    last = count();
    await delay(LOOK_MS);
  }
  return last;
}

/** Writes as much as is taken, up to {@link TOTAL}; gives how much has been written so far. */
function pour(into: ServerResponse | ClientRequest): () => number {
  let written = 0;
  const more = () => {
    while (written < TOTAL) {
      written += CHUNK.length;
      if (!into.write(CHUNK)) return;
    }
    into.off('drain', more);
    into.end();
  };
  into.on('drain', more);
  more();
  return () => written;
}

async function drain(from: IncomingMessage): Promise<number> {
  let size = 0;
  for await (const chunk of from as AsyncIterable<Buffer>) size += chunk.length;
  return size;
}

const STREAM = { 'content-type': 'text/event-stream' } as const;

describe.each(ERAS)('a %s client', (_era, headers) => {
  test('that does not read stops the server, and gets everything later', async () => {
    let written = () => 0;
    recorder.script((_received, request, response) => {
      request.resume();
      response.writeHead(200, STREAM);
      written = pour(response);
    });
    const outgoing = open(headers, 'slow reader');
    outgoing.end('{}');
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(await atRest(() => written())).toBeLessThan(TOTAL);
    expect(await drain(answer)).toBe(TOTAL);
  });

  test('is stopped by a server that does not read, which gets everything later', async () => {
    const arrived = Promise.withResolvers<readonly [IncomingMessage, ServerResponse]>();
    recorder.script((_received, request, response) => arrived.resolve([request, response]));
    const outgoing = open(headers, 'slow server', ['content-length', String(TOTAL)]);
    const written = pour(outgoing);
    const [request, response] = await arrived.promise;
    expect(await atRest(written)).toBeLessThan(TOTAL);
    expect(await drain(request)).toBe(TOTAL);
    const answered = once(outgoing, 'response');
    response.writeHead(202).end();
    const [answer] = (await answered) as [IncomingMessage];
    expect([answer.statusCode, await drain(answer)]).toEqual([202, 0]);
  });

  test.each(['before the answer', 'in the middle of it'])('that goes away %s ends the request', async (when) => {
    const arrived = Promise.withResolvers<ServerResponse>();
    recorder.script((_received, request, response) => {
      request.resume();
      if (when !== 'before the answer') response.writeHead(200, STREAM).write('data: 1\n\n');
      arrived.resolve(response);
    });
    const outgoing = open(headers, 'gone');
    outgoing.on('error', () => {});
    outgoing.end('{"jsonrpc":"2.0","id":1,"method":"tools/call"}');
    const response = await arrived.promise;
    if (when !== 'before the answer') {
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
      answer.on('error', () => {});
      await once(answer, 'data');
    }
    const closed = once(response, 'close');
    outgoing.destroy();
    await closed;
    expect(response.writableFinished).toBe(false);
  });

  test('hears that its server has gone in the middle of an answer', async () => {
    recorder.script((_received, request, response) => {
      request.resume();
      response.writeHead(200, STREAM).write('data: 1\n\n', () => response.destroy());
    });
    const outgoing = open(headers, 'cut');
    outgoing.end('{}');
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    await expect(drain(answer)).rejects.toThrow();
    expect(answer.complete).toBe(false);
  });

  test('is told in words that its server has gone before the answer', async () => {
    recorder.script((_received, _request, response) => response.destroy());
    const outgoing = open(headers, 'reset');
    outgoing.end('{"jsonrpc":"2.0","id":"reset","method":"tools/call","params":{"name":"echo"}}');
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
    expect(JSON.parse(Buffer.concat(chunks).toString())).toMatchObject({ jsonrpc: '2.0', id: 'reset' });
  });

  test(`gets ${STREAMS} streams at once, each its own`, async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const dice = diceOf(seed);
    const responses = new Map<string, ServerResponse>();
    recorder.script((_received, request, response) => {
      request.resume();
      response.writeHead(200, STREAM).flushHeaders();
      responses.set(String(request.headers[MARK]), response);
    });
    const names = Array.from({ length: STREAMS }, (_, index) => `stream ${index}`);
    const received = names.map(async (name) => {
      const outgoing = open(headers, name);
      outgoing.end('{}');
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
      let text = '';
      for await (const chunk of answer as AsyncIterable<Buffer>) text += chunk.toString('utf8');
      return text;
    });
    await until(() => responses.size === STREAMS);
    const sent = new Map(names.map((name) => [name, '']));
    for (let left = STREAMS * EVENTS_EACH; left > 0; left -= 1) {
      const name = dice.pick(names);
      const event = `data: ${name}, ${left}\n\n`;
      sent.set(name, sent.get(name) + event);
      responses.get(name)?.write(event);
      if (dice.chance(0.1)) await delay(0);
    }
    for (const response of responses.values()) response.end();
    expect(await Promise.all(received), `seed ${seed}`).toEqual([...sent.values()]);
  });
});
