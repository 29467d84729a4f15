import { dateRange } from '../../fhir/dates.ts';

/** On what ground someone acts for another. */
export type ProxyBasis =
  /** A parent or guardian, of a child too young to decide. */
  | 'parental-responsibility'
  /** The young person understands and agrees. */
  | 'young-person-agrees'
  /** The practice decides, for a young person who cannot: for their good, case by case. */
  | 'best-interests'
  /** The person themself asks for it. */
  | 'own-consent'
  /** A registered lasting power of attorney for health and welfare. */
  | 'power-of-attorney'
  /** A deputy of the Court of Protection for health and welfare. */
  | 'court-deputy';

/** On what ground a proxy may act for people of an age. */
export interface AgeRule {
  readonly id: 'child' | 'young-person' | 'adult';
  /** Years: from this birthday until the day before the other. */
  readonly from: number;
  readonly to: number | undefined;
  readonly bases: readonly ProxyBasis[];
  /** In plain words, for the practice that decides and the proxy who asks. */
  readonly text: string;
  readonly source: string;
}

export const ageRules: readonly AgeRule[] = [
  {
    id: 'child',
    from: 0,
    to: 11,
    bases: ['parental-responsibility', 'best-interests'],
    text: 'Someone with parental responsibility can usually act for a child under 11, in everything that the practice agrees to.',
    source: 'RCGP, Children and young people records access: first milestone, the 11th birthday',
  },
  {
    id: 'young-person',
    from: 11,
    to: 16,
    bases: ['young-person-agrees', 'best-interests'],
    text: 'From the 11th birthday parental access ends and is looked at again. A young person who understands what it means decides; for one who does not, the practice decides what is best for them.',
    source:
      'RCGP, Children and young people records access: between the 11th and 16th birthdays; Gillick v West Norfolk and Wisbech AHA [1986] AC 112',
  },
  {
    id: 'adult',
    from: 16,
    to: undefined,
    bases: ['own-consent', 'power-of-attorney', 'court-deputy', 'best-interests'],
    text: 'From the 16th birthday only the person can let someone else in. For one who cannot decide: a power of attorney for health and welfare, a court deputy, or the practice in their best interests.',
    source:
      'Family Law Reform Act 1969, s. 8; Mental Capacity Act 2005, s. 1(2), 5, 9 and 16; NHS England, proxy access to GP online services',
  },
];

const adult = ageRules.at(-1) as AgeRule; // the table is not empty

/**
 * The rule for someone born then (a FHIR date), at a time in ms since 1970. A date known only to the month or year counts
 * from its first day, and one that is not known as an adult's: the person is asked too soon rather than too late.
 */
export function ageRule(birthDate: string | undefined, now: number): AgeRule {
  const born = birthOf(birthDate);
  if (born === undefined) return adult;
  return ageRules.find(({ to }) => to !== undefined && now < birthday(born, to)) ?? adult;
}

/** When another rule begins, ms since 1970 UTC: what was decided before must be looked at again. */
export function nextReview(birthDate: string | undefined, now: number): number | undefined {
  const born = birthOf(birthDate);
  const { to } = ageRule(birthDate, now);
  return born === undefined || to === undefined ? undefined : birthday(born, to);
}

const birthOf = (birthDate: string | undefined): number | undefined =>
  birthDate === undefined ? undefined : dateRange(birthDate)?.low;

/** Someone born on 29 February comes of age on 1 March. Source: Family Law Reform Act 1969, s. 9. */
function birthday(born: number, years: number): number {
  const date = new Date(born);
  return new Date(born).setUTCFullYear(date.getUTCFullYear() + years, date.getUTCMonth(), date.getUTCDate());
}
