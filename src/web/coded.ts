/** Codes as words: CodeableConcept, Coding and FHIR's own status codes. */
import type { CodeableConcept, Coding } from '@medplum/fhirtypes';

const words = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** `entered-in-error` and `EnteredInError` as `Entered in error`. */
export function humanise(code: string): string {
  const spaced = code
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]+/g, ' ')
    .trim();
  const lower = /[a-z]/.test(spaced) ? spaced.toLowerCase() : spaced;
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}

export function codingText(coding: Coding | undefined): string {
  return words(coding?.display) || words(coding?.code);
}

/** The words of a concept: what was written, else the display of a coding, else its code. Empty when there is none. */
export function conceptText(concept: CodeableConcept | undefined): string {
  if (!concept || typeof concept !== 'object') return '';
  const codings = Array.isArray(concept.coding) ? concept.coding : [];
  return (
    words(concept.text) ||
    words(codings.find((coding) => coding?.userSelected && words(coding.display))?.display) ||
    words(codings.find((coding) => words(coding?.display))?.display) ||
    words(codings.find((coding) => words(coding?.code))?.code)
  );
}

/** The words of several concepts, joined. */
export function conceptsText(concepts: readonly CodeableConcept[] | undefined): string {
  return (Array.isArray(concepts) ? concepts : []).map(conceptText).filter(Boolean).join(', ');
}

/** The first code of a concept, for comparing: `active`, `8480-6`. */
export function codeOf(concept: CodeableConcept | undefined): string {
  return words(concept?.coding?.find((coding) => words(coding?.code))?.code);
}

/** `http://loinc.org|8480-6`, from the first coding that has a code; the words of the concept when none has. */
export function tokenOf(concept: CodeableConcept | undefined): string {
  const coding = concept?.coding?.find((one) => words(one?.code));
  return coding ? `${words(coding.system)}|${words(coding.code)}` : '';
}

const systems: Record<string, string> = {
  'http://snomed.info/sct': 'SNOMED CT',
  'http://loinc.org': 'LOINC',
  'http://unitsofmeasure.org': 'UCUM',
  'http://www.nlm.nih.gov/research/umls/rxnorm': 'RxNorm',
  'http://hl7.org/fhir/sid/cvx': 'CVX',
  'http://hl7.org/fhir/sid/icd-10': 'ICD-10',
  'http://hl7.org/fhir/sid/icd-10-cm': 'ICD-10-CM',
  'http://read.info/readv2': 'Read v2',
  'http://read.info/ctv3': 'CTV3',
  'https://dmd.nhs.uk': 'dm+d',
  'https://fhir.nhs.uk/Id/nhs-number': 'NHS number',
  'http://hl7.org/fhir/sid/us-ssn': 'US social security number',
  'http://hl7.org/fhir/sid/us-npi': 'US provider number',
  'https://fhir.nhs.uk/Id/ods-organization-code': 'ODS code',
};

/** A code system or identifier system by the name that people know it by; its address otherwise. */
export function systemName(system: unknown): string {
  const address = words(system);
  return systems[address] ?? address;
}
