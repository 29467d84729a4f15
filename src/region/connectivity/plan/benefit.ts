/**
 * What a better line is worth, in weighted consultations a year:
 *
 *   (52 × (care × consultations held back + care × 2 × hours waited for images) + patients × registered patients)
 *     × (1 + deprivation × need) × (1 + rurality, where rural) × relief of the technology
 *
 * `need` goes from 1 in the most deprived tenth to -1 in the least. An hour of a clinician waiting for images counts as two
 * consultations. Relief: how much of what is held back a technology gives back.
 */
import type { SiteKind, Technology } from '../model.ts';
import type { NewTechnology } from './price-book.ts';

export interface Weights {
  readonly care: number;
  /** Weighted consultations a year for each registered patient. */
  readonly patients: number;
  readonly deprivation: number;
  readonly rurality: number;
}

export const usualWeights: Weights = { care: 1, patients: 0.05, deprivation: 0.3, rurality: 0.2 };

/** Share of what is held back. Mobile and satellite: slower upload, more delay under load, no guarantee. */
export const relief: Readonly<Record<NewTechnology, number>> = {
  ...{ fttp: 1, leased: 1, mobile: 0.5, satellite: 0.35 },
};

export interface Need {
  /** A week. */
  readonly consultations: number;
  readonly imageHours: number;
  readonly patients: number;
  /** Decile, 1 the most deprived. */
  readonly deprivation?: number;
  readonly rural: boolean;
}

const consultationsAnHour = 2;

/** Weighted consultations a year that a full relief of the line brings. */
export function benefitOf(need: Need, weights: Weights): number {
  const held = need.consultations + consultationsAnHour * need.imageHours;
  const base = 52 * weights.care * held + weights.patients * need.patients;
  const deprived = need.deprivation === undefined ? 0 : (5.5 - need.deprivation) / 4.5;
  return base * Math.max(0, 1 + weights.deprivation * deprived) * (need.rural ? 1 + weights.rurality : 1);
}

/** Of all consultations, those that a line of this kind holds back where neither readings nor activity are known. */
const heldShare: Readonly<Record<Technology, number>> = {
  ...{ adsl: 0.09, fttc: 0.03, fttp: 0, leased: 0, mobile: 0.03, satellite: 0.05 },
};

/** Consultations a week where activity is not known. A practice: list size × 5.3 a year (NHS Digital, Appointments in General Practice). */
const usualConsultations: Readonly<Record<SiteKind, number>> = {
  ...{ 'general-practice': 900, hospital: 4_000, clinic: 350, pharmacy: 60, 'care-home': 25 },
  ...{ council: 40, 'ambulance-station': 30, 'diagnostic-centre': 500, office: 10 },
};

/** Consultations a week held back, estimated from the kind of line, the kind of place and its list. For what is not measured. */
export function estimatedHeldBack(
  kind: SiteKind,
  technology: Technology,
  listSize: number | undefined,
): number {
  const consultations =
    kind === 'general-practice' && listSize !== undefined ? (listSize * 5.3) / 52 : usualConsultations[kind];
  return consultations * heldShare[technology];
}
