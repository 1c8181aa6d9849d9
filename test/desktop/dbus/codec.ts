// The part of D-Bus's wire format (little endian) that a tray needs. Values are plain: numbers, strings, booleans,
// arrays; a struct or dict entry is an array, a variant is a Variant, a 64-bit number is a bigint.

/** A value that carries its own type. */
export interface Variant {
  readonly signature: string;
  readonly value: unknown;
}

const SIZES: Readonly<Record<string, number>> = { y: 1, b: 4, n: 2, q: 2, i: 4, u: 4, x: 8, t: 8, d: 8, h: 4 };

function alignmentOf(type: string): number {
  const first = type.charAt(0);
  if (first === '(' || first === '{') return 8;
  return first === 'g' || first === 'v' ? 1 : (SIZES[first] ?? 4);
}

/** Splits a signature into its complete types: `ia{sv}u` → `i`, `a{sv}`, `u`. */
function splitSignature(signature: string): string[] {
  const types: string[] = [];
  for (let at = 0; at < signature.length; ) {
    let end = at;
    while (signature[end] === 'a') end++;
    let depth = 0;
    do {
      if ('({'.includes(signature.charAt(end))) depth++;
      if (')}'.includes(signature.charAt(end))) depth--;
      end++;
    } while (depth > 0 && end < signature.length);
    types.push(signature.slice(at, end));
    at = end;
  }
  return types;
}

/** Reads values one after another. */
export class Reader {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  align(to: number): void {
    this.at = Math.ceil(this.at / to) * to;
  }

  #skip(size: number): number {
    this.at += size;
    return this.at - size;
  }

  #text(length: number): string {
    const start = this.#skip(length + 1);
    return this.#bytes.toString('utf8', start, start + length);
  }

  /** All values of a signature. */
  all(signature: string): unknown[] {
    return splitSignature(signature).map((type) => this.read(type));
  }

  /** One value of one complete type. */
  read(type: string): unknown {
    this.align(alignmentOf(type));
    const bytes = this.#bytes;
    switch (type.charAt(0)) {
      case 'y':
        return bytes.readUInt8(this.#skip(1));
      case 'b':
        return bytes.readUInt32LE(this.#skip(4)) === 1;
      case 'n':
        return bytes.readInt16LE(this.#skip(2));
      case 'q':
        return bytes.readUInt16LE(this.#skip(2));
      case 'i':
        return bytes.readInt32LE(this.#skip(4));
      case 'u':
      case 'h':
        return bytes.readUInt32LE(this.#skip(4));
      case 'x':
        return bytes.readBigInt64LE(this.#skip(8));
      case 't':
        return bytes.readBigUInt64LE(this.#skip(8));
      case 'd':
        return bytes.readDoubleLE(this.#skip(8));
      case 's':
      case 'o':
        return this.#text(bytes.readUInt32LE(this.#skip(4)));
      case 'g':
        return this.#text(bytes.readUInt8(this.#skip(1)));
      case 'v': {
        const signature = this.read('g') as string;
        return { signature, value: this.read(signature) } satisfies Variant;
      }
      case 'a': {
        const size = bytes.readUInt32LE(this.#skip(4));
        this.align(alignmentOf(type.slice(1)));
        const [end, values] = [this.at + size, [] as unknown[]];
        while (this.at < end) values.push(this.read(type.slice(1)));
        return values;
      }
      default:
        return this.all(type.slice(1, -1));
    }
  }
}

/** Writes values one after another. */
export class Writer {
  #bytes = Buffer.alloc(0);

  get bytes(): Buffer {
    return this.#bytes;
  }

  align(to: number): void {
    this.#append(Buffer.alloc(Math.ceil(this.#bytes.length / to) * to - this.#bytes.length));
  }

  #append(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
  }

  #number(size: number, write: (bytes: Buffer) => void): void {
    const bytes = Buffer.alloc(size);
    write(bytes);
    this.#append(bytes);
  }

  /** Values of a signature, in order. */
  all(signature: string, values: readonly unknown[]): void {
    splitSignature(signature).forEach((type, index) => {
      this.write(type, values[index]);
    });
  }

  /** One value of one complete type; the types that nothing here sends are refused. */
  write(type: string, value: unknown): void {
    this.align(alignmentOf(type));
    switch (type.charAt(0)) {
      case 'y':
        this.#number(1, (bytes) => bytes.writeUInt8(value as number));
        return;
      case 'b':
        this.#number(4, (bytes) => bytes.writeUInt32LE(value ? 1 : 0));
        return;
      case 'i':
        this.#number(4, (bytes) => bytes.writeInt32LE(value as number));
        return;
      case 'u':
        this.#number(4, (bytes) => bytes.writeUInt32LE(value as number));
        return;
      case 's':
      case 'o':
        this.write('u', Buffer.byteLength(value as string));
        this.#append(Buffer.from(`${value}\0`));
        return;
      case 'g':
        this.write('y', Buffer.byteLength(value as string));
        this.#append(Buffer.from(`${value}\0`));
        return;
      case 'v': {
        const { signature, value: inner } = value as Variant;
        this.write('g', signature);
        this.write(signature, inner);
        return;
      }
      case 'a': {
        this.write('u', 0);
        const lengthAt = this.#bytes.length - 4;
        this.align(alignmentOf(type.slice(1)));
        const start = this.#bytes.length;
        for (const item of value as unknown[]) this.write(type.slice(1), item);
        this.#bytes.writeUInt32LE(this.#bytes.length - start, lengthAt);
        return;
      }
      case '(':
      case '{':
        this.all(type.slice(1, -1), value as unknown[]);
        return;
      default:
        throw new Error(`D-Bus type ${type} is not written here`);
    }
  }
}
