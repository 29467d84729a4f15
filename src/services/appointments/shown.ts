/** An appointment in words, as the patient reads it. */
import { createHash } from 'node:crypto';
import type { Appointment, Location } from '@medplum/fhirtypes';
import { contactModeNames } from '../../fhir/primary-care.ts';
import { addressLines } from '../../web/contacts.ts';
import { clockWords, dayWords, pounds, whenWords } from './choose-time.ts';
import { bookableModesOf, readAppointment } from './diary-resources.ts';
import { whatHappens } from './kinds.ts';

export interface Shown {
  readonly id: string;
  readonly title: string;
  readonly when: string;
  readonly how: string;
  readonly where: string;
  readonly with: string;
  readonly tag: string;
  readonly tagColour: string;
  readonly isToCome: boolean;
  readonly isOffer: boolean;
  readonly isWish: boolean;
  /** Until when an offer stands. */
  readonly until: string;
  readonly canChange: boolean;
  readonly canSayHere: boolean;
  readonly canConfirm: boolean;
  readonly happens: readonly string[];
  readonly lines: readonly { readonly label: string; readonly text: string }[];
}

const minute = 60_000;
/** From an hour before until half an hour after it began. */
export const isAboutNow = (start: number, now: number): boolean =>
  now >= start - 60 * minute && now <= start + 30 * minute;

const tags: Readonly<Record<string, readonly [string, string]>> = {
  pending: ['Offered to you', 'yellow'],
  waitlist: ['On the wait list', 'yellow'],
  arrived: ['You are here', 'green'],
  'checked-in': ['You are here', 'green'],
  cancelled: ['Cancelled', 'red'],
  noshow: ['Missed', 'grey'],
  fulfilled: ['Done', 'grey'],
};

export function shownOf(one: Appointment, now: number, place?: Location): Shown {
  const own = readAppointment(one);
  const { status, start, mode } = own;
  const isToCome = status === 'booked' && start > now;
  const standing = status === 'booked' || status === 'arrived' || status === 'checked-in';
  const isWish = status === 'waitlist';
  const [tag, tagColour] =
    tags[status] ?? (own.confirmed && standing ? ['You said you will come', 'green'] : ['', 'grey']);
  const isThere = mode === 'in-person';
  const [from = '', until = ''] = [one.requestedPeriod?.[0]?.start, one.requestedPeriod?.[0]?.end];
  const how = isWish
    ? bookableModesOf(one)
        .map((each) => contactModeNames[each])
        .join(', or ')
    : mode
      ? contactModeNames[mode]
      : (one.appointmentType?.text ?? '');
  const where = isThere
    ? [own.place?.display ?? '', ...addressLines(place?.address)].filter(Boolean).join(', ')
    : mode === 'home-visit'
      ? 'At your home'
      : '';
  const phone = place?.telecom?.find(({ system }) => system === 'phone')?.value ?? '';
  const line = (label: string, text: string | undefined) => (text ? [{ label, text }] : []);
  return {
    ...{ id: own.id, title: own.title, how, where, with: own.practitioner?.display ?? '' },
    when: isWish ? `From ${dayOf(from)} to ${dayOf(until)}` : whenWords(start),
    ...{ tag, tagColour, isToCome, isWish, isOffer: status === 'pending' },
    until: own.offerUntil === undefined ? '' : whenWords(own.offerUntil),
    canChange: isToCome,
    canSayHere: status === 'booked' && isThere && isAboutNow(start, now),
    canConfirm: isToCome && !own.confirmed,
    happens: standing && mode ? whatHappens[mode] : [],
    lines: [
      ...line('How long', own.minutes && !isWish ? `${own.minutes} minutes` : ''),
      ...line('How', how),
      ...line('Where', where),
      ...line('Phone of the surgery', isThere ? phone : ''),
      ...line('With', own.practitioner?.display),
      ...line('Also there', own.chaperone?.display ? `${own.chaperone.display} (chaperone)` : ''),
      ...line('Chaperone', own.chaperoneWanted ? 'Asked for. The surgery finds one' : ''),
      ...line(
        'Interpreter',
        own.interpreter &&
          `${own.interpreter.text.replace(/^Interpreter: /, '')}. ${own.interpreter.status === 'accepted' ? 'Booked' : 'Asked for. The surgery books one'}`,
      ),
      ...line('What you pay', own.fee === undefined ? '' : pounds(own.fee)),
      ...line('What to know', one.patientInstruction),
      ...line('Why cancelled', status === 'cancelled' ? one.cancelationReason?.text : ''),
    ],
  };
}

const dayOf = (text: string): string => {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? text : dayWords(ms);
};

/** `2:30pm to 2:45pm`. */
export const spanWords = (start: number, end: number): string => `${clockWords(start)} to ${clockWords(end)}`;

/** Id of the AppointmentResponse of an answer about a time: given twice, it is there once. */
export const responseId = (id: string, start: number, answer: string): string =>
  createHash('sha256').update(`response ${id} ${start} ${answer}`).digest('hex').slice(0, 32);
