/** A woman's pregnancies: those of the children who live with her, those that ended early, and the one that she has now. */
import type { Random } from '../../platform/random.ts';
import { dayMs } from '../build.ts';
import type { Person, Pregnancy, Region } from '../model.ts';
import { ageAt, dayText, type Span, yearMs } from './span.ts';
import { midwifeFor, siteOf } from './workplaces.ts';

/** Naegele's rule: days from the first day of the last period until the birth is due. */
const term = 280;

/**
 * Oldest first. Sources: ONS, Births 2022 (10.4 births to a hundred women of 25 to 34 a year, about half at other ages); NHS,
 * miscarriage about one in eight known pregnancies; NICE NG133, raised pressure in 8 to 10 %.
 */
export function pregnanciesOf(
  person: Person,
  span: Span,
  region: Region,
  random: Random,
): readonly Pregnancy[] {
  if (person.sex !== 'female') return [];
  const midwife = midwifeFor(region, random);
  if (!midwife) return [];
  const about = { midwife, unit: siteOf(region, midwife) };
  const found: Omit<Pregnancy, 'id'>[] = [];
  const children = person.relatives.filter(
    ({ relation, born }) => relation === 'child' && born !== undefined,
  );
  const births = [...new Set(children.map(({ born = '' }) => born))].toSorted();
  for (const born of births) {
    const began = Date.parse(born) - Math.round(random.between(258, 289)) * dayMs;
    if (began < span.start) continue;
    found.push({
      ...{ began: dayText(began), due: dayText(began + term * dayMs), ended: born, outcome: 'live-birth' },
      ...{ raisedPressure: random.chance(0.09), ...about },
    });
  }
  const free = (from: number, to: number): boolean =>
    found.every(({ began, ended = '9999' }) => dayText(to) < began || dayText(from) > ended);
  const youngest = births.at(-1);
  const age = ageAt(person, span.end);
  const now = age < 18 || age > 43 ? 0 : age < 25 || age > 36 ? 0.022 : 0.055;
  if (person.died === undefined && random.chance(now)) {
    const began = span.end - random.whole(50, 272) * dayMs;
    if (youngest === undefined || Date.parse(youngest) < began - 120 * dayMs)
      found.push({
        ...{ began: dayText(began), due: dayText(began + term * dayMs), outcome: 'ongoing' },
        ...{ raisedPressure: random.chance(0.1), ...about },
      });
  }
  if (age > 18 && random.chance(age < 55 ? 0.07 : 0)) {
    const began = span.start + random.next() * (span.end - span.start - 0.4 * yearMs);
    const ended = began + random.whole(45, 90) * dayMs;
    const young = ageAt(person, began);
    if (began > span.start && young > 17 && young < 45 && free(began - 60 * dayMs, ended + 60 * dayMs))
      found.push({
        ...{ began: dayText(began), due: dayText(began + term * dayMs), ended: dayText(ended) },
        ...{ outcome: 'miscarriage', raisedPressure: false, ...about },
      });
  }
  return found
    .toSorted((a, b) => (a.began < b.began ? -1 : 1))
    .map((one, i) => ({ ...one, id: `${person.id}-pregnancy-${i + 1}` }));
}
