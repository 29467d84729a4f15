/**
 * Measures a line, in a browser and in Node alike: round trips while it is free, an ndt7 download and upload, and round trips
 * under each. Uses nothing but what both have.
 */
import { mbits, nextSize, pulseProtocol, sizes, subprotocol } from './ndt7-protocol.ts';

export interface LineTestPlan {
  /** Addresses with their tickets. */
  readonly download: string;
  readonly upload: string;
  readonly pulse: string;
  /** Of each test. */
  readonly seconds: number;
  /** Each way; absent: what fits into the time. */
  readonly mostBytes?: number | undefined;
}

export interface LineTestResult {
  /** Mbit/s. */
  readonly down?: number;
  readonly up?: number;
  /** ms. */
  readonly idle?: number;
  readonly loaded?: number;
  readonly jitter?: number;
  readonly bytes: number;
  /** The line was lost before the test was whole: what it has is what came through until then. */
  readonly cutShort: boolean;
}

export type LineTestPhase = 'idle' | 'download' | 'upload';

export interface LineTestOptions {
  /** `share`: how much of the phase is over, 0 to 1; `speed` in Mbit/s so far. */
  readonly tell?: (phase: LineTestPhase, share: number, speed: number | undefined) => void;
  readonly signal?: AbortSignal;
  /** How long round trips are taken on the free line, ms. */
  readonly idleMs?: number;
}

interface Subtest {
  readonly speed: number | undefined;
  readonly bytes: number;
  readonly whole: boolean;
}

/** Never throws: what could not be measured is absent, and the result says that it was cut short. */
export async function testLine(plan: LineTestPlan, options: LineTestOptions = {}): Promise<LineTestResult> {
  const { tell = () => {}, signal, idleMs = 2500 } = options;
  const pulse = await openPulse(plan.pulse, signal);
  tell('idle', 0, undefined);
  pulse.phase('idle');
  await wait(pulse.open ? idleMs : 0, signal);
  pulse.phase('download');
  const down = await download(plan, (share, speed) => tell('download', share, speed), signal);
  pulse.phase('upload');
  // A line that has just been lost is not there for the other way either.
  const up = down.whole ? await upload(plan, (share, speed) => tell('upload', share, speed), signal) : lost;
  const told = await pulse.end();
  const idle = told.get('idle');
  const loaded = [told.get('download'), told.get('upload')].flatMap((phase) => phase?.median ?? []);
  return {
    ...(down.speed === undefined ? {} : { down: rounded(down.speed) }),
    ...(up.speed === undefined ? {} : { up: rounded(up.speed) }),
    ...(idle?.median === undefined ? {} : { idle: idle.median }),
    ...(idle?.jitter === undefined ? {} : { jitter: idle.jitter }),
    // The worse way: a call goes both ways at once.
    ...(loaded.length > 0 && down.whole && up.whole ? { loaded: Math.max(...loaded) } : {}),
    bytes: down.bytes + up.bytes,
    cutShort: !(down.whole && up.whole),
  };
}

const lost: Subtest = { speed: undefined, bytes: 0, whole: false };
const rounded = (value: number): number => Number(value.toPrecision(4));
/** A speed from less than this says nothing. */
const leastMs = 200;

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });
}

/** Runs one test on a socket; `work` is called when it is open and answers how it stands at the end. */
function onSocket(
  address: string,
  plan: LineTestPlan,
  signal: AbortSignal | undefined,
  work: (socket: WebSocket, begun: number, end: () => void) => () => Subtest,
): Promise<Subtest> {
  return new Promise((done) => {
    let stand: (() => Subtest) | undefined;
    let over = false;
    const socket = new WebSocket(address, subprotocol);
    socket.binaryType = 'arraybuffer';
    const end = () => {
      if (over) return;
      over = true;
      clearTimeout(limit);
      signal?.removeEventListener('abort', end);
      const result = stand?.() ?? lost;
      try {
        socket.close();
      } catch {
        // It was never open.
      }
      done(result);
    };
    // A line that stands still says nothing: it is given up two seconds after its time, as ndt7 clients do.
    const limit = setTimeout(end, (plan.seconds + 2) * 1000);
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
    socket.addEventListener('open', () => {
      if (!over) stand = work(socket, performance.now(), end);
    });
    socket.addEventListener('close', end);
    socket.addEventListener('error', end);
  });
}

const isWhole = (
  ms: number,
  bytes: number,
  { seconds, mostBytes = Number.POSITIVE_INFINITY }: LineTestPlan,
): boolean => ms >= 0.85 * seconds * 1000 || bytes >= 0.95 * mostBytes;

function download(
  plan: LineTestPlan,
  tell: (share: number, speed: number | undefined) => void,
  signal: AbortSignal | undefined,
): Promise<Subtest> {
  return onSocket(plan.download, plan, signal, (socket, begun) => {
    let [bytes, last] = [0, 0];
    let told = begun;
    socket.addEventListener('message', (event) => {
      const data = event.data as string | ArrayBuffer; // by binaryType
      bytes += typeof data === 'string' ? data.length : data.byteLength;
      const now = performance.now();
      last = now - begun;
      if (now - told < 250) return;
      told = now;
      tell(last / 1000 / plan.seconds, mbits(bytes, last));
    });
    return () => ({
      speed: last >= leastMs || (bytes > 0 && isWhole(last, bytes, plan)) ? mbits(bytes, last) : undefined,
      ...{ bytes, whole: isWhole(last, bytes, plan) },
    });
  });
}

/** Kept waiting in the socket: enough to fill a line, too little to outlast the test on a slow one. */
const kept = 2;
const largest = 2 ** 18;

function upload(
  plan: LineTestPlan,
  tell: (share: number, speed: number | undefined) => void,
  signal: AbortSignal | undefined,
): Promise<Subtest> {
  return onSocket(plan.upload, plan, signal, (socket, begun, end) => {
    const { seconds, mostBytes = Number.POSITIVE_INFINITY } = plan;
    let data = new Uint8Array(sizes.first);
    let sent = 0;
    let arrived = { bytes: 0, ms: 0 };
    socket.addEventListener('message', (event) => {
      const { NumBytes, ElapsedTime } = appInfoOf(event.data);
      if (NumBytes === undefined || ElapsedTime === undefined) return;
      arrived = { bytes: NumBytes, ms: ElapsedTime / 1000 };
      tell(arrived.ms / 1000 / seconds, mbits(arrived.bytes, arrived.ms));
    });
    const more = (): void => {
      if (socket.readyState !== WebSocket.OPEN) return;
      // The server ends it, and tells first what arrived.
      if (performance.now() - begun > (seconds + 1) * 1000) {
        end();
        return;
      }
      for (let i = 0; i < 8 && sent < mostBytes && socket.bufferedAmount < kept * data.length; i += 1) {
        socket.send(data);
        sent += data.length;
        const size = Math.min(largest, nextSize(data.length, sent - socket.bufferedAmount));
        if (size > data.length) data = new Uint8Array(size);
      }
      setTimeout(more, 0);
    };
    more();
    return () => ({
      speed: arrived.bytes > 0 && arrived.ms >= leastMs ? mbits(arrived.bytes, arrived.ms) : undefined,
      ...{ bytes: Math.max(arrived.bytes, 0), whole: isWhole(arrived.ms, arrived.bytes, plan) },
    });
  });
}

function appInfoOf(text: unknown): { NumBytes?: number; ElapsedTime?: number } {
  try {
    const parsed: unknown = JSON.parse(String(text));
    const info = (parsed as { AppInfo?: { NumBytes?: unknown; ElapsedTime?: unknown } } | null)?.AppInfo;
    return typeof info?.NumBytes === 'number' && typeof info.ElapsedTime === 'number'
      ? { NumBytes: info.NumBytes, ElapsedTime: info.ElapsedTime }
      : {};
  } catch {
    return {};
  }
}

interface PhaseFigures {
  readonly median?: number;
  readonly jitter?: number;
}

/** The connection for round trips. Where it cannot be opened, the rest is measured without. */
async function openPulse(address: string, signal: AbortSignal | undefined) {
  const socket = new WebSocket(address, pulseProtocol);
  const told = new Map<string, PhaseFigures>();
  let closed: () => void = () => {};
  const over = new Promise<void>((done) => {
    closed = done;
  });
  const open = await new Promise<boolean>((done) => {
    const limit = setTimeout(() => done(false), 5000);
    const settle = (is: boolean) => {
      clearTimeout(limit);
      done(is);
    };
    socket.addEventListener('open', () => settle(true));
    socket.addEventListener('error', () => settle(false));
    socket.addEventListener('close', () => settle(false));
    signal?.addEventListener('abort', () => settle(false));
  });
  socket.addEventListener('close', closed);
  socket.addEventListener('error', closed);
  socket.addEventListener('message', (event) => {
    const message = JSON.parse(String(event.data)) as { phase: string } & PhaseFigures; // of our own server
    told.set(message.phase, message);
  });
  const say = (phase: string) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ phase }));
  };
  return {
    ...{ open, phase: say },
    async end(): Promise<ReadonlyMap<string, PhaseFigures>> {
      say('end');
      if (socket.readyState === WebSocket.OPEN) await Promise.race([over, wait(3000, undefined)]);
      try {
        socket.close();
      } catch {
        // It was never open.
      }
      return told;
    },
  };
}
