import type { Patient } from '@medplum/fhirtypes';
import { nhsNumberSystem } from '../../fhir/nhs-number.ts';
import { Problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';

/** What decides about a proxy, as the record has it now. */
export interface PersonNow {
  readonly id: string;
  readonly birthDate: string | undefined;
  readonly died: boolean;
  /** References of their general practice. */
  readonly registered: readonly string[];
}

const personOf = ({
  id = '',
  birthDate,
  deceasedBoolean,
  deceasedDateTime,
  generalPractitioner,
}: Patient): PersonNow => ({
  id,
  birthDate,
  died: deceasedBoolean === true || deceasedDateTime !== undefined,
  registered: (generalPractitioner ?? []).flatMap(({ reference }) => (reference ? [reference] : [])),
});

const standsForAnother = ({ link }: Patient): boolean =>
  link?.some(({ type }) => type === 'replaced-by') ?? false;

/** The one person with this NHS number and birth date. */
export async function findPerson(
  record: CareRecord,
  system: Actor,
  nhsNumber: string,
  birthDate: string,
): Promise<PersonNow | undefined> {
  const query = `identifier=${encodeURIComponent(`${nhsNumberSystem}|${nhsNumber}`)}&birthdate=${birthDate}&_count=5`;
  const { matches } = await record.search(system, 'Patient', query);
  const people = matches
    .map((stored) => resourceOf<Patient>(stored))
    .filter(
      (one) =>
        one.birthDate === birthDate &&
        !standsForAnother(one) &&
        one.identifier?.some(
          ({ system, value, use }) => system === nhsNumberSystem && value === nhsNumber && use !== 'old',
        ),
    );
  // Two people with one number: neither may be chosen by guess.
  return people.length === 1 && people[0] ? personOf(people[0]) : undefined;
}

/** The person as they are now; someone who is gone from the record is registered nowhere. */
export async function personNow(record: CareRecord, system: Actor, id: string): Promise<PersonNow> {
  const gone = { id, birthDate: undefined, died: false, registered: [] };
  try {
    const stored = await record.read(system, 'Patient', id);
    const patient = stored?.body && resourceOf<Patient>(stored);
    return patient && !standsForAnother(patient) ? personOf(patient) : gone;
  } catch (error) {
    if (error instanceof Problem && (error.status === 410 || error.status === 404)) return gone;
    throw error;
  }
}
