/** What is measured in a consultation: its code, its unit, and between which values it is not a slip of the pen. */
import type { Observation } from '@medplum/fhirtypes';

export interface MeasureField {
  readonly key: string;
  readonly label: string;
  readonly unit: string;
  readonly ucum: string;
  readonly loinc: readonly [code: string, display: string];
  readonly low: number;
  readonly high: number;
  readonly decimals: number;
}

// biome-ignore format: a table is read by its rows
type Row = readonly [key: string, label: string, unit: string, ucum: string, code: string, display: string, low: number, high: number, decimals: number];
// biome-ignore format: a table is read by its rows
const rows: readonly Row[] = [
  ['systolic', 'Blood pressure, upper number', 'mmHg', 'mm[Hg]', '8480-6', 'Systolic blood pressure', 50, 300, 0],
  ['diastolic', 'Blood pressure, lower number', 'mmHg', 'mm[Hg]', '8462-4', 'Diastolic blood pressure', 20, 200, 0],
  ['pulse', 'Pulse', 'beats a minute', '/min', '8867-4', 'Heart rate', 20, 260, 0],
  ['temperature', 'Temperature', '°C', 'Cel', '8310-5', 'Body temperature', 30, 43, 1],
  ['breathing', 'Breathing rate', 'breaths a minute', '/min', '9279-1', 'Respiratory rate', 4, 80, 0],
  ['oxygen', 'Oxygen level', '%', '%', '2708-6', 'Oxygen saturation in Arterial blood', 40, 100, 0],
  ['weight', 'Weight', 'kg', 'kg', '29463-7', 'Body weight', 0.3, 400, 1],
  ['height', 'Height', 'cm', 'cm', '8302-2', 'Body height', 30, 250, 0],
  ['peak-flow', 'Peak flow', 'L/min', 'L/min', '33452-4', 'Maximum expiratory gas flow Respiratory system airway', 30, 900, 0],
];

export const measureFields: readonly MeasureField[] = rows.map(
  ([key, label, unit, ucum, code, display, low, high, decimals]) => ({
    ...{ key, label, unit, ucum, loinc: [code, display] as const, low, high, decimals },
  }),
);

/** The value typed, or what is wrong with it; undefined where nothing was typed. */
export function measured(
  field: MeasureField,
  typed: string,
): number | undefined | { readonly fault: string } {
  if (typed === '') return undefined;
  const { label, low, high, unit } = field;
  const value = Number(typed.replace(',', '.'));
  if (!/^\d{1,4}(?:[.,]\d{1,2})?$/.test(typed) || !Number.isFinite(value))
    return { fault: `${label} must be a number, like ${Math.round((low + high) / 2)}` };
  if (value < low || value > high) return { fault: `${label} must be between ${low} and ${high} ${unit}` };
  return value;
}

type Known = Readonly<Record<string, number | undefined>>;
const coding = ([code, display]: readonly [string, string]) => ({
  system: 'http://loinc.org',
  code,
  display,
});

/** One Observation for each measure; blood pressure’s two numbers are one. `make` gives each its id and what all share. */
export function observationsOf(
  values: Known,
  make: (key: string) => Omit<Observation, 'resourceType' | 'code' | 'status'>,
): readonly Observation[] {
  const quantity = ({ unit, ucum }: MeasureField, value: number) => ({
    ...{ value, unit, system: 'http://unitsofmeasure.org', code: ucum },
  });
  const found: Observation[] = [];
  const [systolic, diastolic] = [values['systolic'], values['diastolic']];
  const base = { resourceType: 'Observation', status: 'final' } as const;
  const category = [
    {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }],
    },
  ];
  const fieldOf = (key: string): MeasureField => measureFields.find((one) => one.key === key)!; // keys of the table
  if (systolic !== undefined && diastolic !== undefined)
    found.push({
      ...base,
      ...make('blood-pressure'),
      category,
      code: {
        coding: [coding(['85354-9', 'Blood pressure panel with all children optional'])],
        text: 'Blood pressure',
      },
      component: (
        [
          ['systolic', systolic],
          ['diastolic', diastolic],
        ] as const
      ).map(([key, value]) => ({
        code: { coding: [coding(fieldOf(key).loinc)], text: fieldOf(key).loinc[1] },
        valueQuantity: quantity(fieldOf(key), value),
      })),
    });
  for (const field of measureFields) {
    const value = values[field.key];
    if (value === undefined || field.key === 'systolic' || field.key === 'diastolic') continue;
    found.push({
      ...base,
      ...make(field.key),
      category,
      code: { coding: [coding(field.loinc)], text: field.label },
      valueQuantity: quantity(field, value),
    });
  }
  return found;
}
