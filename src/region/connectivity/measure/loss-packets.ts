/** Packets that count how many come back: what UDP probe and echo have in common. Big-endian. */

export const packetLength = 64;
export const magic = 'TLL1';
export const packets = 200;
/** As calls send them: one each 20 ms. */
export const packetEveryMs = 20;
const keyAt = 12;
const numberAt = 28;

/** A packet of a run that may be sent until a moment (ms since 1970 UTC), with its number. */
export function lossPacket(until: number, key: Uint8Array, number: number): Buffer {
  const packet = Buffer.alloc(packetLength);
  packet.write(magic, 0, 'latin1');
  packet.writeBigUInt64BE(BigInt(until), 4);
  packet.set(key.subarray(0, 16), keyAt);
  packet.writeUInt32BE(number, numberAt);
  return packet;
}

/** Undefined where it is no such packet. */
export function readLossPacket(
  packet: Uint8Array,
): { until: number; key: Buffer; number: number } | undefined {
  const data = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength);
  if (data.length !== packetLength || data.toString('latin1', 0, 4) !== magic) return undefined;
  return {
    until: Number(data.readBigUInt64BE(4)),
    key: data.subarray(keyAt, numberAt),
    number: data.readUInt32BE(numberAt),
  };
}
