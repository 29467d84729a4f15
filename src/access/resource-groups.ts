import type { R4ResourceType } from '../fhir/resource-types.ts';

/** Whose resources of a group can be shown to someone, besides their own. */
export type Reach =
  /** Resources of a person's record: shown with the person. */
  | 'person'
  /** What says nothing of any person. */
  | 'nobody'
  /** In no one's record, yet they may name someone: shown only to those they are given to, by a search that says so. */
  | 'given'
  /** In no one's record, yet they may hold anything of anyone: no role is shown them. */
  | 'none';

export interface ResourceGroup {
  /** As a clinician reads it. */
  readonly name: string;
  readonly reach: Reach;
  readonly types: readonly R4ResourceType[];
}

const group = (name: string, reach: Reach, ...types: R4ResourceType[]): ResourceGroup => ({
  name,
  reach,
  types,
});

/** The resource types of FHIR R4 by what they tell: each is in one group. */
export const resourceGroups = {
  demographics: group('Name, address and contacts', 'person', 'Patient', 'RelatedPerson', 'Person'),
  booking: group('Appointments', 'person', 'Appointment', 'AppointmentResponse'),
  visits: group('Visits and stays', 'person', 'Encounter', 'EpisodeOfCare'),
  alerts: group('Allergies and warnings', 'person', 'AllergyIntolerance', 'AdverseEvent', 'DetectedIssue'),
  problems: group(
    'Conditions, procedures and family history',
    'person',
    'Condition',
    'Procedure',
    'FamilyMemberHistory',
  ),
  medicines: group(
    'Medicines',
    'person',
    ...([
      'MedicationRequest',
      'MedicationDispense',
      'MedicationAdministration',
      'MedicationStatement',
    ] as const),
  ),
  vaccinations: group(
    'Vaccinations',
    'person',
    ...(['Immunization', 'ImmunizationEvaluation', 'ImmunizationRecommendation'] as const),
  ),
  results: group(
    'Measurements and test results',
    'person',
    ...(['Observation', 'DiagnosticReport', 'Specimen', 'BodyStructure', 'MolecularSequence'] as const),
  ),
  imaging: group('Images', 'person', 'ImagingStudy', 'Media'),
  notes: group(
    'Notes and questionnaires',
    'person',
    ...(['ClinicalImpression', 'QuestionnaireResponse', 'List', 'Basic', 'Provenance'] as const),
  ),
  documents: group(
    'Letters and documents',
    'person',
    ...(['Composition', 'DocumentReference', 'DocumentManifest', 'Binary'] as const),
  ),
  plans: group(
    'Care plans and teams',
    'person',
    ...(['CarePlan', 'CareTeam', 'Goal', 'NutritionOrder', 'RequestGroup', 'RiskAssessment'] as const),
  ),
  requests: group('Referrals and requests', 'person', 'ServiceRequest'),
  aids: group(
    'Aids and supplies',
    'person',
    ...([
      'DeviceRequest',
      'DeviceUseStatement',
      'SupplyRequest',
      'SupplyDelivery',
      'VisionPrescription',
    ] as const),
  ),
  messages: group('Messages', 'person', 'Communication', 'CommunicationRequest'),
  safeguarding: group('Safeguarding and other flags', 'person', 'Flag'),
  choices: group('Sharing choices', 'person', 'Consent'),
  audit: group('Who looked', 'person', 'AuditEvent'),
  studies: group('Research taken part in', 'person', 'ResearchSubject'),
  // A Group names all its members: seeing one's own place in it would be seeing theirs.
  cohorts: group('Cohorts and measures', 'person', 'Group', 'MeasureReport'),
  payments: group(
    'Costs and cover',
    'person',
    ...([
      'Account',
      'ChargeItem',
      'Claim',
      'ClaimResponse',
      'Coverage',
      'CoverageEligibilityRequest',
    ] as const),
    ...(['CoverageEligibilityResponse', 'EnrollmentRequest', 'ExplanationOfBenefit', 'Invoice'] as const),
  ),
  // R4 puts a Schedule in a record only where a patient is what is booked.
  diaries: group('Clinic diaries', 'given', 'Schedule', 'Slot'),
  tasks: group('Tasks', 'given', 'Task'),
  devices: group('Devices', 'given', 'Device'),
  directory: group(
    'Organisations, places and staff',
    'nobody',
    ...(['Organization', 'OrganizationAffiliation', 'Practitioner', 'PractitionerRole', 'Location'] as const),
    ...(['HealthcareService', 'Endpoint'] as const),
  ),
  dictionary: group(
    'Descriptions of medicines and substances',
    'nobody',
    ...(['Medication', 'MedicationKnowledge', 'MedicinalProduct', 'MedicinalProductAuthorization'] as const),
    ...([
      'MedicinalProductContraindication',
      'MedicinalProductIndication',
      'MedicinalProductIngredient',
    ] as const),
    ...(['MedicinalProductInteraction', 'MedicinalProductManufactured', 'MedicinalProductPackaged'] as const),
    ...(['MedicinalProductPharmaceutical', 'MedicinalProductUndesirableEffect', 'Substance'] as const),
    ...([
      'SubstanceNucleicAcid',
      'SubstancePolymer',
      'SubstanceProtein',
      'SubstanceReferenceInformation',
    ] as const),
    ...(['SubstanceSourceMaterial', 'SubstanceSpecification', 'CatalogEntry', 'InsurancePlan'] as const),
    'DeviceDefinition',
  ),
  definitions: group(
    'Code lists, forms and definitions',
    'nobody',
    ...(['ActivityDefinition', 'CapabilityStatement', 'ChargeItemDefinition', 'CodeSystem'] as const),
    ...([
      'CompartmentDefinition',
      'ConceptMap',
      'EventDefinition',
      'ExampleScenario',
      'GraphDefinition',
    ] as const),
    ...(['ImplementationGuide', 'Library', 'Measure', 'MessageDefinition', 'NamingSystem'] as const),
    ...(['ObservationDefinition', 'OperationDefinition', 'PlanDefinition', 'Questionnaire'] as const),
    ...(['SearchParameter', 'SpecimenDefinition', 'StructureDefinition', 'StructureMap'] as const),
    ...(['TerminologyCapabilities', 'TestScript', 'ValueSet'] as const),
  ),
  evidence: group(
    'Research studies and evidence',
    'nobody',
    ...(['ResearchStudy', 'ResearchDefinition', 'ResearchElementDefinition', 'Evidence'] as const),
    ...(['EvidenceVariable', 'EffectEvidenceSynthesis', 'RiskEvidenceSynthesis'] as const),
  ),
  apart: group(
    'Bundles and what systems exchange',
    'none',
    ...(['BiologicallyDerivedProduct', 'Bundle', 'Contract', 'DeviceMetric'] as const),
    ...(['EnrollmentResponse', 'GuidanceResponse', 'Linkage', 'MessageHeader', 'OperationOutcome'] as const),
    ...(['Parameters', 'PaymentNotice', 'PaymentReconciliation', 'Subscription', 'TestReport'] as const),
    'VerificationResult',
  ),
} as const satisfies Record<string, ResourceGroup>;

export type GroupName = keyof typeof resourceGroups;

/** The types of the groups that have this reach, in the order given. */
export function typesIn(groups: readonly GroupName[], reach: Reach): readonly R4ResourceType[] {
  return groups.flatMap((name) => {
    const { reach: its, types }: ResourceGroup = resourceGroups[name];
    return its === reach ? types : [];
  });
}

/** Types that say nothing of any person: directories, definitions, dictionaries. */
export const typesOfNobody: readonly R4ResourceType[] = typesIn(
  Object.keys(resourceGroups) as GroupName[], // its own keys
  'nobody',
);
