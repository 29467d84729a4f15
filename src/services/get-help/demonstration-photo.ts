/** A photo for the demonstration: patches of red on skin, drawn and of nobody. PNG (ISO/IEC 15948), 96 by 96. */
import { crc32, deflateSync } from 'node:zlib';
import type { Random } from '../../platform/random.ts';

const side = 96;

const part = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
};

export function demoPhoto(random: Random): Buffer {
  const patches = Array.from({ length: 6 }, () => ({
    ...{ x: random.between(10, side - 10), y: random.between(10, side - 10), size: random.between(5, 14) },
  }));
  const rows: Buffer[] = [];
  for (let y = 0; y < side; y++) {
    const row = Buffer.alloc(1 + side * 3);
    for (let x = 0; x < side; x++) {
      const red = patches.some((one) => Math.hypot(one.x - x, one.y - y) < one.size);
      const shade = Math.round(10 * Math.sin((x + y) / 30));
      row.set(red ? [196, 88 + shade, 76] : [222 + shade, 178 + shade, 150], 1 + x * 3);
    }
    rows.push(row);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits, red green blue, no interlace
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    part('IHDR', header),
    part('IDAT', deflateSync(Buffer.concat(rows))),
    part('IEND', Buffer.alloc(0)),
  ]);
}
