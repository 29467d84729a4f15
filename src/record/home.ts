import type { Resource } from '@medplum/fhirtypes';
import { searchParameter } from '../fhir/search-parameters.ts';

/**
 * The parameter that says whose compartment a resource of the type lives in, for the types where it reads an element
 * that holds at most one reference. For these a search by person needs no search row: the place says it.
 * Source: FHIR R4 Patient compartment definition and the elements' cardinalities.
 */
const homeParameters: Readonly<Record<string, readonly string[]>> = {
  AllergyIntolerance: ['patient'],
  Basic: ['subject', 'patient'],
  BodyStructure: ['patient'],
  CarePlan: ['subject', 'patient'],
  CareTeam: ['subject', 'patient'],
  ChargeItem: ['subject', 'patient'],
  Claim: ['patient'],
  ClaimResponse: ['patient'],
  ClinicalImpression: ['subject', 'patient'],
  Communication: ['subject', 'patient'],
  CommunicationRequest: ['subject', 'patient'],
  Composition: ['subject', 'patient'],
  Condition: ['subject', 'patient'],
  Consent: ['patient'],
  Coverage: ['beneficiary', 'patient'],
  CoverageEligibilityRequest: ['patient'],
  CoverageEligibilityResponse: ['patient'],
  DetectedIssue: ['patient'],
  DeviceRequest: ['subject', 'patient'],
  DeviceUseStatement: ['subject', 'patient'],
  DiagnosticReport: ['subject', 'patient'],
  DocumentManifest: ['subject', 'patient'],
  DocumentReference: ['subject', 'patient'],
  Encounter: ['subject', 'patient'],
  EnrollmentRequest: ['subject', 'patient'],
  EpisodeOfCare: ['patient'],
  ExplanationOfBenefit: ['patient'],
  FamilyMemberHistory: ['patient'],
  Flag: ['subject', 'patient'],
  Goal: ['subject', 'patient'],
  ImagingStudy: ['subject', 'patient'],
  Immunization: ['patient'],
  ImmunizationEvaluation: ['patient'],
  ImmunizationRecommendation: ['patient'],
  Invoice: ['subject', 'patient'],
  List: ['subject', 'patient'],
  MeasureReport: ['subject', 'patient'],
  Media: ['subject', 'patient'],
  MedicationAdministration: ['subject', 'patient'],
  MedicationDispense: ['subject', 'patient'],
  MedicationRequest: ['subject', 'patient'],
  MedicationStatement: ['subject', 'patient'],
  MolecularSequence: ['patient'],
  NutritionOrder: ['patient'],
  Observation: ['subject', 'patient'],
  Procedure: ['subject', 'patient'],
  QuestionnaireResponse: ['subject', 'patient'],
  RelatedPerson: ['patient'],
  RequestGroup: ['subject', 'patient'],
  ResearchSubject: ['individual', 'patient'],
  RiskAssessment: ['subject', 'patient'],
  ServiceRequest: ['subject', 'patient'],
  Specimen: ['subject', 'patient'],
  SupplyDelivery: ['patient'],
  Task: ['patient'],
  VisionPrescription: ['patient'],
};

const found = new Map<string, ReadonlySet<string>>();

/** Keys of the search paths that say whose compartment a resource of this type lives in; empty where none alone does. */
export function homePaths(type: string): ReadonlySet<string> {
  let paths = found.get(type);
  if (!paths) {
    const codes = homeParameters[type] ?? [];
    paths = new Set(
      codes.flatMap((code) => searchParameter(type, code)?.paths.map((path) => path.key) ?? []),
    );
    found.set(type, paths);
  }
  return paths;
}

/** Whether a resource of the type can live with a person without the Patient compartment of R4: by its home, or as a file. */
export const isKeptWithPeople = (type: string): boolean => type === 'Binary' || homePaths(type).size > 0;

/**
 * Id of the Patient with whom a file lives: the one that its securityContext names. No search parameter reads it.
 * Source: FHIR R4 Binary.securityContext.
 */
export function personOfFile(resource: Resource): string | undefined {
  if (resource.resourceType !== 'Binary') return undefined;
  return /^Patient\/([A-Za-z0-9\-.]{1,64})$/.exec(resource.securityContext?.reference ?? '')?.[1];
}

export const typesWithHome: readonly string[] = Object.keys(homeParameters);
