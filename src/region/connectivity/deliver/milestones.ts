/** How far the programme is: sites on full fibre and on copper, now and before, by kind and by integrated care system. */
import {
  type Circuit,
  isCopper,
  isFullFibre,
  type LineSite,
  siteKindNames,
  type Technology,
} from '../model.ts';

export type LineClass = 'fibre' | 'copper' | 'other' | 'unknown';

/** The best of what serves a site as its main line. */
export function classOf(technologies: readonly Technology[]): LineClass {
  if (technologies.some(isFullFibre)) return 'fibre';
  if (technologies.some(isCopper)) return 'copper';
  return technologies.length > 0 ? 'other' : 'unknown';
}

export interface Standing {
  readonly label: string;
  readonly sites: number;
  readonly fibre: number;
  readonly copper: number;
  readonly other: number;
  readonly unknown: number;
  /** Of its sites on full fibre, 0 to 1; sites whose line is not known count as not on it. */
  readonly share: number;
}

const techsBySite = (circuits: readonly Circuit[], stands: (circuit: Circuit) => boolean) => {
  const found = new Map<string, Technology[]>();
  for (const circuit of circuits)
    if (circuit.role === 'main' && stands(circuit)) {
      const own = found.get(circuit.site);
      if (own) own.push(circuit.technology);
      else found.set(circuit.site, [circuit.technology]);
    }
  return found;
};

/** How sites stand now, by the class of their main line. */
export function classesNow(
  sites: readonly LineSite[],
  circuits: readonly Circuit[],
): ReadonlyMap<string, LineClass> {
  const techs = techsBySite(circuits, ({ state }) => state === 'live');
  return new Map(sites.map(({ id }) => [id, classOf(techs.get(id) ?? [])]));
}

export function standingOf(
  label: string,
  sites: readonly LineSite[],
  classes: ReadonlyMap<string, LineClass>,
): Standing {
  const counts = { fibre: 0, copper: 0, other: 0, unknown: 0 };
  for (const { id } of sites) counts[classes.get(id) ?? 'unknown'] += 1;
  return { label, sites: sites.length, ...counts, share: sites.length > 0 ? counts.fibre / sites.length : 0 };
}

/** Groups of sites, the least advanced first. */
export function standings(
  sites: readonly LineSite[],
  classes: ReadonlyMap<string, LineClass>,
  labelOf: (site: LineSite) => string,
): readonly Standing[] {
  return [...Map.groupBy(sites, labelOf)]
    .map(([label, group]) => standingOf(label, group, classes))
    .sort((a, b) => a.share - b.share || b.sites - a.sites || a.label.localeCompare(b.label));
}

export const byKind = (site: LineSite): string => siteKindNames[site.kind];
export const byIcs = (site: LineSite): string => site.ics ?? 'No system known';

/** Share of today’s sites that were on full fibre on each day (`2025-04-01`), from the dates of their circuits. */
export function sharesOn(
  days: readonly string[],
  sites: readonly LineSite[],
  circuits: readonly Circuit[],
): readonly number[] {
  const own = new Set(sites.map(({ id }) => id));
  return days.map((day) => {
    const techs = techsBySite(
      circuits.filter(({ site }) => own.has(site)),
      ({ state, installed, ceased }) =>
        state !== 'ordered' &&
        (installed === undefined || installed <= day) &&
        (ceased === undefined ? state === 'live' : ceased > day),
    );
    const count = [...techs.values()].filter((list) => classOf(list) === 'fibre').length;
    return sites.length > 0 ? count / sites.length : 0;
  });
}

/** How many more sites must come onto full fibre for a share of all. */
export const stillNeeded = ({ sites, fibre }: Standing, share: number): number =>
  Math.max(0, Math.ceil(share * sites - 1e-9) - fibre);
