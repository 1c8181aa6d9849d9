import type { ClientRecord } from '../clients/registry.ts';

/** Most clients that a warning names; a person who has more knows what it is about. */
const NAMED_LIMIT = 5;

/** Clients whose entries name another address than the relay's present one, by title. */
function clientsElsewhere(clients: readonly ClientRecord[], relayUrl: string, hasMoved: boolean): readonly string[] {
  return clients
    .filter((client) => {
      if (client.transport === 'stdio' || client.leaving || client.entries.length === 0) return false;
      // An older version did not keep the address; it was the policy's, most likely.
      return client.relayUrl === undefined ? hasMoved : client.relayUrl !== relayUrl;
    })
    .map(({ id, title, file }) => (file === undefined ? `${title} (${id})` : title));
}

/**
 * What to say where the relay could not have the port that policy names, or clients still name one that it had before;
 * `undefined` where all is well.
 */
export function relayPortWarning(
  wishedPort: number,
  relayUrl: string,
  clients: readonly ClientRecord[],
): string | undefined {
  const port = Number(new URL(relayUrl).port);
  const hasMoved = port !== wishedPort;
  const titles = clientsElsewhere(clients, relayUrl, hasMoved);
  const moved = hasMoved
    ? `Another program holds port ${wishedPort}, so clients reach Lanyard on port ${port}. Start apps again that were open.`
    : undefined;
  if (titles.length === 0) return moved;
  const more = titles.length > NAMED_LIMIT ? ` and ${titles.length - NAMED_LIMIT} more` : '';
  const named = `${titles.slice(0, NAMED_LIMIT).join(', ')}${more}`;
  const stale = `Connect these again: until then they send their local key to a port that is not Lanyard's: ${named}.`;
  return moved === undefined ? stale : `${moved} ${stale}`;
}
