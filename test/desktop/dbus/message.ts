import { Reader, type Variant, Writer } from './codec.ts';

/** What a message is. */
export const KIND = { call: 1, answer: 2, error: 3, signal: 4 } as const;

// Numbers of header fields and their types.
const FIELDS = { path: [1, 'o'], interface: [2, 's'], member: [3, 's'], errorName: [4, 's'] } as const;
const MORE_FIELDS = { answerTo: [5, 'u'], destination: [6, 's'], sender: [7, 's'], signature: [8, 'g'] } as const;
const ALL_FIELDS = { ...FIELDS, ...MORE_FIELDS };

/** One message, header and body. */
export interface Message {
  readonly kind: number;
  readonly serial: number;
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly errorName?: string;
  readonly answerTo?: number;
  readonly destination?: string;
  readonly sender?: string;
  readonly signature?: string;
  readonly body: readonly unknown[];
}

/** Fixed part of the header: up to and including the length of its fields. */
const FIXED_BYTES = 16;
const padded = (size: number) => Math.ceil(size / 8) * 8;

/** The bytes of a message. */
export function encodeMessage(message: Message): Buffer {
  const body = new Writer();
  body.all(message.signature ?? '', message.body);
  const fields = Object.entries(ALL_FIELDS).flatMap(([name, [code, signature]]) => {
    const value = message[name as keyof typeof ALL_FIELDS];
    return value === undefined ? [] : [[code, { signature, value } satisfies Variant]];
  });
  const header = new Writer();
  header.all('yyyyuua(yv)', ['l'.charCodeAt(0), message.kind, 0, 1, body.bytes.length, message.serial, fields]);
  header.align(8);
  return Buffer.concat([header.bytes, body.bytes]);
}

/** The first message in the bytes and how many it took; `undefined` while it is not all there. */
export function decodeMessage(bytes: Buffer): { message: Message; size: number } | undefined {
  if (bytes.length < FIXED_BYTES) return undefined;
  const bodyStart = padded(FIXED_BYTES + bytes.readUInt32LE(12));
  const size = bodyStart + bytes.readUInt32LE(4);
  if (bytes.length < size) return undefined;
  const [, kind, , , , serial, fields] = new Reader(bytes.subarray(0, bodyStart)).all('yyyyuua(yv)');
  const named = Object.fromEntries(
    (fields as [number, Variant][]).flatMap(([code, { value }]) => {
      const name = Object.entries(ALL_FIELDS).find(([, [number]]) => number === code)?.[0];
      return name ? [[name, value]] : [];
    }),
  );
  const body = new Reader(bytes.subarray(bodyStart, size)).all((named.signature as string | undefined) ?? '');
  return { message: { ...named, kind: kind as number, serial: serial as number, body }, size };
}
