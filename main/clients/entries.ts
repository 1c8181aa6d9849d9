import type { Transport } from '../../shared/client-kinds.ts';
import { LanyardError } from '../../shared/errors.ts';
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
  /** `undefined` where no path of ours may be written down: then there are no stdio entries. */
  readonly program: Program | undefined;
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

function noProgram(): LanyardError {
  return new LanyardError({
    code: 'no-lasting-program',
    user: 'Lanyard runs from a place that does not last, so apps cannot be told to start it. Install it, or connect the app with: lanyard client add <app> --transport http',
    administrator:
      'The program lies in a temporary folder or one that others may write, and could not be copied to ~/.lanyard, which must be the person’s alone.',
  });
}

function entryOf(name: string, server: string | undefined, shapes: EntryShapes, source: EntrySource): AppEntry {
  const { transport, relayUrl, localKey, program, clientId } = source;
  if (transport === 'http' && shapes.http)
    return shapes.http({
      name,
      url: `${relayUrl}${server === undefined ? '' : `/${server}`}/mcp`,
      headers: { [LOCAL_KEY_HEADER_NAME]: localKey },
    });
  if (!program) throw noProgram();
  const args = [...program.args, 'stdio', ...(server === undefined ? [] : [server]), '--client', clientId];
  return shapes.stdio({ name, command: program.file, args });
}

/**
 * The entries of a client by name: one for each server, or the gateway's alone. The key goes into a header or, for
 * stdio, is not needed at all.
 *
 * @throws {LanyardError} `no-lasting-program` for stdio entries without a program.
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
