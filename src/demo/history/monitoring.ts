/** When a person's health is checked, and what is tested then: by their problems, medicines and age. */
import type { Random } from '../../platform/random.ts';
import { medicines } from '../codes/medicines.ts';
import type { Contact, ContactKind, Life } from '../model.ts';
import { dayOf, momentOf, month, weekday } from './calendar.ts';

export type Test =
  | 'pressure'
  | 'weight'
  | 'hba1c'
  | 'lipids'
  | 'kidney'
  | 'acr'
  | 'blood-count'
  | 'ferritin'
  | 'thyroid'
  | 'psa'
  | 'crp'
  | 'peak-flow'
  | 'spirometry'
  | 'oxygen'
  | 'smoking';

/** One visit at which something is measured. */
export interface Review {
  /** Days since 1970. */
  readonly day: number;
  /** ISO 8601. */
  readonly at: string;
  /** Where there was one near the day. */
  readonly contact?: Contact;
  readonly tests: ReadonlySet<Test>;
}

type Intervals = Readonly<Partial<Record<Test, number>>>;

/** Months between tests. Sources: the reviews that NICE NG136, NG28, NG203, NG238 and the QOF ask for. */
const byProblem: Readonly<Record<string, Intervals>> = {
  hypertension: { pressure: 6, kidney: 12, weight: 12, lipids: 24, smoking: 24, acr: 24 },
  'type-2-diabetes': { pressure: 6, hba1c: 6, kidney: 12, acr: 12, lipids: 12, weight: 6, smoking: 24 },
  'type-1-diabetes': { pressure: 12, hba1c: 6, kidney: 12, acr: 12, lipids: 12, weight: 12, smoking: 24 },
  prediabetes: { hba1c: 12, weight: 12, pressure: 12 },
  'chronic-kidney-disease': { kidney: 6, acr: 12, 'blood-count': 12, pressure: 6 },
  'coronary-heart-disease': { pressure: 12, lipids: 12, kidney: 12, smoking: 24, weight: 12 },
  'myocardial-infarction': { pressure: 12, lipids: 12, kidney: 12, smoking: 24 },
  stroke: { pressure: 12, lipids: 12, smoking: 24 },
  'peripheral-arterial-disease': { pressure: 12, lipids: 12, smoking: 24 },
  'atrial-fibrillation': { pressure: 12, kidney: 12, 'blood-count': 12, thyroid: 36 },
  'heart-failure': { pressure: 6, kidney: 6, weight: 6, 'blood-count': 12 },
  asthma: { 'peak-flow': 12, smoking: 24 },
  copd: { spirometry: 24, oxygen: 12, smoking: 24, weight: 12 },
  hypothyroidism: { thyroid: 12 },
  'rheumatoid-arthritis': { crp: 6, 'blood-count': 6, kidney: 12 },
  'crohns-disease': { crp: 12, 'blood-count': 12 },
  'ulcerative-colitis': { crp: 12, 'blood-count': 12 },
  'coeliac-disease': { ferritin: 12, 'blood-count': 12 },
  'iron-deficiency-anaemia': { 'blood-count': 4, ferritin: 8 },
  'prostate-cancer': { psa: 6 },
  'prostate-enlargement': { psa: 24 },
  'breast-cancer': { 'blood-count': 6 },
  'bowel-cancer': { 'blood-count': 6 },
  'lung-cancer': { 'blood-count': 6 },
  obesity: { weight: 6, pressure: 12, hba1c: 24, lipids: 36 },
  'high-cholesterol': { lipids: 12, pressure: 12 },
  gout: { kidney: 24 },
  osteoporosis: { kidney: 24 },
  frailty: { pressure: 12, weight: 12, 'blood-count': 12 },
  schizophrenia: { pressure: 12, weight: 12, hba1c: 12, lipids: 12, smoking: 24 },
  'bipolar-disorder': { pressure: 12, weight: 12, hba1c: 12, lipids: 12, smoking: 24 },
  'learning-disability': { pressure: 12, weight: 12 },
  dementia: { 'blood-count': 24, thyroid: 36, weight: 12 },
  'sickle-cell-disease': { 'blood-count': 4 },
};

const byMedicine: Readonly<Record<string, Intervals>> = {
  'mood-stabiliser': { kidney: 6, thyroid: 6 },
  immune: { 'blood-count': 3, kidney: 6 },
  contraceptive: { pressure: 12 },
  thyroid: { thyroid: 12 },
  anticoagulant: { kidney: 12, 'blood-count': 12 },
};

/** The NHS Health Check, 40 to 74, every five years. Source: Local Authorities Regulations 2013 (SI 2013/351). */
const healthCheck: Intervals = { pressure: 60, weight: 60, lipids: 60, hba1c: 60, smoking: 60 };

/** From which a severe problem is looked at twice as often, by what tells most of it. */
const severe = 0.65;
const telling: ReadonlySet<Test> = new Set<Test>(['pressure', 'hba1c', 'crp', 'psa']);

/** Days for which a test that is due waits for the next visit. */
const wait = 75;

const suitable: ReadonlySet<ContactKind> = new Set<ContactKind>([
  'gp-face-to-face',
  'nurse',
  'community',
  'outpatient',
]);

interface Reason {
  readonly from: number;
  readonly until: number;
  readonly intervals: Intervals;
  readonly often: boolean;
}

function reasonsOf({ person, problems, treatments }: Life): Reason[] {
  const open = Number.POSITIVE_INFINITY;
  const reasons: Reason[] = [];
  for (const { key, onset, ended, severity } of problems) {
    const intervals = byProblem[key];
    if (intervals)
      reasons.push({
        ...{ from: dayOf(onset), until: ended === undefined ? open : dayOf(ended), intervals },
        often: severity > severe,
      });
  }
  for (const { key, start, end } of treatments) {
    const intervals = byMedicine[medicines.get(key)?.kind ?? ''];
    if (intervals)
      reasons.push({
        ...{ from: dayOf(start), until: end === undefined ? open : dayOf(end), intervals, often: false },
      });
  }
  const born = dayOf(person.born);
  reasons.push({ from: born + 40 * 365.25, until: born + 75 * 365.25, intervals: healthCheck, often: false });
  reasons.push({
    from: born + 16 * 365.25,
    until: open,
    intervals: { pressure: 60, smoking: 60 },
    often: false,
  });
  return reasons;
}

/** In order of time, at most one a day; `until` is the last day of which something is known. */
export function reviewsOf(life: Life, until: number, random: Random): Review[] {
  const r = random.fork('reviews');
  const from = Math.max(dayOf(life.from), dayOf(life.person.born));
  const reasons = reasonsOf(life);
  const contacts = life.contacts
    .filter(({ kind }) => suitable.has(kind))
    .map((contact) => ({ contact, day: dayOf(contact.start) }))
    .filter(({ day }) => day >= from && day <= until)
    .sort((a, b) => a.day - b.day);
  const last = new Map<Test, number>();
  const lastBefore = new Map<Test, number>();
  const reviews: Review[] = [];
  let next = 0;
  let taken = from - 1;
  for (let day = from + r.whole(0, 30); day <= until; day += 30) {
    const due = new Map<Test, number>();
    for (const reason of reasons) {
      if (day < reason.from || day > reason.until) continue;
      for (const [test, months] of Object.entries(reason.intervals) as [Test, number][]) {
        const interval = months * month * (reason.often && months > 3 && telling.has(test) ? 0.5 : 1);
        due.set(test, Math.min(due.get(test) ?? interval, interval));
      }
    }
    if (due.size === 0) continue;
    /** What was due before the history began was done some time before it: nobody starts with everything at once. */
    const since = (test: Test, interval: number): number => {
      const known = last.get(test) ?? lastBefore.get(test);
      if (known !== undefined) return day - known;
      const isNew = reasons.some(
        (reason) =>
          reason.from > from &&
          reason.from <= day &&
          test in reason.intervals &&
          day - reason.from < interval,
      );
      const assumed = isNew ? day - interval : day - r.between(0, interval);
      lastBefore.set(test, assumed);
      return day - assumed;
    };
    const late = [...due].filter(([test, interval]) => since(test, interval) >= interval * 0.97);
    if (late.length === 0) continue;
    // One in eight misses the invitation, and comes with the next.
    if (r.chance(0.12)) continue;
    while (next < contacts.length && contacts[next]!.day < Math.max(day - 15, taken + 1)) next++;
    const near = contacts[next];
    const use = near && near.day <= day + wait ? near : undefined;
    const on = use?.day ?? weekday(Math.max(day + r.whole(-3, 3), taken + 1));
    if (on > until || on <= taken) continue;
    taken = on;
    const tests = [...due].filter(([test, interval]) => since(test, interval) >= interval * 0.7);
    for (const [test] of tests) last.set(test, on);
    reviews.push({
      day: on,
      at: use?.contact.start ?? momentOf(on, r.whole(8 * 12 + 6, 17 * 12) * 5),
      ...(use ? { contact: use.contact } : {}),
      tests: new Set(tests.map(([test]) => test)),
    });
  }
  return reviews;
}
