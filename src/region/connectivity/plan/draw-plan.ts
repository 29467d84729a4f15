/** Pictures of a plan, each with its figures behind it: trenches and sites on a map, benefit against budget, what moves the plan. */

import { drawBars } from '../../../web/bar-chart-svg.ts';
import { drawMap, type MapFeature, type Position } from '../../../web/map-svg.ts';
import { escapeHtml } from '../../../web/narrative.ts';
import { tableBehind } from '../../../web/table-behind.ts';
import { type LineSite, technologyNames } from '../model.ts';
import type { OutcomeSite, OutcomeTrench } from './outcome.ts';
import { pounds, whole } from './page-parts.ts';
import type { CurvePoint } from './plan-programme.ts';
import { middleMeridian, projectionAbout } from './projection.ts';
import type { Sensitivity } from './sensitivity.ts';

/** More signs than this make a drawing that no slow line should carry. */
const mostSigns = 400;

export function planMap(
  rows: readonly OutcomeSite[],
  trenches: readonly OutcomeTrench[],
  places: ReadonlyMap<string, LineSite>,
  firstYear: number,
): string {
  const classOf = (year: number): string => `y${Math.min(3, year - firstYear)}`;
  const shown = rows.filter((row) => row.leftOut !== 'full fibre already' || rows.length <= mostSigns);
  const sites = shown
    .filter(({ plan }) => plan !== undefined || shown.length <= mostSigns)
    .slice(0, mostSigns)
    .flatMap((row): MapFeature[] => {
      const at = places.get(row.site)?.at;
      if (!at) return [];
      const note = row.plan ? `${row.plan.year}, ${technologyNames[row.plan.technology]}` : row.reason;
      return [
        {
          ...{ name: row.name, note, href: `/lines/sites/${row.site}` },
          of: row.plan ? classOf(row.plan.year) : row.leftOut === 'full fibre already' ? 'there' : 'out',
          geometry: { type: 'Point', coordinates: [at.longitude, at.latitude] },
        },
      ];
    });
  const dug = trenches.slice(0, mostSigns).map(
    ({ route, year, lines, metres }): MapFeature => ({
      ...{ name: route, of: classOf(year), note: `${year}, ${(metres / 1000).toFixed(1)} km` },
      geometry: { type: 'MultiLineString', coordinates: lines as readonly (readonly Position[])[] },
    }),
  );
  const middle = projectionAbout(middleMeridian([...places.values()].flatMap(({ at }) => (at ? [at] : []))));
  return drawMap({
    ...{ id: 'plan', title: 'Trenches and sites of the plan' },
    description: `${trenches.length} trenches and ${sites.length} sites, told apart by year.`,
    features: [...dug, ...sites],
    classes: [
      { key: 'y0', name: String(firstYear), style: 1 },
      { key: 'y1', name: String(firstYear + 1), style: 2 },
      { key: 'y2', name: String(firstYear + 2), style: 3 },
      { key: 'y3', name: `${firstYear + 3} or later`, style: 5 },
      { key: 'there', name: 'On full fibre already', style: 4 },
      { key: 'out', name: 'Left out', style: 6 },
    ],
    project: ([longitude, latitude]) => {
      const { east, north } = middle({ longitude, latitude });
      return [east / 1000, north / 1000];
    },
    heads: ['Place', 'Year', 'More'],
  });
}

/** Benefit against budget: what each pound more still brings. The area above is what no plan reaches. */
export function paretoCurve(curve: readonly CurvePoint[]): string {
  const points = curve.filter(({ budget }) => budget > 0);
  if (points.length === 0) return '';
  const most = {
    budget: Math.max(...points.map(({ budget }) => budget)),
    benefit: Math.max(...points.map(({ bound }) => bound), 1),
  };
  const table = tableBehind(
    'Benefit at other budgets',
    ['Budget of all years', 'Spent', 'Sites', 'Benefit', 'At most'],
    points.map((p) => [
      `${pounds(p.budget)}${p.share === 1 ? ' (this plan’s)' : ''}`,
      pounds(p.cost),
      whole(p.sites),
      whole(p.benefit),
      whole(p.bound),
    ]),
  );
  const draw = (name: 'wide' | 'narrow', width: number, height: number): string => {
    const [left, right, top, bottom] = [name === 'wide' ? 90 : 62, 14, 24, 40];
    const x = (budget: number): number => left + (budget / most.budget) * (width - left - right);
    const y = (benefit: number): number =>
      height - bottom - (benefit / most.benefit) * (height - top - bottom);
    const to = (n: number): string => String(Math.round(n * 10) / 10);
    const path = points.map(
      (p, i) => `${i ? 'L' : `M${to(x(0))} ${to(y(0))}L`}${to(x(p.budget))} ${to(y(p.benefit))}`,
    );
    const ticks = [0.25, 0.5, 0.75, 1].map(
      (share) =>
        `<path class="tl-chart__grid" d="M${left} ${to(y(share * most.benefit))}H${width - right}"/>` +
        `<text class="tl-chart__label tl-chart__label--value" x="${left - 8}" y="${to(y(share * most.benefit) + 5)}">${shortNumber(share * most.benefit)}</text>`,
    );
    const marks = points.map((p) =>
      p.share === 1
        ? `<circle class="tl-chart__point tl-chart__point--1 tl-chart__point--abnormal" cx="${to(x(p.budget))}" cy="${to(y(p.benefit))}" r="7"/>`
        : `<circle class="tl-chart__point tl-chart__point--1" cx="${to(x(p.budget))}" cy="${to(y(p.benefit))}" r="4.5"/>`,
    );
    const labels = points
      .filter((p, i) => name === 'wide' || p.share === 1 || i === points.length - 1)
      .map(
        (p) =>
          `<text class="tl-chart__label tl-chart__label--time" text-anchor="${p.budget === most.budget ? 'end' : 'middle'}" x="${to(x(p.budget))}" y="${height - 14}">£${shortNumber(p.budget)}</text>`,
      );
    return (
      `<svg class="tl-chart__drawing tl-chart__drawing--${name}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml('Benefit against budget. The table below has the figures.')}">` +
      `<text class="tl-chart__label" x="4" y="14">Weighted consultations</text>${ticks.join('')}<path class="tl-chart__line tl-chart__line--1" d="${path.join('')}"/>${marks.join('')}${labels.join('')}</svg>`
    );
  };
  return `<div class="tl-chart">${draw('wide', 900, 320)}${draw('narrow', 330, 260)}${table}</div>`;
}

function shortNumber(n: number): string {
  if (n >= 1e6) return `${Number((n / 1e6).toPrecision(3))}m`;
  if (n >= 1e3) return `${Number((n / 1e3).toPrecision(3))}k`;
  return String(Math.round(n));
}

/** A tornado: the widest first. Bars are what of the plan's benefit is won or lost; sites that change stand in the table. */
export function tornado(rows: readonly Sensitivity[], benefit: number): string {
  if (rows.length === 0) return '';
  const share = (x: number): number => (benefit > 0 ? Math.abs((100 * (x - benefit)) / benefit) : 0);
  const chart = drawBars({
    ...{
      id: 'tornado',
      title: 'What moves the plan',
      unit: '%',
      groupName: 'What is a fifth lower or higher',
    },
    description:
      'How far the benefit of the best plan moves, in per cent, for each price and weight. Figures are in the table.',
    series: ['A fifth lower', 'A fifth higher'],
    groups: rows.map(({ name, low, high }) => ({
      label: name,
      values: [Number(share(low.benefit).toFixed(2)), Number(share(high.benefit).toFixed(2))],
    })),
  });
  const words = (x: number): string => `${x >= 0 ? '+' : '−'}${whole(Math.abs(x))}`;
  return (
    chart +
    tableBehind(
      'Benefit and sites that change',
      ['What', 'A fifth lower: benefit', 'Sites that change', 'A fifth higher: benefit', 'Sites that change'],
      rows.map(({ name, low, high }) => [
        name,
        words(low.benefit - benefit),
        whole(low.changed),
        words(high.benefit - benefit),
        whole(high.changed),
      ]),
      'Show what is won, lost and changed',
    )
  );
}
