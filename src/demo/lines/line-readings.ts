/** Tests of the demonstration’s lines: slower in busy hours, worse as copper ages, better from the day that fibre came. */
import type { Random } from '../../platform/random.ts';
import { localMoment } from '../../web/dates.ts';
import type { Interruption } from './interruptions.ts';
import type { DemoCircuit, DemoReading, DemoSite, LineTechnology } from './model.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** What a line gives when nobody is on it, and how far busy hours press it: parts of what was sold, ms, losses 0 to 1. */
interface Manner {
  readonly down: readonly [number, number];
  readonly up: readonly [number, number];
  readonly idle: readonly [number, number];
  readonly loaded: readonly [number, number];
  readonly jitter: readonly [number, number];
  readonly loss: number;
  /** Part of the speed that the busiest hour takes. */
  readonly busy: number;
}

const manners: Readonly<Record<LineTechnology, Manner>> = {
  adsl: {
    ...{ down: [0.42, 0.68], up: [0.66, 0.86], idle: [36, 54], loaded: [80, 140], jitter: [9, 22] },
    ...{ loss: 0.003, busy: 0.34 },
  },
  fttc: {
    ...{ down: [0.58, 0.88], up: [0.66, 0.88], idle: [20, 30], loaded: [55, 95], jitter: [4, 9] },
    ...{ loss: 0.0008, busy: 0.16 },
  },
  fttp: {
    ...{ down: [0.95, 0.98], up: [0.95, 0.98], idle: [8, 13], loaded: [20, 38], jitter: [1, 3] },
    ...{ loss: 0.0001, busy: 0.05 },
  },
  leased: {
    ...{ down: [0.97, 0.99], up: [0.97, 0.99], idle: [5, 10], loaded: [10, 18], jitter: [0.5, 1.5] },
    ...{ loss: 0.00002, busy: 0.03 },
  },
  mobile: {
    ...{ down: [0.34, 0.6], up: [0.3, 0.55], idle: [38, 58], loaded: [75, 130], jitter: [14, 28] },
    ...{ loss: 0.004, busy: 0.46 },
  },
  satellite: {
    ...{ down: [0.45, 0.65], up: [0.5, 0.7], idle: [585, 640], loaded: [820, 1050], jitter: [28, 50] },
    ...{ loss: 0.008, busy: 0.3 },
  },
};

/** How busy lines are by hour of the day, 0 to 1: surgeries in the morning and afternoon, homes beside them in the evening. */
const busyHours = [
  ...[0.02, 0.02, 0.02, 0.02, 0.02, 0.04, 0.1, 0.3, 0.8, 1, 1, 0.95],
  ...[0.7, 0.75, 0.9, 0.95, 0.9, 0.75, 0.6, 0.55, 0.5, 0.4, 0.25, 0.08],
];

/** A line that changed at some day other than by a new circuit. Days before the region’s day; factors from then on. */
const turns: Readonly<
  Record<
    string,
    readonly {
      readonly days: number;
      readonly over?: number;
      readonly down: number;
      readonly up: number;
      readonly late: number;
    }[]
  >
> = {
  // Water in an old joint: worse from month to month.
  'demo-hilltop': [{ days: 430, over: 400, down: 0.62, up: 0.78, late: 1.3 }],
  // The cabinet was rewired; nobody has found why it is slow since.
  'demo-alder-house-practice': [{ days: 40, down: 0.3, up: 0.35, late: 2.2 }],
  // Mended a year ago.
  'demo-castle-road-surgery': [{ days: 365, down: 1.35, up: 1.3, late: 0.8 }],
};

export interface ReadingsAsked {
  readonly site: DemoSite;
  readonly circuits: readonly DemoCircuit[];
  readonly interruptions: readonly Interruption[];
  /** Noon of the region’s day. */
  readonly now: number;
  readonly from: number;
  readonly until: number;
  /** Tests an opening hour in the last eight weeks, and a day before that. */
  readonly often: { readonly hourly: number; readonly daily: number };
  readonly random: Random;
}

/** Tests never ran more often before the last eight weeks: percentiles rest on those. */
const dense = 56 * day;
/** No test moves more than this: leased lines are not filled for ten seconds. */
const mostBytes = 250_000_000;

export function* readingsOf(asked: ReadingsAsked): Generator<DemoReading> {
  const { site, circuits, interruptions, now, from, until, often, random } = asked;
  const manner = new Map(circuits.map((one) => [one.id, ownManner(one, random.fork(one.id))]));
  const draw = random.fork('tests');
  const mains = circuits.filter(({ role }) => role === 'main');
  const open = new Map(site.open.map((one) => [one.day, one]));
  for (let midnight = Math.floor(from / day) * day; midnight < until; midnight += day) {
    const local = localMoment(midnight + 12 * hour);
    const offset = (local.hour - 12) * hour;
    const weekday = (new Date(midnight).getUTCDay() + 6) % 7;
    for (const at of timesOf(draw, midnight, offset, open.get(weekday), now - midnight < dense, often)) {
      const noise = draw.fork(String(at));
      if (at < from || at >= until || interruptions.some((one) => one.started <= at && at < one.ended))
        continue;
      const circuit = mains.find(
        ({ installed, ceased }) =>
          Date.parse(installed) <= at && (ceased === undefined || at < Date.parse(ceased)),
      );
      const own = circuit && manner.get(circuit.id);
      if (!circuit || !own) continue;
      const localHour = Math.floor(((at + offset - midnight) / hour) % 24);
      const busy = (busyHours[localHour] ?? 0) * (weekday < 5 ? 1 : 0.45);
      yield reading(circuit, own, at, busy, turnAt(site.id, (now - at) / day), noise);
    }
  }
}

/** Poisson: as many as a draw says, anywhere within its hours, so that tests of sites do not come together. */
function timesOf(
  draw: Random,
  midnight: number,
  offset: number,
  open: DemoSite['open'][number] | undefined,
  isDense: boolean,
  { hourly, daily }: ReadingsAsked['often'],
): number[] {
  const spread = (from: number, until: number, mean: number) =>
    Array.from({ length: poisson(draw, mean) }, () =>
      Math.round(midnight - offset + draw.between(from, until) * minute),
    );
  const times = spread(0, 1440, isDense ? 3 : daily);
  if (isDense && open) {
    const [from, until] = [Math.max(open.from, 7 * 60), Math.min(open.until, 20 * 60)];
    times.push(...spread(from, until, ((until - from) / 60) * hourly));
  }
  return times.sort((a, b) => a - b);
}

/** Source: Knuth, The Art of Computer Programming, volume 2, 3.4.1. */
function poisson(draw: Random, mean: number): number {
  const least = Math.exp(-mean);
  let count = 0;
  for (let product = draw.next(); product > least; product *= draw.next()) count += 1;
  return count;
}

interface OwnManner {
  readonly down: number;
  readonly up: number;
  readonly idle: number;
  readonly loaded: number;
  readonly jitter: number;
  readonly loss: number;
  readonly busy: number;
}

/** One line’s own, within its kind: long copper is slower than short. */
function ownManner({ technology, sold }: DemoCircuit, draw: Random): OwnManner {
  const { down, up, idle, loaded, jitter, loss, busy } = manners[technology];
  const place = draw.next();
  const within = ([low, high]: readonly [number, number], part: number) => low + (high - low) * part;
  return {
    ...{ down: sold.down * within(down, place), up: sold.up * within(up, place) },
    ...{
      idle: within(idle, 1 - place),
      loaded: within(loaded, 1 - place),
      jitter: within(jitter, 1 - place),
    },
    ...{ loss: loss * draw.between(0.4, 1.8), busy },
  };
}

interface Turn {
  readonly down: number;
  readonly up: number;
  readonly late: number;
}

function turnAt(site: string, daysAgo: number): Turn {
  let turned: Turn = { down: 1, up: 1, late: 1 };
  for (const { days, over = 0, down, up, late } of turns[site] ?? []) {
    if (daysAgo > days) continue;
    const part = over === 0 ? 1 : Math.min(1, (days - daysAgo) / over);
    const grown = (factor: number) => 1 + (factor - 1) * part;
    turned = { down: turned.down * grown(down), up: turned.up * grown(up), late: turned.late * grown(late) };
  }
  return turned;
}

function reading(
  circuit: DemoCircuit,
  own: OwnManner,
  at: number,
  busy: number,
  turn: Turn,
  noise: Random,
): DemoReading {
  const ratio = (deviation: number) => Math.exp(noise.normal(0, deviation));
  // Now and then a back-up or an update fills the line while it is tested.
  const filled = noise.chance(0.004) ? noise.between(0.3, 0.6) : 1;
  const down = own.down * turn.down * (1 - own.busy * busy) * ratio(0.05) * filled;
  const up = own.up * turn.up * (1 - own.busy * 0.8 * busy) * ratio(0.05) * filled;
  const late = (turn.late * (1 + 0.7 * busy * (own.busy / 0.34))) / filled ** 0.3;
  const idle = own.idle * (1 + 0.1 * busy) * ratio(0.05);
  const two = (value: number) => Math.max(0.01, Math.round(value * 100) / 100);
  const one = (value: number) => Math.max(0.1, Math.round(value * 10) / 10);
  return {
    ...{ id: `${circuit.id}:${at}`, site: circuit.site, circuit: circuit.id },
    ...{ started: at, received: at + 24_000 + noise.whole(0, 900), source: 'probe' },
    ...{ down: two(down), up: two(up), idle: one(idle) },
    ...{ loaded: one(Math.max(idle * 1.2, own.loaded * late * ratio(0.12))) },
    ...{ jitter: one(own.jitter * (0.7 + 0.6 * busy) * Math.sqrt(turn.late) * ratio(0.2)) },
    loss: Math.round(Math.min(0.3, own.loss * turn.late * (0.4 + 1.8 * busy) * ratio(0.3)) * 10_000) / 10_000,
    bytes: Math.round(Math.min(mostBytes, ((down + up) * 1e6 * 10) / 8)),
    ...{ flags: [], by: `probe ${circuit.site}` },
  };
}
