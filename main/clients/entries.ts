import { LOCAL_KEY_HEADER_NAME } from '../../shared/local-key-header.ts';

/** How a client is told to reach servers. */
export interface EntrySource {
  readonly transport: 'http' | 'stdio';
  /** Scheme, host and port of the relay. */
  readonly relayUrl: string;
  readonly localKey: string;
  /** Absolute path of the program and its first arguments, for stdio. */
  readonly program: { readonly file: string; readonly args: readonly string[] };
  /** Names the client in the journal. */
  readonly clientId: string;
}

/** One entry of a client's `mcpServers`, in the form that Claude Code and many others read. */
export type Entry =
  | { readonly type: 'http'; readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly type: 'stdio'; readonly command: string; readonly args: readonly string[] };

/** Our entries carry this prefix, so that exactly ours are replaced and removed. */
const ENTRY_PREFIX = 'lanyard-';

/** The gateway's entry. Short: clients put it in front of tool names. */
const GATEWAY_ENTRY = 'lanyard';

/** The entry's name for a server. */
function entryName(server: string): string {
  return `${ENTRY_PREFIX}${server}`;
}

/** Whether an entry's name is one of ours. */
export function isOwnEntry(name: string): boolean {
  return name === GATEWAY_ENTRY || name.startsWith(ENTRY_PREFIX);
}

function entryOf(server: string | undefined, { transport, relayUrl, localKey, program, clientId }: EntrySource): Entry {
  return transport === 'http'
    ? {
        type: 'http',
        url: `${relayUrl}${server === undefined ? '' : `/${server}`}/mcp`,
        headers: { [LOCAL_KEY_HEADER_NAME]: localKey },
      }
    : {
        type: 'stdio',
        command: program.file,
        args: [...program.args, 'stdio', ...(server === undefined ? [] : [server]), '--client', clientId],
      };
}

/** One entry for each server, by name. The key goes into a header or, for stdio, is not needed at all. */
export function makeEntries(servers: readonly string[], source: EntrySource): Readonly<Record<string, Entry>> {
  return Object.fromEntries(servers.map((server) => [entryName(server), entryOf(server, source)]));
}

/** The one entry for all servers together. */
export function makeGatewayEntry(source: EntrySource): Readonly<Record<string, Entry>> {
  return { [GATEWAY_ENTRY]: entryOf(undefined, source) };
}
