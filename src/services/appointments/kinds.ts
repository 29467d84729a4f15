/** What is booked: the kinds of appointment of a practice, and what each means for who comes. */
import type { ContactMode } from '../../fhir/primary-care.ts';

export interface AppointmentKind {
  readonly name: string;
  /** Usual length. */
  readonly minutes: number;
  /** Code of HL7 v2-0276, R4 Appointment.appointmentType. */
  readonly type: 'ROUTINE' | 'EMERGENCY' | 'FOLLOWUP' | 'CHECKUP';
  /** What to do before and to bring. */
  readonly prepare?: string;
}

export const kinds = {
  'gp-routine': { name: 'GP appointment', minutes: 15, type: 'ROUTINE' },
  'gp-today': { name: 'GP appointment on the day', minutes: 10, type: 'EMERGENCY' },
  nurse: { name: 'Nurse appointment', minutes: 15, type: 'ROUTINE' },
  review: {
    ...{ name: 'Review of a long-term condition', minutes: 30, type: 'CHECKUP' },
    prepare: 'Have a list of your medicines, and readings that you took at home.',
  },
  'blood-test': {
    ...{ name: 'Blood test', minutes: 10, type: 'ROUTINE' },
    prepare: 'Wear sleeves that roll up. Drink water before, unless you were told to fast.',
  },
  vaccination: {
    ...{ name: 'Vaccination', minutes: 10, type: 'ROUTINE' },
    prepare: 'Wear sleeves that roll up. If you feel ill with a fever, tell us before you come.',
  },
  'cervical-screening': { name: 'Cervical screening', minutes: 20, type: 'CHECKUP' },
  group: { name: 'Group session', minutes: 60, type: 'ROUTINE' },
  'home-visit': { name: 'Home visit', minutes: 20, type: 'ROUTINE' },
  fee: {
    ...{ name: 'Medical or report for a fee', minutes: 30, type: 'ROUTINE' },
    prepare:
      'Have the form to be filled in, and something that shows who you are. The NHS does not pay for this.',
  },
} as const satisfies Record<string, AppointmentKind>;
export type Kind = keyof typeof kinds;
export const isKind = (value: unknown): value is Kind =>
  typeof value === 'string' && Object.hasOwn(kinds, value);
export const allKinds = Object.keys(kinds) as readonly Kind[]; // its own keys
export const kindOf = (kind: Kind): AppointmentKind => kinds[kind];

/** The ways that have a time; a message has none. In the order of `contactModes`, which says nothing of which is better. */
export const bookableModes = [
  'telephone',
  'video',
  'in-person',
  'home-visit',
] as const satisfies readonly ContactMode[];
export type BookableMode = (typeof bookableModes)[number];
export const isBookableMode = (value: unknown): value is BookableMode =>
  bookableModes.some((mode) => mode === value);

/** UK Core DeliveryChannel knows three: a home visit is in person. Source: CodeSystem UKCore-DeliveryChannel 1.1.0. */
export const channelOf: Readonly<Record<BookableMode, 'In-person' | 'Telephone' | 'Video'>> = {
  telephone: 'Telephone',
  video: 'Video',
  'in-person': 'In-person',
  'home-visit': 'In-person',
};

/** What will happen, in words to the person. */
export const whatHappens: Readonly<Record<BookableMode, readonly string[]>> = {
  telephone: [
    'We call you on the number that we have for you. It may show as a private number.',
    'We may call some minutes early or late. Be where you can talk without being overheard.',
    'If you miss the call we try once more, then you can book again.',
  ],
  video: [
    'The surgery sends you a link to the call before it begins. Open it on a phone, tablet or computer with a camera.',
    'Use Wi-Fi where you can. If the picture breaks up, we go on by phone on the number that we have for you.',
    'Sit where you cannot be overheard, with light on your face.',
  ],
  'in-person': [
    'Come to the surgery shortly before your time, and say that you are here: at the desk, on the screen by the door or on your phone.',
    'Someone may come with you. If you need help to get in or around, tell us.',
  ],
  'home-visit': [
    'We come to the address that we have for you. The time is our best guess, since earlier visits may take longer.',
    'Put the light on and pets away, and have your medicines at hand. We show our badge at the door.',
  ],
};
