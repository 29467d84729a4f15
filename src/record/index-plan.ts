/**
 * How each type's search values are laid out. What is not named here follows the general rule: every token and
 * reference has a row of its own across people. The types named are the ones with most rows.
 */
export interface IndexPlan {
  /** Code of the date parameter that orders the type; its range is kept in the resource's own row. */
  readonly mainDate?: string;
  /** Token parameters kept in the resource's row, for filters within one person's data (at most five short ones). */
  readonly slice: readonly string[];
  /** Those of `slice` that have no row across people, because so many share each value that a row finds nothing. */
  readonly sliceOnly: readonly string[];
}

const none: IndexPlan = { slice: [], sliceOnly: [] };

const plans: Readonly<Record<string, IndexPlan>> = {
  AllergyIntolerance: { mainDate: 'date', slice: ['clinical-status'], sliceOnly: [] },
  Appointment: { mainDate: 'date', slice: ['status'], sliceOnly: [] },
  AuditEvent: { mainDate: 'date', slice: [], sliceOnly: [] },
  CarePlan: { mainDate: 'date', slice: ['status', 'category'], sliceOnly: ['status'] },
  Claim: { mainDate: 'created', slice: ['status', 'use'], sliceOnly: ['status', 'use'] },
  ClinicalImpression: { mainDate: 'date', slice: ['status'], sliceOnly: [] },
  Communication: { mainDate: 'sent', slice: ['status', 'category'], sliceOnly: [] },
  CommunicationRequest: { mainDate: 'authored', slice: ['status'], sliceOnly: [] },
  Composition: { mainDate: 'date', slice: ['type', 'status'], sliceOnly: [] },
  Condition: {
    mainDate: 'recorded-date',
    slice: ['code', 'category', 'clinical-status', 'verification-status'],
    sliceOnly: ['category', 'verification-status'],
  },
  Consent: { mainDate: 'date', slice: ['status', 'category'], sliceOnly: [] },
  Coverage: { slice: ['status'], sliceOnly: ['status'] },
  DiagnosticReport: {
    mainDate: 'date',
    slice: ['code', 'category', 'status'],
    sliceOnly: ['status', 'category'],
  },
  DocumentReference: { mainDate: 'date', slice: ['type', 'category', 'status'], sliceOnly: ['status'] },
  Encounter: { mainDate: 'date', slice: ['type', 'class', 'status'], sliceOnly: ['status', 'class'] },
  EpisodeOfCare: { mainDate: 'date', slice: ['status'], sliceOnly: [] },
  ExplanationOfBenefit: { mainDate: 'created', slice: ['status'], sliceOnly: ['status'] },
  FamilyMemberHistory: { mainDate: 'date', slice: ['status', 'code'], sliceOnly: [] },
  Flag: { mainDate: 'date', slice: [], sliceOnly: [] },
  Goal: { mainDate: 'start-date', slice: ['lifecycle-status', 'category'], sliceOnly: [] },
  ImagingStudy: { mainDate: 'started', slice: ['modality', 'status'], sliceOnly: [] },
  Immunization: { mainDate: 'date', slice: ['vaccine-code', 'status'], sliceOnly: ['status'] },
  List: { mainDate: 'date', slice: ['code', 'status'], sliceOnly: [] },
  MedicationAdministration: { mainDate: 'effective-time', slice: ['code', 'status'], sliceOnly: ['status'] },
  MedicationDispense: { mainDate: 'whenhandedover', slice: ['code', 'status'], sliceOnly: ['status'] },
  MedicationRequest: { mainDate: 'authoredon', slice: ['code', 'status', 'intent'], sliceOnly: ['intent'] },
  MedicationStatement: { mainDate: 'effective', slice: ['code', 'status'], sliceOnly: ['status'] },
  Observation: { mainDate: 'date', slice: ['code', 'category', 'status'], sliceOnly: ['category', 'status'] },
  Patient: { mainDate: 'birthdate', slice: ['gender'], sliceOnly: ['gender'] },
  Procedure: { mainDate: 'date', slice: ['code', 'category', 'status'], sliceOnly: ['status'] },
  Provenance: { mainDate: 'recorded', slice: [], sliceOnly: [] },
  QuestionnaireResponse: { mainDate: 'authored', slice: ['status', 'questionnaire'], sliceOnly: ['status'] },
  RiskAssessment: { mainDate: 'date', slice: [], sliceOnly: [] },
  ServiceRequest: {
    mainDate: 'authored',
    slice: ['code', 'category', 'status', 'intent'],
    sliceOnly: ['intent'],
  },
  Slot: { mainDate: 'start', slice: ['status'], sliceOnly: [] },
  Specimen: { mainDate: 'collected', slice: ['type'], sliceOnly: [] },
  SupplyRequest: { mainDate: 'date', slice: ['status'], sliceOnly: [] },
  Task: { mainDate: 'authored-on', slice: ['status', 'code'], sliceOnly: [] },
};

export function indexPlan(type: string): IndexPlan {
  return plans[type] ?? none;
}

export const plannedTypes: readonly string[] = Object.keys(plans);
