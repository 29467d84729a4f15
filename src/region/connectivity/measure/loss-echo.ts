/**
 * Sends UDP packets back, so that a probe can count those that a line loses. Only packets with a key that we gave out, for two
 * minutes, and never more than came in: it is of no use for attacks on others.
 */

import { timingSafeEqual } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Clock } from '../../../platform/clock.ts';
import type { Log } from '../../../platform/log.ts';
import { problem } from '../../../platform/problem.ts';
import type { LineAccesses } from './line-access.ts';
import { readLossPacket } from './loss-packets.ts';

export interface LossEcho {
  readonly port: number;
  /** What a probe needs to send packets for two minutes. */
  readonly offer: () => { readonly port: number; readonly until: number; readonly key: string };
  readonly close: () => void;
}

const offeredMs = 2 * 60_000;

export async function openLossEcho(
  { port, host }: { readonly port: number; readonly host: string },
  {
    accesses,
    clock,
    log,
  }: { readonly accesses: Pick<LineAccesses, 'packetKey'>; readonly clock: Clock; readonly log: Log },
): Promise<LossEcho> {
  const socket: Socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  let last: { readonly until: number; readonly key: Buffer } | undefined;
  const keyOf = (until: number): Buffer => {
    if (last?.until !== until) last = { until, key: accesses.packetKey(until) };
    return last.key;
  };
  socket.on('message', (data, from) => {
    const packet = readLossPacket(data);
    const now = clock.now();
    if (!packet || packet.until < now || packet.until > now + 2 * offeredMs) return;
    if (!timingSafeEqual(keyOf(packet.until), packet.key)) return;
    socket.send(data, from.port, from.address, () => {}); // one that cannot be sent is one that is lost
  });
  socket.bind(port, host);
  await once(socket, 'listening').catch((error: unknown) => {
    throw problem(
      'exception',
      `The UDP port ${port} of LINE_UDP_PORT cannot be opened on ${host}. Is it in use?`,
      { cause: error },
    );
  });
  socket.on('error', (error) => log.warn({ err: error }, 'the echo for lost packets failed'));
  const bound = socket.address().port;
  return {
    port: bound,
    offer: () => {
      const until = clock.now() + offeredMs;
      return { port: bound, until, key: accesses.packetKey(until).toString('base64url') };
    },
    close: () => {
      socket.close();
    },
  };
}
