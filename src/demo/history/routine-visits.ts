/** Visits that no long-term problem brings: what comes and goes, screening, and the checks of small children. */
import { dayMs } from '../build.ts';
import { ageAt, yearMs } from './span.ts';
import { anyTime, elsewhere, type LifeTold, officeTime, told, withDoctor, withNurse } from './visits.ts';
import * as places from './workplaces.ts';

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

export function routine(life: LifeTold): void {
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
function checksOfChild(life: LifeTold): void {
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
