import { setNewest } from './bounded-map.ts';
import type { SeenUris } from './uri-routes.ts';

/** So many URIs are remembered for a conversation; what was not mentioned for longest goes first. */
const URI_LIMIT = 500;
/** So many conversations are remembered: far more than there are programs. */
const CONVERSATION_LIMIT = 500;
/** Longer URIs are not remembered, in characters. */
const LENGTH_LIMIT = 2048;

/** URIs that were seen in results, conversation by conversation, in bounded memory. */
export interface SeenInConversations {
  of(conversationId: string): SeenUris;
  end(conversationId: string): void;
  reset(): void;
}

/** Nothing was seen yet. */
export function createSeenInConversations(): SeenInConversations {
  const conversations = new Map<string, Map<string, string>>();
  return {
    of: (conversationId) => ({
      ownerOf: (uri) => conversations.get(conversationId)?.get(uri),
      remember: (uri, server) => {
        if (uri.length > LENGTH_LIMIT) return;
        const uris = conversations.get(conversationId) ?? new Map<string, string>();
        setNewest(conversations, conversationId, uris, CONVERSATION_LIMIT);
        setNewest(uris, uri, server, URI_LIMIT);
      },
    }),
    end: (conversationId) => void conversations.delete(conversationId),
    reset: () => conversations.clear(),
  };
}
