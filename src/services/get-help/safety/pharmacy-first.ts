/**
 * Pharmacy First: the seven conditions that a pharmacist may treat, with medicine where it is right, for whom, and for whom not.
 * Source: NHS England, Community Pharmacy advanced service specification: NHS Pharmacy First Service, and its clinical pathways.
 */

import type { RedFlagRule } from './rule.ts';

export interface PharmacyPathway {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  /** Whole years, both included. */
  readonly from: number;
  readonly to?: number;
  readonly sex?: 'female';
  /** Who is not for the pharmacist, each as a statement that someone can tick. */
  readonly exclusions: readonly { readonly code: string; readonly text: string }[];
  readonly source: { readonly name: string; readonly url: string };
}

const source = {
  name: 'NHS England: Pharmacy First service specification and clinical pathways',
  url: 'https://www.england.nhs.uk/publication/community-pharmacy-advanced-service-specification-nhs-pharmacy-first-service/',
};
const pregnantUnder16 = { code: 'pregnant-under-16', text: 'Pregnant and under 16' };
const veryIll = { code: 'very-ill', text: 'Feeling very ill, or getting worse fast' };

export const pharmacyPathways: readonly PharmacyPathway[] = [
  {
    ...{ id: 'sinusitis', version: 1, name: 'Sinusitis', from: 12, source },
    exclusions: [
      { code: 'immune', text: 'A weak immune system, from an illness or a medicine' },
      { code: 'over-12-weeks', text: 'Going on for more than 12 weeks' },
      ...[pregnantUnder16, veryIll],
    ],
  },
  {
    ...{ id: 'sore-throat', version: 1, name: 'Sore throat', from: 5, source },
    exclusions: [
      pregnantUnder16,
      { code: 'immune', text: 'A weak immune system, from an illness or a medicine' },
      { code: 'scarlet', text: 'A rash like sandpaper, which may be scarlet fever' },
      veryIll,
    ],
  },
  {
    ...{ id: 'earache', version: 1, name: 'Earache (acute otitis media)', from: 1, to: 17, source },
    exclusions: [
      { code: 'recurrent', text: '3 ear infections in 6 months, or 4 in a year' },
      { code: 'implant', text: 'A cochlear implant' },
      ...[pregnantUnder16, veryIll],
    ],
  },
  {
    ...{ id: 'insect-bite', version: 1, name: 'Infected insect bite', from: 1, source },
    exclusions: [
      { code: 'animal', text: 'A bite by an animal or a person' },
      { code: 'near-eye', text: 'A bite on or near the eye' },
      ...[pregnantUnder16, veryIll],
    ],
  },
  {
    ...{ id: 'impetigo', version: 1, name: 'Impetigo', from: 1, source },
    exclusions: [
      { code: 'blisters', text: 'Large blisters (bullous impetigo)' },
      { code: 'recurrent', text: 'Impetigo twice or more in a year' },
      { code: 'immune', text: 'A weak immune system, from an illness or a medicine' },
      ...[pregnantUnder16, veryIll],
    ],
  },
  {
    ...{ id: 'shingles', version: 1, name: 'Shingles', from: 18, source },
    exclusions: [
      { code: 'pregnant', text: 'Pregnant or may be' },
      { code: 'near-eye', text: 'A rash on the nose or near the eye' },
      { code: 'immune', text: 'A very weak immune system, from an illness or a medicine' },
      veryIll,
    ],
  },
  {
    ...{
      id: 'urinary-infection',
      version: 1,
      name: 'Urinary infection in women',
      from: 16,
      to: 64,
      sex: 'female',
      source,
    },
    exclusions: [
      { code: 'pregnant', text: 'Pregnant or may be' },
      { code: 'recurrent', text: '2 urinary infections in 6 months, or 3 in a year' },
      { code: 'catheter', text: 'A urinary catheter' },
      { code: 'fever-or-side', text: 'A fever, shivering, or pain in the back or side' },
      veryIll,
    ],
  },
];

export const pharmacyPathway = (id: string | undefined): PharmacyPathway | undefined =>
  pharmacyPathways.find((one) => one.id === id);

/** As a rule of its own among those that stop: the gentlest. */
export const pharmacyRule = ({ id, version, name, source }: PharmacyPathway): RedFlagRule => ({
  ...{ id: `pharmacy-${id}`, version, advice: 'pharmacist', source, phrases: [] },
  words: `${name}: a pharmacist can look at it today without an appointment, and give medicine where it is right. It is free to ask.`,
});

export interface WhoFor {
  /** Whole years; undefined: not known. */
  readonly years?: number;
  /** `male`, `female` …, as the record has it. */
  readonly sex?: string;
}

/** Whether a pharmacist may treat this person for it. What is not known is asked there, and rules nobody out. */
export function pharmacistMay(
  { from, to = 150, sex, exclusions }: PharmacyPathway,
  who: WhoFor,
  ticked: readonly string[],
): boolean {
  if (who.years !== undefined && (who.years < from || who.years > to)) return false;
  if (sex !== undefined && who.sex !== undefined && who.sex !== sex) return false;
  return !exclusions.some(({ code }) => ticked.includes(code));
}
