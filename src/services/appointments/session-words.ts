/** A session in words, as its form types it, and back. */
import { contactModeNames } from '../../fhir/primary-care.ts';
import { formatDate } from '../../web/dates.ts';
import { pounds } from './choose-time.ts';
import { type BookableMode, type Kind, kindOf } from './kinds.ts';
import type { SessionTemplate } from './session-template.ts';

export const weekdayNames = [
  ...(['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const),
] as const;

const releaseWords = ({ days, at }: SessionTemplate['release']): string => {
  if (days === 0) return `on the day from ${at}`;
  if (days % 7 === 0) return `${days / 7} week${days === 7 ? '' : 's'} ahead, from ${at}`;
  return `${days} day${days === 1 ? '' : 's'} ahead, from ${at}`;
};

export function wordsOf(one: SessionTemplate) {
  const days = one.weekdays.map((n) => weekdayNames[n - 1] ?? '').join(', ');
  return {
    ...{ id: one.id, name: one.name, who: one.practitionerName, where: one.siteName },
    when: `${days}${one.everyWeeks === 2 ? ', every other week' : ''}, ${one.from} to ${one.until}`,
    how: one.modes.map((mode) => contactModeNames[mode]).join(', '),
    what: one.kinds.map((kind) => kindOf(kind).name).join(', '),
    long: [
      `${one.minutes} minutes each`,
      one.gap ? `${one.gap} minutes between` : '',
      one.places > 1 ? `${one.places} people at once` : '',
      one.fee === undefined ? '' : pounds(one.fee),
    ]
      .filter(Boolean)
      .join(', '),
    release: `Opens ${releaseWords(one.release)}${one.selfBook ? '; patients book by themselves' : ''}`,
    ends: one.ends === undefined ? '' : formatDate(one.ends),
  };
}

/** `24 December 2026 at 13:00`; the day alone at its edges. */
export const momentWords = (text: string): string =>
  /T(00:00|23:59)$/.test(text)
    ? formatDate(text.slice(0, 10))
    : `${formatDate(text.slice(0, 10))} at ${text.slice(11)}`;

export interface SessionValues {
  readonly name: string;
  readonly practitioner: string;
  readonly site: string;
  readonly weekdays: readonly string[];
  readonly everyWeeks: string;
  readonly from: string;
  readonly until: string;
  readonly minutes: number;
  readonly gap: number;
  readonly places: number;
  readonly modes: readonly BookableMode[];
  readonly kinds: readonly Kind[];
  readonly releaseDays: number;
  readonly releaseAt: string;
  readonly selfBook: boolean;
  readonly atHolidays: boolean;
  readonly fee: number | undefined;
  readonly starts: string;
  readonly ends: string;
}

export const templateFrom = (
  values: SessionValues,
  known: Pick<SessionTemplate, 'id' | 'organisation' | 'practitionerName' | 'siteName'>,
): SessionTemplate => ({
  ...known,
  ...{ practitioner: values.practitioner, site: values.site, name: values.name },
  weekdays: values.weekdays.map(Number).sort((a, b) => a - b),
  everyWeeks: Number(values.everyWeeks),
  ...{
    from: values.from,
    until: values.until,
    minutes: values.minutes,
    gap: values.gap,
    places: values.places,
  },
  ...{ modes: values.modes, kinds: values.kinds, selfBook: values.selfBook, atHolidays: values.atHolidays },
  release: { days: values.releaseDays, at: values.releaseAt },
  starts: values.starts,
  ...(values.ends === '' ? {} : { ends: values.ends }),
  ...(values.fee === undefined ? {} : { fee: values.fee }),
});

export function typedOf(one: SessionTemplate) {
  const [year = '', month = '', day = ''] = one.starts.split('-');
  return {
    ...{ name: one.name, practitioner: one.practitioner, site: one.site, from: one.from, until: one.until },
    ...{ weekdays: one.weekdays.map(String), everyWeeks: String(one.everyWeeks), modes: [...one.modes] },
    ...{
      minutes: String(one.minutes),
      gap: String(one.gap),
      places: String(one.places),
      kinds: [...one.kinds],
    },
    ...{ releaseDays: String(one.release.days), releaseAt: one.release.at },
    ...{ selfBook: one.selfBook ? 'yes' : '', atHolidays: one.atHolidays ? 'yes' : '' },
    fee: one.fee === undefined ? '' : (one.fee / 100).toFixed(one.fee % 100 === 0 ? 0 : 2),
    starts: { day: String(Number(day)), month: String(Number(month)), year },
    ends: one.ends ?? '',
  };
}
