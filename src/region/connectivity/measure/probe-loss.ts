/** Counts the UDP packets that a line loses on the way to our echo and back. */
import { createSocket } from 'node:dgram';
import { setTimeout as pause } from 'node:timers/promises';
import { lossPacket, packetEveryMs, packets, readLossPacket } from './loss-packets.ts';

export interface LossPlan {
  readonly host: string;
  readonly port: number;
  readonly until: number;
  /** base64url of 16 bytes. */
  readonly key: string;
  readonly count?: number;
}

/** Lost, 0 to 1; undefined where none came back: a firewall keeps UDP out, which says nothing of the line. */
export async function measureLoss({
  host,
  port,
  until,
  key,
  count = packets,
}: LossPlan): Promise<number | undefined> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  const back = new Set<number>();
  const bytes = Buffer.from(key, 'base64url');
  socket.on('message', (data) => {
    const packet = readLossPacket(data);
    if (packet?.until === until && packet.number < count) back.add(packet.number);
  });
  socket.on('error', () => {});
  try {
    for (let number = 0; number < count; number += 1) {
      socket.send(lossPacket(until, bytes, number), port, host, () => {});
      await pause(packetEveryMs);
    }
    for (let waited = 0; waited < 1000 && back.size < count; waited += 50) await pause(50);
  } finally {
    socket.close();
  }
  return back.size === 0 ? undefined : Math.round((1 - back.size / count) * 10_000) / 10_000;
}
