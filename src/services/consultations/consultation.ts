/** What a consultation writes to the record: typed values in, resources out. Nothing here reads or writes. */
import { createHash } from 'node:crypto';
import type {
  Appointment,
  Binary,
  CarePlan,
  CodeableConcept,
  Composition,
  Condition,
  DocumentReference,
  Encounter,
  MedicationRequest,
  Patient,
  Provenance,
  Reference,
  Resource,
  ServiceRequest,
  Task,
} from '@medplum/fhirtypes';
import {
  atStage,
  type ContactMode,
  communicationOf,
  contactModeExtension,
  contactModeNames,
  outputOf,
} from '../../fhir/primary-care.ts';
import { formatDate } from '../../web/dates.ts';
import type { Concept } from './concepts.ts';
import { type ConsultationValues, medicineRows } from './consultation-form.ts';
import { fitNotePdf } from './fit-note.ts';
import { measureFields, observationsOf } from './measures.ts';

export interface Party {
  readonly reference: string;
  readonly name: string;
}

export interface Consulting {
  /** Id of what is made: the same for the same form sent again. */
  readonly idOf: (what: string) => string;
  readonly patient: Patient;
  readonly patientName: string;
  readonly by: Party;
  readonly job: string;
  readonly team: Party;
  readonly address: string;
  /** When it began and is saved, ms since 1970 UTC. */
  readonly begun: number;
  readonly now: number;
  readonly concept: Concept | undefined;
  /** The problem of the record that it is about. */
  readonly known: Condition | undefined;
  readonly referTo: Party | undefined;
  readonly carePlan: CarePlan | undefined;
  readonly task: Task | undefined;
  readonly appointment: Appointment | undefined;
  /** What the person was asked for the request, where it is closed with this. */
  readonly stillAsked: readonly Task[];
}

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const classes: Readonly<Record<ContactMode, readonly [string, string]>> = {
  message: ['VR', 'virtual'],
  telephone: ['VR', 'virtual'],
  video: ['VR', 'virtual'],
  'in-person': ['AMB', 'ambulatory'],
  'home-visit': ['HH', 'home health'],
};
const hl7 = (system: string, code: string, display?: string) => ({
  system: `http://terminology.hl7.org/CodeSystem/${system}`,
  code,
  ...(display === undefined ? {} : { display }),
});
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);
const narrative = (text: string) => ({
  status: 'additional' as const,
  div: `<div xmlns="http://www.w3.org/1999/xhtml">${escaped(text)
    .split(/\n{2,}/)
    .map((part) => `<p>${part.replaceAll('\n', '<br/>')}</p>`)
    .join('')}</div>`,
});

export interface Written {
  /** In the order in which they are written: what others point at first. */
  readonly resources: readonly Resource[];
  /** Id of the Encounter. */
  readonly encounter: string;
}

export function resourcesOf(values: ConsultationValues, of: Consulting): Written {
  const { idOf, patient, by, team, now, begun } = of;
  const person: Reference<Patient> = { reference: `Patient/${patient.id ?? ''}` };
  const clinician = { reference: by.reference, display: by.name } as Reference<never>; // a Practitioner, whom each element takes
  const moment = new Date(now).toISOString();
  const encounterId = idOf('encounter');
  const encounter: Reference<Encounter> = { reference: `Encounter/${encounterId}` };
  const concept: CodeableConcept = {
    ...(of.concept ? { coding: [{ ...of.concept }] } : {}),
    text: values.problem || of.concept?.display || of.known?.code?.text || 'Consultation',
  };
  const resources: Resource[] = [];

  const condition: Condition | undefined =
    of.known || values.problem === ''
      ? undefined
      : {
          resourceType: 'Condition',
          id: idOf('condition'),
          clinicalStatus: { coding: [hl7('condition-clinical', 'active')] },
          verificationStatus: { coding: [hl7('condition-ver-status', 'confirmed')] },
          category: [
            {
              coding: [
                values.keep
                  ? hl7('condition-category', 'problem-list-item', 'Problem List Item')
                  : hl7('condition-category', 'encounter-diagnosis', 'Encounter Diagnosis'),
              ],
            },
          ],
          ...{ code: concept, subject: person, encounter, recordedDate: moment, recorder: clinician },
        };
  const about = `Condition/${condition?.id ?? of.known?.id ?? ''}`;
  const reasonReference = condition || of.known ? [{ reference: about }] : [];

  resources.push({
    resourceType: 'Encounter',
    id: encounterId,
    status: 'finished',
    extension: [contactModeExtension(values.mode)],
    class: { system: actCode, code: classes[values.mode][0], display: classes[values.mode][1] },
    type: [{ text: `Consultation ${contactModeNames[values.mode].toLowerCase()}` }],
    ...{ serviceType: { text: 'General practice' }, subject: person },
    participant: [
      { type: [{ coding: [hl7('v3-ParticipationType', 'ATND', 'attender')] }], individual: clinician },
    ],
    ...(of.appointment ? { appointment: [{ reference: `Appointment/${of.appointment.id ?? ''}` }] } : {}),
    period: { start: new Date(begun).toISOString(), end: moment },
    reasonCode: [concept],
    ...(reasonReference.length > 0 ? { reasonReference: reasonReference as never } : {}), // Conditions, which it takes
    serviceProvider: { reference: team.reference, display: team.name },
  });
  if (condition) resources.push(condition);

  const sections = (
    [
      ['What the patient said', values.history],
      ['What was found', values.examination],
      ['What it may be', values.assessment],
      ['What was agreed', values.plan],
      ['When to come back or get help', values.safety],
    ] as const
  ).filter(([, text]) => text !== '');
  const note: Composition = {
    resourceType: 'Composition',
    id: idOf('note'),
    status: 'final',
    type: {
      coding: [{ system: 'http://loinc.org', code: '11488-4', display: 'Consult note' }],
      text: 'Consultation',
    },
    ...{
      subject: person,
      encounter,
      date: moment,
      author: [clinician],
      title: `Consultation: ${concept.text}`,
    },
    section: sections.map(([title, text]) => ({ title, text: narrative(text) })),
  };
  if (sections.length > 0) resources.push(note);

  const numbers = Object.fromEntries(
    measureFields.map(({ key }) => [
      key,
      values[key] === '' || values[key] === undefined ? undefined : Number(values[key]),
    ]),
  );
  resources.push(
    ...observationsOf(numbers, (key) => ({
      ...{ id: idOf(key), subject: person, encounter, effectiveDateTime: moment, issued: moment },
      performer: [clinician],
    })),
  );

  for (const row of medicineRows) {
    const medicine = String(values[`medicine${row}`] ?? '');
    if (medicine === '') continue;
    const quantity = String(values[`quantity${row}`] ?? '');
    const notes = [
      ...(quantity === '' ? [] : [`Quantity: ${quantity}`]),
      ...(values.checked ? ['Drafted after a warning of an allergy was checked'] : []),
    ];
    const request: MedicationRequest = {
      resourceType: 'MedicationRequest',
      id: idOf(`medicine ${row}`),
      // Nobody has signed it: a prescription is made of it where medicines are.
      ...{ status: 'draft', intent: 'order', medicationCodeableConcept: { text: medicine } },
      ...{ subject: person, encounter, authoredOn: moment, requester: clinician },
      ...(reasonReference.length > 0 ? { reasonReference: reasonReference as never } : {}), // Conditions, which it takes
      dosageInstruction: [{ text: String(values[`dose${row}`] ?? '') }],
      ...(notes.length === 0 ? {} : { note: notes.map((text) => ({ text })) }),
    };
    resources.push(request);
  }

  for (const { key, name, how } of values.tests)
    resources.push({
      ...{ resourceType: 'ServiceRequest', id: idOf(`test ${key}`), status: 'active', intent: 'order' },
      category: [
        {
          coding: [{ system: 'http://snomed.info/sct', code: '108252007', display: 'Laboratory procedure' }],
        },
      ],
      ...{ code: { text: name }, subject: person, encounter, authoredOn: moment, requester: clinician },
      patientInstruction: how,
      ...(reasonReference.length > 0 ? { reasonReference: reasonReference as never } : {}), // Conditions, which it takes
    } as ServiceRequest);
  if (of.referTo)
    resources.push({
      ...{ resourceType: 'ServiceRequest', id: idOf('referral'), status: 'draft', intent: 'order' },
      ...{
        code: { text: values.referService },
        subject: person,
        encounter,
        authoredOn: moment,
        requester: clinician,
      },
      performer: [{ reference: of.referTo.reference, display: of.referTo.name } as Reference<never>], // an Organization
      reasonCode: [{ text: values.referReason }],
    } as ServiceRequest);

  if (values.fit !== '') {
    const title = `Fit note: ${formatDate(values.fitFrom)} to ${formatDate(values.fitUntil)}`;
    const bytes = fitNotePdf({
      ...{
        patient: of.patientName,
        born: patient.birthDate ?? '',
        says: values.fit,
        reason: values.fitReason,
      },
      ...{ adjust: values.fitAdjust, from: values.fitFrom, until: values.fitUntil, by: by.name, job: of.job },
      ...{ practice: team.name, address: of.address, now },
    });
    const file: Binary = {
      ...{ resourceType: 'Binary', id: idOf('fit note file'), contentType: 'application/pdf' },
      ...{ securityContext: person as Reference<never>, data: bytes.toString('base64') }, // R4: any resource
    };
    const letter: DocumentReference = {
      ...{ resourceType: 'DocumentReference', id: idOf('fit note'), status: 'current', docStatus: 'final' },
      ...{
        type: { text: 'Fit note' },
        subject: person,
        date: moment,
        description: title,
        author: [clinician],
      },
      custodian: { reference: team.reference as `Organization/${string}`, display: team.name },
      content: [
        {
          attachment: {
            ...{ contentType: 'application/pdf', language: 'en-GB', url: `Binary/${file.id}`, title },
            ...{
              size: bytes.length,
              creation: moment,
              hash: createHash('sha1').update(bytes).digest('base64'),
            },
          },
        },
      ],
      context: { encounter: [encounter] },
    };
    resources.push(file, letter);
  }

  if (values.care !== '') {
    const activity = {
      detail: {
        status: 'scheduled' as const,
        description: values.care,
        ...(values.careBy === '' ? {} : { scheduledPeriod: { end: values.careBy } }),
      },
    };
    const plan: CarePlan = of.carePlan
      ? { ...of.carePlan, activity: [...(of.carePlan.activity ?? []), activity] }
      : {
          ...{ resourceType: 'CarePlan', id: idOf('care plan'), status: 'active', intent: 'plan' },
          ...{ title: 'Care agreed with your practice', subject: person, encounter, created: moment },
          ...{ author: clinician, activity: [activity] },
        };
    resources.push(plan);
  }

  if (values.summary !== '')
    resources.push(
      communicationOf(
        {
          ...{
            id: idOf('summary'),
            kind: 'patient',
            person: patient.id ?? '',
            topic: `Your consultation: ${concept.text}`,
          },
          text: values.summary,
          from: {
            reference: team.reference as `Organization/${string}`,
            display: `${by.name}, ${team.name}`,
          },
          to: [{ reference: `Patient/${patient.id ?? ''}` }],
          sent: now,
          about: [`Encounter/${encounterId}`, ...(of.task ? [`Task/${of.task.id ?? ''}`] : [])],
        },
        hl7('v3-ActCode', 'NOPAT'),
      ),
    );

  if (of.task) {
    const isClosed = values.next === 'close';
    const { statusReason: _, ...task } = of.task;
    // When someone of the team first dealt with it: what people are told of waiting rests on it.
    const { start = new Date(begun).toISOString() } = task.executionPeriod ?? {};
    resources.push({
      ...task,
      ...atStage(isClosed ? 'closed' : 'opened'),
      lastModified: moment,
      executionPeriod: { start, ...(isClosed ? { end: moment } : {}) },
      ...(isClosed ? { statusReason: { text: 'Answered in a consultation' } } : {}),
      output: [...(of.task.output ?? []), outputOf(`Encounter/${encounterId}`, 'Consultation')],
    });
  }
  for (const asked of of.stillAsked)
    resources.push({ ...asked, status: 'cancelled', statusReason: { text: 'The request was closed' } });
  // What was called off or missed stays so.
  if (of.appointment && ['booked', 'arrived', 'checked-in'].includes(of.appointment.status ?? ''))
    resources.push({ ...of.appointment, status: 'fulfilled' });

  const written = resources.filter(({ resourceType }) => resourceType !== 'Binary');
  const provenance: Provenance = {
    resourceType: 'Provenance',
    id: idOf('provenance'),
    target: written.map(({ resourceType, id = '' }) => ({ reference: `${resourceType}/${id}` })),
    recorded: moment,
    activity: { coding: [hl7('v3-DataOperation', 'CREATE', 'create')] },
    agent: [
      {
        type: { coding: [hl7('provenance-participant-type', 'author', 'Author')] },
        who: clinician,
        onBehalfOf: { reference: team.reference, display: team.name } as Reference<never>, // an Organization
      },
    ],
  };
  return { resources: [...resources, provenance], encounter: encounterId };
}
