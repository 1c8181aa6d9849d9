import { crc32 } from 'node:zlib';

// Animated PNG as the third edition of the PNG specification (W3C, 2025) has it: the frames' compressed pixels are put
// into other chunks, and nothing is decoded. A viewer that knows no animation shows the first frame.

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** Chunks that say how the pixels are to be read; they have to be the same for all frames. */
const HEADER = 'IHDR';
const PIXELS = 'IDAT';
const END = 'IEND';
/** Length and type stand before a chunk's data, a check sum behind it; in bytes. */
const BEFORE_DATA = 8;
const CHECK_SUM = 4;
const MILLISECONDS_PER_SECOND = 1000;
/** A frame's delay is a fraction of two 16-bit numbers. */
const LONGEST_MS = 65_535;

/** One picture of an animation. */
export interface Frame {
  /** A PNG file. */
  readonly png: Buffer;
  /** How long it is shown. */
  readonly showMs: number;
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

function* chunksOf(png: Buffer): Generator<Chunk> {
  if (!png.subarray(0, SIGNATURE.length).equals(SIGNATURE)) throw new Error('A frame is not a PNG');
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const start = at + BEFORE_DATA;
    yield { type: png.toString('latin1', at + 4, start), data: png.subarray(start, start + length) };
    at = start + length + CHECK_SUM;
  }
}

function write({ type, data }: Chunk): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(named.length + BEFORE_DATA);
  whole.writeUInt32BE(data.length, 0);
  named.copy(whole, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}

const numbers = (...values: readonly number[]) => {
  const data = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => void data.writeUInt32BE(value, 4 * index));
  return data;
};

/** Animation control: how many frames, and that it goes round for ever. */
const animationControl = (frames: number): Chunk => ({ type: 'acTL', data: numbers(frames, 0) });

/** Frame control: the whole picture is replaced (no offset, dispose and blend operations 0) and shown this long. */
function frameControl(sequence: number, header: Buffer, showMs: number): Chunk {
  const place = numbers(sequence, header.readUInt32BE(0), header.readUInt32BE(4), 0, 0);
  const delay = Buffer.alloc(6);
  delay.writeUInt16BE(Math.min(Math.round(showMs), LONGEST_MS), 0);
  delay.writeUInt16BE(MILLISECONDS_PER_SECOND, 2);
  return { type: 'fcTL', data: Buffer.concat([place, delay]) };
}

/**
 * Makes one animated PNG, which goes round for ever, of pictures that have the same size and kind of pixels.
 *
 * @throws {Error} where there is none, one is not a PNG, or one differs from the first in size or kind.
 */
export function animate(frames: readonly Frame[]): Buffer {
  const headers = frames.map(({ png }) => [...chunksOf(png)].find(({ type }) => type === HEADER)?.data);
  const [header] = headers;
  if (!header) throw new Error('An animation needs a frame');
  if (!headers.every((other) => other?.equals(header)))
    throw new Error('All frames must have one size and kind of pixels');
  let sequence = 0;
  const chunks: Chunk[] = [{ type: HEADER, data: header }, animationControl(frames.length)];
  frames.forEach(({ png, showMs }, index) => {
    chunks.push(frameControl(sequence++, header, showMs));
    for (const { type, data } of chunksOf(png)) {
      if (type !== PIXELS) continue;
      // The first frame is the picture itself, for who knows no animation.
      if (index === 0) chunks.push({ type, data });
      else chunks.push({ type: 'fdAT', data: Buffer.concat([numbers(sequence++), data]) });
    }
  });
  chunks.push({ type: END, data: Buffer.alloc(0) });
  return Buffer.concat([SIGNATURE, ...chunks.map(write)]);
}
