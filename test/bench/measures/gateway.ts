import { LOCAL_KEY_HEADER_NAME } from '../../../shared/local-key-header.ts';
import { FAST_SERVER } from '../company/fast-company.ts';
import type { Target } from '../load/caller.ts';
import { type Connection, openConnection } from '../load/connection.ts';
import { columnsOf, type Row } from '../report/row.ts';
import { quantile } from '../report/statistics.ts';
import type { Scale } from '../scale.ts';
import { CALL_TEXT, TOOL, toolCallBody } from '../server/tool-call.ts';
import type { FastSetup } from './fast-setup.ts';
import { interleave, pick } from './interleave.ts';

/** Path of the entry for all servers. */
const GATEWAY_PATH = '/mcp';

/** How the gateway names a server's tool. */
const gatewayName = (server: string, tool: string) => `${server}_${tool}`;

/** Of each round; its median counts. */
const REQUESTS = 100;

const INITIALIZE = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'bench', version: '1.0.0' },
};

/** An MCP client of revision 2025-11-25 on one connection. */
interface McpClient {
  /** Sends a request; gives its time in ms. Rejects where the answer has no result, or not this text in it. */
  request(method: string, params: object, expected: string): Promise<number>;
  close(): void;
}

async function send(connection: Connection, message: object, headers: Readonly<Record<string, string>>) {
  return connection.exchange({ method: 'POST', headers, body: JSON.stringify({ jsonrpc: '2.0', ...message }) });
}

async function openMcpClient(target: Target): Promise<McpClient> {
  const connection = openConnection(target);
  const { status, head, tail } = await send(connection, { id: 1, method: 'initialize', params: INITIALIZE }, {});
  if (status !== 200 || !tail.includes('"result"')) throw new Error(`initialize was answered ${status}: ${tail}`);
  const mcpSessionId = /\r\nmcp-session-id: *([^\r]+)/i.exec(head)?.[1];
  const headers: Record<string, string> = mcpSessionId === undefined ? {} : { 'mcp-session-id': mcpSessionId };
  await send(connection, { method: 'notifications/initialized' }, headers);
  let lastId = 1;
  return {
    request: async (method, params, expected) => {
      lastId += 1;
      const answer = await send(connection, { id: lastId, method, params }, headers);
      if (answer.status !== 200 || !answer.tail.includes(expected))
        throw new Error(`${method} was answered ${answer.status}: ${answer.tail}`);
      return answer.ms;
    },
    close: connection.close,
  };
}

interface Subject {
  readonly target: Target;
  readonly tool: string;
}

async function times(client: McpClient, method: string, params: object, expected: string): Promise<Times> {
  const found: number[] = [];
  for (let request = 0; request < REQUESTS; request += 1) found.push(await client.request(method, params, expected));
  found.sort((a, b) => a - b);
  return { p50Ms: quantile(found, 0.5), p99Ms: quantile(found, 0.99) };
}

interface Times {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Rows about the gateway. Ends the servers, so nothing can be measured with this setup afterwards. */
export async function measureGateway(
  { agent, names, url, server, fixedToken }: FastSetup,
  { gatewayRounds }: Scale,
): Promise<readonly Row[]> {
  const key = { [LOCAL_KEY_HEADER_NAME]: await agent.addClient() };
  const gateway: Subject = {
    target: { url: `${agent.relayUrl}${GATEWAY_PATH}`, headers: key },
    tool: gatewayName(FAST_SERVER, TOOL),
  };
  const subjects: Readonly<Record<string, Subject>> = {
    direct: { target: { url, headers: { authorization: `Bearer ${fixedToken}` } }, tool: TOOL },
    'ours (one server)': { target: { url: `${agent.relayUrl}/${FAST_SERVER}/mcp`, headers: key }, tool: TOOL },
    'ours (gateway)': gateway,
  };
  const measure = (method: string, params: (subject: Subject) => object, expected: (subject: Subject) => string) =>
    interleave(subjects, gatewayRounds, async (subject) => {
      const client = await openMcpClient(subject.target);
      try {
        return await times(client, method, params(subject), expected(subject));
      } finally {
        client.close();
      }
    });
  const call = await measure(
    'tools/call',
    ({ tool }) => JSON.parse(toolCallBody(0, tool, { text: CALL_TEXT })).params,
    () => CALL_TEXT,
  );
  const list = await measure(
    'tools/list',
    () => ({}),
    ({ tool }) => JSON.stringify(tool),
  );
  await server.end();
  const down = await interleave({ 'ours (gateway)': gateway }, gatewayRounds, async ({ target, tool }) => {
    const beganAt = performance.now();
    const client = await openMcpClient(target);
    try {
      await client.request('tools/list', {}, JSON.stringify(tool));
      return performance.now() - beganAt;
    } finally {
      client.close();
    }
  });
  const row = (name: string, title: string, { rounds, absent }: typeof call): Row => ({
    name,
    title,
    unit: 'ms',
    columns: columnsOf(
      pick({ rounds, absent }, ({ p50Ms }) => p50Ms),
      pick({ rounds, absent }, ({ p99Ms }) => p99Ms),
    ),
    absent,
    remarks: [],
  });
  return [
    row('gateway-call', 'gateway: one call p50, 1 KB tools/call', call),
    row('gateway-list', `gateway: tools/list p50, ${names.length} servers`, list),
    {
      name: 'gateway-down',
      title: `gateway: initialize and tools/list, none of ${names.length} servers in reach`,
      unit: 'ms',
      columns: columnsOf(pick(down, (ms) => ms)),
      absent: down.absent,
      remarks: [],
    },
  ];
}
