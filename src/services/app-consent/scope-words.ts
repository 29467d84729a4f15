/** What an app asks for, in words that a patient or a nurse reads. */
import { type DataScope, type Letter, parseDataScope } from '../../access/smart/scopes.ts';
import { humanise } from '../../web/coded.ts';

const names: Readonly<Record<string, string>> = {
  '*': 'the whole record',
  AllergyIntolerance: 'allergies',
  Appointment: 'appointments',
  CarePlan: 'care plans',
  CareTeam: 'the care team',
  Communication: 'messages',
  Condition: 'problems and diagnoses',
  Consent: 'sharing choices',
  Coverage: 'insurance',
  Device: 'devices',
  DiagnosticReport: 'test reports',
  DocumentReference: 'letters and documents',
  Encounter: 'visits and stays',
  FamilyMemberHistory: 'family history',
  Goal: 'goals',
  ImagingStudy: 'scans and X-rays',
  Immunization: 'vaccinations',
  Location: 'places of care',
  Medication: 'medicines',
  MedicationDispense: 'dispensed medicines',
  MedicationRequest: 'prescriptions',
  MedicationStatement: 'medicines taken',
  Observation: 'test results and measurements',
  Organization: 'organisations',
  Patient: 'name, address and other personal details',
  Practitioner: 'health professionals',
  Procedure: 'operations and procedures',
  QuestionnaireResponse: 'answers to questionnaires',
  RelatedPerson: 'relatives and carers',
  ServiceRequest: 'referrals and test requests',
  Task: 'tasks',
};

const isSeeing = (letters: readonly Letter[]) => letters.includes('r') || letters.includes('s');
const isWriting = (letters: readonly Letter[]) => letters.some((letter) => 'cud'.includes(letter));

function doing(letters: readonly Letter[]): string {
  const parts = [
    ...(isSeeing(letters) ? ['see'] : []),
    ...(letters.includes('c') ? ['add to'] : []),
    ...(letters.includes('u') ? ['change'] : []),
    ...(letters.includes('d') ? ['delete'] : []),
  ];
  const last = parts.pop() ?? 'use';
  const text = parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function words(scope: DataScope): string {
  const name = names[scope.type] ?? humanise(scope.type).toLowerCase();
  const bound = scope.query === undefined ? '' : ` (only where ${plainQuery(scope.query)})`;
  return `${doing(scope.letters)} ${name}${bound}`;
}

const plainQuery = (query: string): string =>
  [...new URLSearchParams(query)]
    .map(([name, value]) => `${name.replaceAll('-', ' ')} is ${value.replace(/^.*\|/, '')}`)
    .join(' and ');

export interface AskedWords {
  /** Of the one patient in context. */
  readonly aboutPatient: readonly string[];
  /** Of everyone whom the person may see. */
  readonly aboutEveryone: readonly string[];
  readonly writes: boolean;
  /** How long it lasts. */
  readonly lasts: string;
  /** It learns who the person is. */
  readonly learnsWho: boolean;
}

export function askedWords(scopes: readonly string[]): AskedWords {
  const data = scopes.flatMap((scope) => parseDataScope(scope) ?? []);
  const of = (level: DataScope['level']) => [
    ...new Set(data.filter((scope) => scope.level === level).map(words)),
  ];
  return {
    aboutPatient: of('patient'),
    aboutEveryone: of('user'),
    writes: data.some((scope) => isWriting(scope.letters)),
    lasts: scopes.includes('offline_access')
      ? 'It keeps this access when you are not using it, for up to a year.'
      : scopes.includes('online_access')
        ? 'It keeps this access until you sign out, for up to 12 hours.'
        : 'It has this access for 30 minutes.',
    learnsWho: scopes.includes('openid') || scopes.includes('fhirUser') || scopes.includes('profile'),
  };
}
