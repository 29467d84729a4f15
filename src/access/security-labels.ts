import { sensitiveCategories } from './consents/sensitive-categories.ts';

/**
 * The labels that keep an item of a record from some (`meta.security`), as `system|code`. Each stands for itself as R4
 * writes it, as STU3 did, and without a system: a label that is nearly right still hides.
 */

const current = 'http://terminology.hl7.org/CodeSystem';
const before = 'http://hl7.org/fhir/v3';

const written = (system: string, code: string): readonly string[] => [
  `${current}/v3-${system}|${code}`,
  `${before}/${system}|${code}`,
  `|${code}`,
];
const inActCode = (code: string): readonly string[] => written('ActCode', code);

/** Very restricted: named people alone. Source: HL7 v3 Confidentiality, V. */
export const veryRestricted: readonly string[] = written('Confidentiality', 'V');

/** Restricted and very restricted. Source: HL7 v3 Confidentiality, R and V. */
export const restricted: readonly string[] = [...written('Confidentiality', 'R'), ...veryRestricted];

/** Sexual assault, abuse and domestic violence. Source: HL7 v3 ActCode, SDV. */
export const abuse: readonly string[] = inActCode('SDV');

/** Sexual health, HIV and genetic conditions. Source: HL7 v3 ActCode, SEX, STD, HIV, GDIS. */
export const intimate: readonly string[] = ['SEX', 'STD', 'HIV', 'GDIS'].flatMap(inActCode);

/** Every category that a person can keep back, what adolescents confide (ADOL), and the restricted. */
export const confidential: readonly string[] = [
  ...restricted,
  ...sensitiveCategories.flatMap(({ code }) => inActCode(code)),
  ...inActCode('ADOL'),
];

/**
 * Not to be shown to the person or their family before someone has spoken with them. Source: HL7 v3 ActCode, NOPAT (GP
 * Connect marks such items so) and TABOO.
 */
export const notForPatients: readonly string[] = ['NOPAT', 'TABOO'].flatMap(inActCode);
