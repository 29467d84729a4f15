/**
 * What is planned for some problems, and what is done on the spot. How many have it: National Joint Registry 2023, Royal
 * College of Ophthalmologists 2023, National Audit of Percutaneous Coronary Intervention; rounded.
 */
import type { Random } from '../../platform/random.ts';
import { dayMs } from '../build.ts';
import { procedureKind } from '../codes/procedures.ts';
import type { Contact, ContactKind, Problem } from '../model.ts';
import { yearMs } from './span.ts';

interface Plan {
  /** Of the table of procedures, by weight. */
  readonly of: readonly (readonly [key: string, weight: number])[];
  readonly share: number;
  /** Years after the problem began. */
  readonly after: readonly [low: number, high: number];
  readonly nights: number;
  readonly specialty: string;
  readonly severity?: number;
}

// biome-ignore format: a table is read by its rows
const plans: Readonly<Record<string, readonly Plan[]>> = {
  cataract: [{ of: [['cataract-extraction', 1]], share: 0.5, after: [0.3, 3], nights: 0, specialty: 'ophthalmology' }],
  gallstones: [{ of: [['cholecystectomy', 1]], share: 0.6, after: [0.2, 1.2], nights: 1, specialty: 'surgery' }],
  osteoarthritis: [{ of: [['hip-replacement', 1], ['knee-replacement', 1.1]], share: 0.45, after: [3, 15], nights: 3, specialty: 'orthopaedics', severity: 0.55 }],
  'coronary-heart-disease': [{ of: [['coronary-stent', 3], ['coronary-bypass', 1]], share: 0.25, after: [0.1, 4], nights: 2, specialty: 'cardiology', severity: 0.3 }],
  'atrial-fibrillation': [{ of: [['cardioversion', 1]], share: 0.15, after: [0.2, 2], nights: 0, specialty: 'cardiology' }],
  'breast-cancer': [{ of: [['lumpectomy', 2], ['mastectomy', 1]], share: 0.85, after: [0.06, 0.25], nights: 1, specialty: 'breast' }],
  'prostate-cancer': [{ of: [['prostatectomy', 1]], share: 0.3, after: [0.15, 0.6], nights: 2, specialty: 'urology' }],
  'bowel-cancer': [{ of: [['colonoscopy', 1]], share: 1, after: [0.02, 0.05], nights: 0, specialty: 'gastroenterology' }, { of: [['colectomy', 1]], share: 0.75, after: [0.08, 0.3], nights: 6, specialty: 'surgery' }],
  'crohns-disease': [{ of: [['colonoscopy', 1]], share: 0.9, after: [0.05, 0.4], nights: 0, specialty: 'gastroenterology' }],
  'ulcerative-colitis': [{ of: [['colonoscopy', 1]], share: 0.9, after: [0.05, 0.4], nights: 0, specialty: 'gastroenterology' }],
  'iron-deficiency-anaemia': [{ of: [['colonoscopy', 1]], share: 0.2, after: [0.1, 0.5], nights: 0, specialty: 'gastroenterology' }],
};

export interface PlannedOperation {
  readonly at: number;
  readonly nights: number;
  readonly specialty: string;
  readonly reason: string;
}

/** Those of a problem, whether or not they lie in the time that is told. `at`: ms since 1970 UTC. */
export function operationsFor(problem: Problem, random: Random): readonly PlannedOperation[] {
  const found: PlannedOperation[] = [];
  for (const { of, share, after, nights, specialty, severity = 0 } of plans[problem.key] ?? []) {
    const [has, key, years] = [random.chance(share), random.weighted(of), random.between(...after)];
    if (!has || problem.severity < severity) continue;
    const at = Date.parse(problem.onset) + years * yearMs;
    found.push({ at, nights, specialty, reason: procedureKind(key).term });
  }
  return found;
}

/** Done at such a visit about such a problem, and how often. */
// biome-ignore format: a table is read by its rows
const onTheSpot: readonly (readonly [kind: ContactKind, problem: string, procedure: string, share: number])[] = [
  ['emergency', 'forearm-fracture', 'immobilisation', 0.9],
  ['emergency', 'ankle-fracture', 'immobilisation', 0.9],
  ['emergency', 'hand-cut', 'wound-suture', 0.7],
  ['admission', 'appendicitis', 'appendicectomy', 0.95],
  ['admission', 'hip-fracture', 'hip-hemiarthroplasty', 0.9],
  ['admission', 'myocardial-infarction', 'coronary-stent', 0.8],
  ['nurse', 'copd', 'spirometry', 0.5],
  ['outpatient', 'copd', 'pulmonary-rehabilitation', 0.4],
  ['outpatient', 'depression', 'cognitive-behavioural-therapy', 0.5],
  ['outpatient', 'anxiety', 'cognitive-behavioural-therapy', 0.5],
];

/** Keys of what was done at a visit: what it was for, or what such visits bring. */
export function doneAt({ kind, problem, reason }: Contact, random: Random): readonly string[] {
  if (kind === 'nurse' && reason === procedureKind('cervical-screening').term) return ['cervical-screening'];
  const planned = (plans[problem ?? ''] ?? [])
    .flatMap(({ of }) => of.map(([key]) => key))
    .filter((key) => procedureKind(key).term === reason);
  if (planned.length > 0) return planned;
  return onTheSpot
    .filter(([at, about, , share]) => at === kind && about === problem && random.chance(share))
    .map(([, , key]) => key);
}

/** A day case is over by the evening. */
export const minutesOf = (nights: number, random: Random): number =>
  nights === 0 ? random.whole(180, 360) : Math.round((nights * dayMs) / 60_000) + random.whole(-120, 300);
