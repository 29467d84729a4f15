/**
 * A week of a site in some ten thousand bytes: how often each measure was taken in each hour, and what it was not worse than nine times
 * in ten. Whoever asks of every hour of thousands of sites reads one row a site in place of 169. Pure.
 */
import type { LineWeek, PoorSpread, PoorWeek } from '../model.ts';
import { hoursOfWeek } from './hour-of-week.ts';
import { measures } from './spreads.ts';

/** The whole week comes first, then its hours. */
const places = (hoursOfWeek + 1) * measures.length;
/** One 8-byte number, little-endian, and one 2-byte count for each. */
const length = places * 10;
const mostCounted = 0xffff;

const placeOf = (hour: number | undefined, measure: number): number =>
  (hour === undefined ? 0 : hour + 1) * measures.length + measure;

export function packWeek({ all, hours }: Pick<LineWeek, 'all' | 'hours'>): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  for (const [index, measure] of measures.entries()) {
    const put = (spread: PoorSpread | undefined, hour?: number) => {
      if (!spread) return;
      const place = placeOf(hour, index);
      view.setFloat64(place * 8, spread.poor, true);
      view.setUint16(places * 8 + place * 2, Math.min(mostCounted, spread.count), true);
    };
    put(all[measure]);
    for (const [hour, spreads] of hours.entries()) put(spreads?.[measure], hour);
  }
  return bytes;
}

/** Undefined: the bytes are of another form. */
export function unpackWeek(bytes: Uint8Array): PoorWeek['told'] | undefined {
  if (bytes.length !== length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return (measure, hour) => {
    const place = placeOf(hour, measures.indexOf(measure));
    const count = view.getUint16(places * 8 + place * 2, true);
    return count === 0 ? undefined : { count, poor: view.getFloat64(place * 8, true) };
  };
}
