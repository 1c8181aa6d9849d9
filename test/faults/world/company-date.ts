import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';

const STARTED = 'http.server.request.start';

/**
 * Has everything that answers in this process, but the relay, say the company's time in its `Date` header: our side
 * learns from it how far the clocks are apart. Gives what ends that.
 */
export function sendCompanyDates(clock: () => number, relayPort: number): () => void {
  const onStart = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    if (request.socket.localPort !== relayPort) response.setHeader('date', new Date(clock()).toUTCString());
  };
  subscribe(STARTED, onStart);
  return () => unsubscribe(STARTED, onStart);
}
