/** The figures of one practice, or of several together, from what was taken in. Counts and times alone. */
import type { Sql } from '../../platform/database.ts';
import { localMoment } from '../../web/dates.ts';

export interface Span {
  /** ms since 1970 UTC; until is not in it. */
  readonly from: number;
  readonly until: number;
}

/** Of times: how many, half within, nine in ten within; ms. */
export interface Spread {
  readonly count: number;
  readonly half: number | undefined;
  readonly most: number | undefined;
}

export interface Figures {
  readonly requests: number;
  readonly open: number;
  /** Requests that came at this hour of the day, 0 to 23, UK time. */
  readonly byHour: readonly number[];
  /** Monday first. */
  readonly byDay: readonly number[];
  /** How often each weekday lies in the span, Monday first. */
  readonly days: readonly number[];
  readonly slots: {
    readonly all: number;
    readonly taken: number;
    readonly byHour: readonly number[];
    readonly byDay: readonly number[];
    /** How often each weekday lies between the first and the last of them. */
    readonly days: readonly number[];
    readonly first: number | undefined;
    readonly last: number | undefined;
  };
  readonly answered: Spread;
  readonly ended: Spread;
  /** By urgency, the most urgent first. */
  readonly answeredByUrgency: readonly Spread[];
  readonly endedByUrgency: readonly Spread[];
  /** By week: its Monday, requests, half answered within (ms). */
  readonly weeks: readonly {
    readonly at: number;
    readonly requests: number;
    readonly half: number | undefined;
  }[];
  readonly wished: ReadonlyMap<string, number>;
  readonly anyWay: number;
  readonly contacts: ReadonlyMap<string, number>;
  readonly contactsUnsaid: number;
  readonly byMessage: number;
  readonly continuity: {
    /** Contacts with a clinician of people who were seen three times or more, and those with whom they saw most. */
    readonly contacts: number;
    readonly usual: number;
    readonly people: number;
    /** Contacts of people for whom a usual doctor is named, and those with that doctor. */
    readonly named: number;
    readonly namedSeen: number;
    /** Requests closed in the span that asked for someone, and those whose person saw them within 28 days. */
    readonly asked: number;
    readonly askedSeen: number;
  };
  readonly notOnline: {
    readonly byPhone: number;
    readonly byOther: number;
    readonly byPage: number;
    readonly interpreter: number;
    readonly unmatched: number;
    readonly unreached: number;
    readonly noContact: number;
    readonly needInterpreter: number;
  };
  readonly people: number;
  readonly online: number;
}

const day = 86_400_000;
const numbers = (
  rows: readonly Readonly<Record<string, unknown>>[],
  size: number,
  from: number,
): number[] => {
  const found = new Array<number>(size).fill(0);
  for (const row of rows) {
    const at = Number(row['k']) - from;
    if (at >= 0 && at < size) found[at] = Number(row['n']);
  }
  return found;
};
const known = (value: unknown): number | undefined =>
  value === null || value === undefined ? undefined : Number(value);
const spreadOf = (row: Readonly<Record<string, unknown>> | undefined): Spread => ({
  ...{ count: Number(row?.['n'] ?? 0), half: known(row?.['half']), most: known(row?.['most']) },
});

/** How often each weekday (Monday first) lies between two moments, by the days of the United Kingdom. */
export function weekdaysIn({ from, until }: Span): number[] {
  const found = new Array<number>(7).fill(0);
  const last = localMoment(until - 1).key;
  for (let at = Date.parse(`${localMoment(from).key}T12:00:00Z`); ; at += day) {
    const key = new Date(at).toISOString().slice(0, 10);
    if (key > last) return found;
    const weekday = (new Date(at).getUTCDay() + 6) % 7;
    found[weekday] = (found[weekday] ?? 0) + 1;
  }
}

/** `practices`: `Organization/…`. `slots`: the span whose times to see people are counted. */
export async function figuresOf(
  pool: Sql,
  practices: readonly string[],
  span: Span,
  slots: Span = span,
): Promise<Figures> {
  const own = [...practices];
  const local = (column: string) => pool`to_timestamp(${pool(column)} / 1000.0) at time zone 'Europe/London'`;
  const inSpan = pool`practice = any(${own}) and asked >= ${span.from} and asked < ${span.until}`;
  // Withdrawn requests were demand as well.
  const [
    totals,
    hours,
    weekdays,
    slotTotals,
    slotHours,
    slotDays,
    firsts,
    ends,
    weeks,
    wishes,
    contacts,
    most,
    named,
    asked,
    people,
    online,
  ] = await Promise.all([
    pool`
      select count(*)::int as n, (count(*) filter (where ended is null))::int as open,
        (count(*) filter (where cardinality(wished) = 0))::int as any_way,
        (count(*) filter (where came_by = 'telephone'))::int as phone,
        (count(*) filter (where came_by = 'page'))::int as page,
        (count(*) filter (where came_by not in ('page', 'telephone')))::int as other,
        (count(*) filter (where interpreter))::int as interpreter,
        (count(*) filter (where person is null and kind <> 'registration'))::int as unmatched,
        (count(*) filter (where unreached))::int as unreached,
        (count(*) filter (where by_message))::int as by_message
      from insight_request where ${inSpan}`,
    pool`select extract(hour from ${local('asked')})::int as k, count(*)::int as n from insight_request where ${inSpan} group by 1`,
    pool`select extract(isodow from ${local('asked')})::int as k, count(*)::int as n from insight_request where ${inSpan} group by 1`,
    pool`
      select count(*)::int as n, (count(*) filter (where taken))::int as taken, min(at) as first, max(at) as last
      from insight_slot where practice = any(${own}) and at >= ${slots.from} and at < ${slots.until}`,
    pool`
      select extract(hour from ${local('at')})::int as k, count(*)::int as n from insight_slot
      where practice = any(${own}) and at >= ${slots.from} and at < ${slots.until} group by 1`,
    pool`
      select extract(isodow from ${local('at')})::int as k, count(*)::int as n from insight_slot
      where practice = any(${own}) and at >= ${slots.from} and at < ${slots.until} group by 1`,
    pool`
      select urgency, count(*)::int as n, percentile_cont(0.5) within group (order by answered - asked) as half,
        percentile_cont(0.9) within group (order by answered - asked) as most
      from insight_request where ${inSpan} and answered is not null group by grouping sets ((), (urgency))`,
    pool`
      select urgency, count(*)::int as n, percentile_cont(0.5) within group (order by ended - asked) as half,
        percentile_cont(0.9) within group (order by ended - asked) as most
      from insight_request where ${inSpan} and ended is not null and stage <> 'withdrawn' group by grouping sets ((), (urgency))`,
    pool`
      select (extract(epoch from date_trunc('week', ${local('asked')}) at time zone 'Europe/London') * 1000)::int8 as at,
        count(*)::int as n, percentile_cont(0.5) within group (order by answered - asked) as half
      from insight_request where ${inSpan} group by 1 order by 1`,
    pool`select w as k, count(*)::int as n from insight_request, unnest(wished) w where ${inSpan} group by 1`,
    pool`
      select mode as k, count(*)::int as n from insight_contact
      where practice = any(${own}) and at >= ${span.from} and at < ${span.until} group by 1`,
    // A year back: few people come three times in a month. Source: usual provider of care index (Breslau and Reeb 1975).
    pool`
      with each as (
        select person, clinician, count(*) as n from insight_contact
        where practice = any(${own}) and at >= ${span.until - 365 * day} and at < ${span.until} and clinician is not null
        group by person, clinician),
      whole as (select person, sum(n) as n, max(n) as most from each group by person having sum(n) >= 3)
      select count(*)::int as people, coalesce(sum(n), 0)::int as n, coalesce(sum(most), 0)::int as most from whole`,
    pool`
      select count(*)::int as n, (count(*) filter (where c.clinician = p.usual))::int as seen
      from insight_contact c join insight_person p on p.person = c.person
      where c.practice = any(${own}) and c.at >= ${span.from} and c.at < ${span.until}
        and p.usual is not null and c.clinician is not null`,
    pool`
      select count(*)::int as n, (count(*) filter (where exists (
        select 1 from insight_contact c where c.person = r.person and c.clinician = r.clinician
          and c.at >= r.asked and c.at < r.asked + ${28 * day}::int8)))::int as seen
      from insight_request r where ${inSpan} and r.clinician is not null and r.person is not null and r.ended is not null`,
    pool`
      select count(*)::int as n, (count(*) filter (where not reachable))::int as no_contact,
        (count(*) filter (where foreign_language))::int as interpreter
      from insight_person where practice = any(${own})`,
    pool`
      select count(distinct u.person)::int as n from insight_use u join insight_person p on p.person = u.person
      where p.practice = any(${own}) and u.day >= ${localMoment(span.from).key} and u.day <= ${localMoment(span.until - 1).key}`,
  ]);
  const number = (rows: readonly Readonly<Record<string, unknown>>[], name: string): number =>
    Number(rows[0]?.[name] ?? 0);
  const spreads = (rows: readonly Readonly<Record<string, unknown>>[]) =>
    [0, 1, 2, 3].map((urgency) =>
      spreadOf(rows.find((row) => row['urgency'] !== null && Number(row['urgency']) === urgency)),
    );
  const whole = (rows: readonly Readonly<Record<string, unknown>>[]) =>
    spreadOf(rows.find((row) => row['urgency'] === null));
  const [first, last] = [known(slotTotals[0]?.['first']), known(slotTotals[0]?.['last'])];
  const byKey = (rows: readonly Readonly<Record<string, unknown>>[]) =>
    new Map(rows.filter((row) => row['k'] !== null).map((row) => [String(row['k']), Number(row['n'])]));
  return {
    ...{ requests: number(totals, 'n'), open: number(totals, 'open'), anyWay: number(totals, 'any_way') },
    byHour: numbers(hours, 24, 0),
    byDay: numbers(weekdays, 7, 1),
    days: weekdaysIn(span),
    slots: {
      ...{ all: number(slotTotals, 'n'), taken: number(slotTotals, 'taken'), first, last },
      ...{ byHour: numbers(slotHours, 24, 0), byDay: numbers(slotDays, 7, 1) },
      days:
        first === undefined || last === undefined
          ? new Array<number>(7).fill(0)
          : weekdaysIn({ from: first, until: last + 1 }),
    },
    ...{ answered: whole(firsts), ended: whole(ends) },
    ...{ answeredByUrgency: spreads(firsts), endedByUrgency: spreads(ends) },
    weeks: weeks.map((row) => ({
      ...{ at: Number(row['at']), requests: Number(row['n']), half: known(row['half']) },
    })),
    wished: byKey(wishes),
    contacts: byKey(contacts),
    contactsUnsaid: Number(contacts.find((row) => row['k'] === null)?.['n'] ?? 0),
    byMessage: number(totals, 'by_message'),
    continuity: {
      ...{ contacts: number(most, 'n'), usual: number(most, 'most'), people: number(most, 'people') },
      ...{ named: number(named, 'n'), namedSeen: number(named, 'seen') },
      ...{ asked: number(asked, 'n'), askedSeen: number(asked, 'seen') },
    },
    notOnline: {
      ...{
        byPhone: number(totals, 'phone'),
        byOther: number(totals, 'other'),
        byPage: number(totals, 'page'),
      },
      ...{ interpreter: number(totals, 'interpreter'), unmatched: number(totals, 'unmatched') },
      ...{ unreached: number(totals, 'unreached'), noContact: number(people, 'no_contact') },
      needInterpreter: number(people, 'interpreter'),
    },
    ...{ people: number(people, 'n'), online: number(online, 'n') },
  };
}
