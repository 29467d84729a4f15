/**
 * Which medicines a person takes for what they have. Steps follow NICE's guidelines as far as a demonstration needs: NG136
 * (hypertension), NG28 (type 2 diabetes), NG80 and NG115 (asthma, COPD), NG185 and CG181 (heart, lipids), NG222 (depression).
 */
import type { Random } from '../../platform/random.ts';
import { childForms, medicine, type Substance } from '../codes/medicines.ts';
import type { Allergy, Person, Pregnancy, Problem, Treatment } from '../model.ts';
import { forbiddenSubstances } from './allergy-kinds.ts';
import { ageAt, atAge, dayText, type Span, yearMs } from './span.ts';

interface Step {
  /** Medicines by weight: one of them is given. */
  readonly choices: readonly (readonly [key: string, weight: number])[];
  /** How many of those who have the problem get it. */
  readonly share: number;
  /** Years after the problem began, or after the step before. */
  readonly after: readonly [low: number, high: number];
  /** Only where the problem is at least so severe. */
  readonly severity?: number;
  /** Ends what the step before began. */
  readonly instead?: boolean;
  /** Days, of a course that ends. */
  readonly days?: number;
  readonly ages?: readonly [low: number, high: number];
}

const soon = [0, 0.3] as const;
const later = [0.5, 4] as const;

// biome-ignore format: a table is read by its rows
const steps: Readonly<Record<string, readonly Step[]>> = {
  'hypertension': [], // by age and heritage, below
  'type-2-diabetes': [
    { choices: [['metformin-500', 1]], share: 0.88, after: [0, 0.6] },
    { choices: [['gliclazide-80', 3], ['sitagliptin-100', 3], ['dapagliflozin-10', 4]], share: 0.75, after: [1, 6], severity: 0.25 },
    { choices: [['dapagliflozin-10', 3], ['sitagliptin-100', 2], ['semaglutide-0.5', 2]], share: 0.6, after: [1, 5], severity: 0.5 },
    { choices: [['insulin-glargine', 1]], share: 0.6, after: [1, 5], severity: 0.75 },
  ],
  'type-1-diabetes': [
    { choices: [['insulin-glargine', 1]], share: 1, after: [0, 0] },
    { choices: [['insulin-aspart', 1]], share: 1, after: [0, 0] },
  ],
  'asthma': [
    { choices: [['salbutamol-100', 1]], share: 0.97, after: soon },
    { choices: [['beclometasone-100', 1]], share: 0.8, after: soon },
    { choices: [['fostair-100-6', 1]], share: 0.9, after: later, severity: 0.45, instead: true },
  ],
  'copd': [
    { choices: [['salbutamol-100', 1]], share: 0.95, after: soon },
    { choices: [['tiotropium-18', 1]], share: 0.75, after: soon },
    { choices: [['fostair-100-6', 1]], share: 0.7, after: later, severity: 0.4 },
  ],
  'coronary-heart-disease': [
    { choices: [['aspirin-75', 3], ['clopidogrel-75', 1]], share: 0.93, after: soon },
    { choices: [['atorvastatin-80', 1]], share: 0.88, after: soon },
    { choices: [['bisoprolol-2.5', 1]], share: 0.72, after: soon },
  ],
  'high-cholesterol': [
    { choices: [['atorvastatin-20', 1]], share: 0.8, after: [0, 1] },
    { choices: [['ezetimibe-10', 1]], share: 0.3, after: later, severity: 0.6 },
  ],
  'atrial-fibrillation': [
    { choices: [['apixaban-5', 1]], share: 0.9, after: soon },
    { choices: [['bisoprolol-2.5', 1]], share: 0.75, after: soon },
  ],
  'heart-failure': [
    { choices: [['ramipril-5', 1]], share: 0.85, after: soon },
    { choices: [['bisoprolol-2.5', 1]], share: 0.85, after: soon },
    { choices: [['furosemide-40', 1]], share: 0.8, after: soon },
    { choices: [['spironolactone-25', 1]], share: 0.55, after: later, severity: 0.35 },
    { choices: [['dapagliflozin-10', 1]], share: 0.5, after: later },
  ],
  'myocardial-infarction': [
    { choices: [['aspirin-75', 3], ['clopidogrel-75', 1]], share: 0.95, after: soon },
    { choices: [['atorvastatin-80', 1]], share: 0.92, after: soon },
    { choices: [['bisoprolol-2.5', 1]], share: 0.8, after: soon },
    { choices: [['ramipril-5', 1]], share: 0.75, after: soon },
  ],
  'stroke': [
    { choices: [['clopidogrel-75', 1]], share: 0.85, after: [0, 0.1] },
    { choices: [['atorvastatin-80', 1]], share: 0.85, after: [0, 0.1] },
  ],
  'peripheral-arterial-disease': [{ choices: [['clopidogrel-75', 1]], share: 0.85, after: soon }, { choices: [['atorvastatin-80', 1]], share: 0.8, after: soon }],
  'chronic-kidney-disease': [{ choices: [['atorvastatin-20', 1]], share: 0.7, after: [0, 2] }, { choices: [['dapagliflozin-10', 1]], share: 0.3, after: later, severity: 0.3 }],
  'depression': [
    { choices: [['sertraline-50', 5], ['citalopram-20', 4]], share: 0.7, after: soon },
    { choices: [['sertraline-100', 2], ['mirtazapine-15', 2]], share: 0.5, after: [0.2, 2], severity: 0.5, instead: true },
  ],
  'anxiety': [{ choices: [['sertraline-50', 3], ['propranolol-40', 2]], share: 0.5, after: soon }],
  'schizophrenia': [{ choices: [['olanzapine-10', 1]], share: 0.95, after: soon }],
  'bipolar-disorder': [{ choices: [['lithium-400', 1]], share: 0.6, after: [0.1, 1] }, { choices: [['olanzapine-10', 1]], share: 0.45, after: [0.1, 2] }],
  'adhd': [{ choices: [['methylphenidate-18', 1]], share: 0.5, after: [0.2, 1.5], ages: [6, 60] }],
  'dementia': [{ choices: [['donepezil-10', 1]], share: 0.6, after: [0.1, 0.6] }],
  'epilepsy': [{ choices: [['levetiracetam-500', 3], ['lamotrigine-100', 3]], share: 0.92, after: soon }],
  'parkinsons-disease': [{ choices: [['co-careldopa-25-100', 1]], share: 0.92, after: [0, 0.5] }],
  'migraine': [{ choices: [['sumatriptan-50', 1]], share: 0.5, after: soon, ages: [16, 65] }, { choices: [['propranolol-40', 2], ['amitriptyline-10', 2]], share: 0.4, after: later, severity: 0.5, ages: [16, 80] }],
  'hypothyroidism': [
    { choices: [['levothyroxine-50', 1]], share: 0.98, after: [0, 0.1] },
    { choices: [['levothyroxine-100', 1]], share: 0.6, after: [0.2, 1.5], severity: 0.2, instead: true },
  ],
  'rheumatoid-arthritis': [{ choices: [['methotrexate-2.5', 1]], share: 0.75, after: [0.1, 0.6] }, { choices: [['folic-acid-5', 1]], share: 0.75, after: [0.6, 0.6] }],
  'osteoporosis': [{ choices: [['alendronic-acid-70', 1]], share: 0.75, after: soon }, { choices: [['colecalciferol-800', 1]], share: 0.85, after: soon }],
  'osteoarthritis': [
    { choices: [['paracetamol-500', 3], ['naproxen-250', 2], ['ibuprofen-400', 1]], share: 0.55, after: [0, 1] },
    { choices: [['co-codamol-30-500', 1]], share: 0.35, after: later, severity: 0.5 },
  ],
  'back-pain': [{ choices: [['naproxen-250', 3], ['ibuprofen-400', 1], ['paracetamol-500', 3]], share: 0.5, after: [0, 0.2], days: 56 }, { choices: [['amitriptyline-10', 2], ['co-codamol-30-500', 2], ['gabapentin-300', 1]], share: 0.3, after: later, severity: 0.5 }],
  'fibromyalgia': [{ choices: [['amitriptyline-10', 3], ['gabapentin-300', 1]], share: 0.7, after: [0, 1] }],
  'gout': [{ choices: [['allopurinol-100', 1]], share: 0.55, after: [0.2, 2] }],
  'reflux': [{ choices: [['omeprazole-20', 3], ['lansoprazole-30', 3]], share: 0.85, after: soon }],
  'irritable-bowel': [{ choices: [['mebeverine-135', 1]], share: 0.5, after: soon }],
  'crohns-disease': [{ choices: [['azathioprine-50', 1]], share: 0.7, after: [0.1, 1] }],
  'ulcerative-colitis': [{ choices: [['mesalazine-800', 1]], share: 0.9, after: soon }],
  'iron-deficiency-anaemia': [{ choices: [['ferrous-fumarate-210', 1]], share: 0.95, after: [0, 0.1], days: 168 }],
  'eczema': [{ choices: [['emollient', 1]], share: 0.9, after: soon }, { choices: [['hydrocortisone-1', 1]], share: 0.6, after: soon, severity: 0.3 }],
  'psoriasis': [{ choices: [['calcipotriol-betamethasone', 1]], share: 0.8, after: soon }],
  'acne': [{ choices: [['benzoyl-peroxide-5', 1]], share: 0.7, after: soon }],
  'hay-fever': [{ choices: [['cetirizine-10', 1]], share: 0.45, after: soon }, { choices: [['mometasone-nasal', 1]], share: 0.35, after: [0, 2], severity: 0.3 }],
  'prostate-enlargement': [{ choices: [['tamsulosin-400', 1]], share: 0.8, after: soon }, { choices: [['finasteride-5', 1]], share: 0.45, after: later, severity: 0.4 }],
  'breast-cancer': [{ choices: [['letrozole-2.5', 2], ['tamoxifen-20', 1]], share: 0.75, after: [0.5, 0.9], days: 1826 }],
  'prostate-cancer': [{ choices: [['goserelin-10.8', 1]], share: 0.4, after: [0.2, 0.6], days: 1095 }, { choices: [['bicalutamide-50', 1]], share: 0.2, after: [0.1, 0.3], days: 90 }],
  'glaucoma': [{ choices: [['latanoprost', 1]], share: 0.95, after: soon }],
  'sickle-cell-disease': [{ choices: [['hydroxycarbamide-500', 1]], share: 0.8, after: [3, 8] }],
  'tonsillitis': [{ choices: [['phenoxymethylpenicillin-250', 3], ['clarithromycin-500', 1]], share: 0.55, after: [0, 0], days: 5 }],
  'ear-infection': [{ choices: [['amoxicillin-500', 3], ['clarithromycin-500', 1]], share: 0.4, after: [0, 0], days: 5 }],
  'sinusitis': [{ choices: [['phenoxymethylpenicillin-250', 2], ['doxycycline-100', 1]], share: 0.3, after: [0, 0], days: 5, ages: [12, 120] }],
  'chest-infection': [{ choices: [['amoxicillin-500', 4], ['doxycycline-100', 3]], share: 0.6, after: [0, 0], days: 5 }],
  'pneumonia': [{ choices: [['amoxicillin-500', 3], ['doxycycline-100', 2]], share: 1, after: [0, 0], days: 7 }],
  'urinary-infection': [{ choices: [['nitrofurantoin-100', 4], ['trimethoprim-200', 2]], share: 0.9, after: [0, 0], days: 3 }],
  'cellulitis': [{ choices: [['flucloxacillin-500', 4], ['clarithromycin-500', 1]], share: 0.97, after: [0, 0], days: 7 }],
  'impetigo': [{ choices: [['fusidic-acid-2', 1]], share: 0.8, after: [0, 0], days: 7 }],
  'conjunctivitis': [{ choices: [['chloramphenicol-0.5', 1]], share: 0.5, after: [0, 0], days: 5 }],
  'shingles': [{ choices: [['aciclovir-800', 1]], share: 0.8, after: [0, 0], days: 7, ages: [16, 120] }],
  'stomach-bug': [{ choices: [['oral-rehydration', 1]], share: 0.25, after: [0, 0], days: 3 }],
  'vertigo': [{ choices: [['prochlorperazine-5', 1]], share: 0.5, after: [0, 0], days: 9 }],
  'sciatica': [{ choices: [['naproxen-250', 3], ['amitriptyline-10', 1]], share: 0.6, after: [0, 0], days: 42 }],
  'hip-fracture': [{ choices: [['paracetamol-500', 1]], share: 0.9, after: [0, 0], days: 42 }],
  'forearm-fracture': [{ choices: [['paracetamol-500', 1]], share: 0.4, after: [0, 0], days: 14 }],
};

/** NICE NG136: from 55 on, or of black African or Caribbean heritage, a calcium-channel blocker comes first. */
function hypertensionSteps(person: Person, onset: number): readonly Step[] {
  const calciumFirst = ageAt(person, onset) >= 55 || 'MNP'.includes(person.ethnicity);
  const calcium: Step['choices'] = [
    ['amlodipine-5', 3],
    ['amlodipine-10', 1],
  ];
  const angiotensin: Step['choices'] = [
    ['ramipril-5', 4],
    ['ramipril-10', 2],
    ['losartan-50', 2],
  ];
  return [
    { choices: calciumFirst ? calcium : angiotensin, share: 0.92, after: [0.05, 0.8] },
    { choices: calciumFirst ? angiotensin : calcium, share: 0.75, after: [0.4, 4], severity: 0.25 },
    { choices: [['indapamide-2.5', 1]], share: 0.7, after: [0.5, 4], severity: 0.55 },
  ];
}

/** Of the heart's and vessels' risk: with diabetes from 40 on. Source: NICE NG238. */
const statinFor: Step = { choices: [['atorvastatin-20', 1]], share: 0.72, after: [0, 2], ages: [40, 84] };

export interface TreatedFor {
  readonly problems: readonly Problem[];
  readonly allergies: readonly Allergy[];
  readonly pregnancies: readonly Pregnancy[];
}

/**
 * In order of their start. Nothing that an allergy or a pregnancy forbids; no medicine twice at a time; what was stopped before the history
 * began is left out.
 */
export function treatmentsOf(
  person: Person,
  { problems, allergies, pregnancies }: TreatedFor,
  span: Span,
  random: Random,
): readonly Treatment[] {
  const forbidden = forbiddenSubstances(allergies);
  const found: Treatment[] = [];
  for (const problem of problems) {
    const own = random.fork(problem.id);
    const onset = Date.parse(problem.onset);
    const known =
      problem.key === 'hypertension' ? hypertensionSteps(person, onset) : (steps[problem.key] ?? []);
    const all = problem.key === 'type-2-diabetes' ? [...known, statinFor] : known;
    const end = problem.ended === undefined ? undefined : Date.parse(problem.ended);
    found.push(...stepsTaken({ person, problem, all, end, span, forbidden, taken: found }, own));
  }
  found.push(...contraceptionOf(person, span, random.fork('contraception')));
  return apartFromPregnancy(withoutDouble(found), pregnancies).toSorted((a, b) =>
    a.start < b.start ? -1 : a.start > b.start ? 1 : a.id < b.id ? -1 : 1,
  );
}

const forAge = (key: string, age: number): string => (age < 12 ? (childForms.get(key) ?? key) : key);

/** Medicines of which one is enough. Those against clots are parted below: what thins the blood more takes the place. */
const alternatives: Readonly<Record<string, string>> = {
  ...{ statin: 'statin', antidepressant: 'antidepressant', 'beta-blocker': 'beta-blocker', acid: 'acid' },
  ...{ 'ace-inhibitor': 'angiotensin', 'angiotensin-blocker': 'angiotensin', preventer: 'preventer' },
  ...{ 'calcium-blocker': 'calcium-blocker', antiplatelet: 'antiplatelet' },
};

/** Whether they take it, or what does the same. A course may come again. */
function hasAlready(taken: readonly Treatment[], key: string): boolean {
  const group = alternatives[medicine(key).kind];
  return taken.some(
    (other) =>
      other.end === undefined &&
      (other.key === key || (group !== undefined && alternatives[medicine(other.key).kind] === group)),
  );
}

/** What a child takes for years becomes the grown people's form at twelve. */
function grownUp(person: Person, treatment: Treatment, key: string, span: Span): readonly Treatment[] {
  const twelfth = atAge(person, 12);
  if (treatment.key === key || twelfth >= Math.min(span.end, Date.parse(treatment.end ?? '9999-01-01')))
    return [treatment];
  const day = dayText(twelfth);
  return [
    { ...treatment, end: day },
    { ...treatment, id: `${treatment.id}-grown`, key, start: day },
  ];
}

/** Who begins an anticoagulant stops what keeps platelets apart. Source: NICE NG196. */
function withoutDouble(all: readonly Treatment[]): readonly Treatment[] {
  const begun = all.find(
    ({ key, end }) => end === undefined && medicine(key).kind === 'anticoagulant',
  )?.start;
  if (begun === undefined) return all;
  return all.flatMap((one) => {
    if (medicine(one.key).kind !== 'antiplatelet' || (one.end !== undefined && one.end <= begun))
      return [one];
    return one.start >= begun ? [] : [{ ...one, end: begun }];
  });
}

/** Kinds that harm an unborn child, and those that make no sense. Sources: NICE NG133; BNF, prescribing in pregnancy. */
const notInPregnancy = new Set([
  'ace-inhibitor',
  'angiotensin-blocker',
  'statin',
  'immune',
  'contraceptive',
  'gliptin',
  'gliflozin',
  'glp-1',
  'sulfonylurea',
]);

/** Stopped where a pregnancy begins, and not begun in one. */
function apartFromPregnancy(
  all: readonly Treatment[],
  pregnancies: readonly Pregnancy[],
): readonly Treatment[] {
  return all.flatMap((one) => {
    if (!notInPregnancy.has(medicine(one.key).kind)) return [one];
    let kept: Treatment = one;
    for (const { began, ended = '9999-12-31' } of pregnancies) {
      if (kept.start >= began && kept.start <= ended) return [];
      if (kept.start < began && (kept.end === undefined || kept.end > began)) kept = { ...kept, end: began };
    }
    return [kept];
  });
}

interface Steps {
  readonly person: Person;
  readonly problem: Problem;
  readonly all: readonly Step[];
  readonly end: number | undefined;
  readonly span: Span;
  readonly forbidden: ReadonlySet<Substance>;
  readonly taken: readonly Treatment[];
}

function stepsTaken(given: Steps, random: Random): readonly Treatment[] {
  const { person, problem, all, end, span, forbidden, taken } = given;
  const found: Treatment[] = [];
  let at = Date.parse(problem.onset);
  // What people took long ago has been changed for what is given now.
  const earliest = span.end - random.between(8, 18) * yearMs;
  for (const [i, step] of all.entries()) {
    const [wanted, pause] = [random.chance(step.share), random.between(...step.after)];
    const start = Math.max(at + pause * yearMs, earliest);
    const age = ageAt(person, start);
    const others = [...taken, ...(step.instead ? found.slice(0, -1) : found)];
    const choices = step.choices.filter(([key]) => {
      const { substance } = medicine(forAge(key, age));
      return !hasAlready(others, key) && !(substance !== undefined && forbidden.has(substance));
    });
    const key = choices.length === 0 ? undefined : random.weighted(choices);
    const [youngest, oldest] = step.ages ?? [0, 130];
    if (!wanted || key === undefined || problem.severity < (step.severity ?? 0)) continue;
    if (start >= span.end || (end !== undefined && step.days === undefined && start >= end)) continue;
    if (age < youngest || age > oldest) continue;
    if (step.instead) {
      const before = found.at(-1);
      if (before?.start === dayText(start)) found.pop();
      else if (before && before.end === undefined)
        found[found.length - 1] = { ...before, end: dayText(start) };
    }
    const stop = step.days === undefined ? end : start + step.days * 86_400_000;
    const treatment: Treatment = {
      ...{ id: `${person.id}-rx-${problem.id.slice(person.id.length + 1)}-${i + 1}`, key: forAge(key, age) },
      ...{ problem: problem.key, start: dayText(start) },
      ...(stop !== undefined && stop <= span.end ? { end: dayText(stop) } : {}),
    };
    found.push(...(step.days === undefined ? grownUp(person, treatment, key, span) : [treatment]));
    at = start;
  }
  return found.filter(({ end: ended }) => ended === undefined || ended > dayText(span.start));
}

/** Source: NHS Digital, Sexual and Reproductive Health Services and prescriptions 2022/23: about one in six of 16 to 44. */
function contraceptionOf(person: Person, span: Span, random: Random): readonly Treatment[] {
  if (person.sex !== 'female' || !random.chance(0.24)) return [];
  const start = Date.parse(person.born) + random.between(16, 32) * yearMs;
  const end = start + random.between(1.5, 10) * yearMs;
  if (start >= span.end || end < span.start) return [];
  const key = random.weighted([
    ['levonorgestrel-ethinylestradiol', 5],
    ['desogestrel-75', 5],
  ]);
  return [
    {
      ...{ id: `${person.id}-rx-contraception`, key, start: dayText(start) },
      ...(end <= span.end ? { end: dayText(end) } : {}),
    },
  ];
}
