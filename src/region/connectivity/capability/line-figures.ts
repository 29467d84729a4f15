/** The figures that a site's line is judged by in an hour of the week, and on what they rest. */
import type { Circuit, LineWeek, Measure, PoorWeek, SiteCapability } from '../model.ts';
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

/** What the line is not worse than nine times in ten: in one hour of the week, where that was measured often, or in all. */
function measuredFigures(told: PoorWeek['told'], hour?: number): Line | undefined {
  const often = (measure: Measure) => (told(measure, hour)?.count ?? 0) >= fewestReadings;
  if (hour !== undefined && !(often('down') && often('up'))) return undefined;
  const figures: Partial<Record<Measure, number>> = {};
  for (const measure of measures) {
    // What the hour does not tell, the whole week does.
    const spread = hour !== undefined && often(measure) ? told(measure, hour) : told(measure);
    if (spread) figures[measure] = spread.poor;
  }
  if (figures.down === undefined && figures.up === undefined) return undefined;
  return { figures, basis: hour === undefined ? 'week' : 'hour' };
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

const toldBy =
  ({ all, hours }: LineWeek): PoorWeek['told'] =>
  (measure, hour) =>
    (hour === undefined ? all : hours[hour])?.[measure];

/** By hour: readings of that hour of the week, else of the whole week, else the sale, else unknown. Hours that share a line share its object. */
export function lineByHour(
  week: LineWeek | PoorWeek | undefined,
  circuits: readonly Circuit[],
): (hour: number) => Line {
  const told = week && ('told' in week ? week.told : toldBy(week));
  const sold = () => bestSold(circuits, 'main') ?? bestSold(circuits, 'backup');
  let usual: Line | undefined;
  const usualLine = (): Line => {
    const measured = told && measuredFigures(told);
    if (measured) return measured;
    const figures = sold();
    return figures ? { figures, basis: 'sold' } : unknown;
  };
  return (hour) => {
    const own = told && measuredFigures(told, hour);
    if (own) return own;
    usual ??= usualLine();
    return usual;
  };
}

export const lineAt = (
  week: LineWeek | PoorWeek | undefined,
  circuits: readonly Circuit[],
  hour: number,
): Line => lineByHour(week, circuits)(hour);

/** While the line is down the site has what its back-up was sold as, or nothing. */
export function lineInOutage(circuits: readonly Circuit[]): Line {
  const backup = bestSold(circuits, 'backup');
  return backup ? { figures: backup, basis: 'sold' } : { figures: nothing, basis: 'hour' };
}
