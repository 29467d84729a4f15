/** The figures that a site's line is judged by in an hour of the week, and on what they rest. */
import type { Circuit, LineWeek, Measure, SiteCapability } from '../model.ts';
import { expected } from './rule-table.ts';
import type { LineFigures } from './rules.ts';

const measures: readonly Measure[] = ['down', 'up', 'idle', 'loaded', 'jitter', 'loss'];

/** Fewer readings in an hour of the week say too little about nine times in ten; the whole week is taken. */
export const fewestReadings = 3;

export interface Line {
  readonly figures: LineFigures;
  readonly basis: SiteCapability['basis'];
}

const unknown: Line = { figures: {}, basis: 'unknown' };
const nothing: LineFigures = { down: 0, up: 0 };

/** Of one hour of the week: what the line is not worse than nine times in ten. What the hour does not tell, the whole week does. */
function measuredFigures(week: LineWeek, hour: number): Line | undefined {
  const here = week.hours[hour];
  const often = (measure: Measure) => (here?.[measure]?.count ?? 0) >= fewestReadings;
  const own = often('down') && often('up');
  const figures: Partial<Record<Measure, number>> = {};
  for (const measure of measures) {
    const spread = own && often(measure) ? here?.[measure] : week.all[measure];
    if (spread) figures[measure] = spread.poor;
  }
  if (figures.down === undefined && figures.up === undefined) return undefined;
  return { figures, basis: own ? 'hour' : 'week' };
}

/** What to expect of a line of which only the sale is known: what is guaranteed, or a part of what was sold. */
export function soldFigures({ sold, guaranteed, technology }: Circuit): LineFigures | undefined {
  const { speed, idle, loaded } = expected[technology];
  const of = (way: 'down' | 'up') =>
    guaranteed
      ? Math.min(guaranteed[way], sold?.[way] ?? Number.POSITIVE_INFINITY)
      : sold && sold[way] * speed.value;
  const [down, up] = [of('down'), of('up')];
  return down === undefined || up === undefined
    ? undefined
    : { down, up, idle: idle.value, loaded: loaded.value };
}

/** Of a site's live circuits of a role, the one that carries most upwards. */
function bestSold(circuits: readonly Circuit[], role: Circuit['role']): LineFigures | undefined {
  return circuits
    .flatMap((one) => (one.role === role && one.state === 'live' ? (soldFigures(one) ?? []) : []))
    .toSorted((a, b) => (b.up ?? 0) - (a.up ?? 0))[0];
}

/** Readings of that hour of the week, else of the whole week, else the sale, else unknown. */
export function lineAt(week: LineWeek | undefined, circuits: readonly Circuit[], hour: number): Line {
  const measured = week && measuredFigures(week, hour);
  if (measured) return measured;
  const sold = bestSold(circuits, 'main') ?? bestSold(circuits, 'backup');
  return sold ? { figures: sold, basis: 'sold' } : unknown;
}

/** While the line is down the site has what its back-up was sold as, or nothing. */
export function lineInOutage(circuits: readonly Circuit[]): Line {
  const backup = bestSold(circuits, 'backup');
  return backup ? { figures: backup, basis: 'sold' } : { figures: nothing, basis: 'hour' };
}
