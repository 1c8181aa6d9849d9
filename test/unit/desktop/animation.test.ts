import { crc32, deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { animate } from '../../desktop/animation.ts';

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** A grey square, its pixels in as many chunks as asked for. */
function png(size: number, grey: number, parts = 1): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header[8] = 8;
  const pixels = deflateSync(Buffer.alloc(size * (size + 1), grey));
  const cut = Math.ceil(pixels.length / parts);
  const data = Array.from({ length: parts }, (_, index) => pixels.subarray(index * cut, (index + 1) * cut));
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('tEXt', Buffer.from('Software\0test')),
    ...data.map((part) => chunk('IDAT', part)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function read(file: Buffer): { type: string; data: Buffer; isIntact: boolean }[] {
  const chunks = [];
  for (let at = 8; at < file.length; ) {
    const end = at + 8 + file.readUInt32BE(at);
    const data = file.subarray(at + 8, end);
    const isIntact = crc32(file.subarray(at + 4, end)) === file.readUInt32BE(end);
    chunks.push({ type: file.toString('latin1', at + 4, at + 8), data, isIntact });
    at = end + 4;
  }
  return chunks;
}

test('frames become one file: the first is the picture, the others follow in order, each with its time', () => {
  const chunks = read(
    animate([
      { png: png(3, 10), showMs: 1500 },
      { png: png(3, 20, 2), showMs: 250 },
    ]),
  );
  expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'acTL', 'fcTL', 'IDAT', 'fcTL', 'fdAT', 'fdAT', 'IEND']);
  expect(chunks.every(({ isIntact }) => isIntact)).toBe(true);
  const of = (type: string) => chunks.filter((one) => one.type === type).map(({ data }) => data);
  expect(of('acTL')[0]?.readUInt32BE(0)).toBe(2);
  expect(of('fcTL').map((data) => [data.readUInt32BE(4), data.readUInt32BE(8)])).toEqual([
    [3, 3],
    [3, 3],
  ]);
  expect(of('fcTL').map((data) => data.readUInt16BE(20) / data.readUInt16BE(22))).toEqual([1.5, 0.25]);
  expect([...of('fcTL'), ...of('fdAT')].map((data) => data.readUInt32BE(0)).sort()).toEqual([0, 1, 2, 3]);
});

test('the second frame’s pixels are all there, as they were', () => {
  const chunks = read(
    animate([
      { png: png(3, 10), showMs: 1 },
      { png: png(3, 20, 2), showMs: 1 },
    ]),
  );
  const pixels = Buffer.concat(chunks.filter(({ type }) => type === 'fdAT').map(({ data }) => data.subarray(4)));
  const second = read(png(3, 20)).find(({ type }) => type === 'IDAT')?.data;
  expect(pixels).toEqual(second);
});

test('frames that do not fit together are refused', () => {
  expect(() => animate([])).toThrow('needs a frame');
  expect(() =>
    animate([
      { png: png(3, 1), showMs: 1 },
      { png: png(4, 1), showMs: 1 },
    ]),
  ).toThrow('one size');
  expect(() => animate([{ png: Buffer.from('GIF89a'), showMs: 1 }])).toThrow('not a PNG');
});
