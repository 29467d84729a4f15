/**
 * Vaccines of the UK schedule since 2016, with what they protect from. Names are those of the programme, since products change.
 * Source: UK Health Security Agency, The complete routine immunisation schedule; Immunisation against infectious disease
 * (the Green Book). Diseases: SNOMED CT as FHIR's immunization-target-disease value set and published maps give it.
 */
import type { CodeableConcept } from '@medplum/fhirtypes';
import { snomed } from '../build.ts';

const diseases = {
  diphtheria: snomed('397430003', 'Diphtheria caused by Corynebacterium diphtheriae', 'Diphtheria'),
  tetanus: snomed('76902006', 'Tetanus'),
  pertussis: snomed('27836007', 'Pertussis', 'Whooping cough'),
  polio: snomed('398102009', 'Acute poliomyelitis', 'Polio'),
  hib: snomed('709410003', 'Haemophilus influenzae type b infection', 'Hib'),
  'hepatitis-b': snomed('66071002', 'Viral hepatitis type B', 'Hepatitis B'),
  rotavirus: snomed('18624000', 'Disease caused by Rotavirus', 'Rotavirus'),
  meningococcal: snomed('23511006', 'Meningococcal infectious disease', 'Meningitis and septicaemia'),
  pneumococcal: snomed('16814004', 'Pneumococcal infectious disease', 'Pneumonia and meningitis'),
  measles: snomed('14189004', 'Measles'),
  mumps: snomed('36989005', 'Mumps'),
  rubella: snomed('36653000', 'Rubella'),
  influenza: snomed('6142004', 'Influenza', 'Flu'),
  hpv: snomed('240532009', 'Human papillomavirus infection', 'Human papillomavirus (HPV)'),
  shingles: snomed('4740000', 'Herpes zoster', 'Shingles'),
  covid: snomed('840539006', 'COVID-19'),
  rsv: snomed('55735004', 'Respiratory syncytial virus infection', 'RSV'),
} satisfies Record<string, CodeableConcept>;

export type Disease = keyof typeof diseases;
export const diseaseCode = (disease: Disease): CodeableConcept => diseases[disease];

export interface Vaccine {
  readonly name: string;
  readonly against: readonly Disease[];
  readonly way: 'muscle' | 'nose' | 'mouth';
}

const vaccine = (name: string, against: readonly Disease[], way: Vaccine['way'] = 'muscle'): Vaccine => ({
  ...{ name, against, way },
});

const four = ['diphtheria', 'tetanus', 'pertussis', 'polio'] as const;

export const vaccines = {
  'six-in-one': vaccine('6-in-1 vaccine', [...four, 'hib', 'hepatitis-b']),
  rotavirus: vaccine('Rotavirus vaccine', ['rotavirus'], 'mouth'),
  'men-b': vaccine('MenB vaccine', ['meningococcal']),
  pcv: vaccine('Pneumococcal vaccine for children', ['pneumococcal']),
  'hib-men-c': vaccine('Hib and MenC vaccine', ['hib', 'meningococcal']),
  mmr: vaccine('MMR vaccine (measles, mumps and rubella)', ['measles', 'mumps', 'rubella']),
  'four-in-one': vaccine('4-in-1 pre-school booster', four),
  'child-flu': vaccine('Flu vaccine for children (nasal spray)', ['influenza'], 'nose'),
  hpv: vaccine('HPV vaccine', ['hpv']),
  'three-in-one': vaccine('3-in-1 teenage booster', ['diphtheria', 'tetanus', 'polio']),
  'men-acwy': vaccine('MenACWY vaccine', ['meningococcal']),
  flu: vaccine('Flu vaccine', ['influenza']),
  pneumococcal: vaccine('Pneumococcal vaccine', ['pneumococcal']),
  shingles: vaccine('Shingles vaccine', ['shingles']),
  covid: vaccine('COVID-19 vaccine', ['covid']),
  rsv: vaccine('RSV vaccine', ['rsv']),
  'pregnancy-pertussis': vaccine('Whooping cough vaccine in pregnancy', [
    'pertussis',
    'diphtheria',
    'tetanus',
    'polio',
  ]),
} satisfies Record<string, Vaccine>;

export type VaccineKey = keyof typeof vaccines;

export const vaccineRoutes = {
  muscle: snomed('78421000', 'Intramuscular route', 'Into the muscle'),
  nose: snomed('46713006', 'Nasal route', 'Into the nose'),
  mouth: snomed('26643006', 'Oral route', 'By mouth'),
} satisfies Record<Vaccine['way'], CodeableConcept>;

export const vaccineSites = {
  'left-arm': snomed('368208006', 'Left upper arm structure', 'Left upper arm'),
  'right-arm': snomed('368209003', 'Right upper arm structure', 'Right upper arm'),
  thigh: snomed('61396006', 'Structure of left thigh', 'Left thigh'),
} satisfies Record<string, CodeableConcept>;
