import type { Coding } from '@medplum/fhirtypes';
import type { ProxyBasis } from '../sight/age-rules.ts';
import type { ProxyScope } from '../sight/proxy-grant.ts';

/** What someone who asks to act for another is to them. */
export interface ProxyRelationship {
  readonly code: string;
  /** “Parent”. */
  readonly name: string;
  /** RelatedPerson.relationship. Source: HL7 v3 RoleCode. */
  readonly coding: Coding;
  /** What shows it, for the one who asks. */
  readonly evidence: string;
}

const roleCode = 'http://terminology.hl7.org/CodeSystem/v3-RoleCode';

export const proxyRelationships: readonly ProxyRelationship[] = [
  {
    code: 'parent',
    name: 'Parent',
    coding: { system: roleCode, code: 'PRN', display: 'parent' },
    evidence: 'for example a birth certificate with both names',
  },
  {
    code: 'guardian',
    name: 'Guardian or someone else with parental responsibility',
    coding: { system: roleCode, code: 'GUARD', display: 'guardian' },
    evidence: 'for example a court order or an adoption certificate',
  },
  {
    code: 'carer',
    name: 'Carer, relative or friend',
    // Personal relationship: who cares as a carer has no code of its own there.
    coding: { system: roleCode, code: 'PRSN', display: 'personal relationship' },
    evidence: 'the person can tell their GP surgery that they agree',
  },
  {
    code: 'power-of-attorney',
    name: 'Lasting power of attorney or court deputy for health and welfare',
    coding: { system: roleCode, code: 'HPOWATT', display: 'healthcare power of attorney' },
    evidence: 'for example the registered document with its reference number',
  },
];

export const proxyRelationship = (code: string): ProxyRelationship | undefined =>
  proxyRelationships.find((one) => one.code === code);

/** What each scope lets a proxy do, in words. */
export const scopeNames: Readonly<Record<ProxyScope, string>> = {
  appointments: 'Book, see and cancel appointments',
  medicines: 'See medicines and ask for repeat prescriptions',
  record: 'See the health record, test results and letters',
  messages: 'Read and send messages',
};

/** Each ground, in words, for the practice that decides. */
export const basisNames: Readonly<Record<ProxyBasis, string>> = {
  'parental-responsibility': 'They have parental responsibility for this child',
  'young-person-agrees': 'The young person understands what it means, and agrees',
  'best-interests': 'The person cannot decide, and this is in their best interests',
  'own-consent': 'The person can decide, and agrees',
  'power-of-attorney': 'A registered lasting power of attorney for health and welfare',
  'court-deputy': 'A deputy of the Court of Protection for health and welfare',
};
