/** The two tests of ndt7 on an open WebSocket, as the server runs them. */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import {
  endSeconds,
  type Measurement,
  mbits,
  messageEveryMs,
  nextSize,
  sizes,
  testSeconds,
} from './ndt7-protocol.ts';

export interface SubtestOptions {
  readonly seconds: number;
  readonly mostBytes: number;
  /** Mbit/s. */
  readonly most: number;
  /** By the connection so far, as its system tells. */
  readonly bytesRead: () => number;
  readonly connection: NonNullable<Measurement['ConnectionInfo']>;
}

export interface SubtestResult {
  readonly test: 'download' | 'upload';
  readonly uuid: string;
  readonly ms: number;
  readonly bytes: number;
  /** Mbit/s: of a download, of what pongs say has arrived. Undefined where nothing came through. */
  readonly speed: number | undefined;
  /** Round trip of the ping that went before all else, ms. */
  readonly idle: number | undefined;
  /** It ended before its time, and not because it had moved what it may. */
  readonly cutShort: boolean;
}

/** The same zeros are sent again and again: what they hold is of no account, since nothing on the way may compress them. */
const zeros = Buffer.alloc(sizes.mostScaled);

export async function runDownload(socket: WebSocket, options: SubtestOptions): Promise<SubtestResult> {
  const { seconds, mostBytes, most, connection } = options;
  const timing = watch(socket, options, 'download');
  const { begun, elapsed } = timing;
  // What was sent before a ping has arrived when its pong is back: the one sign of arrival that Node is given.
  const pings = new Map<string, number>();
  let [sent, arrived, arrivedMs, number] = [0, 0, 0, 0];
  socket.on('pong', (data) => {
    const before = pings.get(data.toString());
    if (before === undefined || before === 0) return;
    pings.delete(data.toString());
    [arrived, arrivedMs] = [before, elapsed()];
  });
  socket.on('message', (_data, isBinary) => {
    if (isBinary) socket.close(1003, 'A download takes no data');
  });
  let size: number = sizes.first;
  let told = elapsed();
  // On a slow line the system takes in at once what takes seconds to arrive: how much has must be asked early on.
  let mark = 2 ** 16;
  // A line that stands still takes nothing more in: its test must not hold a place until the system gives it up.
  const limit = setTimeout(() => socket.terminate(), (seconds + endSeconds - testSeconds) * 1000);
  while (socket.readyState === socket.OPEN && elapsed() < seconds * 1000 && sent < mostBytes) {
    const length = Math.min(size, mostBytes - sent);
    await send(socket, zeros.subarray(0, length));
    sent += length;
    size = nextSize(size, sent);
    const isTime = elapsed() - told >= messageEveryMs;
    if ((isTime || sent >= mark) && socket.readyState === socket.OPEN) {
      number += 1;
      mark = sent * 1.5;
      pings.set(`after ${number}`, sent);
      socket.ping(`after ${number}`);
    }
    if (isTime && socket.readyState === socket.OPEN) {
      told = elapsed();
      socket.send(JSON.stringify(timing.message(sent)));
    }
    await keepBelow(most, sent, elapsed());
  }
  const isWhole = sent >= mostBytes || elapsed() >= 0.9 * seconds * 1000;
  if (socket.readyState === socket.OPEN) {
    pings.set('last', sent);
    socket.ping('last');
  }
  await closed(socket, begun);
  clearTimeout(limit);
  return {
    ...{
      test: 'download',
      uuid: connection.UUID,
      ms: Math.round(elapsed()),
      bytes: sent,
      idle: timing.idle(),
    },
    speed: arrived > 0 ? mbits(arrived, arrivedMs) : undefined,
    cutShort: !isWhole,
  };
}

export async function runUpload(socket: WebSocket, options: SubtestOptions): Promise<SubtestResult> {
  const { seconds, mostBytes, most, connection } = options;
  const timing = watch(socket, options, 'upload');
  const { begun, elapsed } = timing;
  let [received, last] = [0, 0];
  // On a slow line a message takes long to be whole: what came of it counts.
  const before = options.bytesRead();
  let resting = false;
  socket.on('message', (data, isBinary) => {
    if (!isBinary) return; // what the client measured itself
    received += (data as Buffer).length; // binaryType is that of Node: one buffer a message
    last = elapsed();
    const ahead = aheadMs(most, received, last);
    if (ahead < 5 || resting || socket.readyState !== socket.OPEN) return;
    resting = true;
    socket.pause();
    setTimeout(() => {
      resting = false;
      socket.resume();
    }, ahead);
  });
  const over = new AbortController();
  socket.once('close', () => over.abort());
  while (socket.readyState === socket.OPEN && elapsed() < seconds * 1000 && received < mostBytes) {
    const left = Math.max(1, Math.min(messageEveryMs, seconds * 1000 - elapsed()));
    await pause(left, undefined, { signal: over.signal }).catch(() => {});
    if (socket.readyState === socket.OPEN)
      socket.send(JSON.stringify(timing.message(Math.max(received, options.bytesRead() - before))));
  }
  const [bytes, ms] = [Math.max(received, options.bytesRead() - before), elapsed()];
  const isWhole = received >= mostBytes || elapsed() >= 0.9 * seconds * 1000;
  await closed(socket, begun);
  return {
    ...{ test: 'upload', uuid: connection.UUID, ms: Math.round(elapsed()), bytes, idle: timing.idle() },
    speed: bytes > 0 ? mbits(bytes, ms) : undefined,
    cutShort: !isWhole,
  };
}

/** The clock of a test, its messages, and the round trip of a ping that nothing goes before. */
function watch(socket: WebSocket, { connection }: SubtestOptions, test: 'download' | 'upload') {
  const begun = performance.now();
  const elapsed = () => performance.now() - begun;
  let idle: number | undefined;
  let isFirst = true;
  socket.on('error', () => socket.terminate());
  socket.on('pong', (data) => {
    if (data.toString() === 'first') idle ??= Math.round(elapsed() * 10) / 10;
  });
  socket.ping('first');
  return {
    ...{ begun, elapsed, idle: () => idle },
    message: (bytes: number): Measurement => {
      const message: Measurement = {
        AppInfo: { ElapsedTime: Math.round(elapsed() * 1000), NumBytes: bytes },
        ...(isFirst ? { ConnectionInfo: connection } : {}),
        ...{ Origin: 'server', Test: test },
      };
      isFirst = false;
      return message;
    },
  };
}

/** Until the system has taken it; broken sockets count as taken, the caller looks at their state. */
const send = (socket: WebSocket, data: Buffer): Promise<void> =>
  new Promise((done) => {
    const given = () => {
      socket.off('close', given);
      done();
    };
    socket.once('close', given);
    socket.send(data, { binary: true }, given);
  });

const aheadMs = (most: number, bytes: number, ms: number): number => (bytes * 8) / 1000 / most - ms;

/** A line faster than the limit waits, so that one test never takes a processor to itself. */
async function keepBelow(most: number, bytes: number, ms: number): Promise<void> {
  const ahead = aheadMs(most, bytes, ms);
  if (ahead > 2) await pause(ahead);
}

/** Closes, and gives what is still on its way until the time at which clients give up. */
async function closed(socket: WebSocket, begun: number): Promise<void> {
  if (socket.readyState === socket.CLOSED) return;
  const left = Math.max(1000, endSeconds * 1000 - (performance.now() - begun));
  const cut = setTimeout(() => socket.terminate(), Math.min(left, (endSeconds - testSeconds) * 1000));
  socket.resume();
  if (socket.readyState === socket.OPEN) socket.close(1000);
  await once(socket, 'close');
  clearTimeout(cut);
}
