import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { McpServer } from '@modelcontextprotocol/server';
import { expect, onTestFinished, test } from 'vitest';
import { createAnswerFilter } from '../../../../main/relay/rules/answer-filter.ts';
import { type BodyVerdict, judgeBody } from '../../../../main/relay/rules/judge-body.ts';
import { ruledHeaders } from '../../../../main/relay/rules/ruled-headers.ts';
import { judgeTool } from '../../../../main/relay/rules/tool-rules.ts';
import type { ToolRules } from '../../../../shared/tool-rules.ts';
import { serveRaw } from '../../fixtures.ts';
import { serveLegacy, serveModern } from '../back/serving.ts';

// The SDK's own clients and servers of both eras, with nothing between them but the rules.

const RULES: ToolRules = { allow: ['get_*', 'delete_*'], deny: ['delete_*'] };
const ran: string[] = [];

function register(server: McpServer): void {
  for (const name of ['get_note', 'delete_note', 'put_note'])
    server.registerTool(name, {}, async () => {
      ran.push(name);
      return { content: [{ type: 'text', text: `${name} ran` }] };
    });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A relay of bytes in front of `origin` that keeps the rules. */
async function ruledRelay(origin: string) {
  const verdicts: BodyVerdict[] = [];
  const relay = await serveRaw(async (request, response) => {
    const body = await bodyOf(request);
    if (body.length > 0) {
      const judge = (name: string) => judgeTool(RULES, name, undefined);
      const verdict = judgeBody(body, ruledHeaders(request.rawHeaders), judge, 'The notes');
      verdicts.push(verdict);
      if (verdict.kind !== 'pass') {
        response.writeHead(verdict.status, { 'content-type': 'application/json' }).end(verdict.response);
        return;
      }
    }
    const { 'accept-encoding': _, host: __, ...headers } = request.headers;
    const outgoing = httpRequest(`${origin}/mcp`, { method: request.method, headers }, (answer) => {
      const { 'content-length': ___, ...answered } = answer.headers;
      response.writeHead(answer.statusCode ?? 500, answered).flushHeaders();
      const filter = createAnswerFilter(
        { contentType: answered['content-type'], contentEncoding: answered['content-encoding'] },
        RULES,
      );
      answer.on('data', (chunk: Buffer) => {
        for (const part of filter.push(chunk)) response.write(part);
      });
      answer.on('end', () => response.end(Buffer.concat(filter.end())));
      answer.on('error', () => response.destroy());
    });
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    outgoing.end(body);
  });
  return { origin: relay.origin, verdicts };
}

test.each(['legacy', 'modern'] as const)('a client of the %s era sees and runs only what is allowed', async (era) => {
  ran.length = 0;
  const server = era === 'legacy' ? await serveLegacy(register) : await serveModern(register);
  const { origin, verdicts } = await ruledRelay(server.origin);
  const client = new Client(
    { name: 'tester', version: '1' },
    { versionNegotiation: { mode: era === 'legacy' ? 'legacy' : { pin: '2026-07-28' } } },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL(origin)));
  onTestFinished(() => client.close());
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['get_note']);
  expect(await client.callTool({ name: 'get_note' })).toMatchObject({ content: [{ text: 'get_note ran' }] });
  for (const name of ['delete_note', 'put_note', 'nowhere'])
    expect(await client.callTool({ name })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining(`does not allow the tool "${name}" of The notes`) }],
    });
  expect(ran).toEqual(['get_note']);
  expect(verdicts.map(({ kind }) => kind)).not.toContain('malformed');
});
