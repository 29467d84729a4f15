/**
 * A person's whole history, newest first, a page at a time. Every kind of entry is read in its own date order and the
 * streams are merged, so that a page costs the same in the first year and in the fortieth.
 *
 * A page ends with a whole day, and the next begins before it: its address names the day, and no entry is lost or shown
 * twice while others write.
 */
import type { Observation, Resource } from '@medplum/fhirtypes';
import { isPatientReported } from '../../fhir/patient-reported.ts';
import { showsType } from '../../record/sight.ts';
import { tokenOf } from '../../web/coded.ts';
import { addDays, formatDate, formatTime, parseDate, startOfDay } from '../../web/dates.ts';
import { dateOf, type Entry, entryOf, titleOf } from '../../web/entry.ts';
import { type Reading, searchPage, searchUpTo } from '../../web/record-reading.ts';
import { kinds, type Stream } from './kinds.ts';
import { trendHref } from './summary.ts';

export interface TimelineQuery {
  readonly person: string;
  /** Ids of kinds; see kinds.ts. */
  readonly kinds: readonly string[];
  /** First and last day wanted, `2024-01-05`. */
  readonly from?: string;
  readonly to?: string;
  /** Only days before this one: the next page of an earlier answer. */
  readonly before?: string;
}

export interface TimelineEntry extends Entry {
  readonly href: string;
  readonly time: string;
}

export interface TimelineDay {
  readonly label: string;
  readonly entries: readonly TimelineEntry[];
}

export interface TimelineYear {
  readonly label: string;
  readonly days: readonly TimelineDay[];
}

export interface Timeline {
  readonly years: readonly TimelineYear[];
  /** Entries that carry no date; on the last page only. */
  readonly undated: readonly TimelineEntry[];
  /** There are more undated entries than are shown. */
  readonly moreUndated: boolean;
  /** The day to go on before; absent on the last page. */
  readonly older?: string;
}

/** Entries that a page aims for, and what each stream is read by. */
const pageSize = 50;
const readSize = 60;
const mostUndated = 200;
const never = '9999-12-31';

interface Dated {
  readonly resource: Resource;
  readonly day: string;
}

interface Reader {
  readonly stream: Stream;
  readonly found: Dated[];
  /** Entries whose period has an end and no beginning: nothing says where they stand. */
  readonly unplaced: Resource[];
  next: string | undefined;
  done: boolean;
  /** All entries after this day have been read. */
  readTo: string;
}

const iso = (ms: number): string => new Date(ms).toISOString().replace('.000', '');

const streamQuery = (stream: Stream, query: TimelineQuery, end: string | undefined): string => {
  const parts = [`${stream.by}=Patient/${query.person}`];
  if (end) parts.push(`${stream.date}=lt${iso(startOfDay(end))}`);
  if (query.from) parts.push(`${stream.date}=ge${iso(startOfDay(query.from))}`);
  for (const other of stream.without) parts.push(`${other}:missing=true`);
  return `${parts.join('&')}&_sort=-${stream.date}&_count=${readSize}`;
};

const readMore = async (
  reading: Reading,
  reader: Reader,
  query: TimelineQuery,
  end: string | undefined,
): Promise<void> => {
  const cursor = reader.next === undefined ? '' : `&_page=${encodeURIComponent(reader.next)}`;
  const type = reader.stream.type as Resource['resourceType']; // kinds.ts names R4 types
  const page = await searchPage<Resource>(reading, type, streamQuery(reader.stream, query, end) + cursor);
  for (const resource of page.resources) {
    const day = parseDate(dateOf(resource))?.key;
    if (!day) reader.unplaced.push(resource);
    else if (!(end && day >= end) && !(query.from && day < query.from)) reader.found.push({ resource, day });
  }
  reader.next = page.next;
  reader.done = page.next === undefined;
  const last = page.resources.at(-1);
  // A day's grace: the record orders dates without a time by UTC, and a day here is a day in the United Kingdom.
  const lastDay = last && parseDate(dateOf(last))?.key;
  reader.readTo = reader.done ? '' : lastDay ? addDays(lastDay, 1) : reader.readTo;
};

const timeKey = (resource: Resource): string => {
  const date = parseDate(dateOf(resource));
  return date?.precision === 'time'
    ? `${String(date.hour).padStart(2, '0')}:${String(date.minute).padStart(2, '0')}`
    : '';
};

const shown = (person: string, resource: Resource): TimelineEntry => ({
  ...entryOf(resource),
  ...(isPatientReported(resource)
    ? { status: [entryOf(resource).status, 'Reported by the patient'].filter(Boolean).join('. ') }
    : {}),
  href: `/people/${person}/items/${resource.resourceType}/${resource.id ?? ''}`,
  time: formatTime(dateOf(resource)),
});

/** More readings of one measurement in a day than this become one line. */
const mostReadings = 4;

/** What is measured, and by whom: what someone measures at home is not one with what clinicians measure. */
const readingOf = (resource: Resource): string => {
  const token = resource.resourceType === 'Observation' ? tokenOf((resource as Observation).code) : '';
  return token && isPatientReported(resource) ? `${token} own` : token;
};

const dayEntries = (person: string, resources: readonly Resource[]): TimelineEntry[] => {
  const readings = Map.groupBy(resources, readingOf);
  const said = new Set<string>();
  return resources.flatMap((resource) => {
    const reading = readingOf(resource);
    const same = reading ? (readings.get(reading)?.length ?? 0) : 0;
    if (same <= mostReadings) return [shown(person, resource)];
    if (said.has(reading)) return [];
    said.add(reading);
    const entry = shown(person, resource);
    return [
      {
        ...entry,
        href: trendHref(person, tokenOf((resource as Observation).code)),
        time: '',
        detail: `${same} readings, latest ${entry.detail}`,
      },
    ];
  });
};

const dayLabel = (date: string): string => {
  const precision = parseDate(date)?.precision;
  const label = formatDate(date);
  return precision === 'year' || precision === 'month' ? `${label} (day not recorded)` : label;
};

const byYear = (person: string, entries: readonly Dated[]): TimelineYear[] => {
  const years = Map.groupBy(entries, ({ day }) => day.slice(0, 4));
  return [...years].map(([label, inYear]) => {
    const days = Map.groupBy(inYear, ({ resource }) => dayLabel(dateOf(resource)));
    return {
      label,
      days: [...days].map(([day, onDay]) => ({
        label: day,
        entries: dayEntries(
          person,
          onDay.map((one) => one.resource),
        ),
      })),
    };
  });
};

const typeOrder = kinds.flatMap((kind) => kind.streams.map((stream) => stream.type));

/** Of one moment: the visit first, then what came of it, in the order of the kinds. */
const place = (resource: Resource): number => typeOrder.indexOf(resource.resourceType);

const newestFirst = (a: Dated, b: Dated): number =>
  b.day.localeCompare(a.day) ||
  timeKey(b.resource).localeCompare(timeKey(a.resource)) ||
  place(a.resource) - place(b.resource) ||
  titleOf(a.resource).localeCompare(titleOf(b.resource)) ||
  (a.resource.id ?? '').localeCompare(b.resource.id ?? '');

/** Entries without any date. */
const undatedEntries = async (
  reading: Reading,
  streams: readonly Stream[],
  query: TimelineQuery,
): Promise<[TimelineEntry[], boolean]> => {
  const types = [...Map.groupBy(streams, (stream) => stream.type)];
  const pages = await Promise.all(
    types.map(([type, own]) => {
      const missing = own.map((stream) => `${stream.date}:missing=true`).join('&');
      const asked = `${own[0]!.by}=Patient/${query.person}&${missing}`;
      return searchUpTo<Resource>(reading, type as Resource['resourceType'], asked, mostUndated); // kinds.ts names R4 types
    }),
  );
  const entries = pages.flatMap((page) => page.resources.map((resource) => shown(query.person, resource)));
  return [
    entries.slice(0, mostUndated),
    entries.length > mostUndated || pages.some((page) => page.next !== undefined),
  ];
};

/** Reads one page of the history. */
export async function timelinePage(reading: Reading, query: TimelineQuery): Promise<Timeline> {
  const streams = kinds
    .filter((kind) => query.kinds.includes(kind.id))
    .flatMap((kind) => kind.streams)
    .filter(({ type }) => showsType(reading.actor.sight, type));
  const end = [query.before, query.to && addDays(query.to, 1)]
    .filter((day) => day !== undefined && day !== '')
    .sort()[0];
  const readers = streams.map(
    (stream): Reader => ({ stream, found: [], unplaced: [], next: undefined, done: false, readTo: never }),
  );
  await Promise.all(readers.map((reader) => readMore(reading, reader, query, end)));
  const complete = (): Dated[] => {
    const limit = readers.reduce(
      (latest, reader) => (!reader.done && reader.readTo > latest ? reader.readTo : latest),
      '',
    );
    return readers.flatMap((reader) => reader.found).filter((one) => one.day > limit);
  };
  let ready = complete();
  while (ready.length < pageSize && readers.some((reader) => !reader.done)) {
    const limit = readers.reduce(
      (latest, reader) => (!reader.done && reader.readTo > latest ? reader.readTo : latest),
      '',
    );
    const behind = readers.filter((reader) => !reader.done && reader.readTo === limit);
    await Promise.all(behind.map((reader) => readMore(reading, reader, query, end)));
    ready = complete();
  }
  ready.sort(newestFirst);
  const lastShown = ready[Math.min(pageSize, ready.length) - 1]?.day;
  const page = lastShown === undefined ? [] : ready.filter((one) => one.day >= lastShown);
  const isLast = page.length === ready.length && readers.every((reader) => reader.done);
  const dated = query.from !== undefined || query.to !== undefined;
  const unplaced = readers
    .flatMap((reader) => reader.unplaced)
    .map((resource) => shown(query.person, resource));
  const [undated, moreUndated] =
    isLast && !dated ? await undatedEntries(reading, streams, query) : [[], false];
  return {
    years: byYear(query.person, page),
    undated: isLast && !dated ? [...unplaced, ...undated] : [],
    moreUndated,
    ...(isLast || lastShown === undefined ? {} : { older: lastShown }),
  };
}
