import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

// A stand-in for the model behind Claude Code: Anthropic's Messages API as far as tool calls need it. It answers a turn
// with one tool_use, where a call is planned, and the turn that brings the result with a text, so no account is needed.

/** The tool call that the stand-in asks for. */
export interface PlannedCall {
  /** As the client shows it to its model: `mcp__<entry>__<tool>`. */
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A running stand-in. */
export interface ModelStandIn {
  /** For ANTHROPIC_BASE_URL. */
  readonly url: string;
  /** The tool results that the client brought back, as JSON text, oldest first. */
  readonly toolResults: readonly string[];
  /** Names of the tools of MCP servers that the latest request offered; none where the client keeps them back. */
  offered(): readonly string[];
  /** Its next answers ask for this call, until the result comes. */
  plan(call: PlannedCall): void;
  close(): Promise<void>;
}

/** Where the Messages API lives (without the query that some versions add). */
const MESSAGES_PATH = '/v1/messages';

const MCP_TOOL_PREFIX = 'mcp__';

/** The whole conversation with all tool descriptions is about 100 KB; in bytes. */
const BODY_LIMIT_BYTES = 20 * 1024 * 1024;

const requestSchema = z.object({
  model: z.string(),
  tools: z.array(z.looseObject({ name: z.string() })).default([]),
  messages: z.array(
    z.object({
      role: z.string(),
      content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]),
    }),
  ),
});

type Request = z.infer<typeof requestSchema>;

interface Memory {
  planned: PlannedCall | undefined;
  offered: readonly string[];
  readonly toolResults: string[];
  turns: number;
}

/** Starts a stand-in on a free loopback port. It asks for the planned call once. */
export async function startModel(planned?: PlannedCall): Promise<ModelStandIn> {
  const memory: Memory = { planned, offered: [], toolResults: [], turns: 0 };
  const server = createServer((request, response) => {
    answer(request, response, memory).catch((error: unknown) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message: String(error) } }));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    toolResults: memory.toolResults,
    offered: () => memory.offered,
    plan: (call) => {
      memory.planned = call;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, memory: Memory): Promise<void> {
  if (request.method !== 'POST' || request.url?.split('?')[0] !== MESSAGES_PATH) {
    response.writeHead(404).end();
    return;
  }
  const { model, tools, messages } = requestSchema.parse(JSON.parse(await bodyOf(request)));
  memory.offered = tools.map(({ name }) => name).filter((name) => name.startsWith(MCP_TOOL_PREFIX));
  memory.turns += 1;
  const results = resultsIn(messages);
  memory.toolResults.push(...results);
  if (results.length > 0) memory.planned = undefined;
  const turn = memory.planned ? toolTurn(memory.planned, `toolu_${memory.turns}`) : textTurn('done');
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const events = eventsOf({ model, id: `msg_${memory.turns}` }, turn);
  for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  response.end();
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > BODY_LIMIT_BYTES) throw new Error('The request is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Only what came after our last answer counts: the client repeats the whole conversation. */
function resultsIn(messages: Request['messages']): string[] {
  const fresh = messages.slice(messages.findLastIndex(({ role }) => role === 'assistant') + 1);
  return fresh
    .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
    .filter(({ type }) => type === 'tool_result')
    .map((block) => JSON.stringify(block));
}

interface Turn {
  readonly start: object;
  readonly delta: object;
  readonly stopReason: string;
}

function toolTurn({ tool, input }: PlannedCall, id: string): Turn {
  return {
    start: { type: 'tool_use', id, name: tool, input: {} },
    delta: { type: 'input_json_delta', partial_json: JSON.stringify(input) },
    stopReason: 'tool_use',
  };
}

function textTurn(text: string): Turn {
  return {
    start: { type: 'text', text: '' },
    delta: { type: 'text_delta', text },
    stopReason: 'end_turn',
  };
}

/** One streamed message of one content block. Messages of the same id would become one to the client. */
function eventsOf(
  { model, id }: { readonly model: string; readonly id: string },
  { start, delta, stopReason }: Turn,
): readonly { readonly type: string }[] {
  const empty = { id, type: 'message', role: 'assistant', model, content: [], stop_reason: null };
  const usage = { input_tokens: 1, output_tokens: 1 };
  return [
    { type: 'message_start', message: { ...empty, stop_sequence: null, usage } },
    { type: 'content_block_start', index: 0, content_block: start },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: stopReason, stop_sequence: null }, usage: { output_tokens: 1 } },
    { type: 'message_stop' },
  ] as readonly { readonly type: string }[];
}
