/** Times that can be booked: free slots of a practice's diaries, with the ways that the slot and the line of the place both allow. */
import type { Slot } from '@medplum/fhirtypes';
import type { Clock } from '../../platform/clock.ts';
import type { Actor } from '../../record/actor.ts';
import type { CareRecord } from '../../record/care-record.ts';
import { localMoment } from '../../web/dates.ts';
import type { LineCarriesAt } from '../../web/site-line.ts';
import { weekdayOf } from './bank-holidays.ts';
import { bookableFromOf, bookableModesOf, feeOf, kindsOf, templateOf } from './diary-resources.ts';
import type { BookableMode, Kind } from './kinds.ts';
import { mostAtOnce, type VideoCall, type VideoRoom, videoCalls, videoRoomOf } from './lines.ts';
import { scheduleId } from './session-template.ts';
import type { Settings, StoredTemplate } from './settings.ts';
import { searchVersioned } from './stored-search.ts';

export interface FreeTime {
  /** Ids, consecutive: as many as the length asks for. */
  readonly slots: readonly string[];
  /** ms since 1970 UTC. */
  readonly start: number;
  readonly end: number;
  readonly modes: readonly BookableMode[];
  readonly kinds: readonly Kind[];
  readonly practitioner: string;
  readonly practitionerName: string;
  readonly site: string;
  readonly siteName: string;
  readonly session: string;
  /** Places of a group that are left; 1 where it is no group. */
  readonly places: number;
  readonly fee: number | undefined;
  /** Patients may book it from then on. */
  readonly bookableFrom: number;
}

export interface TimesAsked {
  readonly organisation: string;
  /** ms since 1970 UTC. */
  readonly from: number;
  readonly until: number;
  readonly by: 'patient' | 'practice';
  readonly kinds?: readonly Kind[];
  readonly practitioner?: string;
  readonly schedules?: readonly string[];
  /** Default: that of the slot. */
  readonly minutes?: number;
  /** Only sessions that patients may book by themselves. */
  readonly selfBook?: boolean;
}

export interface FreeTimes {
  readonly times: readonly FreeTime[];
  /** What is to be known of video at the places, by site; nothing where their line carries it well. */
  readonly video: ReadonlyMap<string, string>;
}

export interface FreeTimesNeeds {
  readonly record: Pick<CareRecord, 'search'>;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'templates'>;
  readonly lineCarries: LineCarriesAt;
}

const most = 3000;

export async function freeTimes(needs: FreeTimesNeeds, actor: Actor, asked: TimesAsked): Promise<FreeTimes> {
  const { record, clock, settings } = needs;
  const now = clock.now();
  const templates = (await settings.templates(asked.organisation)).filter((one) => {
    const diary = scheduleId(one.practitioner, one.site);
    return (
      (asked.practitioner === undefined || one.practitioner === asked.practitioner) &&
      (asked.schedules === undefined || asked.schedules.length === 0 || asked.schedules.includes(diary)) &&
      (asked.kinds === undefined || one.kinds.some((kind) => asked.kinds?.includes(kind))) &&
      (!asked.selfBook || one.selfBook)
    );
  });
  const from = Math.max(asked.from, now + 60_000);
  if (templates.length === 0 || from >= asked.until) return { times: [], video: new Map() };
  const diaries = [...new Set(templates.map(({ practitioner, site }) => scheduleId(practitioner, site)))];
  const range = `start=ge${new Date(from).toISOString()}&start=lt${new Date(asked.until).toISOString()}`;
  const slots = (
    await searchVersioned<Slot>(
      record,
      actor,
      'Slot',
      `schedule=${diaries.map((id) => `Schedule/${id}`).join(',')}&status=free&${range}&_sort=start`,
      most,
    )
  ).map(({ resource }) => resource);
  const byTemplate = new Map(templates.map((one) => [one.id, one]));
  const open = slots.filter(
    (slot) =>
      byTemplate.has(templateOf(slot) ?? '') &&
      (asked.kinds === undefined || kindsOf(slot).some((kind) => asked.kinds?.includes(kind))) &&
      (asked.by === 'practice' || bookableFromOf(slot) <= now),
  );
  const lines = await linesOf(needs, actor, templates, open);
  const times: FreeTime[] = [];
  const groups = new Map<string, number>();
  for (const slot of open) {
    const template = byTemplate.get(templateOf(slot) ?? '')!; // the filter says so
    const start = Date.parse(slot.start ?? '');
    const group = `${template.id} ${start}`;
    const seen = groups.get(group);
    if (seen !== undefined) {
      const earlier = times[seen];
      if (earlier) times[seen] = { ...earlier, places: earlier.places + 1 };
      continue;
    }
    const run = enough(slot, open, asked.minutes);
    if (run.length === 0) continue;
    const end = Date.parse(run.at(-1)?.end ?? '');
    const modes = bookableModesOf(slot).filter(
      (mode) => mode !== 'video' || lines.carries(template.site, { start, end }),
    );
    if (modes.length === 0) continue;
    groups.set(group, times.length);
    times.push({
      ...{ slots: run.map(({ id = '' }) => id), start, end, modes, kinds: kindsOf(slot), places: 1 },
      ...{ practitioner: template.practitioner, practitionerName: template.practitionerName },
      ...{ site: template.site, siteName: template.siteName, session: template.name },
      ...{ fee: feeOf(slot), bookableFrom: bookableFromOf(slot) },
    });
  }
  return { times, video: lines.words };
}

/** The slot and those after it in its diary, of its template, until they are long enough. */
function enough(first: Slot, all: readonly Slot[], minutes: number | undefined): readonly Slot[] {
  const run = [first];
  const start = Date.parse(first.start ?? '');
  const template = templateOf(first);
  const endOf = () => Date.parse(run.at(-1)?.end ?? '');
  while (minutes !== undefined && endOf() - start < minutes * 60_000) {
    const next = all.find(
      (slot) =>
        slot.schedule.reference === first.schedule.reference &&
        templateOf(slot) === template &&
        Date.parse(slot.start ?? '') === endOf(),
    );
    if (!next) return [];
    run.push(next);
  }
  return run;
}

/** Judged for a few minutes: a page of times asks of many hours. */
const lineMinutes = 5;
const judged = new WeakMap<
  LineCarriesAt,
  Map<string, { readonly until: number; readonly room: Promise<VideoRoom> }>
>();

/** What a line carries at an hour of the week, which is what lines are measured by. */
function roomAt(
  { clock, lineCarries }: Pick<FreeTimesNeeds, 'clock' | 'lineCarries'>,
  site: string,
  at: number,
) {
  const known = judged.get(lineCarries) ?? new Map();
  judged.set(lineCarries, known);
  const key = hourKey(site, at);
  const found = known.get(key);
  if (found && found.until > clock.now()) return found.room;
  const room = lineCarries(site, at).then(videoRoomOf);
  room.catch(() => known.delete(key)); // asked again, and told to whoever waits for it
  known.set(key, { until: clock.now() + lineMinutes * 60_000, room });
  return room;
}
const hourKey = (site: string, at: number): string => {
  const { key, hour } = localMoment(at);
  return `${site} ${weekdayOf(key)} ${hour}`;
};

/** How much video each place carries beside what is booked, hour by hour. */
async function linesOf(
  needs: FreeTimesNeeds,
  actor: Actor,
  templates: readonly StoredTemplate[],
  slots: readonly Slot[],
) {
  const siteOf = new Map(templates.map(({ id, site }) => [id, site]));
  const words = new Map<string, string>();
  const rooms = new Map<string, VideoRoom>();
  const calls = new Map<string, readonly VideoCall[]>();
  const byVideo = slots.filter((slot) => bookableModesOf(slot).includes('video'));
  for (const slot of byVideo) {
    const site = siteOf.get(templateOf(slot) ?? '') ?? '';
    const start = Date.parse(slot.start ?? '');
    const key = hourKey(site, start);
    if (rooms.has(key)) continue;
    const room = await roomAt(needs, site, start);
    rooms.set(key, room);
    if (room.words && !words.has(site)) words.set(site, room.words);
  }
  const starts = byVideo.map(({ start = '' }) => Date.parse(start));
  const span = { start: Math.min(...starts), end: Math.max(...starts) + 8 * 3_600_000 };
  for (const site of byVideo.length === 0 ? [] : new Set(siteOf.values()))
    calls.set(site, await videoCalls(needs.record, actor, site, span));
  return {
    words,
    carries: (site: string, at: { readonly start: number; readonly end: number }): boolean =>
      mostAtOnce(calls.get(site) ?? [], at) < (rooms.get(hourKey(site, at.start))?.most ?? 0),
  };
}
