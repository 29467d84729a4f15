/** Whose record an app may use: the choice, as far as the person may see records. */
import type { Patient } from '@medplum/fhirtypes';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import { formatDate } from '../../web/dates.ts';
import { chooseName, plainName } from '../../web/names.ts';

export interface Choice {
  /** Id of the Patient. */
  readonly id: string;
  readonly name: string;
  readonly born: string;
}

/** In whose sight, and on which day (`2024-01-05`). */
export interface Choosing {
  readonly record: CareRecord;
  readonly actor: Actor;
  readonly today: string;
}

const mostChoices = 20;
const idForm = /^[A-Za-z0-9.-]{1,64}$/;

const choiceOf = (patient: Patient, today: string): Choice => ({
  id: patient.id ?? '',
  name: plainName(chooseName(patient.name, today)),
  born: patient.birthDate ? formatDate(patient.birthDate) : 'not recorded',
});

/** The Patient where the actor may see it: what is hidden is as if it were not there. */
export async function patientSeen(
  { record, actor, today }: Choosing,
  id: string,
): Promise<Choice | undefined> {
  if (!idForm.test(id)) return undefined;
  const page = await record.search(actor, 'Patient', `_id=${id}`);
  const [stored] = page.matches;
  return stored && choiceOf(resourceOf<Patient>(stored), today);
}

/** People found by NHS number or name, as far as the actor may see them. */
export async function findPatients(
  { record, actor, today }: Choosing,
  typed: string,
): Promise<readonly Choice[]> {
  const digits = typed.replaceAll(/[\s-]/g, '');
  const query = /^\d{10}$/.test(digits)
    ? `identifier=https://fhir.nhs.uk/Id/nhs-number|${digits}`
    : typed
        .split(/[\s,]+/)
        .filter(Boolean)
        .slice(0, 5)
        .map((word) => `name=${encodeURIComponent(word.replaceAll(/[\\$|]/g, ''))}`)
        .join('&');
  const page = await record.search(actor, 'Patient', `${query}&_count=${mostChoices}`);
  return page.matches.map((stored) => choiceOf(resourceOf<Patient>(stored), today));
}
