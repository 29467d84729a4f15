/** A pregnancy as the one who is pregnant reads it: the week today, the due date, visits and measurements. */
import type { Condition, EpisodeOfCare, Observation } from '@medplum/fhirtypes';
import { codeOf, conceptText, tokenOf } from '../../web/coded.ts';
import { addDays, formatDate, localMoment, parseDate } from '../../web/dates.ts';
import { dateOf, titleOf } from '../../web/entry.ts';
import { isWrong } from './told.ts';

export interface Pregnancy {
  /** `2027-02-14`; empty where no date is recorded. */
  readonly due: string;
  /** `24 weeks and 3 days`; empty without a due date. */
  readonly week: string;
  /** How far along, 0 to 40 weeks. */
  readonly weeks: number;
  /** Words of the team that cares, and since when. */
  readonly since: string;
}

const pregnant = /\bpregnan|\bmaternity|\bantenatal|\bobstetric/i;
const isAbout = (words: string): boolean => pregnant.test(words);
/** SNOMED CT: pregnant; normal pregnancy; high risk pregnancy; first and later pregnancy. */
const pregnantCodes = new Set(['77386006', '72892002', '47200007', '199745000', '127364007', '53881005']);

/** LOINC: estimated delivery date, and by its ways; SNOMED CT: estimated date of delivery. */
const dueCodes = new Set(['11778-8', '11779-6', '11780-4', '11781-2', '161714006', '753641000000101']);
/** LOINC: first day of the last period. */
const lastPeriodCodes = new Set(['8665-2', '3145-0']);

const codesOf = (one: Observation): string[] => (one.code?.coding ?? []).map(({ code }) => code ?? '');

const dayIn = (one: Observation): string =>
  parseDate(one.valueDateTime ?? one.valuePeriod?.start ?? one.valueString)?.key ?? '';

/** Open episodes of maternity care. */
export const openEpisodes = (episodes: readonly EpisodeOfCare[]): readonly EpisodeOfCare[] =>
  episodes.filter(
    (one) =>
      (one.status === 'active' || one.status === 'planned' || one.status === 'onhold') &&
      (one.type ?? []).some((type) => isAbout(`${conceptText(type)} ${codeOf(type)}`)),
  );

const openConditions = (conditions: readonly Condition[]): readonly Condition[] =>
  conditions.filter(
    (one) =>
      !isWrong(one) &&
      ['', 'active', 'recurrence', 'relapse'].includes(codeOf(one.clinicalStatus)) &&
      one.abatementDateTime === undefined &&
      ((one.code?.coding ?? []).some(({ code }) => pregnantCodes.has(code ?? '')) ||
        /^(?:normal )?pregnan(?:t|cy)/i.test(titleOf(one))),
  );

const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

/** 40 weeks from the first day of the last period (Naegele). Source: NHS, due date. */
const term = 280;
/** A pregnancy that ended long ago and was never closed is none now. */
const longest = 308;

/** The pregnancy that goes on now; undefined when there is none. */
export function pregnancyOf(
  episodes: readonly EpisodeOfCare[],
  conditions: readonly Condition[],
  observations: readonly Observation[],
  now: number,
): Pregnancy | undefined {
  const today = localMoment(now).key;
  const open = openEpisodes(episodes);
  const said = openConditions(conditions);
  if (open.length === 0 && said.length === 0) return undefined;
  const began = [
    ...open.map(({ period }) => parseDate(period?.start)?.key),
    ...said.map((one) => parseDate(dateOf(one))?.key),
  ]
    .filter((day) => day !== undefined)
    .sort()
    .at(-1);
  const right = observations.filter((one) => !isWrong(one));
  const recent = (codes: ReadonlySet<string>): string =>
    right
      .filter((one) => codesOf(one).some((code) => codes.has(code)))
      .map((one) => ({ day: dayIn(one), at: parseDate(dateOf(one))?.key ?? '' }))
      .filter(({ day }) => day !== '')
      .sort((a, b) => b.at.localeCompare(a.at))[0]?.day ?? '';
  const last = recent(lastPeriodCodes);
  const named = recent(dueCodes);
  const due = named || (last && addDays(last, term));
  const days = due ? term - daysBetween(today, due) : undefined;
  if (
    days !== undefined
      ? days > longest || days < 0
      : began === undefined || daysBetween(began, today) > longest
  )
    return undefined;
  const weeks = days === undefined ? 0 : Math.floor(days / 7);
  const rest = days === undefined ? 0 : days % 7;
  const some = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`;
  return {
    due: due ? formatDate(due) : '',
    week: days === undefined ? '' : `${some(weeks, 'week')}${rest > 0 ? ` and ${some(rest, 'day')}` : ''}`,
    weeks,
    since: began ? formatDate(began) : '',
  };
}

/** LOINC codes of what is measured at visits in pregnancy. */
const measured = new Set([
  '85354-9',
  '55284-4',
  '11881-0',
  '55283-6',
  '5804-0',
  '20454-5',
  '2888-6',
  '29463-7',
  '718-7',
  '11948-7',
  '57088-7',
]);

/** Measurements since the pregnancy began, newest first. */
export const pregnancyMeasurements = (
  observations: readonly Observation[],
  weeks: number,
  now: number,
): readonly Observation[] => {
  const from = addDays(localMoment(now).key, -Math.max(weeks, 4) * 7 - 7);
  return observations.filter(
    (one) =>
      !isWrong(one) &&
      (parseDate(dateOf(one))?.key ?? '') >= from &&
      (codesOf(one).some((code) => measured.has(code)) ||
        isAbout(`${conceptText(one.code)} ${tokenOf(one.code)}`)),
  );
};
