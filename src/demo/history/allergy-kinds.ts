/**
 * Who must not have what. Shares are of people whose record says so. Sources: penicillin, about 6 % (NICE CG183); others:
 * Krah and others, rates of recorded drug intolerance in primary care, rounded; foods: Food Standards Agency 2023.
 * Codes: SNOMED CT as the International Patient Summary and Synthea use them.
 */
import type { Random } from '../../platform/random.ts';
import type { Substance } from '../codes/medicines.ts';
import type { Allergy, Person } from '../model.ts';
import { dayText, type Span, yearMs } from './span.ts';

export interface AllergyKind {
  readonly key: string;
  readonly code?: string;
  readonly term: string;
  readonly category: 'medication' | 'food' | 'environment';
  readonly type: 'allergy' | 'intolerance';
  readonly share: number;
  readonly reactions: readonly (readonly [code: string, term: string])[];
  readonly forbids?: Substance;
}

const rash = ['271807003', 'Rash'] as const;
const hives = ['126485001', 'Hives'] as const;
const swelling = ['41291007', 'Angioedema'] as const;
const anaphylaxis = ['39579001', 'Anaphylaxis'] as const;
const sick = ['422587007', 'Nausea'] as const;
const cough = ['49727002', 'Cough'] as const;

// biome-ignore format: a table is read by its rows
export const allergyKinds: readonly AllergyKind[] = [
  { key: 'penicillin', code: '91936005', term: 'Allergy to penicillin', category: 'medication', type: 'allergy', share: 0.055, reactions: [rash, hives, anaphylaxis], forbids: 'penicillin' },
  { key: 'macrolide', term: 'Intolerance of clarithromycin and erythromycin', category: 'medication', type: 'intolerance', share: 0.008, reactions: [sick], forbids: 'macrolide' },
  { key: 'nsaid', term: 'Intolerance of anti-inflammatory painkillers', category: 'medication', type: 'intolerance', share: 0.014, reactions: [swelling, hives], forbids: 'nsaid' },
  { key: 'opioid', term: 'Intolerance of codeine', category: 'medication', type: 'intolerance', share: 0.013, reactions: [sick], forbids: 'opioid' },
  { key: 'ace-inhibitor', term: 'Intolerance of ACE inhibitors', category: 'medication', type: 'intolerance', share: 0.012, reactions: [cough, swelling], forbids: 'ace-inhibitor' },
  { key: 'statin', term: 'Intolerance of statins', category: 'medication', type: 'intolerance', share: 0.012, reactions: [['68962001', 'Muscle pain']], forbids: 'statin' },
  { key: 'peanut', code: '91935009', term: 'Allergy to peanut', category: 'food', type: 'allergy', share: 0.011, reactions: [hives, swelling, anaphylaxis] },
  { key: 'egg', code: '91930004', term: 'Allergy to egg', category: 'food', type: 'allergy', share: 0.006, reactions: [hives, rash] },
  { key: 'shellfish', code: '300913006', term: 'Allergy to shellfish', category: 'food', type: 'allergy', share: 0.006, reactions: [hives, swelling] },
  { key: 'bee-venom', code: '424213003', term: 'Allergy to bee venom', category: 'environment', type: 'allergy', share: 0.005, reactions: [swelling, anaphylaxis] },
  { key: 'dust-mite', code: '232350006', term: 'Allergy to house dust mite', category: 'environment', type: 'allergy', share: 0.018, reactions: [['267036007', 'Shortness of breath']] },
];

/** Throws where the key is none of the table. */
export function allergyKind(key: string): AllergyKind {
  const kind = allergyKinds.find((one) => one.key === key);
  if (!kind) throw new RangeError(`The table of allergies has no “${key}”.`);
  return kind;
}

/** What those with these allergies must not get. */
export const forbiddenSubstances = (allergies: readonly Allergy[]): ReadonlySet<Substance> =>
  new Set(allergies.map(({ key }) => allergyKind(key).forbids).filter((one) => one !== undefined));

/** Recorded in childhood for foods, later for medicines; always before the history told begins, so that all of it keeps to them. */
export function allergiesOf(person: Person, span: Span, random: Random): readonly Allergy[] {
  const born = Date.parse(person.born);
  const found: Allergy[] = [];
  for (const { key, category, share } of allergyKinds) {
    const [has, when, severe] = [random.next(), random.next(), random.next()];
    const years = (span.end - born) / yearMs;
    // Few are known in infancy: shares are of grown people.
    const known = share * Math.min(1, category === 'food' ? 0.4 + years / 6 : years / 30);
    if (has >= known) continue;
    const earliest = born + 0.5 * yearMs;
    const latest = Math.max(span.start, Math.min(span.end, born + 1.5 * yearMs));
    const at = earliest >= latest ? latest : earliest + when * (latest - earliest);
    found.push({ id: `${person.id}-allergy-${key}`, key, recorded: dayText(at), severe: severe < 0.18 });
  }
  return found;
}
