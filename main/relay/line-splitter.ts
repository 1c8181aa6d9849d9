import { MESSAGE_LIMIT_BYTES } from './mcp/message-limit.ts';

/** So many pieces of a line are put together at a time: each costs more than its bytes, and may be one byte. */
const MOST_PIECES = 1_024;

/** Cuts a byte stream into lines. */
export interface LineSplitter {
  /** The complete lines so far, without their ends and without empty ones. `undefined`: a line is too long. */
  push(chunk: Buffer): string[] | undefined;
}

/** A splitter whose memory is bounded by `limitBytes`. Lines end with LF or CR LF (MCP stdio transport). */
export function createLineSplitter(limitBytes: number = MESSAGE_LIMIT_BYTES): LineSplitter {
  let whole: Buffer[] = [];
  let pending: Buffer[] = [];
  let size = 0;
  const keep = (piece: Buffer) => {
    pending.push(piece);
    size += piece.length;
    if (pending.length < MOST_PIECES) return;
    whole.push(Buffer.concat(pending));
    pending = [];
  };
  return {
    push: (chunk) => {
      const lines: string[] = [];
      let start = 0;
      for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
        keep(chunk.subarray(start, end));
        const line = Buffer.concat([...whole, ...pending])
          .toString('utf8')
          .replace(/\r$/, '');
        if (Buffer.byteLength(line) > limitBytes) return undefined;
        if (line !== '') lines.push(line);
        whole = [];
        pending = [];
        size = 0;
        start = end + 1;
      }
      if (start < chunk.length) keep(chunk.subarray(start));
      return size > limitBytes ? undefined : lines;
    },
  };
}
