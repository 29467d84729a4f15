/** How one test or measurement changed over time: lines for a chart and rows for a table. */
import type { Observation, ObservationComponent, Quantity } from '@medplum/fhirtypes';
import { isPatientReported } from '../fhir/patient-reported.ts';
import type { Chart, ChartSeries } from './chart-svg.ts';
import { conceptText, tokenOf } from './coded.ts';
import { formatDate, formatDateTime, parseDate, startOfDay } from './dates.ts';
import { dateOf, statusOf, titleOf } from './entry.ts';
import { flagOf, normalRange, observationValue, rangeText } from './observation-value.ts';
import { formatNumber, unitText } from './quantities.ts';
import { type Reading, searchUpTo, searchValue } from './record-reading.ts';

export interface TrendRow {
  readonly id: string;
  readonly href: string;
  readonly when: string;
  readonly value: string;
  readonly flag: string;
  readonly status: string;
  readonly range: string;
  /** What was noted with the reading. */
  readonly notes: readonly string[];
}

export interface Trend {
  readonly title: string;
  readonly token: string;
  /** Absent when there are not numbers to draw. */
  readonly chart?: Chart;
  /** Newest first. */
  readonly rows: readonly TrendRow[];
  /** Readings in another unit than the chart's, or without a date: in the table only. */
  readonly notDrawn: number;
  /** There are older readings than these. */
  readonly cut: boolean;
  /** Measurements that this one is a part of, such as blood pressure. */
  readonly partOf: readonly { readonly title: string; readonly href: string }[];
}

/** Where the readings of a trend, and the trends of other codes, have their own pages. */
export interface TrendLinks {
  readonly item: (observation: string) => string;
  readonly trend: (token: string) => string;
}

const mostRead = 1000;

type Valued = Observation | ObservationComponent;

interface Drawable {
  readonly at: number;
  readonly quantity: Quantity;
  readonly series: string;
  readonly valued: Valued;
}

/** Codes of a reading; its words where it has no code. */
const tokensOf = (valued: Valued): string[] => {
  const codings = (valued.code?.coding ?? []).filter((coding) => coding?.code);
  return codings.length > 0
    ? codings.map((coding) => `${coding.system ?? ''}|${coding.code ?? ''}`)
    : [conceptText(valued.code)].filter(Boolean);
};

/** The moment of a date: the start of what it covers. */
const momentOf = (date: string): number | undefined => {
  const parsed = parseDate(date);
  if (!parsed) return undefined;
  const whole = parsed.precision === 'time' ? Date.parse(date) : Number.NaN;
  return Number.isNaN(whole) ? startOfDay(parsed.key) : whole;
};

const mostFrequent = (values: readonly string[]): string => {
  const counts = Map.groupBy(values, (value) => value);
  return [...counts].sort((a, b) => b[1].length - a[1].length)[0]?.[0] ?? '';
};

/** The parts of an observation that the token asks for: itself with its components, or only the matching components. */
const partsFor = (observation: Observation, token: string): Valued[] => {
  const components = (Array.isArray(observation.component) ? observation.component : []).filter(Boolean);
  if (!tokensOf(observation).includes(token))
    return components.filter((part) => tokensOf(part).includes(token));
  return observation.valueQuantity || components.length === 0 ? [observation] : components;
};

const sharedRange = (readings: readonly Drawable[]): Chart['range'] => {
  const ranges = readings.map(({ valued }) => {
    const range = normalRange(valued.referenceRange);
    return range ? `${range.low?.value ?? ''}|${range.high?.value ?? ''}` : '';
  });
  const one = ranges[0];
  if (!one || one === '|' || ranges.some((range) => range !== one)) return undefined;
  const [low, high] = one.split('|').map((part) => (part === '' ? undefined : Number(part)));
  return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
};

const describe = (series: readonly ChartSeries[], unit: string, newest: string, oldest: string): string => {
  const parts = series.map((one) => {
    const values = one.points.map((point) => point.value);
    const text = (value: number): string => formatNumber(value) + (unit && unit !== '%' ? ` ${unit}` : unit);
    const latest = one.points.reduce((a, b) => (b.at > a.at ? b : a)).value;
    return `${one.name}: lowest ${text(Math.min(...values))}, highest ${text(Math.max(...values))}, latest ${text(latest)}.`;
  });
  const span = oldest === newest ? `on ${newest}` : `from ${oldest} to ${newest}`;
  return `Line chart ${span}. ${parts.join(' ')} All values are in the table below.`;
};

/** Arranges observations (newest first) that hold the code, or have a component that does. */
export function trendOf(
  links: TrendLinks,
  token: string,
  observations: readonly Observation[],
  cut = false,
): Trend {
  const right = observations.filter((one) => one.status !== 'entered-in-error');
  const readings: Drawable[] = [];
  let undrawn = 0;
  const rows = observations.map((observation): TrendRow => {
    const parts = partsFor(observation, token);
    const whole = tokensOf(observation).includes(token);
    const at = momentOf(dateOf(observation));
    for (const valued of right.includes(observation) ? parts : []) {
      const quantity = valued.valueQuantity;
      if (typeof quantity?.value !== 'number') continue;
      if (at === undefined) undrawn += 1;
      else {
        // Never one line with what clinicians measured.
        const by = isPatientReported(observation) ? ', reported by the patient' : '';
        readings.push({ at, quantity, series: `${conceptText(valued.code) || 'Value'}${by}`, valued });
      }
    }
    const value = whole
      ? observationValue(observation).text
      : parts.map((part) => observationValue({ ...part } as Observation).text).join('; '); // a component has a value's elements
    return {
      id: observation.id ?? '',
      href: links.item(observation.id ?? ''),
      when: formatDateTime(dateOf(observation)) || 'Date not recorded',
      value: value || 'No value recorded',
      flag: whole
        ? observationValue(observation).flag
        : [...new Set(parts.map(flagOf).filter(Boolean))].join(', '),
      status: [statusOf(observation), isPatientReported(observation) ? 'Reported by the patient' : '']
        .filter(Boolean)
        .join('. '),
      range: [...new Set((whole ? [observation, ...parts] : parts).map(rangeText).filter(Boolean))].join(
        '; ',
      ),
      notes: (Array.isArray(observation.note) ? observation.note : [])
        .map((note) => note?.text ?? '')
        .filter(Boolean),
    };
  });

  const unit = mostFrequent(readings.map((reading) => unitText(reading.quantity)));
  const drawn = readings.filter((reading) => unitText(reading.quantity) === unit);
  const series = [...Map.groupBy(drawn, (reading) => reading.series)].map(([name, own]) => ({
    name,
    points: own.map((one) => ({
      at: one.at,
      value: one.quantity.value ?? 0,
      abnormal: flagOf(one.valued) !== '',
    })),
  }));
  // The highest line first, as it stands in the chart and as blood pressure is said.
  series.sort((a, b) => (b.points[0]?.value ?? 0) - (a.points[0]?.value ?? 0));
  const named = right.find((one) => tokensOf(one).includes(token));
  const part = right.flatMap((one) => partsFor(one, token))[0];
  const title = (named && titleOf(named)) || conceptText(part?.code) || token.split('|').at(-1) || token;
  const dates = right
    .map(dateOf)
    .filter((date) => date !== '')
    .sort((a, b) => (momentOf(a) ?? 0) - (momentOf(b) ?? 0));
  const range = series.length === 1 ? sharedRange(drawn) : undefined;
  const wholes = new Map(
    right.filter((one) => !tokensOf(one).includes(token)).map((one) => [tokenOf(one.code), titleOf(one)]),
  );
  return {
    title,
    token,
    rows,
    cut,
    notDrawn: undrawn + readings.length - drawn.length,
    partOf: [...wholes]
      .filter(([whole]) => whole !== '')
      .map(([whole, name]) => ({ title: name, href: links.trend(whole) })),
    ...(series.length === 0
      ? {}
      : {
          chart: {
            id: 'trend',
            title: `${title} over time`,
            description: describe(
              series,
              unit,
              formatDate(dates.at(-1)?.slice(0, 10)),
              formatDate(dates[0]?.slice(0, 10)),
            ),
            unit,
            series: series.slice(0, 4),
            ...(range ? { range } : {}),
          },
        }),
  };
}

/**
 * Reads the trend of a code, `http://loinc.org|8480-6`, that observations or their components carry; of words where a test has
 * no code.
 */
export async function readTrend(
  reading: Reading,
  person: string,
  token: string,
  links: TrendLinks,
): Promise<Trend> {
  const bar = token.lastIndexOf('|');
  if (bar < 0) return trendOfWords(reading, person, token, links);
  const code = `${searchValue(token.slice(0, bar))}|${searchValue(token.slice(bar + 1))}`;
  const query = `patient=Patient/${person}&combo-code=${encodeURIComponent(code)}&_sort=-date`;
  const { resources, next } = await searchUpTo<Observation>(reading, 'Observation', query, mostRead);
  return trendOf(links, token, resources, next !== undefined);
}

async function trendOfWords(
  reading: Reading,
  person: string,
  words: string,
  links: TrendLinks,
): Promise<Trend> {
  const query = `patient=Patient/${person}&code:text=${encodeURIComponent(searchValue(words))}&_sort=-date`;
  const { resources, next } = await searchUpTo<Observation>(reading, 'Observation', query, mostRead);
  const same = resources.filter((one) => tokensOf(one).includes(words));
  return trendOf(links, words, same, next !== undefined);
}
