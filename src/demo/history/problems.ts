/** What a person has and had: long-term conditions by age and circumstance, and illnesses that passed. */
import type { Random } from '../../platform/random.ts';
import type { Person, Problem } from '../model.ts';
import { type IllnessRate, illnessRates, type Risk, risks } from './condition-risks.ts';
import { ageAt, atAge, dayText, type Span, yearMs } from './span.ts';

/** All problems, earliest first. Short ones are those since the history begins. */
export function problemsOf(person: Person, span: Span, random: Random): readonly Problem[] {
  const drivers = driversOf(person);
  const found: Problem[] = [];
  const own = random.fork('conditions');
  for (const risk of risks) {
    // Drawn whether or not it counts, so that what one condition needs changes none of the others.
    const [chance, severity, ends, length] = [own.next(), own.next(), own.next(), own.next()];
    const onset = onsetOf(risk, person, chance / factorOf(risk, person, drivers), span);
    if (onset === undefined || risk.not?.some((key) => drivers.has(key))) continue;
    const ended = endOf(risk, onset, ends, length, span);
    found.push({
      ...{ id: `${person.id}-${risk.key}`, key: risk.key, onset: dayText(onset) },
      ...(ended === undefined ? {} : { ended: dayText(ended) }),
      severity: Math.round(severity ** 1.4 * 100) / 100,
    });
    drivers.add(risk.key);
    drivers.delete('no-diabetes');
    if (risk.key !== 'type-1-diabetes' && risk.key !== 'type-2-diabetes' && !hasDiabetes(drivers))
      drivers.add('no-diabetes');
  }
  endPrediabetes(found);
  found.push(...illnessesOf(person, span, drivers, random.fork('illnesses')));
  return found.toSorted((a, b) => (a.onset < b.onset ? -1 : a.onset > b.onset ? 1 : a.id < b.id ? -1 : 1));
}

/** A high risk of diabetes ends where diabetes begins. */
function endPrediabetes(found: Problem[]): void {
  const diabetes = found.find(({ key }) => key === 'type-1-diabetes' || key === 'type-2-diabetes');
  const at = found.findIndex(({ key }) => key === 'prediabetes');
  const before = found[at];
  if (!diabetes || !before) return;
  if (before.onset < diabetes.onset) found[at] = { ...before, ended: diabetes.onset };
  else found.splice(at, 1);
}

const hasDiabetes = (drivers: ReadonlySet<string>): boolean =>
  drivers.has('type-1-diabetes') || drivers.has('type-2-diabetes');

function driversOf(person: Person): Set<string> {
  const all: readonly (readonly [string, boolean])[] = [
    [person.smoker === 'current' ? 'smoker' : person.smoker === 'ex' ? 'ex-smoker' : 'never-smoker', true],
    [person.bmi >= 30 ? 'obese' : person.bmi >= 25 ? 'overweight' : 'lean', true],
    ['deprived', person.deprivation <= 3],
    ['south-asian', 'HJK'.includes(person.ethnicity)],
    ['black', 'MNP'.includes(person.ethnicity)],
    ['sickle-cell-heritage', 'MNPDE'.includes(person.ethnicity)],
    ['care-home', person.careHome !== undefined],
    ['no-diabetes', true],
  ];
  return new Set([...all.filter(([, holds]) => holds).map(([key]) => key), ...person.needs]);
}

function factorOf(risk: Risk | IllnessRate, { sex }: Person, drivers: ReadonlySet<string>): number {
  let factor = (sex === 'female' ? risk.women : risk.men) ?? 1;
  for (const [driver, times] of Object.entries(risk.drivers ?? {})) if (drivers.has(driver)) factor *= times;
  return Math.max(factor, 1e-9);
}

/** ms, where it began before the life told ends. `chance`: 0 to 1, the lower the earlier. */
function onsetOf({ byAge }: Risk, person: Person, chance: number, span: Span): number | undefined {
  const percent = chance * 100;
  const last = ageAt(person, span.end);
  let [age, had] = [0, 0];
  for (const [nextAge, nextHad] of byAge) {
    if (nextHad > percent) {
      const at = age + ((nextAge - age) * Math.max(0, percent - had)) / (nextHad - had);
      return at <= last ? Math.min(atAge(person, at), span.end) : undefined;
    }
    [age, had] = [nextAge, nextHad];
    if (age > last) return undefined;
  }
  return undefined;
}

function endOf(
  { remits }: Risk,
  onset: number,
  chance: number,
  length: number,
  span: Span,
): number | undefined {
  if (!remits || chance >= remits.share) return undefined;
  const [low, high] = remits.years;
  const ended = onset + (low + length * (high - low)) * yearMs;
  return ended < span.end ? ended : undefined;
}

function illnessesOf(
  person: Person,
  span: Span,
  drivers: ReadonlySet<string>,
  random: Random,
): readonly Problem[] {
  const found: Problem[] = [];
  for (const rate of illnessRates) {
    const factor = factorOf(rate, person, drivers);
    let number = 0;
    for (let from = span.start; from < span.end; from += yearMs) {
      const part = Math.min(1, (span.end - from) / yearMs);
      const age = ageAt(person, from + (part * yearMs) / 2);
      const perThousand = rate.perThousand.findLast(([first]) => age >= first)?.[1] ?? 0;
      if (!random.chance((perThousand * factor * part) / 1000)) continue;
      const onset = from + random.next() * part * yearMs;
      const over = onset + random.between(...rate.days) * 86_400_000;
      number += 1;
      found.push({
        ...{ id: `${person.id}-${rate.key}-${number}`, key: rate.key, onset: dayText(onset) },
        ...(over < span.end ? { ended: dayText(over) } : {}),
        severity: Math.round(random.next() * 100) / 100,
      });
    }
  }
  return found;
}
