import type { Transport } from '../../shared/client-kinds.ts';
import { LOCAL_KEY_HEADER_NAME } from '../../shared/local-key-header.ts';
import type { AppDefinition, AppEntry } from './apps/definition.ts';
import { typedHttp, typedStdio } from './apps/entry-shapes.ts';

/** How to start ourselves. */
export interface Program {
  /** Absolute path. */
  readonly file: string;
  /** Its first arguments. */
  readonly args: readonly string[];
}

/** How a client is told to reach servers. */
export interface EntrySource {
  readonly transport: Transport;
  /** Scheme, host and port of the relay. */
  readonly relayUrl: string;
  readonly localKey: string;
  readonly program: Program;
  /** Names the client in the journal. */
  readonly clientId: string;
}

/** The shapes of a client's entries. */
export type EntryShapes = Pick<AppDefinition, 'stdio' | 'http'>;

/** For entries that people paste: the form that most clients read. */
export const PASTED_SHAPES: EntryShapes = { stdio: typedStdio, http: typedHttp };

/** In front of a server's name, so that people see whose entries these are. */
const ENTRY_PREFIX = 'lanyard-';

/** The gateway's entry. Short: clients put it in front of tool names. */
const GATEWAY_ENTRY = 'lanyard';

function entryOf(name: string, server: string | undefined, shapes: EntryShapes, source: EntrySource): AppEntry {
  const { transport, relayUrl, localKey, program, clientId } = source;
  if (transport === 'http' && shapes.http)
    return shapes.http({
      name,
      url: `${relayUrl}${server === undefined ? '' : `/${server}`}/mcp`,
      headers: { [LOCAL_KEY_HEADER_NAME]: localKey },
    });
  const args = [...program.args, 'stdio', ...(server === undefined ? [] : [server]), '--client', clientId];
  return shapes.stdio({ name, command: program.file, args });
}

/**
 * The entries of a client by name: one for each server, or the gateway's alone. The key goes into a header or, for
 * stdio, is not needed at all.
 */
export function makeEntries(
  { servers, gateway }: { readonly servers: readonly string[]; readonly gateway: boolean },
  shapes: EntryShapes,
  source: EntrySource,
): Readonly<Record<string, AppEntry>> {
  if (gateway) return { [GATEWAY_ENTRY]: entryOf(GATEWAY_ENTRY, undefined, shapes, source) };
  return Object.fromEntries(
    servers.map((server) => {
      const name = `${ENTRY_PREFIX}${server}`;
      return [name, entryOf(name, server, shapes, source)];
    }),
  );
}
