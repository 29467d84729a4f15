/** Appointments to come and visits that were, as the person who goes to them reads them. */
import type { Appointment, Encounter, Extension, Location, Organization } from '@medplum/fhirtypes';
import { codeOf, conceptsText, conceptText, humanise } from '../../web/coded.ts';
import { addressLines } from '../../web/contacts.ts';
import { formatDate, formatTime, parseDate } from '../../web/dates.ts';
import { titleOf } from '../../web/entry.ts';
import { meaningOfWords } from './glossary/lookup.ts';
import type { Names } from './names-of.ts';
import { clinicianLines, explainedBy, isWrong, linesOf, type Told } from './told.ts';

const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: 'UTC' });

/** `Monday 5 January 2026 at 2:30pm`. */
export function dayAndTime(moment: string | undefined): string {
  const date = parseDate(moment);
  if (!date) return '';
  const day =
    date.precision === 'day' || date.precision === 'time' ? `${weekday.format(Date.parse(date.key))} ` : '';
  const time = formatTime(moment);
  return `${day}${formatDate(moment)}${time ? ` at ${time}` : ''}`;
}

/** How they meet. Source: UK Core, Extension-UKCore-DeliveryChannel. */
const channels: Record<string, string> = {
  'in-person': 'Face to face',
  telephone: 'By phone',
  video: 'By video',
};

/** Nobody travels to these. */
const atADistance: ReadonlySet<string> = new Set(['By phone', 'By video']);

const channelOf = (one: Appointment): string => {
  const found = (one.extension ?? []).find(({ url }: Extension) => /DeliveryChannel/.test(url ?? ''));
  const code = found?.valueCode ?? codeOf(found?.valueCodeableConcept);
  if (code) return channels[code.toLowerCase()] ?? humanise(code);
  const words = `${conceptText(one.appointmentType)} ${conceptsText(one.serviceType)} ${one.description ?? ''}`;
  if (/\bvideo\b/i.test(words)) return 'By video';
  if (/\b(?:tele)?phone\b/i.test(words)) return 'By phone';
  if (/\bin person\b|\bface to face\b/i.test(words)) return 'Face to face';
  return /\bat home\b|\bhome visit\b/i.test(words) ? 'At your home' : '';
};

const placeOf = (reference: string | undefined, names: Names): string => {
  const found = reference === undefined ? undefined : names.resourceOf(reference);
  if (found?.resourceType !== 'Location' && found?.resourceType !== 'Organization') return '';
  const address = (found as Location).address as Location['address'] | Organization['address'];
  return addressLines(Array.isArray(address) ? address[0] : address).join(', ');
};

const ofType = (one: Appointment, type: RegExp) =>
  (one.participant ?? []).flatMap(({ actor }) => (actor && type.test(actor.reference ?? '') ? [actor] : []));

/** Where it is: name and address. */
export function whereOf(one: Appointment, names: Names): string {
  const place = ofType(one, /^Location\//)[0] ?? ofType(one, /^(?:Organization|HealthcareService)\//)[0];
  const name = names(place);
  const address = placeOf(place?.reference, names);
  return [name, address].filter(Boolean).join(', ');
}

export const withWhom = (one: Appointment, names: Names): string =>
  ofType(one, /^(?:Practitioner|PractitionerRole)\//)
    .map(names)
    .filter(Boolean)
    .join(', ');

const states: Record<string, readonly [string, string]> = {
  proposed: ['Not agreed yet', 'yellow'],
  pending: ['Waiting to be agreed', 'yellow'],
  waitlist: ['On the waiting list', 'yellow'],
  cancelled: ['Cancelled', 'red'],
  noshow: ['Missed', 'grey'],
};

export const appointmentTitle = (one: Appointment): string => {
  const title = titleOf(one);
  return title === 'Appointment'
    ? conceptsText(one.reasonCode) || conceptsText(one.specialty) || title
    : title;
};

const minutes = (one: Appointment): string => {
  const span = (Date.parse(one.end ?? '') - Date.parse(one.start ?? '')) / 60_000;
  const length = one.minutesDuration ?? (Number.isFinite(span) && span > 0 ? Math.round(span) : undefined);
  if (length === undefined) return '';
  return length >= 120 && length % 60 === 0 ? `${length / 60} hours` : `${length} minutes`;
};

export interface Booking extends Told {
  /** Of the calendar file; empty without a time. */
  readonly calendar: string;
}

/** One appointment in words. */
export function bookingOf(person: string, one: Appointment, names: Names): Booking {
  const [tag, tagColour] = states[one.status ?? ''] ?? ['', 'grey'];
  const over = one.status === 'cancelled' || one.status === 'noshow';
  return {
    ...{ id: one.id ?? '', title: appointmentTitle(one), written: '', tag, tagColour },
    calendar: one.start && !over ? `/my-record/${person}/appointments/${one.id ?? ''}.ics` : '',
    lines: linesOf(
      ['When', dayAndTime(one.start) || 'No date yet'],
      ['How long', minutes(one)],
      ['How', channelOf(one)],
      ['Where', atADistance.has(channelOf(one)) ? '' : whereOf(one, names)],
      ['With', withWhom(one, names)],
      ['What to know', one.patientInstruction],
      ['Why cancelled', one.status === 'cancelled' ? conceptText(one.cancelationReason) : ''],
    ),
    clinician: clinicianLines(
      one,
      one.serviceType?.[0] ?? one.appointmentType,
      names,
      ...linesOf(['Reason', conceptsText(one.reasonCode)], ['Comment', one.comment]),
    ),
  };
}

const kinds: Record<string, string> = {
  AMB: 'Visit to a clinic or surgery',
  EMER: 'Visit to A&E',
  IMP: 'Stay in hospital',
  ACUTE: 'Stay in hospital',
  NONAC: 'Stay in hospital',
  SS: 'Short stay',
  HH: 'Visit at home',
  VR: 'By phone, video or online',
};

/** A visit in words. */
export function visitOf(one: Encounter, names: Names): Told {
  const meaning = meaningOfWords(titleOf(one), ['term']);
  const people = (one.participant ?? []).map(({ individual }) => names(individual)).filter(Boolean);
  const places = (one.location ?? []).map(({ location }) => names(location)).filter(Boolean);
  const ends = [one.period?.start, one.period?.end].map((date) => parseDate(date)?.key);
  const explained = explainedBy(meaning);
  const reasons =
    conceptsText(one.reasonCode) || (one.reasonReference ?? []).map(names).filter(Boolean).join(', ');
  return {
    ...{ id: one.id ?? '', title: titleOf(one), written: '' },
    ...{
      tag: one.status === 'cancelled' ? 'Cancelled' : one.status === 'in-progress' ? 'Going on now' : '',
      tagColour: 'grey',
    },
    lines: linesOf(
      ['When', dayAndTime(one.period?.start) || 'Date not recorded'],
      ['Until', ends[1] && ends[0] !== ends[1] ? formatDate(one.period?.end) : ''],
      ['Kind', kinds[one.class?.code ?? ''] ?? ''],
      ['Why', reasons === titleOf(one) ? '' : reasons],
      ['With', [...new Set(people)].join(', ')],
      ['Where', [...new Set(places)].join(', ') || names(one.serviceProvider)],
    ),
    ...(explained ? { explained } : {}),
    clinician: clinicianLines(
      one,
      one.type?.[0],
      names,
      ...linesOf(['Class', one.class?.display ?? one.class?.code]),
    ),
  };
}

const over = new Set(['cancelled', 'noshow', 'fulfilled', 'entered-in-error']);

/** Those that are still to come, soonest first; what has no date yet last. */
export function toCome(all: readonly Appointment[], now: number): readonly Appointment[] {
  return all
    .filter((one) => !over.has(one.status ?? '') && !(Date.parse(one.end ?? one.start ?? '') < now))
    .sort((a, b) => (a.start ?? '9999').localeCompare(b.start ?? '9999'));
}

/** Those that were, or will not be. Newest first. */
export function pastBookings(all: readonly Appointment[], now: number): readonly Appointment[] {
  const coming = new Set(toCome(all, now));
  return all
    .filter((one) => !coming.has(one) && !isWrong(one) && one.status !== 'fulfilled')
    .sort((a, b) => (b.start ?? '').localeCompare(a.start ?? ''));
}
