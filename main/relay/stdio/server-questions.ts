import type { RequestId } from '../mcp/rpc.ts';
import type { AnswerMessage } from './answer-message.ts';

/** Most requests of a server that are remembered until the client has answered them. */
const MOST_QUESTIONS = 1_000;

/** What servers ask the client (sampling, elicitation, roots), by the MCP session in which they do. */
export interface ServerQuestions {
  /** A message of the server for its client. */
  heard(message: AnswerMessage): void;
  /** Whether the client's response to `id` goes on: not where who asked is gone. */
  takes(id: RequestId): boolean;
  /** The MCP session is over. Gives the lines that tell the client that nobody waits for its responses. */
  lose(): readonly string[];
}

// The oldest goes: whoever asked it has most likely given up.
function addTo(ids: Set<RequestId>, id: RequestId): void {
  const [oldest] = ids;
  if (ids.size >= MOST_QUESTIONS && oldest !== undefined) ids.delete(oldest);
  ids.add(id);
}

/** None yet. */
export function createServerQuestions(): ServerQuestions {
  const open = new Set<RequestId>();
  const lost = new Set<RequestId>();
  return {
    heard: ({ asks, takesBack }) => {
      if (asks !== undefined) {
        // Servers count from 0 in each MCP session.
        lost.delete(asks);
        addTo(open, asks);
      } else if (takesBack !== undefined) open.delete(takesBack);
    },
    takes: (id) => open.delete(id) || !lost.delete(id),
    lose: () => {
      const lines = [...open].map((requestId) => {
        addTo(lost, requestId);
        const params = { requestId, reason: 'The server has ended this MCP session.' };
        return JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
      });
      open.clear();
      return lines;
    },
  };
}
