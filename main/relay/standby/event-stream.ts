import type { ServerResponse } from 'node:http';
import type { Schedule } from '../../../shared/schedule.ts';
import type { RpcMessage } from '../mcp/rpc.ts';

/** A stream that says nothing is taken for dead by some proxies and clients after half a minute; in ms. */
const KEEP_ALIVE_MS = 15_000;

/** Server-sent events of ours (HTML Living Standard section 9.2), one message each. */
export interface EventStream {
  send(message: RpcMessage): void;
  end(): void;
}

/** Opens a stream, with a comment at once and every 15 s. `onClose` is called once, whoever ends it. */
export function openEventStream(response: ServerResponse, schedule: Schedule, onClose: () => void): EventStream {
  let callOff = () => {};
  const beat = () => {
    response.write(': lanyard\n\n');
    callOff = schedule(KEEP_ALIVE_MS, beat);
  };
  response.on('close', () => {
    callOff();
    onClose();
  });
  response.on('error', () => {});
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
  beat();
  return {
    send: (message) => void response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`),
    end: () => {
      callOff();
      response.end();
    },
  };
}
