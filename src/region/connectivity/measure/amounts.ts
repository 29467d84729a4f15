/** Measures of a line as people read them. */
import type { Measure } from '../model.ts';

export const measureWords: Readonly<Record<Measure, string>> = {
  down: 'Download',
  up: 'Upload',
  idle: 'Delay, line free',
  loaded: 'Delay, line busy',
  jitter: 'Jitter',
  loss: 'Loss',
};

/** `8.9 Mbit/s`, `42 ms`, `1.2%`; without its unit where another follows. */
export function amountOf(measure: Measure, value: number, unit = true): string {
  if (measure === 'loss') return `${short(value * 100)}%`;
  if (measure === 'down' || measure === 'up') return `${short(value)}${unit ? ' Mbit/s' : ''}`;
  return `${value >= 10 ? Math.round(value) : short(value)}${unit ? ' ms' : ''}`;
}

const short = (value: number): string =>
  String(
    value >= 100
      ? Math.round(value)
      : value >= 1
        ? Math.round(value * 10) / 10
        : Math.round(value * 100) / 100,
  );

/** `25 MB`, `1.2 GB` */
export function bytesWords(bytes: number): string {
  if (bytes >= 1e9) return `${short(bytes / 1e9)} GB`;
  if (bytes >= 1e6) return `${short(bytes / 1e6)} MB`;
  return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
}
