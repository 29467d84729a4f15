/**
 * Who might best answer a request: readable rules, shown as suggestions with their reason. They sort nothing and decide
 * nothing. Sources name where the work is described as theirs.
 */

export type Team =
  | 'pharmacist'
  | 'nurse'
  | 'physiotherapist'
  | 'social-prescriber'
  | 'gp'
  | 'reception'
  | 'midwife';

export const teamNames: Readonly<Record<Team, string>> = {
  pharmacist: 'Pharmacist',
  nurse: 'Nurse',
  physiotherapist: 'Physiotherapist',
  'social-prescriber': 'Social prescriber',
  gp: 'GP',
  reception: 'Reception',
  midwife: 'Midwife',
};

interface SuggestionRule {
  readonly id: string;
  readonly to: Team;
  /** What was asked about: words of the topic, whole ones. */
  readonly topics: RegExp;
  /** Years. */
  readonly from?: number;
  readonly until?: number;
  readonly why: string;
  readonly source: string;
}

export const suggestionsVersion = '1';

const pharmacyFirst = 'NHS England, Pharmacy First service specification, 2024';
const roles = 'NHS England, Network Contract DES, additional roles reimbursement scheme';

export const suggestionRules: readonly SuggestionRule[] = [
  {
    ...{ id: 'pharmacy-sore-throat', to: 'pharmacist', topics: /\bsore throat\b/i, from: 5 },
    ...{ why: 'Sore throat from 5 years', source: pharmacyFirst },
  },
  {
    ...{
      id: 'pharmacy-earache',
      to: 'pharmacist',
      topics: /\bear ?ache\b|\bear pain\b|\bear problem\b/i,
      from: 1,
      until: 17,
    },
    ...{ why: 'Earache from 1 to 17 years', source: pharmacyFirst },
  },
  {
    ...{ id: 'pharmacy-sinusitis', to: 'pharmacist', topics: /\bsinus/i, from: 12 },
    ...{ why: 'Sinusitis from 12 years', source: pharmacyFirst },
  },
  {
    ...{ id: 'pharmacy-impetigo', to: 'pharmacist', topics: /\bimpetigo\b/i, from: 1 },
    ...{ why: 'Impetigo from 1 year', source: pharmacyFirst },
  },
  {
    ...{ id: 'pharmacy-shingles', to: 'pharmacist', topics: /\bshingles\b/i, from: 18 },
    ...{ why: 'Shingles from 18 years', source: pharmacyFirst },
  },
  {
    ...{ id: 'pharmacy-bite', to: 'pharmacist', topics: /\b(?:insect|tick) ?bites?\b|\bstings?\b/i, from: 1 },
    ...{ why: 'Infected insect bite from 1 year', source: pharmacyFirst },
  },
  {
    ...{
      id: 'physio-back',
      to: 'physiotherapist',
      topics: /\b(?:back|neck|knee|shoulder|hip|joint|muscle)\b/i,
      from: 18,
    },
    ...{ why: 'Muscle or joint problem of an adult: a first contact physiotherapist', source: roles },
  },
  {
    ...{
      id: 'nurse-asthma',
      to: 'nurse',
      topics: /\basthma\b|\bdiabetes\b|\bblood pressure\b|\bcontraception\b|\bwound\b|\bdressing\b|\bvaccin/i,
    },
    ...{ why: 'Long-term condition, contraception, vaccination or wound care', source: roles },
  },
  {
    ...{
      id: 'pharmacist-medicine',
      to: 'pharmacist',
      topics: /\bmedicines?\b|\bprescription\b|\brepeat\b|\bside effects?\b/i,
    },
    ...{ why: 'A question about medicines', source: roles },
  },
  {
    ...{ id: 'midwife-pregnancy', to: 'midwife', topics: /\bpregnan|\bmorning sickness\b/i },
    ...{ why: 'Pregnancy', source: 'NICE NG201 1.1' },
  },
  {
    ...{
      id: 'social-lonely',
      to: 'social-prescriber',
      topics: /\blonel|\bmoney\b|\bhousing\b|\bdebt\b|\bcarer\b/i,
      from: 18,
    },
    ...{ why: 'Loneliness, money, housing or caring', source: roles },
  },
  {
    ...{ id: 'reception-admin', to: 'reception', topics: /\bchange of (?:details|address|name)\b|\bregist/i },
    ...{
      why: 'A change of details or a registration',
      source: 'NHS England, Care navigation in general practice',
    },
  },
];

export interface Suggestion {
  readonly to: string;
  readonly why: string;
  readonly source: string;
  /** `pharmacy-shingles@1` */
  readonly rule: string;
}

/** The first rules that fit, at most two. A red flag is a clinician's alone: nothing is suggested. */
export function suggestionsFor({
  topic,
  years,
  red,
}: {
  readonly topic: string;
  readonly years: number | undefined;
  readonly red: boolean;
}): readonly Suggestion[] {
  if (red) return [];
  return suggestionRules
    .filter(({ topics }) => topics.test(topic))
    .filter(({ from, until }) => {
      if (from === undefined && until === undefined) return true;
      return years !== undefined && years >= (from ?? 0) && years <= (until ?? 150);
    })
    .slice(0, 2)
    .map(({ id, to, why, source }) => ({
      ...{ to: teamNames[to], why, source, rule: `${id}@${suggestionsVersion}` },
    }));
}
