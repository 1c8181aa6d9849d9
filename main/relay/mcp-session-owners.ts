/** More MCP sessions than the clients of a laptop ever have open; the oldest are forgotten first. */
const MOST_MCP_SESSIONS = 10_000;

/**
 * Remembers for which person an MCP session was opened. An MCP session must not go on for somebody else: servers are
 * told to see to that themselves (MCP security best practices), and not all do. MCP sessions that were opened before
 * the agent started are not known here.
 */
export interface McpSessionOwners {
  /** An answer of this server opened this MCP session. */
  opened(server: string, id: string): void;
  /** Whether it belongs to another person than the present one. */
  isForeign(server: string, id: string): boolean;
}

const keyOf = (server: string, id: string) => `${server}\n${id}`;

/** `person` gives who is signed in; `undefined` while nobody is. */
export function createMcpSessionOwners(person: () => string | undefined): McpSessionOwners {
  const owners = new Map<string, string>();
  return {
    opened: (server, id) => {
      const key = keyOf(server, id);
      const owner = person();
      if (owner === undefined) return;
      owners.delete(key);
      owners.set(key, owner);
      const [oldest] = owners.keys();
      if (owners.size > MOST_MCP_SESSIONS && oldest !== undefined) owners.delete(oldest);
    },
    isForeign: (server, id) => {
      const owner = owners.get(keyOf(server, id));
      const present = person();
      return owner !== undefined && present !== undefined && owner !== present;
    },
  };
}
