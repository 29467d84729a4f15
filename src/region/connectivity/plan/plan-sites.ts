/** What the register and what is measured say of each site, as the planner needs it. */
import { seededRandom } from '../../../platform/random.ts';
import {
  type Circuit,
  type HeldBack,
  isFullFibre,
  type LineSite,
  type SiteKind,
  type Technology,
} from '../model.ts';
import { estimatedHeldBack } from './benefit.ts';
import { usualRental } from './price-book.ts';
import type { Degrees } from './projection.ts';

export interface PlanSite {
  readonly id: string;
  readonly name: string;
  readonly kind: SiteKind;
  readonly ods?: string;
  readonly ics?: string;
  readonly at?: Degrees;
  readonly rural: boolean;
  readonly deprivation?: number;
  readonly patients: number;
  /** Its main line; absent where none is known and none is assumed. */
  readonly technology?: Technology;
  /** The line is not in the register: drawn by the model below. */
  readonly assumed: boolean;
  /** Pounds a month, paid today. */
  readonly monthly: number;
  /** Held back, a week. */
  readonly consultations: number;
  readonly imageHours: number;
  /** Estimated from the kind of line and place; otherwise from activity and what the line carries. */
  readonly estimated: boolean;
}

/** The main line that a site has on a day (`2024-11-22`); the best where it has several. */
export function lineOn(circuits: readonly Circuit[], day: string): Circuit | undefined {
  const there = circuits.filter(
    ({ role, state, installed, ceased }) =>
      role === 'main' &&
      state !== 'ordered' &&
      (installed === undefined || installed <= day) &&
      (ceased === undefined ? state === 'live' : ceased > day),
  );
  return there.find(({ technology }) => isFullFibre(technology)) ?? there[0];
}

/**
 * The line of a site of which none is known. About 40 % of NHS organisations were on copper in 2019; rural ones and small ones
 * more. Drawn from the site's id alone, so that the same site always has the same line.
 */
export function assumedLine(id: string, kind: SiteKind, rural: boolean): Technology {
  const random = seededRandom(`assumed line of ${id}`);
  const copper = kind === 'hospital' || kind === 'diagnostic-centre' ? 0.08 : rural ? 0.62 : 0.4;
  if (random.chance(copper)) return random.chance(rural ? 0.45 : 0.2) ? 'adsl' : 'fttc';
  if (rural && random.chance(0.05)) return 'mobile';
  return kind === 'hospital' || random.chance(0.35) ? 'leased' : 'fttp';
}

export interface Known {
  readonly circuits: ReadonlyMap<string, readonly Circuit[]>;
  readonly heldBack: ReadonlyMap<string, HeldBack>;
}

export interface Asked {
  readonly linesOn: string;
  readonly assumeLines: boolean;
  /** The lines of another day than today: what is held back now says nothing of them. */
  readonly past: boolean;
}

export function planSites(
  sites: readonly LineSite[],
  { circuits, heldBack }: Known,
  asked: Asked,
): PlanSite[] {
  return sites.map((site): PlanSite => {
    const { id, name, kind, ods, ics, at, deprivation, listSize, rural = false } = site;
    const own = circuits.get(id) ?? [];
    const line = lineOn(own, asked.linesOn);
    const assumed = !line && asked.assumeLines && (own.length === 0 || asked.past);
    // A line that came later took the place of copper.
    const drawn = own.length > 0 ? 'fttc' : assumedLine(id, kind, rural);
    const technology = line?.technology ?? (assumed ? drawn : undefined);
    const measured = asked.past ? undefined : heldBack.get(id);
    const known = measured?.consultations !== undefined && !assumed;
    return {
      ...{ id, name, kind, rural, assumed, patients: listSize ?? 0 },
      ...(ods === undefined ? {} : { ods }),
      ...(ics === undefined ? {} : { ics }),
      ...(at ? { at } : {}),
      ...(deprivation === undefined ? {} : { deprivation }),
      ...(technology === undefined ? {} : { technology }),
      monthly: line?.monthly ?? (technology === undefined ? 0 : usualRental[technology]),
      consultations: known
        ? (measured?.consultations ?? 0)
        : technology === undefined
          ? 0
          : estimatedHeldBack(kind, technology, listSize),
      imageHours: measured?.imageHours ?? 0,
      estimated: !known,
    };
  });
}
