/** A blood pressure as a resource. */
import type { CodeableConcept, Encounter, Observation, Patient } from '@medplum/fhirtypes';
import { hl7, reference, ukCore } from '../build.ts';
import { bloodPressureCode, pressureComponents } from '../codes/measurements.ts';
import type { Agent } from './staff.ts';

/** Interpreted as in a clinic. Source: NICE NG136, stage 1 hypertension (140/90 mmHg or more in clinic). */
export function pressureReading(
  id: string,
  patient: string,
  at: string,
  systolic: number,
  diastolic: number,
  performer: Agent,
  encounter?: string,
): Observation {
  const isHigh = systolic >= 140 || diastolic >= 90;
  return {
    ...{ resourceType: 'Observation', id, status: 'final', code: bloodPressureCode },
    meta: { profile: [ukCore('UKCore-Observation-VitalSigns-BloodPressure')] },
    category: [hl7('observation-category', 'vital-signs')],
    ...{ subject: reference<Patient>('Patient', patient), effectiveDateTime: at, performer: [performer] },
    ...(encounter === undefined ? {} : { encounter: reference<Encounter>('Encounter', encounter) }),
    interpretation: [interpretation(isHigh ? 'H' : systolic < 90 ? 'L' : 'N')],
    component: pressureComponents(systolic, diastolic),
  };
}

const words: Readonly<Record<string, string>> = { H: 'High', L: 'Low', N: 'Normal' };
/** Of HL7 v3 ObservationInterpretation: `H`, `L`, `N`. */
export const interpretation = (code: string): CodeableConcept =>
  hl7('v3-ObservationInterpretation', code, words[code]);
