/** Slots, diaries and appointments as FHIR: how each is written, and read back. Sources: FHIR R4, UK Core, BaRS. */
import type {
  Appointment,
  AppointmentParticipant,
  AppointmentResponse,
  CodeableConcept,
  Extension,
  Reference,
  Schedule,
  Slot,
} from '@medplum/fhirtypes';
import { contactModeExtension, deliveryChannelUrl, modesOf } from '../../fhir/primary-care.ts';
import {
  type BookableMode,
  bookableModes,
  channelOf,
  isBookableMode,
  isKind,
  type Kind,
  kindOf,
} from './kinds.ts';
import { type PlannedSlot, type SessionTemplate, scheduleId } from './session-template.ts';

const base = 'https://throughline.example';
const structure = (name: string): string => `${base}/StructureDefinition/${name}`;
/** On a Slot: the template that it came of, and when patients may book it. */
const templateUrl = structure('session-template');
const bookableFromUrl = structure('bookable-from');
/** On a Slot and an Appointment: what the person pays (Money). */
const feeUrl = structure('fee');
/** On an Appointment that is offered: until when the offer stands; and slots that were offered and not taken. */
const offerUntilUrl = structure('offer-until');
const notTakenUrl = structure('offer-not-taken');
/** Appointments that were booked together have one identifier of this system. */
export const seriesSystem = `${base}/appointment-series`;
const kindSystem = `${base}/CodeSystem/appointment-kind`;

const profile = (name: string) => ({ profile: [`https://fhir.hl7.org.uk/StructureDefinition/${name}`] });
const instant = (ms: number): string => new Date(ms).toISOString();

export const kindConcept = (kind: Kind): CodeableConcept => ({
  coding: [{ system: kindSystem, code: kind, display: kindOf(kind).name }],
  text: kindOf(kind).name,
});
const typeConcept = (kind: Kind): CodeableConcept => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0276', code: kindOf(kind).type }],
});

/** The kinds of a Slot, the kind of an Appointment. */
export const kindsOf = ({ serviceType }: Pick<Slot, 'serviceType'>): readonly Kind[] =>
  (serviceType ?? [])
    .flatMap(({ coding }) => coding ?? [])
    .filter(({ system }) => system === kindSystem)
    .map(({ code }) => code)
    .filter(isKind);

export const bookableModesOf = (one: {
  readonly extension?: readonly Extension[];
}): readonly BookableMode[] => modesOf(one).filter(isBookableMode);

const modeExtensions = (modes: readonly BookableMode[]): Extension[] => {
  const channels = [...new Set(modes.map((mode) => channelOf[mode]))];
  return [
    // UK Core allows one: what has several says so by our own alone.
    ...(channels.length === 1 ? [{ url: deliveryChannelUrl, valueCode: channels[0]! }] : []),
    ...bookableModes.filter((mode) => modes.includes(mode)).map(contactModeExtension),
  ];
};

const extension = (of: { readonly extension?: readonly Extension[] }, url: string): Extension | undefined =>
  of.extension?.find((one) => one.url === url);

const feeExtension = (pence: number | undefined): Extension[] =>
  pence === undefined ? [] : [{ url: feeUrl, valueMoney: { value: pence / 100, currency: 'GBP' } }];
/** In pence. */
export const feeOf = (one: { readonly extension?: readonly Extension[] }): number | undefined => {
  const value = extension(one, feeUrl)?.valueMoney?.value;
  return value === undefined ? undefined : Math.round(value * 100);
};

/** A clinician's diary at a place. `service`: id of the HealthcareService that it is part of. */
export const scheduleOf = (
  { practitioner, site, practitionerName, siteName }: SessionTemplate,
  kinds: readonly Kind[],
  service: string | undefined,
  horizon: { readonly start: number; readonly end: number },
): Schedule => ({
  ...{ resourceType: 'Schedule', id: scheduleId(practitioner, site), active: true },
  meta: profile('UKCore-Schedule'),
  serviceType: kinds.map(kindConcept),
  actor: [
    { reference: `Practitioner/${practitioner}`, display: practitionerName },
    { reference: `Location/${site}`, display: siteName },
    ...(service === undefined ? [] : [{ reference: `HealthcareService/${service}` }]),
  ],
  planningHorizon: { start: instant(horizon.start), end: instant(horizon.end) },
});

export const slotOf = (
  template: SessionTemplate,
  { id, start, end, bookableFrom }: PlannedSlot,
  status: Slot['status'],
): Slot => ({
  ...{ resourceType: 'Slot', id },
  meta: profile('UKCore-Slot'),
  extension: [
    ...modeExtensions(template.modes),
    { url: templateUrl, valueString: template.id },
    { url: bookableFromUrl, valueInstant: instant(bookableFrom) },
    ...feeExtension(template.fee),
  ],
  serviceType: template.kinds.map(kindConcept),
  ...(template.kinds[0] ? { appointmentType: typeConcept(template.kinds[0]) } : {}),
  schedule: {
    reference: `Schedule/${scheduleId(template.practitioner, template.site)}`,
    display: `${template.practitionerName}, ${template.siteName}`,
  },
  ...{ status, start: instant(start), end: instant(end) },
  comment: template.name,
});

export const templateOf = (slot: Slot): string | undefined => extension(slot, templateUrl)?.valueString;
/** ms since 1970 UTC; a slot that does not say may be booked at any time. */
export const bookableFromOf = (slot: Slot): number => {
  const text = extension(slot, bookableFromUrl)?.valueInstant;
  return text === undefined ? 0 : Date.parse(text);
};

export interface Interpreter {
  /** As people say it: “Polish”, “British Sign Language”. */
  readonly language: string;
}

export interface AppointmentPlan {
  readonly id: string;
  readonly person: string;
  readonly mode: BookableMode;
  readonly kind: Kind;
  /** Consecutive, of one diary. */
  readonly slots: readonly Slot[];
  readonly practitioner: Reference | undefined;
  readonly place: Reference | undefined;
  readonly interpreter?: Interpreter;
  /** Practitioner who is there too; `wanted`: one is to be found. */
  readonly chaperone?: Reference | 'wanted';
  /** `Task/…` that it came of. */
  readonly about?: readonly string[];
  /** What the person should know, beside what the kind says. */
  readonly instruction?: string;
  /** For the staff: what another system wrote with its booking. */
  readonly comment?: string;
  readonly series?: string;
  /** ms since 1970 UTC. */
  readonly made: number;
}

const participant = (
  actor: Reference | undefined,
  more: Partial<AppointmentParticipant> = {},
): AppointmentParticipant[] =>
  actor === undefined
    ? []
    : // The plan names people and places alone, which R4 allows here.
      [
        {
          actor: actor as AppointmentParticipant['actor'] & object,
          required: 'required',
          status: 'accepted',
          ...more,
        },
      ];

const role = (code: string, text: string): CodeableConcept => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code }],
  text,
});
const interpreterRole = (language: string): CodeableConcept => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/participant-type', code: 'translator' }],
  text: `Interpreter: ${language}`,
});
export const chaperoneText = 'Chaperone';

const isInterpreter = ({ type }: AppointmentParticipant): boolean =>
  type?.some(({ coding }) => coding?.some(({ code }) => code === 'translator')) ?? false;
const isChaperone = ({ type }: AppointmentParticipant): boolean =>
  type?.some(({ text }) => text === chaperoneText) ?? false;

/** An appointment that is booked. */
export function appointmentOf(plan: AppointmentPlan): Appointment {
  const { slots, mode, kind, interpreter, about = [], series } = plan;
  const first = slots[0]!; // a plan has one at least
  const last = slots.at(-1)!;
  const { prepare } = kindOf(kind);
  const instruction = [prepare, plan.instruction].filter(Boolean).join(' ');
  return {
    ...{ resourceType: 'Appointment', id: plan.id },
    meta: profile('UKCore-Appointment'),
    ...(series === undefined ? {} : { identifier: [{ system: seriesSystem, value: series }] }),
    extension: [...modeExtensions([mode]), ...feeExtension(feeOf(first))],
    status: 'booked',
    ...{
      serviceType: [kindConcept(kind)],
      appointmentType: typeConcept(kind),
      description: kindOf(kind).name,
    },
    ...(about.length === 0 ? {} : { supportingInformation: about.map((reference) => ({ reference })) }),
    ...{ start: first.start, end: last.end, created: instant(plan.made) },
    minutesDuration: Math.round((Date.parse(last.end ?? '') - Date.parse(first.start ?? '')) / 60_000),
    slot: slots.map(({ id }) => ({ reference: `Slot/${id}` })),
    ...(plan.comment ? { comment: plan.comment } : {}),
    ...(instruction ? { patientInstruction: instruction } : {}),
    participant: [
      ...participant({ reference: `Patient/${plan.person}` }),
      ...participant(plan.practitioner, { type: [role('PPRF', 'Clinician')] }),
      ...participant(plan.place),
      ...(interpreter === undefined
        ? []
        : [
            {
              type: [interpreterRole(interpreter.language)],
              ...{ required: 'required' as const, status: 'needs-action' as const },
            },
          ]),
      ...(plan.chaperone === 'wanted'
        ? [
            {
              type: [{ text: chaperoneText }],
              ...{ required: 'required' as const, status: 'needs-action' as const },
            },
          ]
        : participant(plan.chaperone, { type: [{ text: chaperoneText }] })),
    ],
  };
}

/** Who, where, when and how: an appointment as the pages need it. */
export interface Read {
  readonly id: string;
  readonly status: string;
  readonly person: string;
  readonly practitioner: Reference | undefined;
  readonly place: Reference | undefined;
  readonly mode: BookableMode | undefined;
  readonly kind: Kind | undefined;
  readonly title: string;
  /** ms since 1970 UTC; NaN where it has no time yet. */
  readonly start: number;
  readonly end: number;
  readonly minutes: number;
  readonly slots: readonly string[];
  readonly interpreter: { readonly text: string; readonly status: string; readonly who: string } | undefined;
  readonly chaperone: Reference | undefined;
  /** One is to be found. */
  readonly chaperoneWanted: boolean;
  /** The person said that they will come. */
  readonly confirmed: boolean;
  readonly offerUntil: number | undefined;
  readonly notTaken: readonly string[];
  readonly series: string | undefined;
  readonly fee: number | undefined;
}

const idIn = (reference: Reference | undefined, type: string): string =>
  reference?.reference?.startsWith(`${type}/`) ? reference.reference.slice(type.length + 1) : '';

export function readAppointment(one: Appointment): Read {
  const all = one.participant ?? [];
  const of = (type: string) =>
    all.find((who) => !isChaperone(who) && !isInterpreter(who) && idIn(who.actor, type) !== '');
  const patient = of('Patient');
  const interpreter = all.find(isInterpreter);
  const until = extension(one, offerUntilUrl)?.valueInstant;
  return {
    ...{ id: one.id ?? '', status: one.status ?? '', person: idIn(patient?.actor, 'Patient') },
    ...{ practitioner: of('Practitioner')?.actor, place: of('Location')?.actor },
    ...{ mode: bookableModesOf(one)[0], kind: kindsOf(one)[0] },
    title: one.description ?? one.serviceType?.[0]?.text ?? 'Appointment',
    ...{
      start: Date.parse(one.start ?? ''),
      end: Date.parse(one.end ?? ''),
      minutes: one.minutesDuration ?? 0,
    },
    slots: (one.slot ?? []).map((slot) => idIn(slot, 'Slot')),
    interpreter: interpreter && {
      text: interpreter.type?.[0]?.text ?? 'Interpreter',
      ...{ status: interpreter.status ?? 'needs-action', who: interpreter.actor?.display ?? '' },
    },
    chaperone: all.find(isChaperone)?.actor,
    chaperoneWanted: all.some((who) => isChaperone(who) && who.actor === undefined),
    confirmed: one.extension?.some(({ url }) => url === confirmedUrl) ?? false,
    offerUntil: until === undefined ? undefined : Date.parse(until),
    notTaken: (one.extension ?? [])
      .filter(({ url }) => url === notTakenUrl)
      .map(({ valueString = '' }) => valueString),
    series: one.identifier?.find(({ system }) => system === seriesSystem)?.value,
    fee: feeOf(one),
  };
}

/** That the person said, after a reminder, that they will come: an AppointmentResponse says when. */
const confirmedUrl = structure('patient-confirmed');

const withoutUrls = (one: Appointment, ...urls: readonly string[]): Extension[] =>
  (one.extension ?? []).filter(({ url }) => !urls.includes(url));

export const confirmed = (one: Appointment): Appointment => ({
  ...one,
  extension: [...withoutUrls(one, confirmedUrl), { url: confirmedUrl, valueBoolean: true }],
});

/** An interpreter who is found: the booking's reference at the agency, or a name. */
export const withInterpreter = (one: Appointment, who: string): Appointment => ({
  ...one,
  participant: (one.participant ?? []).map((each) =>
    isInterpreter(each) ? { ...each, status: 'accepted', actor: { display: who } } : each,
  ),
});

/** Someone of the staff who will be there too. */
export const withChaperone = (one: Appointment, chaperone: Reference): Appointment => ({
  ...one,
  participant: [
    ...(one.participant ?? []).filter((who) => !isChaperone(who)),
    ...participant(chaperone, { type: [{ text: chaperoneText }] }),
  ],
});

/** Moved to other slots, by the same way or another; who else is wanted stays, and is to be asked again. */
export function movedTo(
  one: Appointment,
  to: Pick<AppointmentPlan, 'slots' | 'mode' | 'practitioner' | 'place'>,
): Appointment {
  const first = to.slots[0]!; // a move has one at least
  const last = to.slots.at(-1)!;
  const others = (one.participant ?? []).filter(
    (who) =>
      isInterpreter(who) ||
      isChaperone(who) ||
      (idIn(who.actor, 'Practitioner') === '' && idIn(who.actor, 'Location') === ''),
  );
  return {
    ...one,
    extension: [...modeExtensions([to.mode]), ...(one.extension ?? []).filter(({ url }) => url === feeUrl)],
    ...{ start: first.start, end: last.end },
    minutesDuration: Math.round((Date.parse(last.end ?? '') - Date.parse(first.start ?? '')) / 60_000),
    slot: to.slots.map(({ id }) => ({ reference: `Slot/${id}` })),
    participant: [
      ...others.map((who) => (isInterpreter(who) ? { ...who, status: 'needs-action' as const } : who)),
      ...participant(to.practitioner, { type: [role('PPRF', 'Clinician')] }),
      ...participant(to.place),
    ],
  };
}

/** Source: R4 Appointment.cancelationReason, http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason. */
export const cancelled = (one: Appointment, by: 'patient' | 'practice', reason: string): Appointment => ({
  ...one,
  extension: withoutUrls(one, offerUntilUrl),
  status: 'cancelled',
  cancelationReason: {
    coding: [
      {
        system: 'http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason',
        code: by === 'patient' ? 'pat' : 'prov',
      },
    ],
    text: reason,
  },
});

export interface Wish {
  readonly id: string;
  readonly person: string;
  readonly kind: Kind;
  /** Ways that suit; one at least. */
  readonly modes: readonly BookableMode[];
  readonly minutes: number;
  readonly place: Reference;
  /** A clinician, where only they will do. */
  readonly practitioner?: Reference;
  /** Days, `2026-11-23`, both included. */
  readonly from: string;
  readonly until: string;
  readonly about?: readonly string[];
  readonly made: number;
}

/** On the wait list: R4 Appointment.status `waitlist`, which needs no time yet (app-3). */
export const wishOf = (wish: Wish): Appointment => ({
  ...{ resourceType: 'Appointment', id: wish.id, status: 'waitlist' },
  meta: profile('UKCore-Appointment'),
  extension: bookableModes.filter((mode) => wish.modes.includes(mode)).map(contactModeExtension),
  ...{ serviceType: [kindConcept(wish.kind)], appointmentType: typeConcept(wish.kind) },
  ...{ description: kindOf(wish.kind).name, minutesDuration: wish.minutes, created: instant(wish.made) },
  ...(wish.about?.length ? { supportingInformation: wish.about.map((reference) => ({ reference })) } : {}),
  requestedPeriod: [{ start: wish.from, end: wish.until }],
  participant: [
    ...participant({ reference: `Patient/${wish.person}` }),
    ...participant(wish.practitioner, { type: [role('PPRF', 'Clinician')] }),
    ...participant(wish.place),
  ],
});

/** A wish with a time that is offered until a moment: `pending`, since the person has not agreed yet. */
export const offered = (one: Appointment, slots: readonly Slot[], until: number): Appointment => ({
  ...one,
  extension: [...withoutUrls(one, offerUntilUrl), { url: offerUntilUrl, valueInstant: instant(until) }],
  status: 'pending',
  ...{ start: slots[0]!.start, end: slots.at(-1)!.end },
  slot: slots.map(({ id }) => ({ reference: `Slot/${id}` })),
  participant: (one.participant ?? []).map((who) =>
    idIn(who.actor, 'Patient') === '' ? who : { ...who, status: 'needs-action' },
  ),
});

/** Back on the list: it was declined, or nobody answered. */
export function notTaken(one: Appointment): Appointment {
  const { start: _start, end: _end, slot = [], ...rest } = one;
  return {
    ...rest,
    extension: [
      ...withoutUrls(one, offerUntilUrl),
      ...slot.map((each) => ({ url: notTakenUrl, valueString: idIn(each, 'Slot') })),
    ],
    status: 'waitlist',
    participant: (one.participant ?? []).map((who) =>
      idIn(who.actor, 'Patient') === '' ? who : { ...who, status: 'accepted' },
    ),
  };
}

/** What someone answered, and when: one for each appointment, time and answer. */
export const responseOf = (
  id: string,
  appointment: Appointment,
  answer: 'accepted' | 'declined',
  comment: string,
): AppointmentResponse => ({
  ...{ resourceType: 'AppointmentResponse', id },
  appointment: { reference: `Appointment/${appointment.id}` },
  ...(appointment.start && appointment.end ? { start: appointment.start, end: appointment.end } : {}),
  // The patient is in every appointment of ours.
  actor: { reference: `Patient/${readAppointment(appointment).person}` },
  ...{ participantStatus: answer, comment },
});
