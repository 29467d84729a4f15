/** A line the size of a word: how a value went, beside its latest. */
import { escapeHtml } from './narrative.ts';

export interface Sparkline {
  /** Read in place of the picture: “Systolic over 12 months, from 152 to 134 mmHg”. */
  readonly title: string;
  readonly points: readonly { readonly at: number; readonly value: number; readonly abnormal?: boolean }[];
  readonly range?: { readonly low?: number; readonly high?: number };
}

const width = 120;
const height = 28;
const margin = 4;

/** Inline SVG; empty for fewer than two points. */
export function drawSparkline({ title, points, range }: Sparkline): string {
  const drawn = points
    .filter(({ at, value }) => Number.isFinite(at) && Number.isFinite(value))
    .sort((a, b) => a.at - b.at);
  const [first, last] = [drawn[0], drawn.at(-1)];
  if (!first || !last || drawn.length < 2) return '';
  const bounds = [range?.low, range?.high].filter((bound) => bound !== undefined);
  const values = [...drawn.map(({ value }) => value), ...bounds];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (at: number): number =>
    margin + ((at - first.at) / (last.at - first.at || 1)) * (width - 2 * margin);
  const y = (value: number): number =>
    high === low ? height / 2 : margin + ((high - value) / (high - low)) * (height - 2 * margin);
  const place = (n: number): string => String(Math.round(n * 10) / 10);
  const band = range
    ? `<rect class="tl-chart__range" x="0" width="${width}" y="${place(y(range.high ?? high))}" height="${place(Math.max(0, y(range.low ?? low) - y(range.high ?? high)))}"/>`
    : '';
  const line = drawn.map(({ at, value }, i) => `${i ? 'L' : 'M'}${place(x(at))} ${place(y(value))}`).join('');
  const kind = `tl-chart__point tl-chart__point--1${last.abnormal ? ' tl-chart__point--abnormal' : ''}`;
  return (
    `<svg class="tl-spark" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(title)}">` +
    `${band}<path class="tl-chart__line tl-chart__line--1" d="${line}"/>` +
    `<circle class="${kind}" cx="${place(x(last.at))}" cy="${place(y(last.value))}" r="3.5"/></svg>`
  );
}
