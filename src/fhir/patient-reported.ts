/** How the record marks what a person, or someone who acts for them, wrote of themself: never a clinician's fact. */
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
