import type { Patient } from '@medplum/fhirtypes';
import { nhsNumberSystem } from '../../fhir/nhs-number.ts';
import { Problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import { agrees, isLinkable, nhsNumbersOf, type PersonClaims } from './agreement.ts';

/** The system itself, on behalf of the person who signs in: before they are linked they may see nothing. */
export const linkingActor = (requestId: string): Actor => ({
  id: 'Device/sign-in',
  name: 'Sign-in',
  role: 'system',
  purpose: 'PATRQT',
  requestId,
  sight: 'everything',
  via: 'page',
});

export type Match =
  | { readonly outcome: 'one'; readonly patient: string }
  /** The record has nobody with this number. */
  | { readonly outcome: 'none' }
  /** More than one has it: which is for a person to find out. */
  | { readonly outcome: 'several' }
  /** Name or birth date are others. */
  | { readonly outcome: 'disagree' };

/** The Patient of a verified NHS number, whose name and birth date agree with what is claimed. */
export async function patientByNumber(
  record: CareRecord,
  claims: Required<PersonClaims>,
  { requestId, now }: { requestId: string; now: number },
): Promise<Match> {
  const query = new URLSearchParams({ identifier: `${nhsNumberSystem}|${claims.nhsNumber}`, _count: '20' });
  const { matches } = await record.search(linkingActor(requestId), 'Patient', query.toString());
  const found = matches
    .map((stored) => resourceOf<Patient>(stored))
    .filter((patient) => patient.active !== false && !isReplaced(patient))
    .filter((patient) => nhsNumbersOf(patient, now).includes(claims.nhsNumber));
  const [patient] = found;
  if (!patient?.id) return { outcome: 'none' };
  if (found.length > 1) return { outcome: 'several' };
  return isLinkable(patient) && agrees(patient, claims, now)
    ? { outcome: 'one', patient: patient.id }
    : { outcome: 'disagree' };
}

const isReplaced = (patient: Patient): boolean =>
  (patient.link ?? []).some((link) => link.type === 'replaced-by');

/** One Patient by id, as the system; undefined where it is no more. */
export async function patientById(
  record: CareRecord,
  id: string,
  requestId: string,
): Promise<Patient | undefined> {
  try {
    const stored = await record.read(linkingActor(requestId), 'Patient', id);
    return stored?.body ? resourceOf<Patient>(stored) : undefined;
  } catch (error) {
    if (error instanceof Problem && error.status === 410) return undefined;
    throw error;
  }
}
