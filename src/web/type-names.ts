/** The types of FHIR by the names that people know them by. */

const typeNames: Record<string, string> = {
  AllergyIntolerance: 'Allergy or intolerance',
  CarePlan: 'Care plan',
  CareTeam: 'Care team',
  Communication: 'Message',
  Condition: 'Problem or diagnosis',
  DiagnosticReport: 'Report',
  DocumentReference: 'Document',
  Encounter: 'Visit',
  EpisodeOfCare: 'Episode of care',
  ExplanationOfBenefit: 'Claim outcome',
  FamilyMemberHistory: 'Family history',
  Flag: 'Alert',
  ImagingStudy: 'Imaging',
  Immunization: 'Immunisation',
  MedicationAdministration: 'Medicine given',
  MedicationDispense: 'Medicine dispensed',
  MedicationRequest: 'Medicine prescribed',
  MedicationStatement: 'Medicine taken',
  Observation: 'Result',
  Organization: 'Organisation',
  PractitionerRole: 'Practitioner role',
  QuestionnaireResponse: 'Form',
  RelatedPerson: 'Related person',
  ServiceRequest: 'Referral or request',
};

/** A resource type as people call it: `MedicationRequest` → `Medicine prescribed`. */
export function typeName(type: string): string {
  const spaced = type.replaceAll(/([a-z])([A-Z])/g, '$1 $2');
  return typeNames[type] ?? spaced.charAt(0) + spaced.slice(1).toLowerCase();
}
