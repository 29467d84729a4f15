import type { Clock } from '../platform/clock.ts';
import type { CareRecord } from '../record/care-record.ts';
import { seeder } from './demonstration-note.ts';

/** What the demonstration makes, in words that people know. */
const names = {
  Patient: 'People',
  RelatedPerson: 'Relatives and carers',
  Practitioner: 'Staff',
  Organization: 'Organisations',
  Location: 'Buildings',
  HealthcareService: 'Services',
  Encounter: 'Visits and calls',
  Appointment: 'Appointments',
  Condition: 'Conditions',
  Observation: 'Measurements and results',
  DiagnosticReport: 'Reports',
  ImagingStudy: 'X-rays and scans',
  MedicationRequest: 'Prescriptions',
  MedicationDispense: 'Medicines given out',
  MedicationStatement: 'Medicines that people say they take',
  AllergyIntolerance: 'Allergies',
  Immunization: 'Vaccinations',
  Procedure: 'Operations and procedures',
  DocumentReference: 'Letters and documents',
  ServiceRequest: 'Referrals and requests',
  EpisodeOfCare: 'Spells of care',
  CarePlan: 'Care plans',
  Goal: 'Goals',
  CareTeam: 'Care teams',
  Task: 'Tasks',
  Flag: 'Alerts',
  Communication: 'Messages',
  Consent: 'Choices about sharing',
} as const;

export interface ResourceCount {
  /** Of FHIR. */
  readonly type: string;
  /** “Vaccinations”. */
  readonly name: string;
  readonly count: number;
}

export interface Counted {
  /** ms since 1970 UTC. */
  readonly at: number;
  /** Those there are any of, in the order of their table. */
  readonly counts: readonly ResourceCount[];
}

/** Counting takes at most one part in so many of the time. */
const spare = 100;
const leastMs = 60_000;

/**
 * Counts what the record holds. Whoever asks again soon gets the same answer: the longer counting took, as in a region of a
 * million, the longer it stands.
 */
export function countResources({
  record,
  clock,
}: {
  readonly record: Pick<CareRecord, 'search'>;
  readonly clock: Clock;
}): () => Promise<Counted> {
  let latest: Counted | undefined;
  let until = 0;
  let running: Promise<Counted> | undefined;
  const count = async (): Promise<Counted> => {
    const at = clock.now();
    const counts: ResourceCount[] = [];
    for (const [type, name] of Object.entries(names)) {
      const { total = 0 } = await record.search(seeder, type, '_summary=count');
      if (total > 0) counts.push({ type, name, count: total });
    }
    const end = clock.now();
    until = end + Math.max(leastMs, (end - at) * spare);
    latest = { at, counts };
    return latest;
  };
  return () => {
    if (latest && clock.now() < until) return Promise.resolve(latest);
    running ??= count().finally(() => {
      running = undefined;
    });
    return latest ? Promise.resolve(latest) : running;
  };
}
