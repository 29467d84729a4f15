import { connect, type Socket } from 'node:net';

/** Holds what has come and is not yet whole. Grows for a message that is larger, and shrinks back after it. */
const usual = 256 * 1024;

/**
 * A connection to the database that hands over whole messages: what arrives is gathered in one buffer that is used again and
 * again, and each 'data' event carries a copy of the complete messages in it. Without this a row that spans two reads
 * makes the driver copy all of the second read, and every read is a buffer of its own for the garbage collector to find.
 * It connects by itself; the driver may write at once, and hears of a failure as of any other.
 */
export function openSocket(host: string, port: number): Socket {
  let slab = Buffer.allocUnsafeSlow(usual);
  let held = 0;
  const grow = (size: number) => {
    const other = Buffer.allocUnsafeSlow(size);
    slab.copy(other, 0, 0, held);
    slab = other;
  };
  const socket: Socket = connect({
    host,
    port,
    onread: {
      buffer: () => slab.subarray(held),
      callback(count) {
        const filled = held + count;
        const { end, next } = endOfMessages(slab, filled);
        held = filled - end;
        if (end > 0) {
          const messages = Buffer.allocUnsafeSlow(end);
          slab.copy(messages, 0, 0, end);
          slab.copy(slab, 0, end, filled);
          if (slab.length > usual && next <= usual) grow(usual);
          socket.emit('data', messages);
        }
        if (next > slab.length) grow(next);
        return true;
      },
    },
  });
  return socket;
}

/**
 * Where the last complete message ends, and the whole length of the one after it as far as it is known. A message is a byte
 * that names its kind and a length of four bytes that counts itself. Source: PostgreSQL, Message Formats.
 */
function endOfMessages(bytes: Buffer, filled: number): { end: number; next: number } {
  let end = 0;
  let next = 5;
  while (end + 5 <= filled) {
    next = bytes.readUInt32BE(end + 1) + 1;
    if (end + next > filled) return { end, next };
    end += next;
  }
  return { end, next: 5 };
}
