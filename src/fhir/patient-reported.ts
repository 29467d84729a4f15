/** How the record marks what a person, or someone who acts for them, wrote of themself: never a clinician's fact. */
import { hash } from 'node:crypto';
import type { Coding, Resource } from '@medplum/fhirtypes';

/** Source: HL7 v3 ObservationValue, security provenance: asserted by a patient. */
export const patientReported: Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'PATAST',
  display: 'patient asserted',
};

/** A search that finds just these. */
export const patientReportedSearch = `_tag=${patientReported.system}|${patientReported.code}`;

export const isPatientReported = ({ meta }: Pick<Resource, 'meta'>): boolean =>
  (Array.isArray(meta?.tag) ? meta.tag : []).some(
    (tag) => tag?.system === patientReported.system && tag?.code === patientReported.code,
  );

/** Names an entry by the form that it was sent with: sent twice, it is there once. */
export const ownEntrySystem = 'https://throughline.example/own-entry';

/** What a person tells of themself as a whole: what matters to them, and how to communicate with them. */
export type OwnSheet = 'about-me' | 'communication';

/** Canonical address of a sheet's form. */
export const ownSheetForm = (sheet: OwnSheet): string => `https://throughline.example/Questionnaire/${sheet}`;

/** A person has one sheet of each kind: its key is theirs, whoever writes it and however often. */
export const ownSheetKey = (person: string, sheet: OwnSheet): string =>
  hash('sha256', `${sheet} of ${person}`).slice(0, 32);
