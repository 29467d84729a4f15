/** Kinds of letters. Source: the SNOMED CT codes by which English systems exchange documents. */
import type { CodeableConcept } from '@medplum/fhirtypes';
import { snomed } from '../build.ts';

export const documentKinds = {
  'clinic-letter': snomed('823691000000103', 'Clinical letter', 'Clinic letter'),
  'discharge-letter': snomed('823701000000103', 'Discharge letter'),
  'referral-letter': snomed('25611000000107', 'Referral letter'),
} satisfies Record<string, CodeableConcept>;

export type DocumentKind = keyof typeof documentKinds;
