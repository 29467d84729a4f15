import type { Coding } from '@medplum/fhirtypes';

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

/** A kind of information that a person may keep back as a whole: what bears its security label. */
export interface SensitiveCategory {
  readonly code: string;
  readonly name: string;
  readonly label: Coding;
}

const category = (code: string, name: string): SensitiveCategory => ({
  code,
  name,
  label: { system: actCode, code, display: name },
});

/** Source: HL7 Terminology, v3 ActCode, InformationSensitivityPolicy; the names are ours, for people to read. */
export const sensitiveCategories: readonly SensitiveCategory[] = [
  category('SEX', 'Sexual and reproductive health'),
  category('STD', 'Sexually transmitted infections'),
  category('HIV', 'HIV'),
  category('PSY', 'Mental health'),
  category('ETH', 'Alcohol and drugs'),
  category('SDV', 'Sexual assault, abuse or domestic violence'),
  category('GDIS', 'Genetic conditions'),
];

export const sensitiveCategory = (code: string): SensitiveCategory | undefined =>
  sensitiveCategories.find((one) => one.code === code);
