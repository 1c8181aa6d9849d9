import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { type Company, startCompany } from '../../../company/company.ts';
import { accessTokenFor } from '../../../unit/company/by-hand/client.ts';
import { BEHAVIOURS } from '../../matrix/behaviours.ts';
import { ALL_CAPABILITIES, WORKSHOP } from '../../matrix/cells.ts';
import { createSubject } from '../../matrix/subject.ts';
import { connectOver, ERAS, type Era } from '../../mcp.ts';
import type { RecordedExchange } from './recorded.ts';

// Writes down what an SDK client and an SDK server say to each other while they run the matrix's behaviours, without
// Lanyard: node test/integration/relay/differential/record.ts

/** Longer bodies are left out: they would only make the files large. */
const LONGEST_BODY_BYTES = 20_000;
/** Listening streams do not end by themselves. */
const PATIENCE_MS = 20_000;
/** Theirs or of their connection: not for a file. */
const LEFT_OUT = new Set(['authorization', 'host', 'connection', 'keep-alive', 'transfer-encoding', 'date']);

const keep = (headers: readonly string[]) =>
  headers.filter((_part, index) => !LEFT_OUT.has(headers[index - (index % 2)]?.toLowerCase() ?? ''));

const utf8 = (chunk: Buffer) => chunk.toString('utf8');

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Passes everything on, and writes it down. */
async function pass(target: string, incoming: IncomingMessage, response: ServerResponse, recorded: RecordedExchange[]) {
  const body = await read(incoming);
  const { method = '', rawHeaders } = incoming;
  const headers = rawHeaders.map((part, index) =>
    index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host' ? new URL(target).host : part,
  );
  const outgoing = request(target, { method, headers, setDefaultHeaders: false, agent: false });
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  outgoing.on('response', (answer) => {
    const chunks: Buffer[] = [];
    const { statusCode: status = 0 } = answer;
    response.writeHead(status, answer.rawHeaders);
    response.flushHeaders();
    answer.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      response.write(chunk);
    });
    answer.on('error', () => response.destroy());
    answer.on('end', () => response.end());
    answer.on('close', () => {
      const size = chunks.reduce((sum, { length }) => sum + length, body.length);
      if (size > LONGEST_BODY_BYTES) return;
      recorded.push({
        request: { method, headers: keep(rawHeaders), ...(body.length > 0 && { body: utf8(body) }) },
        answer: { status, headers: keep(answer.rawHeaders), chunks: chunks.map(utf8) },
      });
    });
  });
  outgoing.end(body);
}

async function record(company: Company, era: Era): Promise<readonly RecordedExchange[]> {
  const recorded: RecordedExchange[] = [];
  const target = company.servers.find(({ name }) => name === WORKSHOP)?.url ?? '';
  const proxy = createServer((incoming, response) => {
    pass(target, incoming, response, recorded).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}/mcp`);
  const headers = { authorization: `Bearer ${await accessTokenFor(company, 'alice', WORKSHOP)}` };
  const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers } });
  const client = await connectOver(transport, era, ALL_CAPABILITIES, `recorded-${era}`);
  const cell = { client: era, server: 'both', route: 'direct' } as const;
  for (const behave of Object.values(BEHAVIOURS)) {
    const subject = createSubject(cell, client, { company }, AbortSignal.timeout(PATIENCE_MS));
    // What is impossible in an era leaves traffic behind all the same.
    await behave(subject).catch(() => undefined);
  }
  if (era === 'legacy') await transport.terminateSession();
  await client.close();
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
  return recorded;
}

const company = await startCompany({ workshop: true });
for (const era of ERAS) {
  const recorded = await record(company, era);
  const lines = recorded.map((exchange) => JSON.stringify(exchange)).join('\n');
  await writeFile(join(import.meta.dirname, 'recorded', `${era}.jsonl`), `${lines}\n`);
  process.stdout.write(`${era}: ${recorded.length} exchanges\n`);
}
await company.close();
