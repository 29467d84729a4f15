/** What was measured of a person over their history: readings, laboratory results with their reports, and readings at home. */
import type {
  DiagnosticReport,
  Encounter,
  Observation,
  Organization,
  Patient,
  Practitioner,
  Reference,
  Resource,
} from '@medplum/fhirtypes';
import type { Random } from '../../platform/random.ts';
import { hl7, loinc, reference, snomed, ukCore } from '../build.ts';
import {
  amount,
  type Measure,
  type MeasureKey,
  measure,
  measureCode,
  type Panel,
  panels,
  rounded,
} from '../codes/measurements.ts';
import { medicines } from '../codes/medicines.ts';
import type { HistoryPart, Life, Region } from '../model.ts';
import { interpretation, pressureReading } from './blood-pressure.ts';
import { type Body, bodyOf, creatinineOf, egfrOf } from './body.ts';
import { ageOn, dateOf, dayMs, dayOf, momentOf, year } from './calendar.ts';
import { commentOn } from './comments.ts';
import { type Review, reviewsOf, type Test } from './monitoring.ts';
import {
  type Agent,
  organisationOfKind,
  organisationReference,
  practiceNurse,
  usualDoctor,
  workerReference,
} from './staff.ts';

/** Where and by whom something was measured. */
interface Taken {
  readonly day: number;
  readonly at: string;
  readonly encounter?: string;
  readonly performer: Agent;
}

/** What one person's measurements are written with. */
interface Writing {
  readonly life: Life;
  readonly body: Body;
  readonly random: Random;
  readonly laboratory: Reference<Organization>;
  readonly doctor: Reference<Practitioner>;
  readonly next: (kind: string) => string;
  /** What has been measured once already. */
  readonly measured: Set<MeasureKey>;
}

export const measurements: HistoryPart = (life, region, random) => {
  const writing = writingOf(life, region, random.fork('measurements'));
  const nurse = workerReference(practiceNurse(life, region));
  const resources: Resource[] = [];
  for (const one of childhood(life, lastDay(life, region)))
    resources.push(...sized(writing, { ...one, performer: nurse }));
  for (const review of reviewsOf(life, lastDay(life, region), writing.random))
    resources.push(...reviewed(writing, review, nurse));
  resources.push(...atHome(writing, region));
  return resources;
};

/** The last day of which results are back: two before today, or the one before they died. */
export function lastDay({ person }: Life, { now }: Region): number {
  const today = Math.floor(now / dayMs);
  return person.died === undefined ? today - 2 : Math.min(today - 2, dayOf(person.died) - 2);
}

function writingOf(life: Life, region: Region, random: Random): Writing {
  const counts = new Map<string, number>();
  const trust = organisationOfKind(region, 'acute-trust');
  return {
    ...{ life, random, body: bodyOf(life, region) },
    laboratory: trust
      ? organisationReference(trust)
      : reference<Organization>('Organization', life.person.practice),
    doctor: workerReference(usualDoctor(life, region)),
    measured: new Set(),
    next: (kind) => {
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      return `${life.person.id}-${kind}-${String(count).padStart(2, '0')}`;
    },
  };
}

/** A health visitor's and a school nurse's measurements. Source: the Healthy Child Programme; the National Child Measurement Programme. */
const childAges = [0.03, 0.16, 1, 2.25, 4.7, 10.8];

function childhood(life: Life, until: number): Omit<Taken, 'performer'>[] {
  const born = dayOf(life.person.born);
  return childAges
    .map((age) => Math.round(born + age * year))
    .filter((day) => day >= dayOf(life.from) && day > born && day <= until)
    .map((day) => ({ day, at: dateOf(day) }));
}

const takenAt = (review: Review, nurse: Agent): Taken => {
  const { contact, day, at } = review;
  return {
    ...{ day, at, performer: contact ? workerReference(contact.worker) : nurse },
    ...(contact ? { encounter: contact.id } : {}),
  };
};

function reviewed(writing: Writing, review: Review, nurse: Agent): Resource[] {
  const taken = takenAt(review, nurse);
  const has = (test: Test): boolean => review.tests.has(test);
  return [
    ...(has('pressure') ? [pressure(writing, taken), ...pulse(writing, taken)] : []),
    ...(has('weight') ? sized(writing, taken) : []),
    ...(has('smoking') ? smoking(writing, taken) : []),
    ...(has('peak-flow')
      ? [reading(writing, 'peak-flow', taken, near(writing, 'peakFlow', taken.day, 18))]
      : []),
    ...(has('spirometry') ? spirometry(writing, taken) : []),
    ...(has('oxygen')
      ? [reading(writing, 'oxygen', taken, Math.min(100, near(writing, 'oxygen', taken.day, 0.7)))]
      : []),
    ...laboratory(writing, taken, has),
  ];
}

const near = ({ body, random }: Writing, which: keyof Body, day: number, error: number): number =>
  body[which](day) + random.normal(0, error);

function pressure(
  { life, body, random, next }: Writing,
  { day, at, encounter, performer }: Taken,
): Observation {
  const systolic = Math.round(body.systolic(day) + random.normal(0, 6));
  const diastolic = Math.min(systolic - 20, Math.round(body.diastolic(day) + random.normal(0, 4)));
  return pressureReading(next('bp'), life.person.id, at, systolic, diastolic, performer, encounter);
}

/** Counted where the heart's rhythm, failure or a medicine that slows it asks for it. */
function pulse(writing: Writing, taken: Taken): Observation[] {
  const on = (start: string, end: string | undefined): boolean =>
    dayOf(start) < taken.day && (end === undefined || dayOf(end) > taken.day);
  const slowed = writing.life.treatments.some(
    ({ key, start, end }) => medicines.get(key)?.kind === 'beta-blocker' && on(start, end),
  );
  const heart = writing.life.problems.some(
    ({ key, onset, ended }) => (key === 'atrial-fibrillation' || key === 'heart-failure') && on(onset, ended),
  );
  return slowed || heart
    ? [reading(writing, 'heart-rate', taken, writing.random.normal(slowed ? 64 : 78, 7))]
    : [];
}

function sized(writing: Writing, taken: Taken): Observation[] {
  const { body, random, life } = writing;
  const grown = ageOn(life.person.born, taken.day) >= 18;
  const weight = rounded(measure('weight'), body.weight(taken.day) * (1 + random.normal(0, 0.006)));
  const height = Math.round(body.height(taken.day));
  // Grown people are measured once; their weight is what changes.
  const isFirst = !writing.measured.has('height');
  writing.measured.add('height');
  return [
    reading(writing, 'weight', taken, weight),
    ...(grown && !isFirst ? [] : [reading(writing, 'height', taken, height)]),
    ...(grown ? [reading(writing, 'bmi', taken, weight / (height / 100) ** 2)] : []),
  ];
}

function spirometry(writing: Writing, taken: Taken): Observation[] {
  return [
    reading(writing, 'fev1', taken, near(writing, 'fev1', taken.day, 0.08)),
    reading(writing, 'fev1-fvc', taken, near(writing, 'fev1Share', taken.day, 2)),
  ];
}

const smokingStates = {
  never: ['266919005', 'Never smoked tobacco', 'Has never smoked'],
  ex: ['8517006', 'Ex-smoker', 'Used to smoke'],
  current: ['77176002', 'Smoker', 'Smokes'],
} as const;

function smoking({ life, next }: Writing, { at, encounter, performer }: Taken): Observation[] {
  const [code, display, text] = smokingStates[life.person.smoker];
  return [
    {
      ...{ resourceType: 'Observation', id: next('smoking'), status: 'final' },
      meta: { profile: [ukCore('UKCore-Observation')] },
      category: [hl7('observation-category', 'social-history')],
      code: loinc('72166-2', 'Tobacco smoking status', 'Smoking'),
      ...{
        subject: reference<Patient>('Patient', life.person.id),
        effectiveDateTime: at,
        performer: [performer],
      },
      ...(encounter === undefined ? {} : { encounter: reference<Encounter>('Encounter', encounter) }),
      valueCodeableConcept: snomed(code, display, text),
    },
  ];
}

/** A value of the table as an Observation, rounded as it is reported. */
function reading(writing: Writing, key: MeasureKey, taken: Taken, value: number): Observation {
  const one = measure(key);
  const { life, next } = writing;
  const { person } = life;
  const shown = rounded(one, value);
  const bounds = boundsOf(one, person.sex);
  const isHigh = bounds.high !== undefined && shown > bounds.high;
  const isLow = bounds.low !== undefined && shown < bounds.low;
  const isChild = ageOn(person.born, taken.day) < 16;
  // The ranges printed are those of adults.
  const hasRange = !isChild && (bounds.low !== undefined || bounds.high !== undefined);
  const laboratory = one.category === 'laboratory';
  return {
    ...{ resourceType: 'Observation', id: next(key), status: 'final', meta: { profile: [one.profile] } },
    category: [hl7('observation-category', one.category)],
    ...{
      code: measureCode(one),
      subject: reference<Patient>('Patient', person.id),
      effectiveDateTime: taken.at,
    },
    ...(taken.encounter === undefined
      ? {}
      : { encounter: reference<Encounter>('Encounter', taken.encounter) }),
    performer: [laboratory ? writing.laboratory : taken.performer],
    ...(laboratory ? { issued: momentOf(taken.day + 1, 14 * 60) } : {}),
    valueQuantity: amount(one, shown),
    ...(hasRange
      ? {
          interpretation: [interpretation(isHigh ? 'H' : isLow ? 'L' : 'N')],
          referenceRange: [
            {
              ...(bounds.low === undefined ? {} : { low: amount(one, bounds.low) }),
              ...(bounds.high === undefined ? {} : { high: amount(one, bounds.high) }),
            },
          ],
        }
      : {}),
  };
}

/** Ranges that differ by sex. */
export function boundsOf(
  { key, low, high }: Measure,
  sex: 'female' | 'male',
): { readonly low?: number; readonly high?: number } {
  const men: Partial<Record<MeasureKey, readonly [number, number]>> = {
    haemoglobin: [130, 180],
    creatinine: [59, 104],
    ferritin: [30, 400],
  };
  const women: Partial<Record<MeasureKey, readonly [number, number]>> = { creatinine: [45, 84] };
  const own = (sex === 'male' ? men : women)[key];
  if (own) return { low: own[0], high: own[1] };
  return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
}

/** Values of a panel's members on a day, with the error of one sample. */
function laboratoryValues({ body, random, life }: Writing, day: number): (key: MeasureKey) => number {
  const age = Math.max(18, ageOn(life.person.born, day));
  const ldl = Math.max(0.6, body.ldl(day) + random.normal(0, 0.12));
  const hdl = Math.max(0.6, body.hdl(day) + random.normal(0, 0.05));
  const triglycerides = Math.max(0.4, body.triglycerides(day) + random.normal(0, 0.12));
  const cholesterol = ldl + hdl + triglycerides / 2.2;
  const creatinine = Math.round(
    creatinineOf(Math.max(6, body.egfr(day) + random.normal(0, 2)), age, life.person.sex),
  );
  const egfr = egfrOf(creatinine, age, life.person.sex);
  const values: Partial<Record<MeasureKey, () => number>> = {
    ...{ ldl: () => ldl, hdl: () => hdl, triglycerides: () => triglycerides, cholesterol: () => cholesterol },
    'cholesterol-ratio': () => cholesterol / hdl,
    ...{ creatinine: () => creatinine, egfr: () => egfr },
    hba1c: () => body.hba1c(day) + random.normal(0, 1),
    acr: () => Math.max(0.2, body.acr(day) * Math.exp(random.normal(0, 0.2))),
    sodium: () => random.normal(140, 2),
    potassium: () => random.normal(4.4 + Math.max(0, 45 - egfr) * 0.012, 0.25),
    urea: () => Math.max(2, random.normal(5.2 + Math.max(0, 70 - egfr) * 0.12, 0.7)),
    haemoglobin: () => body.haemoglobin(day) + random.normal(0, 3),
    'white-cells': () => Math.max(2.5, random.normal(6.9, 1.2)),
    platelets: () => random.normal(258, 40),
    mcv: () => body.mcv(day) + random.normal(0, 1),
    ferritin: () => body.ferritin(day) * Math.exp(random.normal(0, 0.1)),
    tsh: () => Math.max(0.1, body.tsh(day) * Math.exp(random.normal(0, 0.15))),
    psa: () => body.psa(day) * Math.exp(random.normal(0, 0.08)),
    crp: () => Math.max(1, body.crp(day) * Math.exp(random.normal(0, 0.3))),
  };
  return (key) => values[key]?.() ?? 0;
}

const singleTests = {
  hba1c: 'hba1c',
  acr: 'acr',
  ferritin: 'ferritin',
  thyroid: 'tsh',
  psa: 'psa',
  crp: 'crp',
} as const;

function laboratory(writing: Writing, taken: Taken, has: (test: Test) => boolean): Resource[] {
  const panelled = (Object.keys(panels) as (keyof typeof panels)[]).filter(has); // its own keys
  const single = (Object.keys(singleTests) as (keyof typeof singleTests)[]).filter(has); // its own keys
  if (panelled.length === 0 && single.length === 0) return [];
  const found = laboratoryValues(writing, taken.day);
  const isMale = writing.life.person.sex === 'male';
  return [
    ...panelled.flatMap((test) => {
      const results = panels[test].members.map((key) => reading(writing, key, taken, found(key)));
      return [...results, report(writing, panels[test], taken, results)];
    }),
    ...single
      .filter((test) => test !== 'psa' || isMale)
      .flatMap((test) => {
        const one = measure(singleTests[test]);
        const results = [reading(writing, one.key, taken, found(one.key))];
        const { key, name, loinc: code, display } = one;
        return [
          ...results,
          report(writing, { key, name, loinc: code, display, members: [] }, taken, results),
        ];
      }),
  ];
}

function report(
  { life, laboratory, doctor, next }: Writing,
  panel: Panel,
  { day, at, encounter }: Taken,
  results: readonly Observation[],
): DiagnosticReport {
  const found = (key: MeasureKey): number | undefined =>
    results.find(({ id }) => id?.startsWith(`${life.person.id}-${key}-`))?.valueQuantity?.value;
  return {
    ...{ resourceType: 'DiagnosticReport', id: next(`report-${panel.key}`), status: 'final' },
    meta: { profile: [ukCore('UKCore-DiagnosticReport-Lab')] },
    category: [hl7('v2-0074', 'LAB', 'Laboratory')],
    code: loinc(panel.loinc, panel.display, panel.name),
    ...{ subject: reference<Patient>('Patient', life.person.id), effectiveDateTime: at },
    ...(encounter === undefined ? {} : { encounter: reference<Encounter>('Encounter', encounter) }),
    ...{ issued: momentOf(day + 1, 14 * 60), performer: [laboratory], resultsInterpreter: [doctor] },
    result: results.map(({ id = '' }) => reference<Observation>('Observation', id)),
    conclusion: commentOn(panel.key, found, life, day),
  };
}

/** A week of readings that some people with high blood pressure take themselves. Source: NICE NG136 1.2.7 (home monitoring). */
function atHome({ life, body, random, next }: Writing, region: Region): Observation[] {
  const pressured = life.problems.find(
    ({ key, ended, severity }) => key === 'hypertension' && ended === undefined && severity > 0.25,
  );
  if (!pressured || !random.chance(0.3)) return [];
  const until = lastDay(life, region);
  const from = Math.max(dayOf(life.from), dayOf(pressured.onset));
  return [until - 190, until - 9].flatMap((first) => {
    if (first < from) return [];
    return Array.from({ length: 7 }, (_, i): Observation => {
      const day = first + i;
      // At home people are calmer: NICE takes 5 mmHg less to be as high.
      const systolic = Math.round(body.systolic(day) - 5 + random.normal(0, 5));
      const diastolic = Math.min(systolic - 20, Math.round(body.diastolic(day) - 4 + random.normal(0, 3.5)));
      const me = reference<Patient>('Patient', life.person.id);
      const minutes = 7 * 60 + random.whole(0, 60);
      const one = pressureReading(
        next('home-bp'),
        life.person.id,
        momentOf(day, minutes),
        systolic,
        diastolic,
        me,
      );
      return {
        ...one,
        interpretation: [interpretation(systolic >= 135 || diastolic >= 85 ? 'H' : 'N')],
        note: [{ text: 'Measured at home by the patient' }],
      };
    });
  });
}
