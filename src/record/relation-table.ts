import type { RelationKind } from './sight.ts';

/**
 * Why a party may see a person's record: one table, by resource type, of the elements whose references make a
 * relationship and of the time that it lasts. Nobody types a relationship in; it is there because care is, and it ends.
 */

/** The time that a relationship outlasts what it rests on, in days: the one place to change it. */
export const days = {
  /** Certificates, the coroner and the family's questions fall in the first year after a death. */
  afterDeath: 365,
  /** Notes are read before someone is first seen. */
  before: 28,
  /** Letters are written and results come back within a quarter. */
  afterCare: 90,
  /** Someone who has left a team, a ward or a task hands over within a month. */
  handover: 28,
  /** Rearranging what was called off. */
  calledOff: 7,
  /** A visit that nobody closed is not going on for ever. */
  unclosedVisit: 30,
  /** Waits of two years have happened; what is older has been forgotten, not waited for. */
  openReferral: 730,
  /** An NHS prescription may be dispensed for six months. Source: Human Medicines Regulations 2012, reg. 217(5). */
  prescription: 183,
  /** Those who made a report answer for it, and correct it, for half a year. */
  report: 183,
  /** A task or message still open after a year has been forgotten. */
  openTask: 365,
  /** A care plan is reviewed each year; two reviews missed end it. */
  openPlan: 730,
} as const;

/** When something is, from an element of the resource, so many days later, or earlier below zero. */
export interface Moment {
  /** Undefined: without bound. */
  readonly element: string | undefined;
  readonly days: number;
}

/**
 * A repeating element that may state its own time beside its reference: the relationship lasts within both, from so many
 * days before its own start until so many after its own end. Where its `status` is `declined` it makes none.
 */
export interface Part {
  readonly each: string;
  readonly reference: string;
  /** Undefined: it has no time of its own that counts. */
  readonly own?: { readonly period: string; readonly before: number; readonly after: number };
}

export interface RelationRule {
  /** Elements whose references are the parties. */
  readonly parties: readonly (string | Part)[];
  readonly kind: RelationKind;
  /** Only where one of the element's values is among these; `''` stands for no value. */
  readonly when?: Readonly<Record<string, readonly string[]>>;
  readonly unless?: Readonly<Record<string, readonly string[]>>;
  /** Only where the resource lacks these elements. */
  readonly without?: readonly string[];
  /** The first that is stated. None stated: no relationship. */
  readonly from: readonly Moment[];
  readonly until: readonly Moment[];
  /** Why it makes a relationship, and why it lasts so long. */
  readonly why: string;
}

const at = (element: string, later = 0): Moment => ({ element, days: later });
const always: Moment = { element: undefined, days: 0 };

/** A visit is over within the day; a stay (IMP, ACUTE, NONAC and any other class) lasts. Source: HL7 v3 ActEncounterCode. */
const visits: readonly string[] = ['AMB', 'VR', 'HH', 'FLD', 'EMER', 'SS', 'OBSENC'];
const going: readonly string[] = ['planned', 'arrived', 'triaged', 'in-progress', 'onleave', 'unknown'];
const orders: readonly string[] = [
  'order',
  'original-order',
  'reflex-order',
  'filler-order',
  'instance-order',
];
const ordered = [at('authoredOn'), at('occurrenceDateTime'), at('occurrencePeriod.start')];
const produced = [at('effectiveDateTime'), at('effectivePeriod.start'), at('issued')];

const member: Part = {
  each: 'participant',
  reference: 'member',
  own: { period: 'period', before: 0, after: days.handover },
};
const clinician: Part = {
  each: 'participant',
  reference: 'individual',
  own: { period: 'period', before: days.before, after: days.afterCare },
};
const ward: Part = {
  each: 'location',
  reference: 'location',
  own: { period: 'period', before: 0, after: days.handover },
};
const placeOfCare = ['serviceProvider', 'hospitalization.destination'];
/** A participant's period is when they are wanted on the day: they prepare before it like the others. */
const booked: Part = { each: 'participant', reference: 'actor' };

const requestRules = (parties: readonly string[]): readonly RelationRule[] => [
  {
    parties,
    kind: 'referred',
    when: { status: ['active', 'on-hold', 'unknown'] },
    from: ordered,
    until: ordered.map(({ element = '' }) => at(element, days.openReferral)),
    why: 'Who was asked, and who asked, until it is done; not for ever where nobody says so.',
  },
  {
    parties,
    kind: 'referred',
    when: { status: ['completed'] },
    from: ordered,
    until: [
      at('occurrencePeriod.end', days.afterCare),
      at('occurrenceDateTime', days.afterCare),
      at('authoredOn', days.afterCare),
    ],
    why: 'The answer is written and read after the work; R4 does not say when a request was completed.',
  },
  {
    parties,
    kind: 'referred',
    when: { status: ['revoked'] },
    from: ordered,
    until: [at('authoredOn', days.handover)],
    why: 'Who was asked must be able to read that it was called off.',
  },
];

export const relationRules: Readonly<Record<string, readonly RelationRule[]>> = {
  Patient: [
    {
      parties: ['generalPractitioner', 'managingOrganization'],
      kind: 'registered',
      when: { active: ['true', ''] },
      from: [always],
      until: [at('deceasedDateTime', days.afterDeath), always],
      why: 'Registered with them until the registration ends (active false), and a year after a death.',
    },
  ],
  EpisodeOfCare: [
    {
      parties: ['managingOrganization', 'careManager', 'team'],
      kind: 'caseload',
      when: { status: ['planned', 'waitlist', 'active', 'onhold'] },
      from: [at('period.start', -days.before), always],
      until: [at('period.end', days.afterCare), always],
      why: 'On their caseload until it is closed; the notes are read before the start.',
    },
    {
      parties: ['managingOrganization', 'careManager', 'team'],
      kind: 'caseload',
      when: { status: ['finished'] },
      from: [at('period.start', -days.before), always],
      until: [at('period.end', days.afterCare)],
      why: 'Closing letters and late results, for a quarter.',
    },
  ],
  CareTeam: [
    {
      parties: [member, 'managingOrganization'],
      kind: 'caseload',
      when: { status: ['active', 'suspended', ''] },
      from: [at('period.start'), always],
      until: [at('period.end', days.handover), always],
      why: 'Members of the team while they are in it and it cares, and a month to hand over.',
    },
    {
      parties: [member, 'managingOrganization'],
      kind: 'caseload',
      when: { status: ['inactive'] },
      from: [at('period.start'), always],
      until: [at('period.end', days.handover)],
      why: 'A month to hand over after the team has ended; without a stated end, none.',
    },
  ],
  Encounter: [
    {
      parties: [...placeOfCare, clinician, ward],
      kind: 'in-care',
      when: { status: going, 'class.code': visits },
      from: [at('period.start', -days.before)],
      until: [at('period.end', days.afterCare), at('period.start', days.unclosedVisit)],
      why: 'A visit: from a month before until a quarter after; one that nobody closed lasts a month.',
    },
    {
      parties: [...placeOfCare, clinician, ward],
      kind: 'in-care',
      when: { status: going },
      unless: { 'class.code': visits },
      from: [at('period.start', -days.before)],
      until: [at('period.end', days.afterCare), always],
      why: 'A stay: as long as it goes on, however long; on a ward and under a clinician for their own part of it.',
    },
    {
      parties: [...placeOfCare, 'hospitalization.origin', clinician, ward],
      kind: 'in-care',
      when: { status: ['finished'] },
      from: [at('period.start', -days.before)],
      until: [at('period.end', days.afterCare), at('period.start', days.afterCare)],
      why: 'Letters and late results, for a quarter, for those who gave the care and the places before and after.',
    },
  ],
  ServiceRequest: requestRules(['performer', 'requester', 'locationReference']),
  DeviceRequest: requestRules(['performer', 'requester']),
  Appointment: [
    {
      parties: [booked],
      kind: 'booked',
      when: { status: ['proposed', 'pending', 'booked', 'arrived', 'fulfilled', 'checked-in', 'waitlist'] },
      from: [at('created'), at('start', -days.before), at('end', -days.before)],
      until: [at('end', days.handover), at('start', days.handover), at('created', days.openTask)],
      why: 'Booked with them: from the booking until a month after. A request without a time lasts a year.',
    },
    {
      parties: [booked],
      kind: 'booked',
      when: { status: ['noshow'] },
      from: [at('created'), at('start', -days.before), at('end', -days.before)],
      until: [at('end', days.handover), at('start', days.handover)],
      why: 'Someone who did not come, or was not brought, is followed up within a month.',
    },
    {
      parties: [booked],
      kind: 'booked',
      when: { status: ['cancelled'] },
      from: [at('created'), at('start', -days.before), at('end', -days.before)],
      until: [at('end', days.calledOff), at('start', days.calledOff)],
      why: 'To rearrange it, until a week after the time that it was for.',
    },
  ],
  MedicationRequest: [
    {
      parties: ['dispenseRequest.performer', 'requester'],
      kind: 'prescribed',
      when: { status: ['active', 'on-hold', 'completed', 'unknown'], intent: orders },
      from: [at('authoredOn'), at('dispenseRequest.validityPeriod.start')],
      until: [
        at('dispenseRequest.validityPeriod.end', days.handover),
        at('authoredOn', days.prescription + days.handover),
        at('dispenseRequest.validityPeriod.start', days.prescription + days.handover),
      ],
      why: 'Sent to their pharmacy: while it may be dispensed, and a month for what is owed and for queries.',
    },
    {
      parties: ['dispenseRequest.performer', 'requester'],
      kind: 'prescribed',
      when: { status: ['cancelled', 'stopped'], intent: orders },
      from: [at('authoredOn'), at('dispenseRequest.validityPeriod.start')],
      until: [at('authoredOn', days.handover), at('dispenseRequest.validityPeriod.start', days.handover)],
      why: 'The pharmacy must be able to read that it was called off.',
    },
  ],
  MedicationDispense: [
    {
      parties: ['performer.actor', 'location'],
      kind: 'prescribed',
      unless: { status: ['cancelled', 'declined'] },
      from: [at('whenPrepared'), at('whenHandedOver')],
      until: [at('whenHandedOver', days.afterCare), at('whenPrepared', days.afterCare)],
      why: 'Who dispensed it answers questions about it, and sees the next repeat, for a quarter.',
    },
  ],
  // R4 puts a Task in no one's record; here one for someone lives with them, and who was asked sees what their role shows.
  Task: [
    {
      parties: ['owner', 'requester'],
      kind: 'tasked',
      when: { status: ['requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold'] },
      from: [at('authoredOn'), at('executionPeriod.start'), at('lastModified')],
      until: [
        at('restriction.period.end', days.handover),
        at('authoredOn', days.openTask),
        at('executionPeriod.start', days.openTask),
        at('lastModified', days.openTask),
      ],
      why: 'Who is to do it and who asked, while it is open; what nobody closes within a year is forgotten.',
    },
    {
      parties: ['owner', 'requester'],
      kind: 'tasked',
      when: { status: ['completed', 'failed'] },
      from: [at('authoredOn'), at('executionPeriod.start'), at('lastModified')],
      until: [
        at('executionPeriod.end', days.handover),
        at('lastModified', days.handover),
        at('authoredOn', days.handover),
      ],
      why: 'What was done is looked at once more within a month.',
    },
    {
      parties: ['owner', 'requester'],
      kind: 'tasked',
      when: { status: ['rejected', 'cancelled'] },
      from: [at('authoredOn'), at('executionPeriod.start'), at('lastModified')],
      until: [at('lastModified', days.calledOff), at('authoredOn', days.calledOff)],
      why: 'To read that it was called off, and send it elsewhere.',
    },
  ],
  CarePlan: [
    {
      parties: ['author', 'careTeam', 'contributor'],
      kind: 'caseload',
      when: { status: ['active', 'on-hold', 'unknown'] },
      from: [at('created'), at('period.start')],
      until: [
        at('period.end', days.afterCare),
        at('period.start', days.openPlan),
        at('created', days.openPlan),
      ],
      why: 'Who made the plan and who carries it out, until it ends or two yearly reviews are missed.',
    },
    {
      parties: ['author', 'careTeam', 'contributor'],
      kind: 'caseload',
      when: { status: ['draft', 'completed', 'revoked'] },
      from: [at('created'), at('period.start')],
      until: [
        at('period.end', days.afterCare),
        at('created', days.afterCare),
        at('period.start', days.afterCare),
      ],
      why: 'To finish a plan, or to close it and hand it over, within a quarter.',
    },
  ],
  DiagnosticReport: [
    {
      parties: ['performer', 'resultsInterpreter'],
      kind: 'in-care',
      unless: { status: ['cancelled'] },
      from: produced,
      until: [
        at('issued', days.report),
        at('effectivePeriod.end', days.report),
        at('effectiveDateTime', days.report),
        at('effectivePeriod.start', days.report),
      ],
      why: 'Those who made a report answer for it and correct it, for half a year.',
    },
  ],
  Observation: [
    {
      parties: ['performer'],
      kind: 'in-care',
      unless: { status: ['cancelled'] },
      without: ['encounter'],
      from: [...produced, at('effectiveInstant')],
      until: [
        at('issued', days.handover),
        at('effectivePeriod.end', days.handover),
        at('effectiveDateTime', days.handover),
        at('effectiveInstant', days.handover),
        at('effectivePeriod.start', days.handover),
      ],
      why: 'Who measured it outside a visit (a visit makes its own relationship) looks at it within a month.',
    },
  ],
  ImagingStudy: [
    {
      parties: ['interpreter', 'location', 'referrer', 'series.performer.actor'],
      kind: 'in-care',
      unless: { status: ['cancelled'] },
      from: [at('started')],
      until: [at('started', days.report)],
      why: 'Those who asked for, took and read the images compare and correct for half a year.',
    },
  ],
  Procedure: [
    {
      parties: ['performer.actor', 'performer.onBehalfOf', 'location'],
      kind: 'in-care',
      unless: { status: ['not-done'] },
      from: [at('performedDateTime', -days.before), at('performedPeriod.start', -days.before)],
      until: [
        at('performedPeriod.end', days.afterCare),
        at('performedDateTime', days.afterCare),
        at('performedPeriod.start', days.afterCare),
      ],
      why: 'Those who do a procedure prepare it, and follow it up for a quarter.',
    },
  ],
  Immunization: [
    {
      parties: ['performer.actor', 'location'],
      kind: 'in-care',
      unless: { status: ['not-done'] },
      from: [at('occurrenceDateTime')],
      until: [at('occurrenceDateTime', days.handover)],
      why: 'Who gave a vaccine answers for reactions within a month.',
    },
  ],
  Communication: [
    {
      parties: ['recipient'],
      kind: 'tasked',
      unless: { status: ['not-done', 'preparation'] },
      from: [at('sent'), at('received')],
      until: [at('received', days.handover), at('sent', days.handover)],
      why: 'Who is written to about someone needs the record to answer, for a month. Writing gives nothing: a notice of emergency access must not open the record to the sender’s colleagues.',
    },
  ],
  Composition: [
    {
      parties: ['author', 'custodian'],
      kind: 'in-care',
      from: [at('date')],
      until: [at('date', days.afterCare)],
      why: 'Who wrote a document answers for it and corrects it for a quarter.',
    },
  ],
  DocumentReference: [
    {
      parties: ['author', 'custodian', 'authenticator'],
      kind: 'in-care',
      from: [at('date'), at('context.period.start'), at('content.attachment.creation')],
      until: [
        at('date', days.afterCare),
        at('context.period.end', days.afterCare),
        at('content.attachment.creation', days.afterCare),
      ],
      why: 'Who wrote a letter answers for it and corrects it for a quarter.',
    },
  ],
};
