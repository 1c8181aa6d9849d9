import { type Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { LOCAL_KEY_HEADER_NAME } from '../../../shared/local-key-header.ts';
import type { ServerEras } from '../../company/server/eras.ts';
import { accessTokenFor } from '../../unit/company/by-hand/client.ts';
import type { Fixture } from '../fixture.ts';
import { connectOver, ERAS, type Era, relayUrl } from '../mcp.ts';
import { PROGRAM } from '../program.ts';

/** How a client reaches its server. `direct`: without Lanyard, which shows what the two can do by themselves. */
export type Route = 'direct' | 'HTTP' | 'stdio' | 'gateway over HTTP' | 'gateway over stdio';

/** One way of one client to one server. */
export interface Cell {
  readonly client: Era;
  readonly server: ServerEras;
  readonly route: Route;
}

/** The server that has everything. */
export const WORKSHOP = 'workshop';

const ROUTES: readonly Route[] = ['direct', 'HTTP', 'stdio', 'gateway over HTTP', 'gateway over stdio'];

/** A client that can be asked anything. */
export const ALL_CAPABILITIES = { elicitation: { form: {} }, sampling: {}, roots: { listChanged: true } };

/** Every cell of a server; those without Lanyard only where client and server share an era. */
export function cellsOf(server: ServerEras): readonly Cell[] {
  const all = ROUTES.flatMap((route) => ERAS.map((client) => ({ client, server, route })));
  return all.filter(({ client, route }) => route !== 'direct' || server === 'both' || server === client);
}

/** Whether the gateway stands in between, which shows tools and prompts under its own names. */
export const isGateway = ({ route }: Cell) => route.startsWith('gateway');

/** A program as it is installed: its local key, and the name it gives itself, are its own. */
export async function connectCell({ client: era, route }: Cell, fixture: Fixture): Promise<Client> {
  const name = `matrix-${era}`;
  switch (route) {
    case 'direct': {
      const token = await accessTokenFor(fixture.company, 'alice', WORKSHOP);
      const url = fixture.company.servers.find((server) => server.name === WORKSHOP)?.url ?? '';
      return connectOver(
        httpTransport(new URL(url), { authorization: `Bearer ${token}` }),
        era,
        ALL_CAPABILITIES,
        name,
      );
    }
    case 'HTTP':
    case 'gateway over HTTP': {
      const url = route === 'HTTP' ? relayUrl(fixture, WORKSHOP) : new URL('/mcp', relayUrl(fixture, WORKSHOP));
      const headers = { [LOCAL_KEY_HEADER_NAME]: await fixture.localKey() };
      return connectOver(httpTransport(url, headers), era, ALL_CAPABILITIES, name);
    }
    case 'stdio':
    case 'gateway over stdio': {
      const args = [PROGRAM, 'stdio', ...(route === 'stdio' ? [WORKSHOP] : [])];
      const env = { HOME: fixture.home };
      const transport = new StdioClientTransport({ command: process.execPath, args, env, stderr: 'pipe' });
      return connectOver(transport, era, ALL_CAPABILITIES, name);
    }
  }
}

function httpTransport(url: URL, headers: Readonly<Record<string, string>>): StreamableHTTPClientTransport {
  return new StreamableHTTPClientTransport(url, { requestInit: { headers: { ...headers } } });
}
