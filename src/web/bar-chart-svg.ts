/** Amounts side by side, as bars that lie: their words have room above them, on a narrow screen too. */
import { escapeHtml } from './narrative.ts';
import { formatNumber } from './quantities.ts';
import { tableBehind } from './table-behind.ts';

export interface BarChart {
  /** Unique in its page; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** What a person who cannot see the chart needs to know. */
  readonly description: string;
  /** Behind each value: ` people`, ` %`. */
  readonly unit: string;
  /** What the groups are, at the head of the table: “Age”. Default “Group”. */
  readonly groupName?: string;
  /** What the bars of each group stand for; at most four. */
  readonly series: readonly string[];
  /** `values`: one for each series; undefined where it is not known or not shown. */
  readonly groups: readonly { readonly label: string; readonly values: readonly (number | undefined)[] }[];
  /** Drawn as a line across all bars, such as a target. */
  readonly mark?: { readonly name: string; readonly value: number };
}

const sizes = [
  { name: 'wide', width: 900 },
  { name: 'narrow', width: 330 },
] as const;
const barHeight = 18;
const labelHeight = 22;
const gap = 10;
const room = 84;

const round = (n: number): string => String(Math.round(n * 10) / 10);

/** The chart as HTML with a table behind it; empty without groups. Negative and unknown values have no bar, only their words. */
export function drawBars(chart: BarChart): string {
  const { groups, series, unit, mark } = chart;
  if (groups.length === 0) return '';
  const words = (value: number | undefined): string =>
    value === undefined || !Number.isFinite(value) ? 'Not known' : `${formatNumber(value)}${unit}`;
  const all = groups.flatMap(({ values }) => values.filter((value) => value !== undefined));
  const most = Math.max(...all.filter(Number.isFinite), mark?.value ?? 0, 0) || 1;
  const groupHeight = labelHeight + series.length * (barHeight + 2) + gap;
  const height = groups.length * groupHeight + (mark ? 20 : 0);
  const draw = ({ name, width }: (typeof sizes)[number]): string => {
    const reach = width - room;
    const parts = groups.flatMap(({ label, values }, g) => {
      const top = g * groupHeight;
      return [
        `<text class="tl-chart__label tl-bars__label" x="0" y="${top + 16}">${escapeHtml(label)}</text>`,
        ...series.flatMap((_, s) => {
          const value = values[s];
          const long =
            value === undefined || !Number.isFinite(value) ? 0 : Math.max(0, (value / most) * reach);
          const y = top + labelHeight + s * (barHeight + 2);
          return [
            `<rect class="tl-bars__bar tl-bars__bar--${(s % 4) + 1}" x="0" y="${y}" width="${round(long)}" height="${barHeight}"/>`,
            `<text class="tl-chart__label" x="${round(long + 6)}" y="${y + 14}">${escapeHtml(words(value))}</text>`,
          ];
        }),
      ];
    });
    if (mark) {
      const x = round((mark.value / most) * reach);
      parts.push(
        `<path class="tl-bars__mark" d="M${x} 0V${height - 20}"/>`,
        `<text class="tl-chart__label" text-anchor="${(mark.value / most) * reach > width / 2 ? 'end' : 'start'}" x="${x}" y="${height - 5}">${escapeHtml(`${mark.name}: ${words(mark.value)}`)}</text>`,
      );
    }
    const id = `${chart.id}-${name}`;
    return (
      `<svg class="tl-chart__drawing tl-chart__drawing--${name}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">` +
      `<title id="${id}-title">${escapeHtml(chart.title)}</title><desc id="${id}-desc">${escapeHtml(chart.description)}</desc>${parts.join('')}</svg>`
    );
  };
  const key =
    series.length > 1
      ? `<ul class="tl-chart__key">${series.map((name, s) => `<li><svg class="tl-chart__sample" viewBox="0 0 40 16" aria-hidden="true"><rect class="tl-bars__bar tl-bars__bar--${(s % 4) + 1}" x="2" y="2" width="36" height="12"/></svg>${escapeHtml(name)}</li>`).join('')}</ul>`
      : '';
  const table = tableBehind(
    chart.title,
    [chart.groupName ?? 'Group', ...series],
    groups.map(({ label, values }) => [label, ...series.map((_, s) => words(values[s]))]),
  );
  return `<div class="tl-chart">${sizes.map(draw).join('')}${key}${table}</div>`;
}
