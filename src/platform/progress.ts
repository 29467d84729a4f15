import type { Clock } from './clock.ts';

/** Where progress is shown: standard error, so that results can be piped. */
export interface ProgressScreen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface ProgressOptions {
  /** What is counted: `resources`. */
  readonly unit: string;
  /** Where known. */
  readonly total?: number;
  readonly clock: Clock;
  readonly screen: ProgressScreen;
}

export interface Progress {
  /** `done` so far; `total` where it became known; `note` such as the file being read. */
  readonly update: (done: number, about?: { total?: number; note?: string }) => void;
  /** Shows a line of its own above the progress, such as an entry that was set aside. */
  readonly tell: (line: string) => void;
  /** The last state, and the end of the line. */
  readonly finish: () => void;
}

/** A terminal redraws a few times a second; elsewhere (a log, a pipe) a line every few seconds is enough. */
const everyTty = 200;
const everyLine = 5000;
/** The rate is that of the last moments, so that the time left follows what happens now. */
const window = 10_000;

/** Progress of a long command: how many, how fast, how long still. */
export function openProgress({ unit, total, clock, screen }: ProgressOptions): Progress {
  const started = clock.now();
  const samples: { at: number; done: number }[] = [{ at: started, done: 0 }];
  let done = 0;
  let known = total;
  let note: string | undefined;
  let shown = 0;
  let drawn = false;

  const line = (now: number): string => {
    const oldest = samples[0]!;
    const seconds = (now - oldest.at) / 1000;
    const rate = seconds > 0 ? (done - oldest.done) / seconds : 0;
    const parts = [
      known === undefined ? `${count(done)} ${unit}` : `${count(done)} of ${count(known)} ${unit}`,
      ...(known ? [`${Math.floor((100 * Math.min(done, known)) / known)} %`] : []),
      `${count(Math.round(rate))}/s`,
      known !== undefined && rate > 0 && done < known
        ? `${duration((known - done) / rate)} left`
        : `${duration((now - started) / 1000)} so far`,
      ...(note ? [note] : []),
    ];
    return parts.join(', ');
  };

  const draw = (now: number): void => {
    shown = now;
    const text = line(now);
    if (!screen.isTTY) {
      screen.write(`${text}\n`);
      return;
    }
    const width = (screen.columns ?? 80) - 1;
    screen.write(`\r\u001b[2K${text.length > width ? `${text.slice(0, width - 1)}…` : text}`);
    drawn = true;
  };

  return {
    update(now, about = {}) {
      done = now;
      if (about.total !== undefined) known = about.total;
      if (about.note !== undefined) note = about.note;
      const at = clock.now();
      if (at - samples.at(-1)!.at >= 250) {
        samples.push({ at, done });
        while (samples.length > 2 && at - samples[1]!.at >= window) samples.shift();
      }
      if (at - (shown || started) >= (screen.isTTY ? everyTty : everyLine)) draw(at);
    },
    tell(text) {
      if (drawn) screen.write('\r\u001b[2K');
      screen.write(`${text}\n`);
      if (drawn) draw(clock.now());
    },
    finish() {
      samples.splice(0, samples.length, { at: started, done: 0 });
      note = undefined;
      draw(clock.now());
      if (drawn) screen.write('\n');
      drawn = false;
    },
  };
}

/** 12345678 as `12,345,678`. */
function count(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `8 s`, `3 min 05 s`, `2 h 07 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (n: number) => String(n).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}
