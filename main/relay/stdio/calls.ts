import { callServer, type ServerAccess, type ServerCall, type ServerRequest } from '../server-call.ts';
import { readAnswer, type StdioAnswer, type StdioAnswerListener } from './answer.ts';
import type { Outlet } from './outlet.ts';

/** A request of one stdio connection, on its way to the server. */
export interface OpenCall {
  /** Ends it here. Its listener hears of an end with what came before; nothing where it has ended already. */
  abort(): void;
}

/** The requests under way for one stdio connection. */
export interface Calls {
  open(request: ServerRequest, listener: Omit<StdioAnswerListener, 'onTooLarge'>): OpenCall;
  /** Ends every call; from here on each ends as it begins. */
  close(): void;
}

const NOTHING: StdioAnswer = {
  status: 0,
  mcpSessionId: undefined,
  fault: undefined,
  messages: 0,
  answered: false,
  lastEventId: undefined,
  retryMs: undefined,
};

/** None yet. Every call that is opened ends exactly once, whoever ends it. */
export function createCalls(access: ServerAccess, outlet: Outlet): Calls {
  const open = new Set<OpenCall>();
  let closed = false;
  return {
    open: (request, listener) => {
      let over = false;
      let status = 0;
      const done = (answer: StdioAnswer) => {
        if (over) return;
        over = true;
        open.delete(mine);
        if (call) outlet.remove(call);
        listener.onDone(answer);
      };
      const mine: OpenCall = {
        abort: () => {
          call?.abort();
          done({ ...NOTHING, status });
        },
      };
      open.add(mine);
      // A call may end before it is there.
      let call: ServerCall | undefined;
      call = callServer(
        access,
        request,
        readAnswer({
          ...listener,
          onHead: (code, mcpSessionId) => {
            status = code;
            listener.onHead?.(code, mcpSessionId);
          },
          onTooLarge: () => call?.abort(),
          onDone: done,
        }),
      );
      if (!over) outlet.add(call);
      if (closed) queueMicrotask(mine.abort);
      return mine;
    },
    close: () => {
      closed = true;
      for (const call of [...open]) call.abort();
    },
  };
}
