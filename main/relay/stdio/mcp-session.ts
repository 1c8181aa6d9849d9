import type { Schedule } from '../../../shared/schedule.ts';
import { type Negotiated, sessionHeaders } from '../message.ts';
import type { AnswerMessage } from './answer-message.ts';
import { keepListening } from './listening.ts';
import type { Wire } from './wire.ts';

/** One MCP session with the server, as it was opened. */
export interface McpSession {
  readonly negotiated: Negotiated;
  /** Whether the server has heard that the client is ready. */
  readonly isReady: boolean;
  /** The server has heard it: only now does it send by itself. */
  ready(): void;
  /** Nothing is heard of it any more. */
  forget(): void;
  /** The server is told, too. */
  end(): void;
}

/** What an MCP session works with. */
export interface McpSessionContext {
  readonly wire: Wire;
  readonly schedule: Schedule;
  readonly onMessage: (message: AnswerMessage) => void;
}

/** An MCP session that was opened. Its listening stream begins when it is ready. */
export function createMcpSession(negotiated: Negotiated, { wire, schedule, onMessage }: McpSessionContext): McpSession {
  const headers = sessionHeaders(negotiated);
  let isReady = false;
  let isOver = false;
  let stopListening = () => {};
  const forget = () => {
    isOver = true;
    stopListening();
  };
  return {
    negotiated,
    get isReady() {
      return isReady;
    },
    ready: () => {
      if (isReady || isOver) return;
      isReady = true;
      stopListening = keepListening({ wire, headers, onMessage, schedule });
    },
    forget,
    end: () => {
      forget();
      if (negotiated.mcpSessionId !== undefined) wire.endSession(headers);
    },
  };
}
