/** Orders over time as SVG: a bar for each stage they were in, what is likely to come behind it, and today. A table says the same. */

import { timeTicks } from '../../../web/chart-svg.ts';
import { formatShortDate } from '../../../web/dates.ts';
import { escapeHtml } from '../../../web/narrative.ts';
import { tableBehind } from '../../../web/table-behind.ts';
import type { Likely } from './forecast.ts';
import { type Order, stateNames, type WorkStage, workStages } from './order.ts';

export interface GanttRow {
  readonly order: Pick<Order, 'id' | 'number' | 'state' | 'spells' | 'due' | 'live' | 'changed'>;
  readonly name: string;
  readonly likely: Likely | undefined;
}

const rowHeight = 44;
const labelHeight = 20;
const head = 8;
const foot = 30;
const sizes = [
  { name: 'wide', width: 900, ticks: 8 },
  { name: 'narrow', width: 330, ticks: 3 },
] as const;

const round = (n: number): string => String(Math.round(n * 10) / 10);
const dayText = (ms: number): string => formatShortDate(new Date(ms).toISOString().slice(0, 10));

/** Four fills told apart by pattern of light and dark, as the key says: before approval, permission and building, installing, measuring. */
const fillOf = (stage: WorkStage): number => {
  if (stage === 'acceptance') return 4;
  if (stage === 'install') return 3;
  return stage === 'wayleave' || stage === 'build' ? 2 : 1;
};
const fillNames = ['Survey, quotes and approval', 'Wayleave and build', 'Install', 'Acceptance'];

/** Empty without rows. */
export function drawGantt(rows: readonly GanttRow[], now: number): string {
  if (rows.length === 0) return '';
  const starts = rows.flatMap(({ order }) => order.spells.map(({ from }) => from));
  const ends = rows.flatMap(({ order, likely }) => [likely?.p90 ?? 0, order.live ?? 0]);
  const from = Math.min(...starts, now);
  const until = Math.max(...ends, now) + 15 * 86_400_000;
  const height = head + rows.length * rowHeight + foot;
  const draw = ({ name, width, ticks }: (typeof sizes)[number]): string => {
    const x = (ms: number) => ((ms - from) / (until - from)) * width;
    const bottom = head + rows.length * rowHeight;
    const parts: string[] = [];
    for (const { at, label } of timeTicks(from, until, ticks))
      parts.push(
        `<path class="tl-chart__grid" d="M${round(x(at))} 0V${bottom}"/>`,
        `<text class="tl-chart__label tl-chart__label--time" x="${round(Math.min(Math.max(x(at), 24), width - 30))}" y="${bottom + 20}">${label}</text>`,
      );
    rows.forEach(({ order, name: site, likely }, i) => {
      const top = head + i * rowHeight;
      const bar = top + labelHeight;
      parts.push(
        `<text class="tl-chart__label tl-bars__label" x="0" y="${top + 14}">${order.number} ${escapeHtml(site)}</text>`,
      );
      for (const { stage, from: start, until: end } of order.spells)
        parts.push(
          `<rect class="tl-bars__bar tl-bars__bar--${fillOf(stage)}" x="${round(x(start))}" y="${bar}" width="${round(Math.max(1, x(end ?? now) - x(start)))}" height="14"/>`,
        );
      if (likely?.p50 !== undefined && likely.p90 !== undefined)
        parts.push(
          `<path class="tl-bars__mark" d="M${round(x(now))} ${bar + 7}H${round(x(likely.p90))}"/>`,
          `<circle class="tl-chart__point" cx="${round(x(likely.p50))}" cy="${bar + 7}" r="5"/>`,
        );
      if (order.live !== undefined)
        parts.push(
          `<circle class="tl-chart__point tl-chart__point--abnormal" cx="${round(x(order.live))}" cy="${bar + 7}" r="5"/>`,
        );
    });
    parts.push(`<path class="tl-chart__tick" d="M${round(x(now))} 0V${bottom}"/>`);
    const id = `gantt-${name}`;
    return (
      `<svg class="tl-chart__drawing tl-chart__drawing--${name}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">` +
      `<title id="${id}-title">Orders over time</title><desc id="${id}-desc">A bar for each stage of each order. Until today solid; what is likely to come is dashed, to the day that nine runs in ten come before.</desc>${parts.join('')}</svg>`
    );
  };
  const sample = (inner: string, words: string) =>
    `<li><svg class="tl-chart__sample" viewBox="0 0 40 16" aria-hidden="true">${inner}</svg>${words}</li>`;
  const key = [
    ...fillNames.map((words, i) =>
      sample(`<rect class="tl-bars__bar tl-bars__bar--${i + 1}" x="2" y="2" width="36" height="12"/>`, words),
    ),
    sample('<circle class="tl-chart__point tl-chart__point--abnormal" cx="20" cy="8" r="5"/>', 'Live'),
    sample(
      '<path class="tl-bars__mark" d="M2 8H38"/><circle class="tl-chart__point" cx="20" cy="8" r="5"/>',
      'Likely to be live',
    ),
  ];
  const table = tableBehind(
    'Orders over time',
    ['Order', ...workStages.map((stage) => stateNames[stage]), 'Live'],
    rows.map(({ order, name, likely }) => [
      { text: `${order.number} ${name}`, href: `/lines/orders/${order.id}` },
      ...workStages.map((stage) => {
        const spells = order.spells.filter((spell) => spell.stage === stage);
        return spells
          .map(
            (spell) =>
              `${dayText(spell.from)} to ${spell.until === undefined ? 'now' : dayText(spell.until)}`,
          )
          .join('; ');
      }),
      order.live === undefined
        ? likely?.p50 === undefined
          ? ''
          : `Likely ${dayText(likely.p50)}`
        : dayText(order.live),
    ]),
  );
  return `<div class="tl-chart">${sizes.map(draw).join('')}<ul class="tl-chart__key">${key.join('')}</ul>${table}</div>`;
}
