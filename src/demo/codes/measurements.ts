/**
 * What is measured of people of the demonstration: LOINC codes and UCUM units, with SNOMED CT where UK Core asks for it or
 * NHS primary care's published code lists give it. Ranges are those that English laboratories commonly print for adults.
 */
import type { CodeableConcept, Quantity } from '@medplum/fhirtypes';
import { systems, ukCore } from '../build.ts';

export type MeasureKey =
  | 'weight'
  | 'height'
  | 'bmi'
  | 'heart-rate'
  | 'oxygen'
  | 'hba1c'
  | 'cholesterol'
  | 'hdl'
  | 'ldl'
  | 'triglycerides'
  | 'cholesterol-ratio'
  | 'creatinine'
  | 'egfr'
  | 'sodium'
  | 'potassium'
  | 'urea'
  | 'acr'
  | 'haemoglobin'
  | 'white-cells'
  | 'platelets'
  | 'mcv'
  | 'ferritin'
  | 'tsh'
  | 'psa'
  | 'crp'
  | 'peak-flow'
  | 'fev1'
  | 'fev1-fvc';

export interface Measure {
  readonly key: MeasureKey;
  /** As the record's reader sees it. */
  readonly name: string;
  readonly loinc: string;
  /** LOINC's long common name. */
  readonly display: string;
  readonly snomed?: readonly [code: string, display: string];
  /** As people read it; UCUM code. */
  readonly unit: string;
  readonly ucum: string;
  readonly decimals: number;
  readonly low?: number;
  readonly high?: number;
  readonly category: 'vital-signs' | 'laboratory' | 'exam';
  readonly profile: string;
}

type Row = readonly [
  key: MeasureKey,
  name: string,
  loinc: string,
  display: string,
  unit: string,
  ucum: string,
  decimals: number,
  low?: number | undefined,
  high?: number | undefined,
];

// biome-ignore format: a table is read by its rows
const laboratory: readonly Row[] = [
  ['hba1c', 'HbA1c', '59261-8', 'Hemoglobin A1c/Hemoglobin.total in Blood by IFCC protocol', 'mmol/mol', 'mmol/mol', 0, 20, 41],
  ['cholesterol', 'Total cholesterol', '14647-2', 'Cholesterol [Moles/volume] in Serum or Plasma', 'mmol/L', 'mmol/L', 1, undefined, 5],
  ['hdl', 'HDL cholesterol', '14646-4', 'Cholesterol in HDL [Moles/volume] in Serum or Plasma', 'mmol/L', 'mmol/L', 1, 1],
  ['ldl', 'LDL cholesterol', '39469-2', 'Cholesterol in LDL [Moles/volume] in Serum or Plasma by calculation', 'mmol/L', 'mmol/L', 1, undefined, 3],
  ['triglycerides', 'Triglycerides', '14927-8', 'Triglyceride [Moles/volume] in Serum or Plasma', 'mmol/L', 'mmol/L', 1, undefined, 2.3],
  ['cholesterol-ratio', 'Total cholesterol to HDL ratio', '32309-7', 'Cholesterol.total/Cholesterol in HDL [Molar ratio] in Serum or Plasma', '1', '1', 1, undefined, 6],
  ['creatinine', 'Creatinine', '14682-9', 'Creatinine [Moles/volume] in Serum or Plasma', 'µmol/L', 'umol/L', 0, 45, 110],
  ['egfr', 'Estimated kidney function (eGFR)', '62238-1', 'Glomerular filtration rate/1.73 sq M.predicted [Volume Rate/Area] in Serum, Plasma or Blood by Creatinine-based formula (CKD-EPI)', 'mL/min/1.73 m²', 'mL/min/{1.73_m2}', 0, 60],
  ['sodium', 'Sodium', '2951-2', 'Sodium [Moles/volume] in Serum or Plasma', 'mmol/L', 'mmol/L', 0, 133, 146],
  ['potassium', 'Potassium', '2823-3', 'Potassium [Moles/volume] in Serum or Plasma', 'mmol/L', 'mmol/L', 1, 3.5, 5.3],
  ['urea', 'Urea', '22664-7', 'Urea [Moles/volume] in Serum or Plasma', 'mmol/L', 'mmol/L', 1, 2.5, 7.8],
  ['acr', 'Urine albumin to creatinine ratio', '32294-1', 'Albumin/Creatinine [Ratio] in Urine', 'mg/mmol', 'mg/mmol', 1, undefined, 3],
  ['haemoglobin', 'Haemoglobin', '718-7', 'Hemoglobin [Mass/volume] in Blood', 'g/L', 'g/L', 0, 120, 165],
  ['white-cells', 'White cell count', '6690-2', 'Leukocytes [#/volume] in Blood by Automated count', '10*9/L', '10*9/L', 1, 4, 11],
  ['platelets', 'Platelet count', '777-3', 'Platelets [#/volume] in Blood by Automated count', '10*9/L', '10*9/L', 0, 150, 400],
  ['mcv', 'Mean cell volume', '787-2', 'MCV [Entitic volume] by Automated count', 'fL', 'fL', 0, 80, 100],
  ['ferritin', 'Ferritin', '2276-4', 'Ferritin [Mass/volume] in Serum or Plasma', 'µg/L', 'ug/L', 0, 15, 300],
  ['tsh', 'Thyroid stimulating hormone (TSH)', '3016-3', 'Thyrotropin [Units/volume] in Serum or Plasma', 'mIU/L', 'm[IU]/L', 1, 0.4, 4.5],
  ['psa', 'Prostate specific antigen (PSA)', '2857-1', 'Prostate specific Ag [Mass/volume] in Serum or Plasma', 'µg/L', 'ug/L', 1, undefined, 4],
  ['crp', 'C-reactive protein (CRP)', '1988-5', 'C reactive protein [Mass/volume] in Serum or Plasma', 'mg/L', 'mg/L', 0, undefined, 5],
];

// biome-ignore format: a table is read by its rows
const breathing: readonly Row[] = [
  ['peak-flow', 'Peak flow', '33452-4', 'Maximum expiratory gas flow Respiratory system airway', 'L/min', 'L/min', 0],
  ['fev1', 'Air breathed out in one second (FEV1)', '20150-9', 'FEV1', 'L', 'L', 2],
  ['fev1-fvc', 'FEV1 to FVC ratio', '19926-5', 'FEV1/FVC', '%', '%', 0, 70],
];

type Vital = readonly [profile: string, snomed: string, snomedDisplay: string, ...Row];

// biome-ignore format: a table is read by its rows
const vital: readonly Vital[] = [
  ['BodyWeight', '27113001', 'Body weight', 'weight', 'Weight', '29463-7', 'Body weight', 'kilogram', 'kg', 1],
  ['BodyHeight', '50373000', 'Body height measure', 'height', 'Height', '8302-2', 'Body height', 'cm', 'cm', 0],
  ['BMI', '60621009', 'Body mass index', 'bmi', 'Body mass index (BMI)', '39156-5', 'Body mass index (BMI) [Ratio]', 'kg/m²', 'kg/m2', 1, 18.5, 25],
  ['HeartRate', '444981005', 'Resting heart rate', 'heart-rate', 'Heart rate', '8867-4', 'Heart rate', 'per minute', '/min', 0, 60, 100],
];

/** Source: the code lists of NHS England's primary care reference sets and UK Core's examples. */
const snomedOfLaboratory: Partial<Record<MeasureKey, readonly [string, string]>> = {
  hba1c: ['1003671000000109', 'Haemoglobin A1c level'],
  cholesterol: ['1005671000000105', 'Serum cholesterol level'],
  hdl: ['1005681000000107', 'Serum high density lipoprotein cholesterol level'],
  creatinine: ['1000731000000107', 'Serum creatinine level'],
};

const measureOf = (
  [key, name, loinc, display, unit, ucum, decimals, low, high]: Row,
  category: Measure['category'],
  profile: string,
  snomed?: readonly [string, string],
): Measure => ({
  ...{ key, name, loinc, display, unit, ucum, decimals, category, profile: ukCore(profile) },
  ...(snomed === undefined ? {} : { snomed }),
  ...(low === undefined ? {} : { low }),
  ...(high === undefined ? {} : { high }),
});

const table = new Map<MeasureKey, Measure>(
  [
    ...laboratory.map((row) =>
      measureOf(row, 'laboratory', 'UKCore-Observation-Lab', snomedOfLaboratory[row[0]]),
    ),
    ...breathing.map((row) => measureOf(row, 'exam', 'UKCore-Observation')),
    ...vital.map(([profile, code, display, ...row]) =>
      measureOf(row, 'vital-signs', `UKCore-Observation-VitalSigns-${profile}`, [code, display]),
    ),
    // Its profile asks for a code of pulse oximetry, which a reading noted at a review does not tell.
    measureOf(
      ['oxygen', 'Oxygen level', '2708-6', 'Oxygen saturation in Arterial blood', '%', '%', 0, 94, 100],
      'vital-signs',
      'UKCore-Observation',
    ),
  ].map((one) => [one.key, one]),
);

export function measure(key: MeasureKey): Measure {
  const found = table.get(key);
  if (!found) throw new RangeError(`The table of measurements has no “${key}”.`);
  return found;
}

export const measures: readonly Measure[] = [...table.values()];

export const measureCode = ({ loinc, display, snomed, name }: Measure): CodeableConcept => ({
  coding: [
    { system: systems.loinc, code: loinc, display },
    ...(snomed ? [{ system: systems.snomed, code: snomed[0], display: snomed[1] }] : []),
  ],
  text: name,
});

/** Rounded as the measure is reported. */
export const rounded = ({ decimals }: Pick<Measure, 'decimals'>, value: number): number => {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
};

export const amount = ({ unit, ucum }: Pick<Measure, 'unit' | 'ucum'>, value: number): Quantity => ({
  ...{ value, unit, system: systems.ucum, code: ucum },
});

/** Source: UKCore-Observation-VitalSigns-BloodPressure. */
export const bloodPressureCode: CodeableConcept = {
  coding: [
    { system: systems.loinc, code: '85354-9', display: 'Blood pressure panel with all children optional' },
    { system: systems.snomed, code: '75367002', display: 'Blood pressure' },
  ],
  text: 'Blood pressure',
};

const pressurePart = (loinc: string, snomed: string, which: string) => ({
  code: {
    coding: [
      { system: systems.loinc, code: loinc, display: `${which} blood pressure` },
      { system: systems.snomed, code: snomed, display: `${which} arterial pressure` },
    ],
    text: `${which} blood pressure`,
  },
});

/** The unit's words are those that UKCore-Observation-VitalSigns-BloodPressure fixes. */
export const pressureComponents = (systolic: number, diastolic: number) => [
  {
    ...pressurePart('8480-6', '72313002', 'Systolic'),
    valueQuantity: amount({ unit: 'millimeter of mercury', ucum: 'mm[Hg]' }, systolic),
  },
  {
    ...pressurePart('8462-4', '1091811000000102', 'Diastolic'),
    valueQuantity: amount({ unit: 'millimeter of mercury', ucum: 'mm[Hg]' }, diastolic),
  },
];

/** Laboratory tests that come back as one report. */
export interface Panel {
  readonly key: string;
  readonly name: string;
  readonly loinc: string;
  readonly display: string;
  readonly members: readonly MeasureKey[];
}

const panel = (
  key: string,
  name: string,
  loinc: string,
  display: string,
  ...members: MeasureKey[]
): Panel => ({
  ...{ key, name, loinc, display, members },
});

export const panels = {
  lipids: panel(
    ...([
      'lipids',
      'Cholesterol and other blood fats',
      '24331-1',
      'Lipid 1996 panel - Serum or Plasma',
    ] as const),
    ...(['cholesterol', 'hdl', 'ldl', 'triglycerides', 'cholesterol-ratio'] as const),
  ),
  kidney: panel(
    ...(['kidney', 'Kidney function', '24362-6', 'Renal function 2000 panel - Serum or Plasma'] as const),
    ...(['sodium', 'potassium', 'urea', 'creatinine', 'egfr'] as const),
  ),
  'blood-count': panel(
    ...(['blood-count', 'Full blood count', '58410-2', 'CBC panel - Blood by Automated count'] as const),
    ...(['haemoglobin', 'white-cells', 'platelets', 'mcv'] as const),
  ),
} satisfies Record<string, Panel>;
