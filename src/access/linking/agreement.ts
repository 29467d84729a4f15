import type { Patient } from '@medplum/fhirtypes';
import { nhsNumberSystem } from '../../fhir/nhs-number.ts';

/** What is known of a person from elsewhere. */
export interface PersonClaims {
  readonly nhsNumber?: string;
  readonly familyName?: string;
  /** `1962-07-03` */
  readonly birthDate?: string;
}

/** `O’Brien-Smith` as `obriensmith`: case, accents, spaces and signs are written differently from system to system. */
export const comparableName = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/[^\p{L}]/gu, '')
    .toLowerCase();

/** The NHS numbers of a Patient that hold now. */
export function nhsNumbersOf(patient: Patient, now: number): readonly string[] {
  return (patient.identifier ?? [])
    .filter(({ system, use }) => system === nhsNumberSystem && use !== 'old')
    .filter(({ period }) => period?.end === undefined || !(Date.parse(period.end) < now))
    .flatMap(({ value }) => (value === undefined ? [] : [value.replaceAll(' ', '')]));
}

/** Whether a Patient may be linked at all: in use, not replaced by another, alive. */
export const isLinkable = (patient: Patient): boolean =>
  patient.active !== false &&
  patient.deceasedBoolean !== true &&
  patient.deceasedDateTime === undefined &&
  !(patient.link ?? []).some((link) => link.type === 'replaced-by');

/**
 * Whether nothing that is known of a person contradicts the Patient: the NHS number is one of theirs, the family name is
 * one they have or had, and the birth date is the same to the day. A Patient that lacks what is known does not agree.
 */
export function agrees(patient: Patient, claims: PersonClaims, now: number): boolean {
  const { nhsNumber, familyName, birthDate } = claims;
  if (nhsNumber !== undefined && !nhsNumbersOf(patient, now).includes(nhsNumber)) return false;
  if (birthDate !== undefined && patient.birthDate !== birthDate) return false;
  if (familyName === undefined) return true;
  const wanted = comparableName(familyName);
  return wanted !== '' && (patient.name ?? []).some((name) => comparableName(name.family ?? '') === wanted);
}
