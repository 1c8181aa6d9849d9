import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { openLocalListener } from '../../main/agent/local-listener.ts';
import type { AgentState } from '../../shared/local-api.ts';
import type { LocalPaths } from '../../shared/paths.ts';

/** An agent that shows what a test tells it to: for states that a real one takes weeks or a full disk to reach. */
export interface PlayedAgent extends AsyncDisposable {
  /** Every request but those for states: `POST /v1/power {"event":"suspend"}`. */
  readonly heard: readonly string[];
  /** From now on this is the state. */
  show(state: AgentState): void;
}

/**
 * Plays the agent on a person's socket, before the app is launched.
 *
 * @param answers what is answered to a request such as `POST /v1/sign-out`; the state where nothing is said
 */
export async function playAgent(
  paths: LocalPaths,
  first: AgentState,
  answers: Readonly<Record<string, unknown>> = {},
): Promise<PlayedAgent> {
  await mkdir(paths.state, { recursive: true, mode: 0o700 });
  let state = first;
  const heard: string[] = [];
  const watchers = new Set<ServerResponse>();
  const tell = (watcher: ServerResponse) => watcher.write(`data: ${JSON.stringify(state)}\n\n`);
  const onRequest = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/v1/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      watchers.add(response);
      tell(response);
      await once(response, 'close');
      watchers.delete(response);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const asked = `${request.method} ${request.url}`;
    if (request.method !== 'GET') heard.push([asked, Buffer.concat(chunks).toString()].join(' ').trim());
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answers[asked] ?? state));
  };
  const listener = await openLocalListener(paths, onRequest, (_request, socket) => socket.destroy());
  return {
    heard,
    show: (next) => {
      state = next;
      for (const watcher of watchers) tell(watcher);
    },
    [Symbol.asyncDispose]: () => listener.close(),
  };
}
