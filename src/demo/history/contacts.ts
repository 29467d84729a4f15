/**
 * When people see whom. How often and how: NHS England, Appointments in General Practice 2023/24 (about six a person and
 * year; face to face two thirds, by telephone a quarter, by video or online one in thirteen); Hospital Outpatient Activity
 * and Accident and Emergency Activity 2022-23. The record tells fewer of the older ones, as records do.
 */
import type { Random } from '../../platform/random.ts';
import { dayMs } from '../build.ts';
import { conditionKind } from '../codes/conditions.ts';
import type { Contact, Person, Problem, Referral, Region } from '../model.ts';
import { illnessRates } from './condition-risks.ts';
import { minutesOf, operationsFor } from './operations.ts';
import { routine } from './routine-visits.ts';
import { dayText, type Span, yearMs } from './span.ts';
import { anyTime, elsewhere, type LifeTold, officeTime, told, withDoctor, withNurse } from './visits.ts';
import * as places from './workplaces.ts';

export interface Seen {
  readonly contacts: readonly Contact[];
  readonly referrals: readonly Referral[];
}

/** In order of time; referrals too. */
export function contactsOf(
  person: Person,
  problems: readonly Problem[],
  span: Span,
  region: Region,
  random: Random,
): Seen {
  const life: LifeTold = { person, region, span, random, drafts: [], referrals: [] };
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

function aboutProblem(life: LifeTold, problem: Problem): void {
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
  if (kind.specialty && problem.ended === undefined && random.chance(0.05 + 0.1 * problem.severity))
    referred(life, problem, kind.specialty, span.end - random.between(5, 240) * dayMs);
  for (const { at, nights, specialty, reason } of operationsFor(problem, random.fork('operations')))
    elsewhere(life, {
      ...{ at: officeTime(at, random), kind: nights > 0 ? 'admission' : 'outpatient', reason },
      ...{ minutes: minutesOf(nights, random), problem: problem.key },
      worker: places.consultantFor(life.region, specialty, random),
    });
  reviews(life, problem, Math.max(onset + 30 * dayMs, span.start), end);
}

function beginning(life: LifeTold, problem: Problem, onset: number): void {
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
function referred(life: LifeTold, problem: Problem, specialty: string, at: number): void {
  const { person, region, span, random, referrals } = life;
  const to = places.consultantFor(region, specialty, random);
  const from = places.doctorOn(person, region, dayText(at), random);
  if (!to || !from || at >= span.end || at < Date.parse(problem.onset)) return;
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
function inHospital(life: LifeTold, problem: Problem, at: number, specialty: string): void {
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

function aboutIllness(life: LifeTold, problem: Problem): void {
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

function reviews(life: LifeTold, problem: Problem, from: number, to: number): void {
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

function atHome(life: LifeTold, at: number, reason: string, problem?: string): void {
  const { person, region, random } = life;
  elsewhere(life, {
    ...{ at: officeTime(at, random), kind: 'community', minutes: random.pick([20, 30, 45]), reason },
    ...(problem ? { problem } : {}),
    worker: places.visitorFor(person, region, 'community-nurse', random),
  });
}
