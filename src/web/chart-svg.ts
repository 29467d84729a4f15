/**
 * Line charts drawn as SVG on the server: no script, no inline style (the pages' CSP forbids it), shapes as well as
 * colours tell series apart, and out-of-range points are filled. A table with the same values belongs beneath each chart.
 */
import { formatMoment, type LocalDate, localMoment, startOfDay } from './dates.ts';
import { escapeHtml } from './narrative.ts';
import { formatNumber } from './quantities.ts';
import { tableBehind } from './table-behind.ts';

export interface ChartPoint {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly value: number;
  /** Outside its reference range, or flagged abnormal by who reported it. */
  readonly abnormal?: boolean;
}

export interface ChartSeries {
  readonly name: string;
  readonly points: readonly ChartPoint[];
}

export interface Chart {
  /** Unique in its page; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** What a person who cannot see the chart needs to know. */
  readonly description: string;
  readonly unit: string;
  readonly series: readonly ChartSeries[];
  /** The range that is normal, where all points share one. */
  readonly range?: { readonly low?: number; readonly high?: number };
  /** Further zones, such as a target or where to act; each is named in the key. */
  readonly bands?: readonly ChartBand[];
  /** Room before the first and after the last moment, ms; default 12 hours. */
  readonly edge?: number;
}

/** A zone of values between two bounds; without a bound it goes on to the edge. */
export interface ChartBand {
  readonly name: string;
  readonly low?: number;
  readonly high?: number;
  readonly kind: 'normal' | 'target' | 'watch' | 'act';
}

interface Size {
  readonly name: 'wide' | 'narrow';
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly ticks: number;
}

const sizes: readonly Size[] = [
  { name: 'wide', width: 900, height: 340, left: 60, ticks: 8 },
  { name: 'narrow', width: 330, height: 280, left: 46, ticks: 3 },
];
const top = 30;
const right = 18;
const bottom = 34;
const mostMarkers = 120;

const round = (n: number): string => String(Math.round(n * 10) / 10);

/** Steps of 1, 2 or 5 times a power of ten that cover low to high in about `wanted` parts. */
export function valueTicks(low: number, high: number, wanted: number): number[] {
  const rough = (high - low) / wanted || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? power * 10;
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const two = (n: number): string => String(n).padStart(2, '0');

const monthLabel = (date: LocalDate): string =>
  `${['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][date.month - 1]} ${date.year}`;

/** Starts of years, months or days between two moments, at most about `most`, with what to write beneath each. */
export function timeTicks(from: number, to: number, most: number): { at: number; label: string }[] {
  const a = localMoment(from);
  const b = localMoment(to);
  const months = (b.year - a.year) * 12 + b.month - a.month;
  if (months < 2) {
    const days = Math.max(1, Math.round((to - from) / 86_400_000));
    const step = Math.max(1, Math.ceil(days / most));
    return Array.from(
      { length: Math.floor(days / step) + 1 },
      (_, i) => startOfDay(a.key) + i * step * 86_400_000,
    )
      .filter((at) => at >= from && at <= to)
      .map((at) => {
        const day = localMoment(at);
        return { at, label: `${day.day} ${monthLabel(day).slice(0, 3)}` };
      });
  }
  const step = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600].find((n) => months / n <= most) ?? 1200;
  const first = Math.ceil((a.year * 12 + a.month - 1) / step) * step;
  const ticks: { at: number; label: string }[] = [];
  for (let month = first; month <= b.year * 12 + b.month - 1; month += step) {
    const key = `${String(Math.floor(month / 12)).padStart(4, '0')}-${two((month % 12) + 1)}-01`;
    const at = startOfDay(key);
    if (at < from || at > to) continue;
    ticks.push({ at, label: step % 12 === 0 ? key.slice(0, 4) : monthLabel(localMoment(at)) });
  }
  return ticks;
}

const marker = (x: number, y: number, series: number, abnormal: boolean): string => {
  const kind = `tl-chart__point tl-chart__point--${series + 1}${abnormal ? ' tl-chart__point--abnormal' : ''}`;
  return series % 2 === 0
    ? `<circle class="${kind}" cx="${round(x)}" cy="${round(y)}" r="4.5"/>`
    : `<rect class="${kind}" x="${round(x - 4)}" y="${round(y - 4)}" width="8" height="8"/>`;
};

const draw = (chart: Chart, size: Size): string => {
  const all = chart.series.flatMap((series) => series.points);
  const times = all.map((point) => point.at);
  const values = all.map((point) => point.value);
  for (const { low, high } of [chart.range ?? {}, ...(chart.bands ?? [])])
    for (const bound of [low, high]) if (bound !== undefined) values.push(bound);
  const [start, end] = [Math.min(...times), Math.max(...times)];
  const pad = Math.max((end - start) * 0.02, chart.edge ?? 43_200_000);
  const [from, to] = [start - pad, end + pad];
  const margin = (Math.max(...values) - Math.min(...values)) * 0.06 || Math.abs(values[0] ?? 1) * 0.1 || 1;
  const ticks = valueTicks(Math.min(...values) - margin, Math.max(...values) + margin, 5);
  const [low, high] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  const x = (at: number): number =>
    size.left + ((at - from) / (to - from)) * (size.width - size.left - right);
  const y = (value: number): number => top + ((high - value) / (high - low)) * (size.height - top - bottom);
  const edge = size.width - right;

  const parts: string[] = [];
  const zone = (style: string, bounds: { readonly low?: number; readonly high?: number }) => {
    const upper = y(Math.min(high, bounds.high ?? high));
    const lower = y(Math.max(low, bounds.low ?? low));
    parts.push(
      `<rect class="${style}" x="${size.left}" y="${round(upper)}" width="${edge - size.left}" height="${round(Math.max(0, lower - upper))}"/>`,
    );
  };
  if (chart.range) zone('tl-chart__range', chart.range);
  for (const band of chart.bands ?? []) zone(`tl-chart__band tl-chart__band--${band.kind}`, band);
  for (const tick of ticks) {
    parts.push(
      `<path class="tl-chart__grid" d="M${size.left} ${round(y(tick))}H${edge}"/>`,
      `<text class="tl-chart__label tl-chart__label--value" x="${size.left - 8}" y="${round(y(tick) + 5)}">${formatNumber(tick)}</text>`,
    );
  }
  for (const { at, label } of timeTicks(from, to, size.ticks)) {
    parts.push(
      `<path class="tl-chart__tick" d="M${round(x(at))} ${size.height - bottom}v6"/>`,
      `<text class="tl-chart__label tl-chart__label--time" x="${round(Math.min(Math.max(x(at), size.left), edge - 14))}" y="${size.height - 10}">${label}</text>`,
    );
  }
  parts.push(`<text class="tl-chart__label" x="4" y="16">${escapeHtml(chart.unit)}</text>`);
  chart.series.forEach((series, index) => {
    const points = [...series.points].sort((a, b) => a.at - b.at);
    const line = points
      .map((point, i) => `${i ? 'L' : 'M'}${round(x(point.at))} ${round(y(point.value))}`)
      .join('');
    parts.push(`<path class="tl-chart__line tl-chart__line--${index + 1}" d="${line}"/>`);
    const crowded = points.length > mostMarkers;
    for (const point of points) {
      if (!crowded || point.abnormal)
        parts.push(marker(x(point.at), y(point.value), index, point.abnormal === true));
    }
  });
  const id = `${chart.id}-${size.name}`;
  return (
    `<svg class="tl-chart__drawing tl-chart__drawing--${size.name}" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="${id}-title ${id}-desc" xmlns="http://www.w3.org/2000/svg">` +
    `<title id="${id}-title">${escapeHtml(chart.title)}</title><desc id="${id}-desc">${escapeHtml(chart.description)}</desc>` +
    `${parts.join('')}</svg>`
  );
};

const key = (chart: Chart): string => {
  const items =
    chart.series.length > 1 ? chart.series.map((series, i) => ({ name: series.name, series: i })) : [];
  const legend = items.map(
    ({ name, series }) =>
      `<li><svg class="tl-chart__sample" viewBox="0 0 40 16" aria-hidden="true"><path class="tl-chart__line tl-chart__line--${series + 1}" d="M2 8H38"/>${marker(20, 8, series, false)}</svg>${escapeHtml(name)}</li>`,
  );
  if (chart.range) {
    legend.push(
      '<li><svg class="tl-chart__sample" viewBox="0 0 40 16" aria-hidden="true"><rect class="tl-chart__range" x="2" y="2" width="36" height="12"/></svg>Reference range</li>',
    );
  }
  for (const { name, kind } of chart.bands ?? [])
    legend.push(
      `<li><svg class="tl-chart__sample" viewBox="0 0 40 16" aria-hidden="true"><rect class="tl-chart__band tl-chart__band--${kind}" x="2" y="2" width="36" height="12"/></svg>${escapeHtml(name)}</li>`,
    );
  if (chart.series.some((series) => series.points.some((point) => point.abnormal))) {
    legend.push(
      `<li><svg class="tl-chart__sample" viewBox="0 0 40 16" aria-hidden="true">${marker(20, 8, 0, true)}</svg>Filled points are outside the range or flagged abnormal</li>`,
    );
  }
  return legend.length > 0 ? `<ul class="tl-chart__key">${legend.join('')}</ul>` : '';
};

export interface ChartOptions {
  /** Puts a table of the same values behind it, folded away, for pages that have none of their own. */
  readonly table?: boolean;
}

/** The chart as HTML, in a wide and a narrow drawing of which the style sheet shows one. Empty when there is no point. */
export function drawChart(chart: Chart, { table = false }: ChartOptions = {}): string {
  const series = chart.series
    .map((one) => ({
      ...one,
      points: one.points.filter((p) => Number.isFinite(p.at) && Number.isFinite(p.value)),
    }))
    .filter((one) => one.points.length > 0);
  if (series.length === 0) return '';
  const ready = { ...chart, series };
  const behind = table ? tableBehind(chart.title, ...valuesByTime(ready)) : '';
  return `<div class="tl-chart">${sizes.map((size) => draw(ready, size)).join('')}${key(ready)}${behind}</div>`;
}

/** Heads and rows, newest first: a line for each moment, a column for each series. */
function valuesByTime({ series, unit }: Chart): [readonly string[], readonly (readonly string[])[]] {
  const moments = [...new Set(series.flatMap(({ points }) => points.map(({ at }) => at)))].sort(
    (a, b) => b - a,
  );
  const found = series.map(({ points }) => new Map(points.map((point) => [point.at, point])));
  const rows = moments.map((at) => [
    formatMoment(at),
    ...found.map((points) => {
      const point = points.get(at);
      return point ? `${formatNumber(point.value)}${point.abnormal ? ' (outside the range)' : ''}` : '';
    }),
  ]);
  return [['When', ...series.map(({ name }) => `${name}, ${unit}`)], rows];
}
