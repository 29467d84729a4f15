/**
 * The banner above every page of staff that is about one person: who it is, and what must not be missed. Show it with the macro of
 * `web/patient-banner.njk`.
 */
import type { AllergyIntolerance, Flag, Patient } from '@medplum/fhirtypes';
import { isPatientReported } from '../fhir/patient-reported.ts';
import { type Sight, showsType } from '../record/sight.ts';
import { codeOf, conceptText, humanise } from './coded.ts';
import { mainIdentifier } from './contacts.ts';
import { age, formatDate, localMoment, parseDate } from './dates.ts';
import { bannerName, chooseName } from './names.ts';
import { type Reading, searchPage } from './record-reading.ts';

export interface Banner {
  readonly id: string;
  readonly name: string;
  /** `13 February 1937 (89 years)`. */
  readonly born: string;
  /** `Died 3 May 2020, aged 83 years`; empty for the living. */
  readonly died: string;
  readonly gender: string;
  readonly identifier: { readonly label: string; readonly value: string } | undefined;
  /** The record that stands for this one, where two were merged. */
  readonly replacedBy: string;
  readonly inactive: boolean;
}

const ageOn = (patient: Patient, date: string | undefined, now: number): string =>
  age(patient.birthDate, parseDate(date) ?? localMoment(now));

export function bannerOf(patient: Patient, now: number): Banner {
  const dead = patient.deceasedDateTime !== undefined || patient.deceasedBoolean === true;
  const years = dead ? '' : ageOn(patient, undefined, now);
  const bornText = formatDate(patient.birthDate);
  const ageAtDeath = parseDate(patient.deceasedDateTime) ? ageOn(patient, patient.deceasedDateTime, now) : '';
  const diedOn = formatDate(patient.deceasedDateTime);
  const link = (Array.isArray(patient.link) ? patient.link : []).find((one) => one?.type === 'replaced-by');
  return {
    id: patient.id ?? '',
    name: bannerName(chooseName(patient.name, localMoment(now).key)),
    born: bornText ? bornText + (years ? ` (${years})` : '') : 'Not recorded',
    died: dead
      ? [diedOn || 'Date not recorded', ageAtDeath && `aged ${ageAtDeath}`].filter(Boolean).join(', ')
      : '',
    gender: typeof patient.gender === 'string' ? humanise(patient.gender) : 'Not recorded',
    identifier: mainIdentifier(patient.identifier),
    replacedBy: /^Patient\/([A-Za-z0-9.-]{1,64})$/.exec(link?.other?.reference ?? '')?.[1] ?? '',
    inactive: patient.active === false,
  };
}

/** What the banner says of allergies, or of alerts. */
export interface Warnings {
  /** `hidden`: the reader's role does not show them, which says nothing of whether there are any. */
  readonly state: 'some' | 'none' | 'not-recorded' | 'hidden';
  readonly items: readonly { readonly text: string; readonly isHigh: boolean }[];
  /** How many more there are than the items. */
  readonly more: number;
}

export interface PatientBanner extends Banner {
  readonly allergies: Warnings;
  readonly alerts: Warnings;
}

const mostShown = 4;

/** Recorded to say that there is none: SNOMED CT 716186003 No known allergy, 409137002 No known drug allergy. */
const negatives = new Set(['716186003', '409137002']);

const hidden: Warnings = { state: 'hidden', items: [], more: 0 };

function warningsOf(items: Warnings['items']): Warnings {
  const once = items.filter(
    ({ text }, index) =>
      items.findIndex((other) => other.text.toLowerCase() === text.toLowerCase()) === index,
  );
  const sorted = [...once].sort((a, b) => Number(b.isHigh) - Number(a.isHigh));
  return {
    state: sorted.length > 0 ? 'some' : 'not-recorded',
    items: sorted.slice(0, mostShown),
    more: Math.max(0, sorted.length - mostShown),
  };
}

const isOver = (status: string): boolean => status === 'inactive' || status === 'resolved';

/** Those that count now; those that say that there is none only where they stand alone. */
export function allergyWarnings(allergies: readonly AllergyIntolerance[]): Warnings {
  const current = allergies.filter(({ clinicalStatus, verificationStatus }) => {
    const sure = codeOf(verificationStatus);
    return !isOver(codeOf(clinicalStatus)) && sure !== 'refuted' && sure !== 'entered-in-error';
  });
  const saysNone = (one: AllergyIntolerance) =>
    one.code?.coding?.some(({ code }) => code !== undefined && negatives.has(code)) ?? false;
  const real = current.filter((one) => !saysNone(one));
  const itemOf = (one: AllergyIntolerance) => ({
    text: `${conceptText(one.code) || 'Allergy without a name'}${isPatientReported(one) ? ' (reported by the patient)' : ''}`,
    isHigh: one.criticality === 'high',
  });
  if (real.length > 0 || current.length === 0) return warningsOf(real.map(itemOf));
  return { ...warningsOf(current.map(itemOf)), state: 'none' };
}

/** Flags that are active and not over. `now` in ms since 1970 UTC. */
export function alertWarnings(flags: readonly Flag[], now: number): Warnings {
  const today = localMoment(now).key;
  const current = flags.filter(
    ({ status, period }) =>
      status === 'active' &&
      (parseDate(period?.start)?.key ?? '') <= today &&
      (parseDate(period?.end)?.key ?? '9999') >= today,
  );
  return warningsOf(current.map(({ code }) => ({ text: conceptText(code) || 'Alert', isHigh: false })));
}

/** The banner from what is known of someone; `sight` of whoever reads decides what is said to be hidden. */
export function patientBanner(
  patient: Patient,
  of: {
    readonly allergies: readonly AllergyIntolerance[];
    readonly flags: readonly Flag[];
    readonly sight: Sight;
    readonly now: number;
  },
): PatientBanner {
  const { allergies, flags, sight, now } = of;
  return {
    ...bannerOf(patient, now),
    allergies: showsType(sight, 'AllergyIntolerance') ? allergyWarnings(allergies) : hidden,
    alerts: showsType(sight, 'Flag') ? alertWarnings(flags, now) : hidden,
  };
}

const mostRead = 100;

/** Reads what the banner needs as whoever asks, and makes it. */
export async function readPatientBanner(
  reading: Reading,
  patient: Patient,
  now: number,
): Promise<PatientBanner> {
  const { sight } = reading.actor;
  const find = async <T extends AllergyIntolerance | Flag>(type: T['resourceType']) => {
    if (!showsType(sight, type)) return [];
    const query = `patient=Patient/${patient.id}&_count=${mostRead}`;
    return (await searchPage<T>(reading, type, query)).resources;
  };
  const [allergies, flags] = await Promise.all([
    find<AllergyIntolerance>('AllergyIntolerance'),
    find<Flag>('Flag'),
  ]);
  return patientBanner(patient, { allergies, flags, sight, now });
}
