/** Words and codes of the synthetic population. Measurement codes of our own stand for the long tail of tests. */
import type { Coding } from '@medplum/fhirtypes';

// biome-ignore format: a list of words
const starts = [
  'Ash', 'Bar', 'Bex', 'Brad', 'Cal', 'Chad', 'Clay', 'Crom', 'Dal', 'Dun', 'Ed', 'Ell', 'Fair', 'Farn', 'Gar', 'Glen',
  'Had', 'Hart', 'Haz', 'Hol', 'Ing', 'Ked', 'King', 'Lang', 'Lin', 'Mar', 'Mid', 'Nor', 'Oak', 'Pem', 'Quen', 'Rad',
  'Rush', 'Sel', 'Stan', 'Thorn', 'Up', 'Wal', 'Wind', 'Yar',
];
// biome-ignore format: a list of words
const ends = [
  'bourne', 'bridge', 'brook', 'bury', 'by', 'combe', 'croft', 'dale', 'den', 'don', 'field', 'ford', 'gate', 'ham',
  'hurst', 'ley', 'low', 'man', 'mere', 'more', 'shaw', 'stead', 'stone', 'ton', 'worth',
];

/** 1,000 family names. */
export const familyNames: readonly string[] = starts.flatMap((start) => ends.map((end) => start + end));

export const givenNames: readonly string[] =
  'Ada Aisha Alan Amara Amit Anna Arthur Bea Ben Bilal Cara Carl Chloe Clara Dan Daisy David Dev Edith Eli Ella Emeka Erin Esme Ewan Farah Finn Freya George Grace Hana Harry Hugo Ida Imran Iris Isla Jack Jade Jamal Jane Joe Kate Kofi Kwame Leah Leo Lily Lucy Maeve Mark Maya Mei Mia Nadia Neil Nina Noah Olga Omar Owen Paul Piotr Priya Rhys Rosa Ruth Ryan Sam Sana Seth Sian Sofia Tara Tom Una Vera Will Yusuf Zara'.split(
    ' ',
  );

export const towns: readonly string[] = [
  'Exmoor Bridge',
  'Stonham',
  'Marlow Green',
  'Eastwick',
  'Overdale',
  'Netherby',
];

/** A kind of measurement: its code, and how its values look. */
export interface Measurement {
  readonly coding: Coding;
  readonly category: 'vital-signs' | 'laboratory';
  readonly unit: string;
  readonly code: string;
  readonly low: number;
  readonly high: number;
  readonly digits: number;
}

const loinc = 'http://loinc.org';
const common: readonly (readonly [
  string,
  string,
  Measurement['category'],
  string,
  number,
  number,
  number,
])[] = [
  ['8867-4', 'Heart rate', 'vital-signs', '/min', 60, 100, 0],
  ['8310-5', 'Body temperature', 'vital-signs', 'Cel', 36.1, 37.8, 1],
  ['29463-7', 'Body weight', 'vital-signs', 'kg', 45, 120, 1],
  ['39156-5', 'Body mass index', 'vital-signs', 'kg/m2', 18.5, 30, 1],
  ['8480-6', 'Systolic blood pressure', 'vital-signs', 'mm[Hg]', 95, 160, 0],
  ['4548-4', 'Haemoglobin A1c in blood', 'laboratory', '%', 4.5, 8.5, 1],
  ['2160-0', 'Creatinine in serum or plasma', 'laboratory', 'umol/L', 45, 110, 0],
  ['718-7', 'Haemoglobin in blood', 'laboratory', 'g/L', 110, 175, 0],
  ['2339-0', 'Glucose in blood', 'laboratory', 'mmol/L', 4, 8, 1],
  ['2093-3', 'Cholesterol in serum or plasma', 'laboratory', 'mmol/L', 3.5, 6.5, 1],
];

/** The ten kinds that make six in ten of all measurements. */
export const commonMeasurements: readonly Measurement[] = common.map(
  ([code, display, category, unit, low, high, digits]) => ({
    coding: { system: loinc, code, display },
    category,
    unit,
    code: unit,
    low,
    high,
    digits,
  }),
);

export const rareSystem = 'https://throughline.example/bench/tests';

/** The 290 kinds that share the rest. */
export const rareMeasurements: readonly Measurement[] = Array.from({ length: 290 }, (_, index) => ({
  coding: { system: rareSystem, code: `T${1000 + index}`, display: `Less usual test number ${index + 1}` },
  category: 'laboratory' as const,
  unit: 'mmol/L',
  code: 'mmol/L',
  low: 1,
  high: 9,
  digits: 2,
}));

export const diagnoses: readonly Coding[] = [
  ['38341003', 'Hypertensive disorder'],
  ['44054006', 'Diabetes mellitus type 2'],
  ['195967001', 'Asthma'],
  ['13645005', 'Chronic obstructive lung disease'],
  ['73211009', 'Diabetes mellitus'],
  ['35489007', 'Depressive disorder'],
  ['396275006', 'Osteoarthritis'],
  ['40930008', 'Hypothyroidism'],
  ['49436004', 'Atrial fibrillation'],
  ['709044004', 'Chronic kidney disease'],
  ['271737000', 'Anaemia'],
  ['235595009', 'Gastro-oesophageal reflux disease'],
].map(([code, display]) => ({ system: 'http://snomed.info/sct', code: code!, display: display! }));
