/** What care a line can carry, judged by the table of rules. Pure: the same line gives the same answer. */
import type { Binding, CareService, Measure, ServiceCapability, Verdict } from '../model.ts';
import {
  careServices,
  careShare,
  type Limit,
  type Rule,
  recordTraffic,
  rules,
  type StreamRule,
  type TransferRule,
  usersWhereUnknown,
} from './rule-table.ts';

/** Of one line: Mbit/s, ms, loss 0 to 1. What is not known is absent. */
export type LineFigures = Readonly<Partial<Record<Measure, number>>>;

export interface Sharing {
  /** Part of the line that care may fill, 0 to 1. Default: the table's. */
  readonly share?: number;
  /** People who work there: what they make in a day is backed up. Default: the table's. */
  readonly users?: number;
  /** Of them, those at work now: what they do beside is taken off first. Default: all, or nobody where they are not known. */
  readonly atWork?: number;
}

const measureNames: Readonly<Record<Measure, string>> = {
  down: 'Download',
  up: 'Upload',
  idle: 'Latency',
  loaded: 'Latency under load',
  jitter: 'Jitter',
  loss: 'Loss',
};

/** A measure as people read it: `Upload, 0.4 Mbit/s`, `Loss, 2.1%`. */
export function measureWords(measure: Measure, value: number): string {
  return `${measureNames[measure]}, ${amountWords(measure, value)}`;
}

export function amountWords(measure: Measure, value: number): string {
  if (measure === 'down' || measure === 'up') return `${shortNumber(value)} Mbit/s`;
  if (measure === 'loss') return `${shortNumber(value * 100)}%`;
  return `${Math.round(value)} ms`;
}

const shortNumber = (value: number): string =>
  value >= 10
    ? String(Math.round(value))
    : value >= 0.1
      ? String(Math.round(value * 10) / 10)
      : String(Math.round(value * 100) / 100);

/** What the line carries of every service. It never throws: figures that are no numbers, or below 0, are not known. */
export function judgeLine(
  line: LineFigures,
  sharing: Sharing = {},
): Readonly<Record<CareService, ServiceCapability>> {
  const known = knownOf(line);
  const judged = careServices.map((service) => [service, judgeKnown(service, known, sharing)]);
  return Object.fromEntries(judged) as Record<CareService, ServiceCapability>; // every key of the table
}

/** The same of one service. */
export const judgeService = (
  service: CareService,
  line: LineFigures,
  sharing: Sharing = {},
): ServiceCapability => judgeKnown(service, knownOf(line), sharing);

function judgeKnown(
  service: CareService,
  line: LineFigures,
  { share = careShare.value, users, atWork = users }: Sharing,
): ServiceCapability {
  const part = Math.min(1, Math.max(0, Number.isFinite(share) ? share : careShare.value));
  return judge(service, line, part, users, atWork);
}

const measures = Object.keys(measureNames) as Measure[]; // its keys are the type's

/** What a millionth judgement asks for again: a line without fault is not copied. */
function knownOf(line: LineFigures): LineFigures {
  const isKnown = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
  if (measures.every((measure) => line[measure] === undefined || isKnown(line[measure]))) return line;
  return Object.fromEntries(measures.flatMap((m) => (isKnown(line[m]) ? [[m, line[m]]] : [])));
}

function judge(
  service: CareService,
  line: LineFigures,
  share: number,
  users: number = usersWhereUnknown,
  atWork = 0,
): ServiceCapability {
  const rule: Rule = rules[service];
  if (rule.kind === 'transfer') return judgeTransfer(service, rule, line, share, users);
  // Guests come last: they have what care leaves.
  if (service === 'wifi') return judgeStream(service, rule, line, 1 - share, 0);
  return judgeStream(service, rule, line, share, service === 'record' ? 0 : atWork);
}

/** Worse is larger; where it is beyond 1 the service is not carried, or not well. */
interface Pressure {
  readonly measure: Measure;
  readonly value: number;
  readonly needed: number;
  readonly ratio: number;
}

function judgeStream(
  service: CareService,
  rule: StreamRule,
  line: LineFigures,
  share: number,
  users: number,
): ServiceCapability {
  const ways = (['down', 'up'] as const).map((measure) => {
    const beside = recordTraffic[measure].value * users;
    const value = line[measure];
    const needed = share > 0 ? (rule[measure] + beside) / share : Number.POSITIVE_INFINITY;
    const left = value === undefined ? undefined : Math.max(0, value * share - beside);
    return { measure, value, needed, atOnce: left === undefined ? undefined : wholes(left, rule[measure]) };
  });
  const narrow = ways
    .filter((way) => way.value !== undefined)
    .map(({ measure, value = 0, needed }) => pressure(measure, value, needed, needed / value));
  const missing: Measure[] = ways.flatMap(({ measure, value }) => (value === undefined ? [measure] : []));
  const late: Pressure[] = [];
  const beyond: Pressure[] = [];
  let quality: Verdict = 'yes';
  for (const limit of rule.limits) {
    const found = quantityOf(limit, line);
    if (found === undefined) {
      missing.push(limit.measure);
      continue;
    }
    const one = pressure(found.measure, found.value, limit.good, found.value / limit.good);
    late.push(one);
    if (found.value > limit.bearable) {
      quality = 'no';
      beyond.push(one);
    }
    if (found.value > limit.good && quality === 'yes') quality = 'limited';
  }
  const counts = ways.flatMap(({ atOnce }) => (atOnce === undefined ? [] : [atOnce]));
  const least = Math.min(...counts);
  const speed: Verdict = counts.length > 0 && least === 0 ? 'no' : counts.length < 2 ? 'unknown' : 'yes';
  const verdict = together(speed, quality, missing);
  // What refuses is named before what only limits.
  const failing = [...narrow, ...(verdict === 'no' ? beyond : late)].filter(({ ratio }) => ratio > 1);
  const chosen = worst(verdict === 'yes' || failing.length === 0 ? narrow : failing);
  return {
    ...{ service, verdict },
    ...(verdict === 'no' ? { atOnce: 0 } : counts.length === 2 ? { atOnce: least } : {}),
    ...(chosen ? { binding: bindingOf(chosen) } : {}),
    ...(missing.length > 0 ? { missing } : {}),
  };
}

/** What fails is said, whatever else is unknown; without latency nothing is promised; without jitter or loss, little. */
function together(speed: Verdict, quality: Verdict, missing: readonly Measure[]): Verdict {
  if (speed === 'no' || quality === 'no') return 'no';
  if (speed === 'unknown' || missing.includes('loaded')) return 'unknown';
  return missing.length > 0 ? 'limited' : quality;
}

/** The figure a limit looks at. An idle line is never slower than a full one, so its latency can refuse but not allow. */
function quantityOf(
  limit: Limit,
  line: LineFigures,
): { readonly measure: Measure; readonly value: number } | undefined {
  const value = line[limit.measure];
  if (value !== undefined) return { measure: limit.measure, value };
  const { idle } = line;
  return limit.measure === 'loaded' && idle !== undefined && idle > limit.bearable
    ? { measure: 'idle', value: idle }
    : undefined;
}

function judgeTransfer(
  service: CareService,
  rule: TransferRule,
  line: LineFigures,
  share: number,
  users: number,
): ServiceCapability {
  const megabits = rule.megabytes * 8 * (service === 'backup' ? users : 1);
  const seconds = (speed: number | undefined) =>
    speed === undefined
      ? undefined
      : speed * share > 0
        ? megabits / (speed * share)
        : Number.POSITIVE_INFINITY;
  const send = seconds(line.up);
  const open = rule.ways === 'both' ? seconds(line.down) : undefined;
  const wanted: readonly Measure[] = rule.ways === 'both' ? ['up', 'down'] : ['up'];
  const missing = wanted.filter((measure) => line[measure] === undefined);
  const slowest = Math.max(send ?? 0, open ?? 0);
  const verdict: Verdict =
    slowest > rule.bearable ? 'no' : missing.length > 0 ? 'unknown' : slowest > rule.good ? 'limited' : 'yes';
  const needed = share > 0 ? megabits / rule.good / share : Number.POSITIVE_INFINITY;
  const pressures = wanted.flatMap((measure) => {
    const value = line[measure];
    return value === undefined ? [] : [pressure(measure, value, needed, needed / value)];
  });
  const chosen = worst(pressures);
  return {
    ...{ service, verdict },
    ...(send === undefined || !Number.isFinite(send) ? {} : { sendSeconds: send }),
    ...(open === undefined || !Number.isFinite(open) ? {} : { openSeconds: open }),
    ...(chosen ? { binding: bindingOf(chosen) } : {}),
    ...(missing.length > 0 ? { missing } : {}),
  };
}

const pressure = (measure: Measure, value: number, needed: number, ratio: number): Pressure => ({
  ...{ measure, value, needed, ratio: Number.isNaN(ratio) ? 0 : ratio },
});

const worst = (all: readonly Pressure[]): Pressure | undefined =>
  all.reduce<Pressure | undefined>((most, one) => (most && most.ratio >= one.ratio ? most : one), undefined);

const bindingOf = ({ measure, value, needed }: Pressure): Binding => ({
  ...{ measure, value, needed, words: measureWords(measure, value) },
});

/** How many whole ones; what floating point lost of one is given back. */
const wholes = (left: number, each: number): number => Math.floor(left / each + 1e-9);
