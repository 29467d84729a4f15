import type { ProxyBasis } from '../sight/age-rules.ts';

const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

/**
 * What someone told their clinician in confidence: restricted and very restricted information, what they asked to keep
 * back, and sensitive categories. Source: HL7 v3 Confidentiality; v3 ActCode, InformationSensitivityPolicy; RCGP,
 * Children and young people records access (a child's confidential information is not shown to a proxy).
 */
const confidences: readonly string[] = [
  ...['R', 'V'].map((code) => `${confidentiality}|${code}`),
  ...['ADOL', 'PRS', 'SEX', 'STD', 'HIV', 'PSY', 'MH', 'ETH', 'SUD', 'SDV', 'GDIS'].map(
    (code) => `${actCode}|${code}`,
  ),
];

/** Labels kept from a proxy besides what is kept from all. An adult who agreed to it all shows it all. */
export const keptFromProxy = (basis: ProxyBasis): readonly string[] =>
  basis === 'own-consent' ? [] : confidences;
