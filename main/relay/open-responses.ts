import type { ServerResponse } from 'node:http';

/** The answers of every client that are under way, so that a client that is taken away hears nothing more. */
export interface OpenResponses {
  /** Takes note of one until it is over. */
  add(client: string, response: ServerResponse): void;
  /** Cuts all of a client's. */
  cut(client: string): void;
}

/** None yet. */
export function createOpenResponses(): OpenResponses {
  const open = new Map<string, Set<ServerResponse>>();
  return {
    add: (client, response) => {
      const own = open.get(client) ?? new Set();
      open.set(client, own);
      own.add(response);
      response.once('close', () => {
        own.delete(response);
        if (own.size === 0 && open.get(client) === own) open.delete(client);
      });
    },
    cut: (client) => {
      for (const response of [...(open.get(client) ?? [])]) response.destroy();
    },
  };
}
