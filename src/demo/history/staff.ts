/** Who of the region does what for a person, and at which visit. */
import type { Organization, Patient, Practitioner, Reference } from '@medplum/fhirtypes';
import { reference } from '../build.ts';
import type { Contact, Life, Organisation, OrganisationKind, Region, Worker } from '../model.ts';
import { dayOf } from './calendar.ts';

/** Who may do or report something of a record. */
export type Agent = Reference<Organization | Patient | Practitioner>;

export const workerName = ({ prefix, given, family }: Worker): string =>
  [prefix, given, family].filter(Boolean).join(' ');

export const workerReference = (worker: Worker): Reference<Practitioner> =>
  reference<Practitioner>('Practitioner', worker.id, workerName(worker));

export const organisationReference = ({ id, name }: Organisation): Reference<Organization> =>
  reference<Organization>('Organization', id, name);

/** The same one for the same person, so that a record names few people: undefined where nobody of the role works there. */
export function workerAt(
  region: Region,
  organisation: string,
  role: string,
  life: Life,
  specialty?: string,
): Worker | undefined {
  const there = region.workersOf(organisation, role, specialty);
  const all = there.length > 0 ? there : region.workersOf(organisation, role);
  let sum = 0;
  for (let i = 0; i < life.person.id.length; i++) sum = (sum * 31 + life.person.id.charCodeAt(i)) >>> 0;
  return all[sum % Math.max(1, all.length)];
}

export const organisationOfKind = (region: Region, kind: OrganisationKind): Organisation | undefined =>
  region.organisations.find((one) => one.kind === kind);

/** The doctor whom the person usually sees. */
export const usualDoctor = (life: Life, region: Region): Worker => region.worker(life.person.usualDoctor);

/** Nurse of the practice; the doctor where the practice has none. */
export const practiceNurse = (life: Life, region: Region): Worker =>
  workerAt(region, life.person.practice, 'nurse', life) ?? usualDoctor(life, region);

/** The visit nearest to a day, at most so many days away. */
export function contactNear(contacts: readonly Contact[], day: number, within: number): Contact | undefined {
  let best: Contact | undefined;
  for (const contact of contacts) {
    const away = Math.abs(dayOf(contact.start) - day);
    if (away <= within && (!best || away < Math.abs(dayOf(best.start) - day))) best = contact;
  }
  return best;
}
