import { crc32, deflateSync } from 'node:zlib';

/** First bytes of every PNG file (PNG specification, 5.2). */
export const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/**
 * A PNG file from pixels: 8 bits each of red, green, blue and opacity, row by row.
 *
 * @param pixels `side * side * 4` bytes.
 */
export function encodePng(side: number, pixels: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 6, 0, 0, 0], 8); // bits, colour with opacity, and the one method each of the rest
  const rows = Buffer.alloc(side * (side * 4 + 1)); // Each row starts with its filter: 0, none.
  for (let y = 0; y < side; y++) pixels.copy(rows, y * (side * 4 + 1) + 1, y * side * 4, (y + 1) * side * 4);
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([PNG_SIGNATURE, ...parts]);
}
