/** Codes of the pregnancy record. Sources: LOINC; SNOMED CT as Synthea and FHIR's International Patient Summary give it. */
import type { CodeableConcept } from '@medplum/fhirtypes';
import { loinc, said, snomed } from '../build.ts';

export const maternityCodes = {
  pregnancy: snomed('77386006', 'Pregnancy'),
  'raised-pressure': snomed('48194001', 'Pregnancy-induced hypertension', 'High blood pressure in pregnancy'),
  miscarriage: snomed('17369002', 'Miscarriage'),
  due: loinc('11778-8', 'Delivery date Estimated', 'Estimated due date'),
  'last-period': loinc('8665-2', 'Last menstrual period start date', 'First day of the last period'),
  'urine-protein': loinc('20454-5', 'Protein [Presence] in Urine by Test strip', 'Protein in urine'),
  'fundal-height': loinc('11881-0', 'Uterus Fundal height Tape measure', 'Height of the womb'),
  'fetal-heart': loinc('55283-6', 'Fetal Heart rate', 'Baby’s heart rate'),
  birth: snomed('66348005', 'Childbirth', 'Birth'),
  caesarean: snomed('11466000', 'Cesarean section', 'Caesarean birth'),
  instrumental: snomed('236974004', 'Instrumental delivery', 'Assisted birth'),
  'early-scan': snomed('169230002', 'Ultrasound scan for fetal viability', '12-week scan'),
  'anomaly-scan': snomed('271442007', 'Fetal anatomy study', '20-week scan'),
} satisfies Record<string, CodeableConcept>;

export interface AntenatalContact {
  readonly week: number;
  readonly name: string;
  readonly scan?: 'early-scan' | 'anomaly-scan';
  readonly found?: string;
}

const visit = (week: number, name = 'Antenatal appointment'): AntenatalContact => ({
  ...{ week, name: `${name}, ${week} weeks` },
});

/** Source: NICE NG201 1.1 (schedule of antenatal appointments). */
export const antenatalContacts: readonly AntenatalContact[] = [
  visit(9, 'Booking appointment'),
  {
    week: 12,
    name: '12-week scan',
    scan: 'early-scan',
    found: 'One baby with a heartbeat. Dates agree with the last period. Low chance of Down’s syndrome.',
  },
  visit(16),
  {
    week: 20,
    name: '20-week scan',
    scan: 'anomaly-scan',
    found: 'Growth and anatomy look normal. The placenta is not low.',
  },
  ...[25, 28, 31, 34, 36, 38, 40, 41].map((week) => visit(week)),
];

export const proteinStates = [said('Negative'), said('Trace'), said('+')] as const;
