/** What an Observation found, in words and, where it is a number, as a number (R4 §10.1). */
import type {
  Coding,
  Observation,
  ObservationComponent,
  ObservationReferenceRange,
  Quantity,
} from '@medplum/fhirtypes';
import { conceptText, tokenOf } from './coded.ts';
import { formatDateTime, formatPeriod, formatTimeOfDay } from './dates.ts';
import { formatNumber, formatQuantity, formatRange, formatRatio, unitText } from './quantities.ts';

export interface ObservedValue {
  /** Readable value with its unit; says so when there is none. */
  readonly text: string;
  /** `High`, `Low`, `Abnormal`, or empty. */
  readonly flag: string;
}

type Valued = Observation | ObservationComponent;

const plainValue = (valued: Valued): string => {
  if (valued.valueQuantity) return formatQuantity(valued.valueQuantity);
  if (valued.valueCodeableConcept) return conceptText(valued.valueCodeableConcept);
  if (typeof valued.valueString === 'string') return valued.valueString.trim();
  if (typeof valued.valueBoolean === 'boolean') return valued.valueBoolean ? 'Yes' : 'No';
  if (typeof valued.valueInteger === 'number') return formatNumber(valued.valueInteger);
  if (valued.valueRange) return formatRange(valued.valueRange);
  if (valued.valueRatio) return formatRatio(valued.valueRatio);
  if (valued.valueDateTime) return formatDateTime(valued.valueDateTime);
  if (valued.valueTime) return formatTimeOfDay(valued.valueTime);
  if (valued.valuePeriod) return formatPeriod(valued.valuePeriod);
  if (valued.valueSampledData) return 'A recorded trace';
  return valued.dataAbsentReason
    ? `No value: ${conceptText(valued.dataAbsentReason) || 'reason not given'}`
    : '';
};

/** HL7 v3 ObservationInterpretation, in the words that matter to a reader. */
const interpretations: Record<string, string> = {
  H: 'High',
  HH: 'Very high',
  HU: 'High',
  L: 'Low',
  LL: 'Very low',
  LU: 'Low',
  A: 'Abnormal',
  AA: 'Critically abnormal',
  POS: 'Positive',
  DET: 'Detected',
  R: 'Resistant',
};

/** The range that is normal for the person: one whose type says so, or that has no type. */
export function normalRange(
  ranges: readonly ObservationReferenceRange[] | undefined,
): ObservationReferenceRange | undefined {
  const all = Array.isArray(ranges) ? ranges : [];
  return (
    all.find((range) => range?.type?.coding?.some(({ code }: Coding) => code === 'normal')) ??
    all.find((range) => range && !range.type)
  );
}

const sameUnit = (a: Quantity, b: Quantity | undefined): boolean => {
  if (!b) return false;
  if (a.code && b.code) return a.code === b.code;
  return unitText(a) === unitText(b) || unitText(b) === '';
};

/** The reporter's own interpretation; without one, the value against its reference range in the same unit. */
export function flagOf(valued: Valued): string {
  for (const concept of valued.interpretation ?? []) {
    const code = concept?.coding?.find((coding) => coding.code)?.code;
    if (code === 'N' || code === 'NEG' || code === 'S' || code === 'ND') return '';
    const known = interpretations[code ?? ''] ?? conceptText(concept);
    if (known) return known;
  }
  const quantity = valued.valueQuantity;
  const range = normalRange(valued.referenceRange);
  if (typeof quantity?.value !== 'number' || !range) return '';
  if (range.low?.value !== undefined && sameUnit(quantity, range.low) && quantity.value < range.low.value)
    return 'Low';
  if (range.high?.value !== undefined && sameUnit(quantity, range.high) && quantity.value > range.high.value)
    return 'High';
  return '';
}

export function rangeText(valued: Valued): string {
  const range = normalRange(valued.referenceRange);
  return range ? formatRange(range) || (typeof range.text === 'string' ? range.text : '') : '';
}

const systolic = 'http://loinc.org|8480-6';
const diastolic = 'http://loinc.org|8462-4';

const bloodPressure = (parts: readonly ObservationComponent[]): string => {
  const value = (token: string): Quantity | undefined =>
    parts.find((part) => tokenOf(part.code) === token)?.valueQuantity;
  const [high, low] = [value(systolic), value(diastolic)];
  if (typeof high?.value !== 'number' || typeof low?.value !== 'number' || parts.length > 2) return '';
  return `${formatNumber(high.value)}/${formatQuantity(low)}`;
};

/** The value of an observation and of its components, as one line. */
export function observationValue(observation: Observation): ObservedValue {
  const parts = (Array.isArray(observation.component) ? observation.component : []).filter(Boolean);
  const flags = [observation, ...parts].map(flagOf).filter(Boolean);
  const own = plainValue(observation);
  const pressure = bloodPressure(parts);
  const components = parts.map(
    (part) => `${conceptText(part.code) || 'Part'} ${plainValue(part) || 'no value'}`,
  );
  const absent = own.startsWith('No value') && parts.length > 0;
  const shown = [absent ? '' : own, pressure || components.join('; ')].filter(Boolean).join('; ');
  const shared = parts.length > 0 || observation.hasMember ? '' : 'No value recorded';
  return { text: shown || shared, flag: [...new Set(flags)].join(', ') };
}
