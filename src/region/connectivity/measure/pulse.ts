/**
 * Round trips on a connection of their own, while another keeps the line free or busy: what a call would meet. The client says
 * which phase begins; the server pings, and tells at each change what the phase before came to.
 */
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { type RoundTrips, roundTripsOf } from './round-trips.ts';

const everyMs = 50;
const longestMs = 60_000;
/** The first round trips of a phase are those of the one before. */
const settledMs = 500;
/** A test has four phases. */
const mostMessages = 20;

const asked = z.object({ phase: z.enum(['idle', 'download', 'upload', 'end']) });
export type Phase = z.infer<typeof asked>['phase'];

/** What is told of a phase. */
export type PhaseTold = { readonly phase: Phase } & Partial<RoundTrips>;

export function runPulse(socket: WebSocket): void {
  let phase: Phase | undefined;
  let since = 0;
  let times: number[] = [];
  let [number, messages] = [0, 0];
  const pending = new Map<string, number>();
  const end = () => {
    clearInterval(beat);
    clearTimeout(cut);
    if (socket.readyState === socket.OPEN) socket.close(1000);
  };
  const beat = setInterval(() => {
    if (socket.readyState !== socket.OPEN || pending.size > 200) return;
    number += 1;
    pending.set(String(number), performance.now());
    socket.ping(String(number));
  }, everyMs);
  const cut = setTimeout(end, longestMs);
  socket.on('pong', (data) => {
    const sent = pending.get(data.toString());
    if (sent === undefined) return;
    pending.delete(data.toString());
    const isSettled = phase === 'idle' || sent - since > settledMs;
    if (phase !== undefined && sent >= since && isSettled) times.push(performance.now() - sent);
  });
  socket.on('message', (data, isBinary) => {
    messages += 1;
    if (messages > mostMessages) return socket.terminate();
    const message = isBinary ? undefined : parsed(String(data));
    if (!message) return socket.close(1003, 'Send {"phase": "idle", "download", "upload" or "end"}');
    // What has not come back by now took at least so long: a line that stands still must not look quick.
    const now = performance.now();
    if (phase !== undefined)
      for (const sent of pending.values()) {
        const isOfPhase = sent >= since && (phase === 'idle' || sent - since > settledMs);
        if (isOfPhase && now - sent > 1000) times.push(now - sent);
      }
    if (phase !== undefined) {
      const told: PhaseTold = { phase, ...roundTripsOf(times) };
      socket.send(JSON.stringify(told));
    }
    phase = message.phase;
    since = now;
    times = [];
    if (phase === 'end') end();
  });
  socket.on('close', end);
  socket.on('error', () => socket.terminate());
}

function parsed(text: string): z.infer<typeof asked> | undefined {
  try {
    return asked.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
