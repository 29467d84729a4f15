/** What people measure at home: units, what can be right, and what is so unusual that the app asks whether it is. */

export interface MeasuredPart {
  /** Name of its input. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** LOINC: code and display. */
  readonly loinc: readonly [code: string, display: string];
  /** As people read it; UCUM code. */
  readonly unit: string;
  readonly ucum: string;
  readonly decimals: number;
  /** What lies outside is refused: no one’s value, a slip or another unit. Both ends belong to it. */
  readonly possible: readonly [low: number, high: number];
  /** What lies outside is asked about once, and taken when it is confirmed. */
  readonly usual: readonly [low: number, high: number];
}

export interface MeasurementKind {
  readonly key: string;
  readonly name: string;
  readonly about: string;
  readonly category: 'vital-signs' | 'laboratory';
  /** The code of the whole, where it has several parts. */
  readonly panel?: readonly [code: string, display: string];
  readonly parts: readonly MeasuredPart[];
}

/** LOINC codes as the measurements of clinicians have them; the vital signs among them as R4’s profile of vital signs says. */
export const measurementKinds: readonly MeasurementKind[] = [
  {
    ...{ key: 'blood-pressure', name: 'Blood pressure', category: 'vital-signs' },
    about: 'Sit and rest for 5 minutes first. Write down the lower of two readings, a minute apart.',
    panel: ['85354-9', 'Blood pressure panel with all children optional'],
    parts: [
      {
        ...{ name: 'systolic', label: 'Top number (systolic)', hint: 'The higher number, like 128' },
        ...{ loinc: ['8480-6', 'Systolic blood pressure'], unit: 'mmHg', ucum: 'mm[Hg]', decimals: 0 },
        ...{ possible: [40, 300], usual: [80, 220] },
      },
      {
        ...{ name: 'diastolic', label: 'Bottom number (diastolic)', hint: 'The lower number, like 79' },
        ...{ loinc: ['8462-4', 'Diastolic blood pressure'], unit: 'mmHg', ucum: 'mm[Hg]', decimals: 0 },
        ...{ possible: [20, 200], usual: [40, 130] },
      },
    ],
  },
  {
    ...{ key: 'weight', name: 'Weight', category: 'vital-signs' },
    about: 'Weigh at the same time of day, without shoes.',
    parts: [
      {
        ...{ name: 'weight', label: 'Weight in kilograms', hint: 'Like 72.5. One stone is 6.35 kilograms' },
        ...{ loinc: ['29463-7', 'Body weight'], unit: 'kg', ucum: 'kg', decimals: 1 },
        ...{ possible: [0.3, 500], usual: [2, 200] },
      },
    ],
  },
  {
    ...{ key: 'temperature', name: 'Temperature', category: 'vital-signs' },
    about: 'Say below how it was taken, if you know: mouth, ear, armpit or forehead.',
    parts: [
      {
        ...{ name: 'temperature', label: 'Temperature in degrees Celsius', hint: 'Like 37.2' },
        ...{ loinc: ['8310-5', 'Body temperature'], unit: '°C', ucum: 'Cel', decimals: 1 },
        ...{ possible: [25, 45], usual: [34.5, 41] },
      },
    ],
  },
  {
    ...{ key: 'peak-flow', name: 'Peak flow', category: 'vital-signs' },
    about: 'Blow three times and write down the best.',
    parts: [
      {
        ...{ name: 'peak-flow', label: 'Peak flow in litres a minute', hint: 'Like 450' },
        ...{ loinc: ['33452-4', 'Maximum expiratory gas flow Respiratory system airway'] },
        ...{ unit: 'L/min', ucum: 'L/min', decimals: 0, possible: [20, 1000], usual: [60, 850] },
      },
    ],
  },
  {
    ...{ key: 'blood-glucose', name: 'Blood sugar (glucose)', category: 'laboratory' },
    about: 'From a finger prick or a sensor. Say below whether it was before or after a meal.',
    parts: [
      {
        ...{ name: 'glucose', label: 'Blood sugar in mmol/L', hint: 'Like 6.4' },
        ...{ loinc: ['15074-8', 'Glucose [Moles/volume] in Blood'], unit: 'mmol/L', ucum: 'mmol/L' },
        ...{ decimals: 1, possible: [0.5, 60], usual: [2.5, 30] },
      },
    ],
  },
  {
    ...{ key: 'oxygen', name: 'Oxygen level', category: 'vital-signs' },
    about: 'From a pulse oximeter on a warm finger without nail varnish, after a few minutes’ rest.',
    parts: [
      {
        ...{ name: 'oxygen', label: 'Oxygen level in per cent', hint: 'Like 97' },
        ...{ loinc: ['2708-6', 'Oxygen saturation in Arterial blood'], unit: '%', ucum: '%', decimals: 0 },
        ...{ possible: [40, 100], usual: [85, 100] },
      },
    ],
  },
];

/** The number as typed (`6.5`, `6,5`), or what is wrong with it. */
export function measuredNumber(part: MeasuredPart, typed: string): number | string {
  const { label, decimals, possible, unit } = part;
  const [low, high] = possible;
  if (typed === '') return `Enter the ${lower(label)}`;
  const text = typed.replace(',', '.');
  if (!/^\d{1,4}(\.\d{1,4})?$/.test(text))
    return `${label} must be a number, like ${part.hint?.match(/[\d.]+\d|\d/)?.[0] ?? low}`;
  const value = Number(text);
  if (value < low || value > high)
    return `${label} must be between ${low} and ${high} ${unit}. Check the number and its unit`;
  return Number(value.toFixed(decimals));
}

const lower = (label: string): string => label.charAt(0).toLowerCase() + label.slice(1);

/** Why someone should look again at what they typed; undefined where nothing is odd. */
export function oddity(kind: MeasurementKind, values: Readonly<Record<string, number>>): string | undefined {
  const odd = kind.parts.filter(({ name, usual: [low, high] }) => {
    const value = values[name];
    return value !== undefined && (value < low || value > high);
  });
  const [systolic, diastolic] = [values['systolic'], values['diastolic']];
  if (systolic !== undefined && diastolic !== undefined && diastolic >= systolic)
    return 'The bottom number is not lower than the top one. Check that they are the right way round';
  const [first] = odd;
  if (!first) return undefined;
  return `${first.label} of ${values[first.name]} ${first.unit} is very unusual. Check what you typed`;
}
