/** What the chart's pages share: what they need, the person that they are about, and where a page stands. */
import type { Patient } from '@medplum/fhirtypes';
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import { idPattern } from '../../web/addresses.ts';
import { type PatientBanner, readPatientBanner } from '../../web/patient-banner.ts';
import type { Reading } from '../../web/record-reading.ts';
import type { Shell } from '../../web/shell.ts';

export interface ChartNeeds {
  readonly record: CareRecord;
  readonly shell: Shell;
  readonly clock: Clock;
  /** Who asks: made by the access floor before a page is reached. */
  readonly actorOf: (request: FastifyRequest) => Actor;
}

export interface PersonContext {
  readonly patient: Patient;
  /** For the layout: whose record it is, and which entry of the menu is current. */
  readonly context: { readonly person: PatientBanner; readonly titleOf: string; readonly page: string };
}

export type PersonOf = (reading: Reading, id: string, page: string) => Promise<PersonContext>;

/** Reads the person of an address. */
export function personReader(record: CareRecord, clock: Clock): PersonOf {
  return async (reading, id, page) => {
    const stored = idPattern.test(id) ? await record.read(reading.actor, 'Patient', id) : undefined;
    if (!stored?.body) throw problem('not-found', 'There is no person with this web address in the record.');
    const patient = resourceOf<Patient>(stored);
    const person = await readPatientBanner(reading, patient, clock.now());
    return { patient, context: { person, titleOf: person.name, page } };
  };
}

export interface Crumb {
  readonly text: string;
  readonly href: string;
}

/** The pages above one that is deep in a record. */
export const trailOf = (person: string, text: string, href: string): readonly Crumb[] => [
  { text: 'Summary', href: `/people/${person}` },
  { text, href },
];
