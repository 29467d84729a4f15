/** Treatments as prescriptions; the last ones with what the pharmacy handed out. */
import type {
  CodeableConcept,
  Dosage,
  MedicationDispense,
  MedicationRequest,
  Quantity,
  Resource,
} from '@medplum/fhirtypes';
import { dayMs, hl7, patientReference, period, profiled, reference, systems, ukCore } from '../build.ts';
import { demoMedicineSystem, type Form, type Medicine, medicine } from '../codes/medicines.ts';
import type { HistoryPart, Life, Region, Treatment } from '../model.ts';
import { dayText } from './span.ts';
import { practiceOn } from './workplaces.ts';

/** Days for which repeats are authorised, all of a person on one day: six times four weeks. */
const authorised = 168;
/** Days back from which handing out is told. */
const handedOutSince = 92;

export const medicinesPart: HistoryPart = (life, region) =>
  life.treatments.flatMap((treatment) => prescribed(life, treatment, region));

/** dm+d where the code is known, one of the demonstration's own elsewhere. */
const medicineConcept = ({ key, name, dmd }: Medicine): CodeableConcept => ({
  coding: [
    {
      ...{ system: dmd ? systems.dmd : demoMedicineSystem, code: dmd ?? key, display: name },
    },
  ],
  text: name,
});

function prescribed(life: Life, treatment: Treatment, region: Region): Resource[] {
  const { person } = life;
  const what = medicine(treatment.key);
  const end = Date.parse(person.died ?? dayText(region.now));
  const start = Date.parse(treatment.start);
  const repeats = treatment.end === undefined || Date.parse(treatment.end) - start > 60 * dayMs;
  // Told as it was authorised last.
  const until = treatment.end === undefined ? end : Math.min(end, Date.parse(treatment.end));
  const span = authorised * dayMs;
  const asked = repeats
    ? Math.max(start, Math.floor((until - 1 - offsetOf(life)) / span) * span + offsetOf(life))
    : start;
  const status =
    treatment.end !== undefined ? (repeats ? 'stopped' : 'completed') : person.died ? 'stopped' : 'active';
  const times = { asked, until, repeats, start, status } as const;
  return [requestOf(life, treatment, what, times), ...dispensesOf(life, treatment, what, times, end)];
}

/** Day of four weeks on which a person collects, in ms. */
const offsetOf = ({ person }: Life): number => (Number(person.nhsNumber.slice(3)) % authorised) * dayMs;

interface Times {
  readonly asked: number;
  readonly until: number;
  readonly start: number;
  readonly repeats: boolean;
  readonly status: 'active' | 'stopped' | 'completed';
}

function requestOf(life: Life, treatment: Treatment, what: Medicine, times: Times): MedicationRequest {
  const { person } = life;
  const { asked, repeats, status } = times;
  const day = dayText(asked);
  const about = life.problems.findLast(
    ({ key, onset }) => key === treatment.problem && onset <= treatment.start,
  );
  const visit = life.contacts.find(({ start, worker }) => start.slice(0, 10) === day && worker.role === 'gp');
  const doctor =
    visit?.worker.id ?? (practiceOn(person, day) === person.practice ? person.usualDoctor : undefined);
  const expires = dayText(asked + (repeats ? authorised : 28) * dayMs);
  const issued = Math.max(1, Math.floor((times.until - asked) / (what.days * dayMs)) + 1);
  return {
    ...{ resourceType: 'MedicationRequest', id: treatment.id, meta: profiled('UKCore-MedicationRequest') },
    ...(repeats
      ? {
          extension: [
            {
              url: ukCore('Extension-UKCore-MedicationRepeatInformation'),
              extension: [
                { url: 'numberOfPrescriptionsIssued', valueUnsignedInt: issued },
                { url: 'authorisationExpiryDate', valueDateTime: expires },
              ],
            },
          ],
        }
      : {}),
    ...{ status, intent: 'order' },
    category: [hl7('medicationrequest-category', 'community', 'Community')],
    medicationCodeableConcept: medicineConcept(what),
    ...{ subject: patientReference(person.id), authoredOn: day },
    ...(visit ? { encounter: reference('Encounter', visit.id) } : {}),
    ...(doctor ? { requester: reference('Practitioner', doctor) } : {}),
    ...(about ? { reasonReference: [reference('Condition', about.id)] } : {}),
    courseOfTherapyType: repeats
      ? hl7('medicationrequest-course-of-therapy', 'continuous', 'Continuous long term therapy')
      : hl7('medicationrequest-course-of-therapy', 'acute', 'Short course (acute) therapy'),
    dosageInstruction: [dosageOf(what, treatment)],
    dispenseRequest: {
      validityPeriod: period(day, expires),
      ...(repeats ? { numberOfRepeatsAllowed: Math.max(1, Math.floor(authorised / what.days) - 1) } : {}),
      ...{ quantity: amountOf(what.quantity, what.form) },
      expectedSupplyDuration: { value: what.days, unit: 'days', system: systems.ucum, code: 'd' },
      ...(person.pharmacy ? { performer: reference('Organization', person.pharmacy) } : {}),
    },
    substitution: { allowedBoolean: false },
  } as MedicationRequest;
}

/** SNOMED CT units of presentation. Source: HL7 UK Core examples. */
const units: Readonly<Partial<Record<Form, readonly [code: string, unit: string]>>> = {
  ...{ tablet: ['732936001', 'tablet'], capsule: ['732937005', 'capsule'] },
};
/** What the others are counted in. */
const countedIn: Readonly<Partial<Record<Form, string>>> = {
  ...{ inhaler: 'dose', injection: 'pen', cream: 'gram', drops: 'ml', spray: 'dose', sachet: 'sachet' },
  ...{ patch: 'patch', liquid: 'ml' },
};

function amountOf(value: number, form: Form): Quantity {
  const known = units[form];
  if (known) return { value, unit: known[1], system: systems.snomed, code: known[0] };
  return { value, unit: countedIn[form] ?? form };
}

function dosageOf(what: Medicine, { start, end }: Treatment): Dosage {
  const { daily, form, dose, units: number } = what;
  const often =
    daily >= 1
      ? { frequency: daily, period: 1, periodUnit: 'd' as const }
      : daily >= 1 / 7
        ? { frequency: Math.round(daily * 7), period: 1, periodUnit: 'wk' as const }
        : { frequency: 1, period: Math.round(1 / daily / 7), periodUnit: 'wk' as const };
  const oral = form === 'tablet' || form === 'capsule' || form === 'sachet' || form === 'liquid';
  return {
    text: dose,
    timing: { repeat: { boundsPeriod: period(start, end), ...often } },
    ...(what.asNeeded ? { asNeededBoolean: true } : {}),
    ...(oral ? { route: { coding: [{ system: systems.snomed, code: '26643006', display: 'Oral' }] } } : {}),
    ...(number === undefined ? {} : { doseAndRate: [{ doseQuantity: amountOf(number, form) }] }),
  };
}

function dispensesOf(
  life: Life,
  treatment: Treatment,
  what: Medicine,
  { asked, until, repeats, start }: Times,
  end: number,
): MedicationDispense[] {
  const { person } = life;
  if (!person.pharmacy || practiceOn(person, dayText(asked)) === undefined) return [];
  const since = end - handedOutSince * dayMs;
  const days: number[] = [];
  if (!repeats) {
    if (start >= end - 2 * handedOutSince * dayMs) days.push(start);
  } else {
    if (start >= since) days.push(start);
    const from = Math.max(since, start + 14 * dayMs);
    // People collect what they take together: on one day of four weeks, each its own.
    const cycle = 28 * Math.max(1, Math.round(what.days / 28)) * dayMs;
    const offset = offsetOf(life);
    for (let at = Math.ceil((from - offset) / cycle) * cycle + offset; at < until; at += cycle) days.push(at);
  }
  return days
    .filter((at) => at < end)
    .slice(-3)
    .map(
      (at, i) =>
        ({
          ...{ resourceType: 'MedicationDispense', id: `${treatment.id}-dispense-${i + 1}` },
          ...{ meta: profiled('UKCore-MedicationDispense'), status: 'completed' },
          medicationCodeableConcept: medicineConcept(what),
          subject: patientReference(person.id),
          performer: [{ actor: reference('Organization', person.pharmacy) }],
          // What was handed out before belongs to an authorisation that has run out and is not told.
          ...(at >= asked ? { authorizingPrescription: [reference('MedicationRequest', treatment.id)] } : {}),
          quantity: amountOf(what.quantity, what.form),
          daysSupply: { value: what.days, unit: 'days', system: systems.ucum, code: 'd' },
          whenHandedOver: dayText(at),
          dosageInstruction: [{ text: what.dose }],
        }) as MedicationDispense,
    );
}
