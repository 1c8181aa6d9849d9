import type { Socket } from 'node:net';

/** Thrown by {@link readLine}. */
export class LineError extends Error {
  readonly reason: 'closed' | 'too-long' | 'timeout';

  constructor(reason: 'closed' | 'too-long' | 'timeout') {
    super(`No complete line: ${reason}`);
    this.name = 'LineError';
    this.reason = reason;
  }
}

/**
 * Reads one line of ASCII from a socket and leaves every byte behind it for the next reader. The socket is paused
 * afterwards. Bounded in size and time, so that a silent or endless peer costs nothing.
 *
 * @throws {LineError} when the peer closes, is silent for `timeoutMs`, or sends more than `limitBytes`.
 */
export function readLine(socket: Socket, limitBytes: number, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const timer = setTimeout(() => finish(new LineError('timeout')), timeoutMs);
    const finish = (outcome: string | Error) => {
      clearTimeout(timer);
      socket.off('data', onData);
      socket.off('close', onClose);
      socket.off('end', onClose);
      socket.off('error', finish);
      socket.pause();
      if (typeof outcome === 'string') resolve(outcome);
      else reject(outcome);
    };
    const onClose = () => finish(new LineError('closed'));
    const onData = (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const end = received.indexOf(0x0a);
      if (end < 0 && received.length <= limitBytes) return;
      if (end < 0 || end > limitBytes) return finish(new LineError('too-long'));
      const line = received.toString('latin1', 0, end);
      const rest = received.subarray(end + 1);
      finish(line);
      if (rest.length > 0) socket.unshift(rest);
    };
    socket.on('data', onData);
    socket.on('close', onClose);
    socket.on('end', onClose);
    socket.on('error', finish);
    // An earlier reader may have paused it.
    socket.resume();
  });
}
