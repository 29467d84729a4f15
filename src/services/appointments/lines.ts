/** Which ways a time can be met by: what the slot allows, what the line of the place carries, and what the person says of themself. */
import type { Appointment, QuestionnaireResponse } from '@medplum/fhirtypes';
import { ownEntrySystem, ownSheetKey } from '../../fhir/patient-reported.ts';
import type { Actor } from '../../record/actor.ts';
import type { CareRecord } from '../../record/care-record.ts';
import type { LineCarries } from '../../web/site-line.ts';
import { bookableModesOf } from './diary-resources.ts';
import type { Span } from './holds.ts';
import type { BookableMode } from './kinds.ts';
import { searchVersioned } from './stored-search.ts';

export interface VideoRoom {
  /** Video calls at once; 0: none. */
  readonly most: number;
  /** Why it is so few, or what is not known; empty where the line carries it well. */
  readonly words: string;
}

/** A line that nobody measured is taken to carry one call and no more: none would shut out places, many would let them fail together. */
export function videoRoomOf({ video, videoAtOnce, because }: LineCarries): VideoRoom {
  const why = because ? ` (${because})` : '';
  switch (video) {
    case 'yes':
      return { most: videoAtOnce ?? 1, words: '' };
    case 'limited':
      return {
        most: videoAtOnce ?? 1,
        words: `The line of the surgery carries little video${why}. It may break up, and go on by phone.`,
      };
    case 'no':
      return { most: 0, words: `The line of the surgery does not carry video now${why}.` };
    case 'unknown':
      return {
        most: Math.min(1, videoAtOnce ?? 1),
        words: 'How well the line of the surgery carries video is not known. It may go on by phone.',
      };
  }
}

const overlaps = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;

/** Most calls that are on at one moment of a span. */
export function mostAtOnce(calls: readonly Span[], span: Span): number {
  const during = calls.filter((call) => overlaps(call, span));
  const moments = [span.start, ...during.map(({ start }) => Math.max(start, span.start))];
  return Math.max(...moments.map((at) => during.filter(({ start, end }) => start <= at && at < end).length));
}

export interface VideoCall extends Span {
  readonly appointment: string;
}

/** What is booked by video at a place within a time. */
export async function videoCalls(
  record: Pick<CareRecord, 'search'>,
  actor: Actor,
  site: string,
  { start, end }: Span,
): Promise<readonly VideoCall[]> {
  // One that began before may still be on: none of ours lasts longer than 8 hours.
  const from = new Date(start - 8 * 3_600_000).toISOString();
  const found = await searchVersioned<Appointment>(
    record,
    actor,
    'Appointment',
    `location=Location/${site}&status=booked,pending,arrived,checked-in&date=ge${from}&date=lt${new Date(end).toISOString()}`,
  );
  return found
    .filter(({ resource }) => resource.status !== 'pending' && bookableModesOf(resource)[0] === 'video')
    .map(({ resource }) => ({
      appointment: resource.id ?? '',
      ...{ start: Date.parse(resource.start ?? ''), end: Date.parse(resource.end ?? '') },
    }))
    .filter((call) => call.end > start);
}

/** What a person's own sheet says of how to reach them. */
export interface Reach {
  /** As they chose: “Phone call”, “Video call”. Empty: they said nothing. */
  readonly ways: readonly string[];
  readonly helps: readonly string[];
}

export async function reachOf(
  record: Pick<CareRecord, 'search'>,
  actor: Actor,
  person: string,
): Promise<Reach> {
  const key = ownSheetKey(person, 'communication');
  const [sheet] = await searchVersioned<QuestionnaireResponse>(
    record,
    actor,
    'QuestionnaireResponse',
    `patient=Patient/${person}&identifier=${encodeURIComponent(`${ownEntrySystem}|${key}`)}`,
    1,
  ).catch(() => []); // those whose role does not show it are told nothing of it
  const answers = (linkId: string): readonly string[] =>
    (sheet?.resource.item ?? [])
      .filter((item) => item.linkId === linkId)
      .flatMap(({ answer = [] }) => answer.map(({ valueString = '' }) => valueString))
      .filter(Boolean);
  return { ways: answers('reach'), helps: answers('support') };
}

/** Advice on a way, never a reason to withhold it. `own`: it is read by the person themself. */
export function adviceOf(
  mode: BookableMode,
  { reach, slowLine, own }: { readonly reach: Reach; readonly slowLine: boolean; readonly own: boolean },
): readonly string[] {
  const { ways, helps } = reach;
  const said = (way: string): boolean => ways.length === 0 || ways.includes(way);
  const who = own ? 'You did' : 'They did';
  const advice: string[] = [];
  if (mode === 'telephone' && !said('Phone call'))
    advice.push(`${who} not choose phone calls as a way to be reached.`);
  if (mode === 'video' && !said('Video call'))
    advice.push(`${who} not choose video calls as a way to be reached.`);
  if (mode === 'telephone' && helps.some((help) => /sign language|lipreading|hearing loop/i.test(help)))
    advice.push(`${own ? 'You' : 'They'} asked for help that a phone call cannot give: ${helps.join(', ')}.`);
  if (mode === 'video' && slowLine && own)
    advice.push('Your connection seems slow now. Video may break up; you can still choose it.');
  return advice;
}
