/**
 * When people see whom. How often and how: NHS England, Appointments in General Practice 2023/24 (about six a person and
 * year; face to face two thirds, by telephone a quarter, by video or online one in thirteen); Hospital Outpatient Activity
 * and Accident and Emergency Activity 2022-23. The record tells fewer of the older ones, as records do.
 */
import type { Random } from '../../platform/random.ts';
import { dayMs } from '../build.ts';
import { conditionKind } from '../codes/conditions.ts';
import type { Contact, ContactKind, Person, Problem, Referral, Region, Worker } from '../model.ts';
import { illnessRates } from './condition-risks.ts';
import { ageAt, dayText, type Span, workingDay, yearMs } from './span.ts';
import * as places from './workplaces.ts';

interface Draft {
  readonly at: number;
  readonly kind: ContactKind;
  readonly minutes: number;
  readonly problem?: string;
  readonly reason: string;
  readonly worker: Worker;
}

interface ReferralDraft extends Omit<Referral, 'id' | 'seen'> {
  readonly visit?: Draft;
}

export interface Seen {
  readonly contacts: readonly Contact[];
  readonly referrals: readonly Referral[];
}

interface Person10 {
  readonly person: Person;
  readonly region: Region;
  readonly span: Span;
  readonly random: Random;
  readonly drafts: Draft[];
  readonly referrals: ReferralDraft[];
}

/** In order of time; referrals too. */
export function contactsOf(
  person: Person,
  problems: readonly Problem[],
  span: Span,
  region: Region,
  random: Random,
): Seen {
  const life: Person10 = { person, region, span, random, drafts: [], referrals: [] };
  for (const problem of problems) aboutProblem({ ...life, random: random.fork(problem.id) }, problem);
  routine({ ...life, random: random.fork('routine') });
  const order = life.drafts
    .filter(({ at, minutes }) => at > span.start && at + minutes * 60_000 < span.end)
    .toSorted((a, b) => a.at - b.at);
  const idOf = new Map(order.map((draft, i) => [draft, `${person.id}-visit-${i + 1}`]));
  const contacts = order.map((draft): Contact => {
    const { at, ...rest } = draft;
    const site = places.siteOf(region, draft.worker);
    return { ...rest, id: idOf.get(draft) as string, start: new Date(at).toISOString(), site };
  });
  const referrals = life.referrals
    .toSorted((a, b) => (a.asked < b.asked ? -1 : 1))
    .map(({ visit, ...rest }, i): Referral => {
      const seen = visit && idOf.get(visit);
      return { ...rest, id: `${person.id}-referral-${i + 1}`, ...(seen === undefined ? {} : { seen }) };
    });
  return { contacts, referrals };
}

/** A working day's time near it, from half past eight until five. */
const officeTime = (at: number, random: Random): number =>
  workingDay(at) + (8 * 60 + 30 + 10 * random.whole(0, 50)) * 60_000;

const anyTime = (at: number, random: Random): number =>
  Math.floor(at / dayMs) * dayMs + random.whole(1, 1400) * 60_000;

/** Source: NHS England, Appointments in General Practice; before March 2020 four in five were face to face. */
function practiceManner(at: number, random: Random): ContactKind {
  const before = at < Date.UTC(2020, 2, 15);
  return random.weighted<ContactKind>([
    ['gp-face-to-face', before ? 82 : 66],
    ['gp-telephone', before ? 16 : 26],
    ['gp-video', before ? 0 : 3],
    ['gp-online', before ? 2 : 5],
  ]);
}

function withDoctor(life: Person10, at: number, reason: string, problem?: string): Draft | undefined {
  const { person, region, random, drafts } = life;
  const time = officeTime(at, random);
  const worker = places.doctorOn(person, region, dayText(time), random);
  if (!worker) return undefined;
  const kind = practiceManner(time, random);
  const minutes = kind === 'gp-online' ? 5 : random.pick([10, 10, 10, 12, 15, 20]);
  const draft: Draft = { at: time, kind, minutes, reason, worker, ...(problem ? { problem } : {}) };
  drafts.push(draft);
  return draft;
}

function withNurse(life: Person10, at: number, reason: string, problem?: string): void {
  const { person, region, random, drafts } = life;
  const time = officeTime(at, random);
  const worker = places.nurseOn(person, region, dayText(time), random);
  if (!worker) return;
  const minutes = random.pick([10, 15, 20, 30]);
  drafts.push({ at: time, kind: 'nurse', minutes, reason, worker, ...(problem ? { problem } : {}) });
}

function elsewhere(
  life: Person10,
  about: Omit<Draft, 'worker' | 'at'> & { readonly at: number; readonly worker: Worker | undefined },
): Draft | undefined {
  const { person, drafts } = life;
  const { worker, ...rest } = about;
  // Who was not yet of the region was seen by others.
  if (!worker || places.practiceOn(person, dayText(about.at)) === undefined) return undefined;
  const draft = { ...rest, worker };
  drafts.push(draft);
  return draft;
}

/** Problems that begin with an ambulance. */
const sudden = new Set(['myocardial-infarction', 'stroke', 'type-1-diabetes']);
/** Reviewed by the practice's nurse, and how often a year. Source: Quality and Outcomes Framework, its yearly reviews. */
const nurseReviews: Readonly<Record<string, number>> = {
  ...{
    'type-2-diabetes': 1.7,
    'type-1-diabetes': 1,
    hypertension: 1,
    asthma: 0.8,
    copd: 1.1,
    prediabetes: 0.7,
  },
  ...{ 'coronary-heart-disease': 0.8, 'chronic-kidney-disease': 0.8, 'heart-failure': 0.9, stroke: 0.6 },
  ...{ 'atrial-fibrillation': 0.6, 'learning-disability': 0.8, schizophrenia: 0.8, 'bipolar-disorder': 0.7 },
  ...{ obesity: 0.25, 'diabetic-foot': 1.5 },
};
/** By a doctor. */
const doctorReviews: Readonly<Record<string, number>> = {
  ...{
    depression: 0.9,
    anxiety: 0.5,
    dementia: 0.7,
    epilepsy: 0.5,
    'rheumatoid-arthritis': 0.5,
    osteoarthritis: 0.35,
  },
  ...{
    hypothyroidism: 0.3,
    migraine: 0.25,
    'back-pain': 0.5,
    fibromyalgia: 0.6,
    frailty: 1,
    gout: 0.3,
    reflux: 0.2,
  },
  ...{
    eczema: 0.2,
    psoriasis: 0.2,
    'heart-failure': 0.8,
    copd: 0.5,
    'breast-cancer': 0.4,
    'prostate-cancer': 0.4,
  },
  ...{ 'bowel-cancer': 0.4, 'lung-cancer': 0.8, endometriosis: 0.4, 'irritable-bowel': 0.25, adhd: 0.3 },
  ...{
    'parkinsons-disease': 0.4,
    'multiple-sclerosis': 0.4,
    'prostate-enlargement': 0.25,
    hypertension: 0.2,
  },
};
/** Nights in hospital for it: times a year at its worst. */
const admissions: Readonly<Record<string, number>> = {
  ...{
    copd: 0.3,
    'heart-failure': 0.4,
    frailty: 0.25,
    'lung-cancer': 0.5,
    asthma: 0.03,
    'sickle-cell-disease': 0.9,
  },
  ...{
    'crohns-disease': 0.2,
    'ulcerative-colitis': 0.15,
    epilepsy: 0.08,
    dementia: 0.15,
    'diabetic-foot': 0.25,
  },
};
const cancers = new Set(['breast-cancer', 'prostate-cancer', 'bowel-cancer', 'lung-cancer', 'melanoma']);

function aboutProblem(life: Person10, problem: Problem): void {
  const kind = conditionKind(problem.key);
  if (kind.course === 'short') {
    aboutIllness(life, problem);
    return;
  }
  const { span, random } = life;
  const onset = Date.parse(problem.onset);
  const end = problem.ended === undefined ? span.end : Math.min(span.end, Date.parse(problem.ended));
  if (onset >= span.start) beginning(life, problem, onset);
  else if (kind.specialty && random.chance(0.05 + 0.25 * problem.severity))
    referred(life, problem, kind.specialty, span.start + random.next() * (end - span.start));
  reviews(life, problem, Math.max(onset + 30 * dayMs, span.start), end);
}

function beginning(life: Person10, problem: Problem, onset: number): void {
  const { region, random } = life;
  const { visit, specialty } = conditionKind(problem.key);
  if (sudden.has(problem.key)) {
    inHospital(life, problem, onset, specialty ?? 'older-people');
    return;
  }
  withDoctor(life, onset, visit, problem.key);
  if (!specialty) return;
  const chance = cancers.has(problem.key) ? 1 : 0.1 + 0.4 * problem.severity;
  if (!random.chance(chance)) return;
  const worker = places.consultantFor(region, specialty, random);
  if (worker) referred(life, problem, specialty, onset);
}

/** Asked, and seen after the wait. Source: NHS England, referral to treatment waiting times 2024 (median 14 weeks). */
function referred(life: Person10, problem: Problem, specialty: string, at: number): void {
  const { person, region, span, random, referrals } = life;
  const to = places.consultantFor(region, specialty, random);
  const from = places.doctorOn(person, region, dayText(at), random);
  if (!to || !from || at >= span.end) return;
  const urgent = cancers.has(problem.key);
  const wait = urgent ? random.between(6, 15) : Math.min(400, 20 - Math.log(1 - random.next()) * 85);
  const { visit: reason } = conditionKind(problem.key);
  const clinic = { kind: 'outpatient', problem: problem.key, worker: to } as const;
  const first = elsewhere(life, {
    ...clinic,
    ...{ at: officeTime(at + wait * dayMs, random), minutes: random.pick([20, 30, 40]), reason },
  });
  const { key } = problem;
  const visit = first && first.at + first.minutes * 60_000 < span.end ? { visit: first } : {};
  referrals.push({ problem: key, specialty, asked: dayText(at), urgent, from, to, ...visit });
  const again = urgent
    ? random.whole(4, 8)
    : random.weighted([
        [0, 4],
        [1, 4],
        [2, 2],
        [4, 1],
      ]);
  let next = at + wait * dayMs;
  for (let i = 0; i < again; i++) {
    next += random.between(urgent ? 20 : 70, urgent ? 120 : 260) * dayMs;
    if (next >= span.end) break;
    elsewhere(life, {
      ...clinic,
      ...{ at: officeTime(next, random), minutes: random.pick([10, 15, 20]), reason: `${reason}, follow-up` },
    });
  }
}

/** Emergency department first, then a ward. */
function inHospital(life: Person10, problem: Problem, at: number, specialty: string): void {
  const { region, random } = life;
  const { visit: reason } = conditionKind(problem.key);
  const arrived = anyTime(at, random);
  const seen = elsewhere(life, {
    ...{ at: arrived, kind: 'emergency', minutes: random.whole(90, 420), problem: problem.key, reason },
    worker: places.emergencyFor(region, random),
  });
  if (!seen) return;
  const days = Math.max(
    1,
    Math.min(30, Math.round(-Math.log(1 - random.next()) * (2 + 6 * problem.severity))),
  );
  elsewhere(life, {
    ...{
      at: arrived + seen.minutes * 60_000,
      kind: 'admission',
      minutes: days * 1440 - random.whole(60, 600),
    },
    ...{ problem: problem.key, reason },
    worker:
      places.consultantFor(region, specialty, random) ?? places.consultantFor(region, 'older-people', random),
  });
}

function aboutIllness(life: Person10, problem: Problem): void {
  const { region, random } = life;
  const { visit, specialty } = conditionKind(problem.key);
  const at = Date.parse(problem.onset);
  const first = illnessRates.find(({ key }) => key === problem.key)?.first;
  if (first === 'admission') {
    inHospital(life, problem, at, specialty ?? 'older-people');
    return;
  }
  if (first === 'emergency') {
    elsewhere(life, {
      ...{ at: anyTime(at, random), kind: 'emergency', minutes: random.whole(60, 360) },
      ...{ problem: problem.key, reason: visit, worker: places.emergencyFor(region, random) },
    });
    if (specialty)
      elsewhere(life, {
        ...{ at: officeTime(at + random.between(7, 12) * dayMs, random), kind: 'outpatient', minutes: 15 },
        ...{ problem: problem.key, reason: `${visit}, fracture clinic` },
        worker: places.consultantFor(region, specialty, random),
      });
    return;
  }
  withDoctor(life, at, visit, problem.key);
  if (problem.severity > 0.85 && specialty) referred(life, problem, specialty, at);
}

/** How many of the visits of that time the record still tells. */
const told = (at: number, { end }: Span): number => (end - at < 3 * yearMs ? 1 : 0.5);

function reviews(life: Person10, problem: Problem, from: number, to: number): void {
  const { region, span, random } = life;
  const { visit } = conditionKind(problem.key);
  const worse = 0.6 + 0.8 * problem.severity;
  const [nurse, doctor] = [nurseReviews[problem.key] ?? 0, doctorReviews[problem.key] ?? 0.05];
  const beds = (admissions[problem.key] ?? 0) * problem.severity;
  for (let at = from; at < to; at += yearMs) {
    const part = Math.min(1, (to - at) / yearMs);
    const share = part * told(at, span);
    const when = () => at + random.next() * part * yearMs;
    const times = (rate: number) => Math.floor(rate) + (random.chance(rate % 1) ? 1 : 0);
    for (let i = times(nurse * share); i > 0; i--) withNurse(life, when(), visit, problem.key);
    for (let i = times(doctor * worse * share); i > 0; i--) withDoctor(life, when(), visit, problem.key);
    if (random.chance(Math.min(1, beds * part)))
      inHospital(life, problem, when(), conditionKind(problem.key).specialty ?? 'older-people');
    if (problem.key === 'schizophrenia' || problem.key === 'bipolar-disorder')
      for (let i = times(2.5 * worse * share); i > 0; i--)
        elsewhere(life, {
          ...{ at: officeTime(when(), random), kind: 'mental-health', minutes: 45, reason: visit },
          ...{ problem: problem.key, worker: places.mindNurseFor(region, random) },
        });
    if (problem.key === 'frailty' || problem.key === 'diabetic-foot')
      for (let i = times(3 * worse * share); i > 0; i--) atHome(life, when(), visit, problem.key);
  }
}

function atHome(life: Person10, at: number, reason: string, problem?: string): void {
  const { person, region, random } = life;
  elsewhere(life, {
    ...{ at: officeTime(at, random), kind: 'community', minutes: random.pick([20, 30, 45]), reason },
    ...(problem ? { problem } : {}),
    worker: places.visitorFor(person, region, 'community-nurse', random),
  });
}

/** What people come with that gets no name, by age. */
const complaints: readonly (readonly [reason: string, from: number, to: number])[] = [
  ...([
    ['Cough and cold', 0, 120],
    ['Rash', 0, 120],
    ['Fever', 0, 12],
    ['Feeding advice', 0, 2],
  ] as const),
  ...([
    ['Tummy ache', 3, 17],
    ['Sleep problems', 2, 120],
    ['Tiredness', 14, 120],
    ['Headache', 8, 120],
  ] as const),
  ...([
    ['Knee pain', 12, 120],
    ['Shoulder pain', 30, 120],
    ['Skin lesion', 18, 120],
    ['Dizziness', 40, 120],
  ] as const),
  ...([
    ['Stress at work', 20, 66],
    ['Travel health advice', 16, 75],
    ['Fit note', 18, 66],
  ] as const),
  ...([
    ['Medication review', 40, 120],
    ['Contraception', 15, 50],
    ['Menopause', 45, 58],
    ['Ear wax', 40, 120],
  ] as const),
  ...([
    ['Test results', 18, 120],
    ['Indigestion', 20, 120],
    ['Constipation', 1, 120],
    ['Foot pain', 30, 120],
  ] as const),
];
const ofWomen = new Set(['Contraception', 'Menopause']);

function routine(life: Person10): void {
  const { person, region, span, random } = life;
  for (let at = span.start; at < span.end; at += yearMs) {
    const part = Math.min(1, (span.end - at) / yearMs);
    const age = ageAt(person, at + (part * yearMs) / 2);
    const women = person.sex === 'female' && age > 15 ? 1.4 : 1;
    const rate = (age < 5 ? 1.1 : age < 16 ? 0.4 : age < 65 ? 0.55 : 0.9) * women * part * told(at, span);
    const when = () => at + random.next() * part * yearMs;
    for (let i = Math.floor(rate) + (random.chance(rate % 1) ? 1 : 0); i > 0; i--) {
      const fitting = complaints.filter(
        ([reason, low, high]) => age >= low && age <= high && (women > 1 || !ofWomen.has(reason)),
      );
      withDoctor(life, when(), random.pick(fitting)[0]);
    }
    // Cervical screening every three years, and every five from 50 on. Source: NHS Cervical Screening Programme, uptake 69 %.
    if (person.sex === 'female' && age >= 25 && age < 65 && random.chance((part * 0.69) / (age < 50 ? 3 : 5)))
      withNurse(life, when(), 'Cervical screening');
    // NHS Health Check, every five years from 40 to 74.
    if (age >= 40 && age < 75 && random.chance(part * 0.08)) withNurse(life, when(), 'NHS Health Check');
    if (random.chance(0.012 * part))
      elsewhere(life, {
        ...{ at: anyTime(when(), random), kind: 'emergency', minutes: random.whole(60, 300) },
        ...{ reason: random.pick(['Chest pain', 'Fall', 'Abdominal pain', 'Fever']) },
        worker: places.emergencyFor(region, random),
      });
  }
  checksOfChild(life);
}

/** Source: Department of Health, Healthy Child Programme: at two weeks, six to eight weeks, a year, and two years. */
function checksOfChild(life: Person10): void {
  const { person, region, span, random } = life;
  const born = Date.parse(person.born);
  const checks = [
    [13, 'New birth visit'],
    [370, 'One-year review'],
    [770, 'Two-year review'],
  ] as const;
  for (const [days, reason] of checks) {
    const at = born + (days + random.whole(-3, 12)) * dayMs;
    if (at < span.start || at > span.end || !random.chance(0.85)) continue;
    elsewhere(life, {
      ...{ at: officeTime(at, random), kind: 'community', minutes: 45, reason },
      worker: places.visitorFor(person, region, 'health-visitor', random),
    });
  }
  const check = born + random.whole(42, 56) * dayMs;
  if (check >= span.start && check < span.end) withDoctor(life, check, 'Baby check at six to eight weeks');
}
