import { randomUUID } from 'node:crypto';
import { Client } from '@modelcontextprotocol/client';
import { createMcpHandler, type McpServer } from '@modelcontextprotocol/server';
import { createParser } from 'eventsource-parser';
import { createLineFront } from '../../../../main/relay/front/line-front.ts';
import type { Responder } from '../../../../main/relay/mcp/responder.ts';
import { type Era, MODERN_REVISION } from '../../../../main/relay/mcp/revisions.ts';
import { isNotification, isRequest, type Outcome, parseRpc, type RpcMessage } from '../../../../main/relay/mcp/rpc.ts';
import { systemSchedule } from '../../../../shared/schedule.ts';

/** An SDK server of revision 2026-07-28 as a responder, without a network. */
export function sdkResponder(create: () => McpServer) {
  const handler = createMcpHandler(create, { legacy: 'reject' });
  const responder: Responder = {
    answer: async (request, { signal, notify }) => {
      const { name, uri, taskId } = (request.params ?? {}) as Record<string, string | undefined>;
      const named = name ?? uri ?? taskId;
      const response = await handler.fetch(
        new Request('http://server.test/mcp', {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
            'mcp-protocol-version': MODERN_REVISION,
            'mcp-method': request.method,
            ...(named !== undefined && { 'mcp-name': named }),
          },
          body: JSON.stringify(request),
          signal,
        }),
      );
      let outcome: Outcome | undefined;
      const take = (text: string) => {
        const message = parseRpc(text);
        if (message && isNotification(message)) notify(message);
        else if (message && !isRequest(message)) outcome = message;
      };
      if (!response.headers.get('content-type')?.includes('event-stream')) take(await response.text());
      else if (response.body) {
        const parser = createParser({ onEvent: ({ data }) => take(data) });
        for await (const text of response.body.pipeThrough(new TextDecoderStream())) parser.feed(text);
      }
      if (!outcome) throw new Error('no outcome');
      return 'result' in outcome ? { result: outcome.result } : { error: outcome.error };
    },
    end: () => {},
    reset: () => {},
  };
  return { responder, handler };
}

/** How an SDK client of either era is told to speak. */
const MODES = { legacy: 'legacy', modern: { pin: MODERN_REVISION } } as const;

/** An SDK client that talks to a responder by way of the front for stdio clients, without a process. */
export async function sdkClient(responder: Responder, era: Era, capabilities: object = {}): Promise<Client> {
  const client = new Client(
    { name: 'client', version: '1.0.0' },
    { capabilities, versionNegotiation: { mode: MODES[era] } },
  );
  const front = createLineFront({
    responder,
    conversation: { id: `sdk ${era}`, client: 'sdk', transport: 'stdio' },
    write: (message) => transport.onmessage?.(JSON.parse(JSON.stringify(message))),
    newId: randomUUID,
    schedule: systemSchedule,
  });
  const transport: Parameters<Client['connect']>[0] = {
    start: async () => {},
    close: async () => {
      front.close();
      transport.onclose?.();
    },
    send: async (message) => front.handle(JSON.parse(JSON.stringify(message)) as RpcMessage),
  };
  await client.connect(transport);
  return client;
}
