/** The kinds of entry in a person's history, and where each kind's entries are found and dated. */

import { type Sight, showsType } from '../../record/sight.ts';

/** One way to find the dated resources of a type: a date search parameter, and those that must then be missing. */
export interface Stream {
  readonly type: string;
  /** The search parameter that names the person: `patient` or `subject`. */
  readonly by: string;
  /** Search parameter of type date. */
  readonly date: string;
  /** Date parameters that come first: this stream holds only resources without them. */
  readonly without: readonly string[];
}

export interface Kind {
  readonly id: string;
  readonly label: string;
  readonly streams: readonly Stream[];
  /** Left out until asked for. */
  readonly onRequest?: true;
}

const stream = (type: string, dates: string, by = 'patient'): Stream[] => {
  const names = dates.split(' ');
  return names.map((date, i) => ({ type, by, date, without: names.slice(0, i) }));
};

export const kinds: readonly Kind[] = [
  {
    id: 'visits',
    label: 'Appointments and visits',
    streams: [
      ...stream('Encounter', 'date'),
      ...stream('Appointment', 'date'),
      ...stream('EpisodeOfCare', 'date'),
    ],
  },
  {
    id: 'problems',
    label: 'Problems and diagnoses',
    streams: [
      ...stream('Condition', 'onset-date recorded-date'),
      ...stream('ClinicalImpression', 'date'),
      ...stream('DetectedIssue', 'identified'),
    ],
  },
  {
    id: 'alerts',
    label: 'Allergies and alerts',
    streams: [
      ...stream('AllergyIntolerance', 'onset date'),
      ...stream('AdverseEvent', 'date', 'subject'),
      ...stream('Flag', 'date'),
    ],
  },
  {
    id: 'medicines',
    label: 'Medicines',
    streams: [
      ...stream('MedicationRequest', 'authoredon'),
      ...stream('MedicationStatement', 'effective'),
      ...stream('MedicationDispense', 'whenhandedover whenprepared'),
      ...stream('MedicationAdministration', 'effective-time'),
    ],
  },
  {
    id: 'results',
    label: 'Results and measurements',
    streams: [
      ...stream('Observation', 'date'),
      ...stream('DiagnosticReport', 'date'),
      ...stream('ImagingStudy', 'started'),
    ],
  },
  {
    id: 'procedures',
    label: 'Procedures and operations',
    streams: [...stream('Procedure', 'date')],
  },
  { id: 'immunisations', label: 'Immunisations', streams: [...stream('Immunization', 'date')] },
  {
    id: 'plans',
    label: 'Plans, goals and referrals',
    streams: [
      ...stream('CarePlan', 'date'),
      ...stream('Goal', 'start-date'),
      ...stream('ServiceRequest', 'authored'),
      ...stream('Task', 'authored-on'),
      ...stream('RiskAssessment', 'date'),
    ],
  },
  {
    id: 'documents',
    label: 'Documents and forms',
    streams: [
      ...stream('DocumentReference', 'date'),
      ...stream('Composition', 'date'),
      ...stream('QuestionnaireResponse', 'authored'),
      ...stream('Media', 'created'),
      ...stream('Consent', 'date'),
    ],
  },
  {
    id: 'messages',
    label: 'Messages',
    streams: [...stream('Communication', 'sent'), ...stream('CommunicationRequest', 'authored')],
  },
  {
    id: 'family',
    label: 'Family history',
    streams: [...stream('FamilyMemberHistory', 'date')],
  },
  {
    id: 'billing',
    label: 'Claims and billing',
    streams: [...stream('Claim', 'created'), ...stream('ExplanationOfBenefit', 'created')],
    onRequest: true,
  },
];

/** Whether the reader's role shows any of the kind's entries. */
export const isShown = (kind: Kind, sight: Sight): boolean =>
  kind.streams.some(({ type }) => showsType(sight, type));

export const usualKinds: readonly string[] = kinds.filter((kind) => !kind.onRequest).map((kind) => kind.id);
