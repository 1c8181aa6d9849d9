import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server';

// Enough for a test that reconnects; a company must not grow for ever under a benchmark.
const EVENTS_KEPT = 1_000;

/** Keeps the last messages of one MCP session, so that a broken stream can be resumed by `Last-Event-ID`. */
export function createEventStore(): EventStore {
  const events = new Map<string, { readonly streamId: string; readonly message: JSONRPCMessage }>();
  let last = 0;
  return {
    storeEvent: async (streamId, message) => {
      last += 1;
      const eventId = String(last);
      events.set(eventId, { streamId, message });
      events.delete(String(last - EVENTS_KEPT));
      return eventId;
    },
    getStreamIdForEventId: async (eventId) => events.get(eventId)?.streamId,
    replayEventsAfter: async (lastEventId, { send }) => {
      const streamId = events.get(lastEventId)?.streamId ?? '';
      for (const [eventId, event] of events) {
        // The empty message of a priming event only carries an id; it is not to be sent again.
        const isLater = Number(eventId) > Number(lastEventId);
        if (isLater && event.streamId === streamId && 'jsonrpc' in event.message) await send(eventId, event.message);
      }
      return streamId;
    },
  };
}
