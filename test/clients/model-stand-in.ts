import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

// A stand-in for the model behind Claude Code: Anthropic's Messages API as far as one tool call needs it. It answers
// the first turn with one tool_use and the turn that brings the result with a text, so no account is needed.

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
  close(): Promise<void>;
}

/** Where the Messages API lives (without the query that some versions add). */
const MESSAGES_PATH = '/v1/messages';

/** The whole conversation with all tool descriptions is about 100 KB; in bytes. */
const BODY_LIMIT_BYTES = 20 * 1024 * 1024;

const requestSchema = z.object({
  model: z.string(),
  messages: z.array(
    z.object({
      content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]),
    }),
  ),
});

type Request = z.infer<typeof requestSchema>;

/** Starts a stand-in on a free loopback port. It asks for the planned call once, in its first answer. */
export async function startModel(plan: PlannedCall): Promise<ModelStandIn> {
  const toolResults: string[] = [];
  const server = createServer((request, response) => {
    answer(request, response, plan, toolResults).catch((error: unknown) => {
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
    toolResults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  plan: PlannedCall,
  toolResults: string[],
): Promise<void> {
  if (request.method !== 'POST' || request.url?.split('?')[0] !== MESSAGES_PATH) {
    response.writeHead(404).end();
    return;
  }
  const { model, messages } = requestSchema.parse(JSON.parse(await bodyOf(request)));
  const results = resultsIn(messages);
  toolResults.push(...results);
  const turn = results.length > 0 ? textTurn('done') : toolTurn(plan);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of eventsOf(model, turn)) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
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

/** Only the last message counts: the ones before it were answered already. */
function resultsIn(messages: Request['messages']): string[] {
  const content = messages.at(-1)?.content;
  if (!Array.isArray(content)) return [];
  return content.filter(({ type }) => type === 'tool_result').map((block) => JSON.stringify(block));
}

interface Turn {
  readonly start: object;
  readonly delta: object;
  readonly stopReason: string;
}

function toolTurn({ tool, input }: PlannedCall): Turn {
  return {
    start: { type: 'tool_use', id: 'toolu_1', name: tool, input: {} },
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

/** One streamed message of one content block. */
function eventsOf(model: string, { start, delta, stopReason }: Turn): readonly { readonly type: string }[] {
  const empty = { id: 'msg_1', type: 'message', role: 'assistant', model, content: [], stop_reason: null };
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
