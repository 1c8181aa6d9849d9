/** Hears of one answer: its head, the bytes of its body as they come, its end. */
export interface AnswerListener {
  onHead(status: number, head: string): void;
  onBody(chunk: Buffer): void;
  onEnd(): void;
}

const CRLF = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');

/** What is read next. */
type State = 'head' | 'body' | 'size' | 'data' | 'data-end' | 'trailer';

/**
 * Reads the answers of one kept connection, one after the other (RFC 9112): with a length, in chunks, or without a body.
 * Feed it what arrives; it throws where that is no such answer.
 */
export function createAnswerReader(listener: AnswerListener): (chunk: Buffer) => void {
  let held: Buffer | undefined;
  let state: State = 'head';
  /** Bytes of the body or of the chunk that are to come. */
  let left = 0;

  const end = () => {
    state = 'head';
    listener.onEnd();
  };
  const readHead = (head: string) => {
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(status)) throw new Error(`This is no answer: ${head}`);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    const isChunked = /\r\ntransfer-encoding: *chunked/i.test(head);
    if (!isChunked && length === undefined && status >= 200 && status !== 204 && status !== 304)
      throw new Error(`An answer without a length: ${head}`);
    listener.onHead(status, head);
    left = Number(length ?? 0);
    if (isChunked) state = 'size';
    else if (left > 0) state = 'body';
    else end();
  };
  const readSize = (line: string) => {
    left = Number.parseInt(line, 16);
    if (Number.isNaN(left)) throw new Error(`This is no chunk's length: ${line}`);
    state = left === 0 ? 'trailer' : 'data';
  };

  /** Takes what it can from the front; gives what is left, or `undefined` where more has to come first. */
  const take = (bytes: Buffer): Buffer | undefined => {
    if (state === 'body' || state === 'data') {
      const part = bytes.length <= left ? bytes : bytes.subarray(0, left);
      left -= part.length;
      listener.onBody(part);
      if (left === 0 && state === 'data') state = 'data-end';
      else if (left === 0) end();
      return bytes.subarray(part.length);
    }
    const mark = state === 'head' ? HEAD_END : CRLF;
    const at = bytes.indexOf(mark);
    if (at < 0) return undefined;
    const text = bytes.toString('latin1', 0, at);
    if (state === 'head') readHead(text);
    else if (state === 'size') readSize(text);
    else if (state === 'data-end') state = 'size';
    else if (text === '') end();
    return bytes.subarray(at + mark.length);
  };

  return (chunk) => {
    let bytes: Buffer | undefined = held ? Buffer.concat([held, chunk]) : chunk;
    held = undefined;
    while (bytes && bytes.length > 0) {
      const rest = take(bytes);
      if (!rest) held = bytes;
      bytes = rest;
    }
  };
}
