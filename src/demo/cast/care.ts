/** What a named person's story is told with, second part: meetings, plans, those who carry them out, letters and messages. */
import type {
  CodeableConcept,
  Coding,
  Organization,
  Patient,
  Practitioner,
  Reference,
  RelatedPerson,
  Resource,
} from '@medplum/fhirtypes';
import { ownEntrySystem, ownSheetForm, ownSheetKey, patientReported } from '../../fhir/patient-reported.ts';
import { hl7, note, patientReference, period, profiled, reference, said, snomed } from '../build.ts';
import { at, by, type Teller } from './story.ts';

/** Whoever gives or takes care. */
export type Someone = Reference<Organization | Patient | Practitioner | RelatedPerson>;

/** Encounter.class. Source: HL7 v3 ActEncounterCode. */
const classes = {
  visit: { code: 'AMB', display: 'ambulatory' },
  telephone: { code: 'VR', display: 'virtual' },
  video: { code: 'VR', display: 'virtual' },
  home: { code: 'HH', display: 'home health' },
  emergency: { code: 'EMER', display: 'emergency' },
  stay: { code: 'IMP', display: 'inpatient encounter' },
} as const;

/** A meeting in the past, or one that lasts. */
export function meeting(
  t: Teller,
  suffix: string,
  about: {
    readonly day: number;
    readonly days?: number;
    readonly kind: keyof typeof classes;
    readonly what: string;
    readonly reason?: string;
    /** One of the named staff; none where it was somebody without a name here. */
    readonly with?: string;
    readonly where: string;
    readonly site?: string;
  },
): Resource {
  const { day, days = 0, kind } = about;
  return {
    ...{ resourceType: 'Encounter', id: t.id(suffix), status: 'finished' },
    meta: profiled('UKCore-Encounter'),
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', ...classes[kind] },
    ...{ type: [said(about.what)], subject: patientReference(t.patient) },
    ...(about.with === undefined ? {} : { participant: [{ individual: by(about.with) }] }),
    period: period(t.at(day, '09:10'), t.at(day + days, days > 0 ? '14:00' : '09:25')),
    ...(about.reason === undefined ? {} : { reasonCode: [said(about.reason)] }),
    serviceProvider: at(t, about.where),
    ...(about.site === undefined
      ? {}
      : { location: [{ location: reference('Location', about.site, t.region.site(about.site).name) }] }),
  } as Resource;
}

/** A booking, past (`fulfilled`) or to come. `minutes` long; how: `In person`, `Telephone`, `Video`. */
export function appointment(
  t: Teller,
  suffix: string,
  about: {
    readonly day: number;
    readonly time?: string;
    readonly minutes?: number;
    readonly what: string;
    readonly with?: string;
    readonly site?: string;
    readonly how?: 'In person' | 'Telephone' | 'Video' | 'At home';
    readonly advice?: string;
    readonly status?: 'booked' | 'cancelled' | 'noshow';
    readonly interpreter?: boolean;
  },
): Resource {
  const { day, time = '10:00', minutes = 15, how = 'In person', site } = about;
  const start = t.at(day, time);
  const actors: Reference[] = [
    patientReference(t.patient),
    ...(about.with === undefined ? [] : [by(about.with)]),
    ...(site === undefined ? [] : [reference('Location', site, t.region.site(site).name)]),
  ];
  const advice = [about.advice, ...(about.interpreter ? ['An interpreter is booked.'] : [])].filter(Boolean);
  return {
    ...{ resourceType: 'Appointment', id: t.id(suffix), description: about.what },
    meta: profiled('UKCore-Appointment'),
    status: about.status ?? (day < 0 ? 'fulfilled' : 'booked'),
    appointmentType: said(how),
    ...{ start, end: new Date(Date.parse(start) + minutes * 60_000).toISOString().replace('.000Z', 'Z') },
    ...{ minutesDuration: minutes, created: t.at(Math.min(day - 1, -3), '11:00') },
    ...(advice.length > 0 ? { patientInstruction: advice.join(' ') } : {}),
    participant: actors.map((actor) => ({ actor, status: 'accepted' })),
  } as Resource;
}

/** Someone in a care team: one of the named staff, an organisation, or someone beside the person. */
export interface Member {
  readonly who: Someone;
  readonly role: string;
}
export const worker = (id: string, role: string): Member => ({ who: by(id), role });
export const team = (
  t: Teller,
  suffix: string,
  name: string,
  members: readonly Member[],
  about: { readonly since: number; readonly organisation?: string },
): Resource => ({
  ...{ resourceType: 'CareTeam', id: t.id(suffix), status: 'active', name },
  meta: profiled('UKCore-CareTeam'),
  ...{ subject: patientReference(t.patient), period: period(t.on(about.since)) },
  participant: [
    { role: [said('The person themself')], member: patientReference(t.patient) },
    ...members.map(({ who, role }) => ({ role: [said(role)], member: who })),
  ],
  ...(about.organisation === undefined ? {} : { managingOrganization: [at(t, about.organisation)] }),
});

export function goal(
  t: Teller,
  suffix: string,
  text: string,
  about: { readonly since: number; readonly due: number; readonly how?: string; readonly reached?: string },
): Resource {
  return {
    ...{ resourceType: 'Goal', id: t.id(suffix), lifecycleStatus: 'active', description: { text } },
    ...{ subject: patientReference(t.patient), startDate: t.on(about.since) },
    achievementStatus: hl7('goal-achievement', about.reached ?? 'in-progress'),
    target: [
      { ...(about.how ? { detailString: about.how, measure: said(text) } : {}), dueDate: t.on(about.due) },
    ],
    ...(about.how ? { note: [note(about.how)] } : {}),
  };
}

/** A plan with its goals, what is to be done and by whom, and when it is looked at again. */
export function plan(
  t: Teller,
  suffix: string,
  about: {
    readonly title: string;
    readonly text: string;
    readonly since: number;
    readonly review: number;
    readonly author: string;
    readonly team?: string;
    readonly goals?: readonly string[];
    readonly addresses?: readonly string[];
    /** What is to be done, who does it, and whether it goes on. */
    readonly actions: readonly { readonly what: string; readonly who?: Someone; readonly done?: boolean }[];
    readonly category?: CodeableConcept;
    readonly security?: readonly Coding[];
  },
): Resource {
  const { title, text, since, review, author, goals = [], addresses = [], actions, category } = about;
  return {
    ...{ resourceType: 'CarePlan', id: t.id(suffix), status: 'active', intent: 'plan', title },
    meta: profiled('UKCore-CarePlan', about.security),
    category: [category ?? snomed('734163000', 'Care plan')],
    ...{ description: text, subject: patientReference(t.patient), author: by(author) },
    ...{ created: t.on(since), period: period(t.on(since), t.on(review)) },
    ...(about.team === undefined ? {} : { careTeam: [reference('CareTeam', t.id(about.team))] }),
    ...(addresses.length > 0 ? { addresses: addresses.map((one) => reference('Condition', t.id(one))) } : {}),
    ...(goals.length > 0 ? { goal: goals.map((one) => reference('Goal', t.id(one))) } : {}),
    activity: actions.map(({ what, who, done }) => ({
      detail: {
        ...{ status: done ? 'completed' : 'in-progress', description: what },
        ...(who === undefined ? {} : { performer: [who] }),
      },
    })),
    note: [note(`To be reviewed on ${t.on(review)}.`)],
  } as Resource;
}

/** A referral or another request for care. */
export function referral(
  t: Teller,
  suffix: string,
  what: string,
  about: {
    readonly day: number;
    readonly from: string;
    readonly to: readonly Someone[];
    readonly reason: string;
    readonly priority?: 'routine' | 'urgent';
    readonly done?: boolean;
  },
): Resource {
  return {
    ...{ resourceType: 'ServiceRequest', id: t.id(suffix), intent: 'order' },
    meta: profiled('UKCore-ServiceRequest'),
    ...{ status: about.done ? 'completed' : 'active', priority: about.priority ?? 'routine' },
    ...{ subject: patientReference(t.patient), code: said(what), authoredOn: t.at(about.day, '12:00') },
    category: [snomed('3457005', 'Patient referral')],
    ...{ requester: by(about.from), performer: [...about.to], reasonCode: [said(about.reason)] },
  } as Resource;
}

/** A message between the person and those who care for them, either way. */
export function message(
  t: Teller,
  suffix: string,
  text: string,
  about: {
    readonly day: number;
    readonly time?: string;
    readonly from: Someone;
    readonly to: Someone;
    readonly topic: string;
    readonly answers?: string;
  },
): Resource {
  return {
    ...{ resourceType: 'Communication', id: t.id(suffix), status: 'completed' },
    meta: profiled('UKCore-Communication'),
    ...{
      subject: patientReference(t.patient),
      topic: said(about.topic),
      sent: t.anyDay.at(about.day, about.time),
    },
    ...{ sender: about.from, recipient: [about.to], payload: [{ contentString: text }] },
    category: [hl7('communication-category', 'notification')],
    ...(about.answers === undefined
      ? {}
      : { inResponseTo: [reference('Communication', t.id(about.answers))] }),
  } as Resource;
}

/** A warning to whoever opens the record. */
export const flag = (
  t: Teller,
  suffix: string,
  code: CodeableConcept,
  about: {
    readonly since: number;
    readonly author: string;
    readonly category: string;
    readonly security?: readonly Coding[];
  },
): Resource => ({
  ...{ resourceType: 'Flag', id: t.id(suffix), status: 'active', code },
  meta: profiled('UKCore-Flag', about.security),
  category: [hl7('flag-category', about.category)],
  ...{ subject: patientReference(t.patient), period: period(t.on(about.since)), author: by(about.author) },
});

/** A person beside them: relative, friend, paid carer. */
export const beside = (
  t: Teller,
  suffix: string,
  about: {
    readonly name: string;
    readonly relation: string;
    readonly code?: string;
    readonly telephone: string;
    readonly since?: number;
    readonly emergency?: boolean;
  },
): Resource => ({
  ...{ resourceType: 'RelatedPerson', id: t.id(suffix), active: true, patient: patientReference(t.patient) },
  meta: profiled('UKCore-RelatedPerson'),
  relationship: [
    ...(about.code === undefined ? [{ text: about.relation }] : [relationOf(about.code, about.relation)]),
    ...(about.emergency
      ? [
          {
            coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0131', code: 'C' }],
            text: 'Emergency contact',
          },
        ]
      : []),
  ],
  name: [{ text: about.name }],
  telecom: [{ system: 'phone', value: about.telephone, use: 'mobile' }],
  ...(about.since === undefined ? {} : { period: period(t.on(about.since)) }),
});

const relationOf = (code: string, text: string): CodeableConcept => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code }],
  text,
});

/** What someone wants those who care for them to know, in their own words. Source: PRSB, About Me standard. */
export const aboutMe = (t: Teller, suffix: string, text: string, day: number): Resource => ({
  ...{ resourceType: 'QuestionnaireResponse', id: t.id(suffix), status: 'completed' },
  meta: { ...profiled('UKCore-QuestionnaireResponse'), tag: [patientReported] },
  identifier: { system: ownEntrySystem, value: ownSheetKey(t.patient, 'about-me') },
  questionnaire: ownSheetForm('about-me'),
  ...{
    subject: patientReference(t.patient),
    author: patientReference(t.patient),
    source: patientReference(t.patient),
    authored: t.anyDay.at(day, '19:30'),
  },
  item: [{ linkId: 'important', text: 'What is most important to me', answer: [{ valueString: text }] }],
});

export function vaccination(
  t: Teller,
  suffix: string,
  about: { readonly day: number; readonly vaccine: string; readonly batch: string; readonly by: string },
): Resource {
  return {
    ...{ resourceType: 'Immunization', id: t.id(suffix), status: 'completed', primarySource: true },
    meta: profiled('UKCore-Immunization'),
    ...{ patient: patientReference(t.patient), vaccineCode: said(about.vaccine) },
    ...{ occurrenceDateTime: t.on(about.day), lotNumber: about.batch, performer: [{ actor: by(about.by) }] },
  };
}

/** Time under a service's care, such as a pregnancy. */
export const episode = (
  t: Teller,
  suffix: string,
  about: {
    readonly since: number;
    readonly type: CodeableConcept;
    /** None where the case is one worker’s alone: an organisation’s caseload opens to all who work there. */
    readonly organisation?: string;
    readonly manager: string;
    readonly diagnosis?: string;
  },
): Resource =>
  ({
    ...{ resourceType: 'EpisodeOfCare', id: t.id(suffix), status: 'active', type: [about.type] },
    meta: profiled('UKCore-EpisodeOfCare'),
    ...{ patient: patientReference(t.patient), period: period(t.on(about.since)) },
    ...(about.organisation === undefined ? {} : { managingOrganization: at(t, about.organisation) }),
    careManager: by(about.manager),
    ...(about.diagnosis === undefined
      ? {}
      : { diagnosis: [{ condition: reference('Condition', t.id(about.diagnosis)) }] }),
  }) as Resource;

export const procedure = (
  t: Teller,
  suffix: string,
  code: CodeableConcept,
  about: { readonly day: number; readonly by: string; readonly reason?: string; readonly note?: string },
): Resource =>
  ({
    ...{ resourceType: 'Procedure', id: t.id(suffix), status: 'completed', code },
    meta: profiled('UKCore-Procedure'),
    ...{ subject: patientReference(t.patient), performedDateTime: t.at(about.day, '11:30') },
    performer: [{ actor: by(about.by) }],
    ...(about.reason === undefined ? {} : { reasonReference: [reference('Condition', t.id(about.reason))] }),
    ...(about.note === undefined ? {} : { note: [note(about.note)] }),
  }) as Resource;
