import { Client } from '@modelcontextprotocol/client';
import { createMcpHandler, type McpServer } from '@modelcontextprotocol/server';
import { createParser } from 'eventsource-parser';
import type { Responder } from '../../../../main/relay/mcp/responder.ts';
import { MODERN_REVISION } from '../../../../main/relay/mcp/revisions.ts';
import {
  isNotification,
  isRequest,
  memberOf,
  type Outcome,
  parseRpc,
  type RpcMessage,
} from '../../../../main/relay/mcp/rpc.ts';

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

/** An SDK client of revision 2026-07-28 that talks to a responder, without a network. */
export async function sdkClient(responder: Responder, capabilities: object = {}): Promise<Client> {
  const client = new Client(
    { name: 'client', version: '1.0.0' },
    { capabilities, versionNegotiation: { mode: { pin: MODERN_REVISION } } },
  );
  const underWay = new Map<unknown, AbortController>();
  const transport: Parameters<Client['connect']>[0] = {
    start: async () => {},
    close: async () => {
      for (const controller of underWay.values()) controller.abort();
      transport.onclose?.();
    },
    send: async (sent) => {
      const message = JSON.parse(JSON.stringify(sent)) as RpcMessage;
      const give = (answer: object) => transport.onmessage?.(JSON.parse(JSON.stringify(answer)));
      if (isNotification(message)) {
        if (message.method === 'notifications/cancelled') underWay.get(memberOf(message.params, 'requestId'))?.abort();
        return;
      }
      if (!isRequest(message)) return;
      const controller = new AbortController();
      underWay.set(message.id, controller);
      const conversation = { id: 'sdk', client: 'sdk', transport: 'stdio' } as const;
      responder
        .answer(message, { conversation, signal: controller.signal, notify: give })
        .then((outcome) => give({ jsonrpc: '2.0', id: message.id, ...outcome }))
        .finally(() => underWay.delete(message.id));
    },
  };
  await client.connect(transport);
  return client;
}
