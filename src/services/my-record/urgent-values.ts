/** Values measured at home that need someone’s help soon. Words to act on, never a barrier: the value is kept all the same. */

export interface UrgentAdvice {
  readonly level: 'emergency' | 'urgent';
  readonly heading: string;
  readonly says: readonly string[];
  readonly source: string;
}

interface UrgentRule extends UrgentAdvice {
  /** Key of the kind of measurement. */
  readonly kind: string;
  /** `days`: age of the person; undefined where it is not known. */
  readonly when: (values: Readonly<Record<string, number>>, days: number | undefined) => boolean;
}

const monthDays = 30.4;
const of = (values: Readonly<Record<string, number>>, name: string): number => values[name] ?? Number.NaN;

/** The first that holds counts; the graver stand first. */
export const urgentRules: readonly UrgentRule[] = [
  {
    ...{ kind: 'blood-pressure', level: 'urgent', heading: 'Ask for help with your blood pressure today' },
    when: (values) => of(values, 'systolic') >= 180 || of(values, 'diastolic') >= 120,
    says: [
      '180/120 or higher is very high. Rest for 5 minutes and measure again. If it is still that high, call your GP surgery now, or 111 if it is closed.',
      'Call 999 if you also have chest pain, trouble breathing, a bad headache, changes in your sight, weakness on one side, confusion, or are pregnant and feel unwell.',
    ],
    source: 'NICE NG136, 1.5.2 and 1.5.3; NG133, 1.8',
  },
  {
    ...{ kind: 'blood-pressure', level: 'urgent', heading: 'Call 111 if you feel unwell' },
    when: (values) => of(values, 'systolic') <= 90,
    says: [
      'A top number of 90 or lower can be usual for some people. Call 111 now if you feel faint, confused or very unwell, or have a fever.',
    ],
    source: 'Royal College of Physicians, NEWS2: systolic pressure of 90 or lower scores 3',
  },
  {
    ...{ kind: 'oxygen', level: 'emergency', heading: 'Call 999 or go to A&E now' },
    when: (values) => of(values, 'oxygen') <= 92,
    says: [
      'An oxygen level of 92 or lower needs help at once, unless your care team has told you that lower is usual for you.',
      'Warm your hand, rest, and measure again while you wait.',
    ],
    source: 'NHS England, Pulse oximetry to detect early deterioration of patients at home',
  },
  {
    ...{ kind: 'oxygen', level: 'urgent', heading: 'Call 111 or your GP surgery now' },
    when: (values) => of(values, 'oxygen') <= 94,
    says: [
      'An oxygen level of 93 or 94 is lower than it should be. Measure again within an hour. Call now, unless your care team has told you that this is usual for you.',
    ],
    source: 'NHS England, Pulse oximetry to detect early deterioration of patients at home',
  },
  {
    ...{ kind: 'temperature', level: 'urgent', heading: 'Call 111 or your GP surgery now' },
    when: (values, days) =>
      days !== undefined &&
      ((days < 3 * monthDays && of(values, 'temperature') >= 38) ||
        (days < 6 * monthDays && of(values, 'temperature') >= 39)),
    says: ['A baby with a temperature this high must be seen soon, even if they seem well.'],
    source: 'NICE NG143, 1.2: 38 °C or higher under 3 months, 39 °C or higher from 3 to 6 months',
  },
  {
    ...{ kind: 'temperature', level: 'emergency', heading: 'Call 999 or go to A&E now' },
    when: (values) => of(values, 'temperature') < 35,
    says: ['A body temperature below 35 °C can be hypothermia. Get warm and dry, and get help.'],
    source: 'NHS, Hypothermia',
  },
  {
    ...{ kind: 'blood-glucose', level: 'urgent', heading: 'Treat low blood sugar now' },
    when: (values) => of(values, 'glucose') < 4,
    says: [
      'If you take medicine for diabetes: have something sugary now, such as a small glass of fruit juice, and measure again after 15 minutes.',
      'Someone else should call 999 if you become drowsy, cannot swallow or pass out.',
    ],
    source: 'NHS, Low blood sugar (hypoglycaemia): below 4 mmol/L',
  },
  {
    ...{ kind: 'blood-glucose', level: 'urgent', heading: 'Check for ketones if you have diabetes' },
    when: (values) => of(values, 'glucose') > 11,
    says: [
      'If you have diabetes and feel sick, are very thirsty, have tummy pain, breathe fast or feel confused: test for ketones, and call 111 or your diabetes team now.',
    ],
    source: 'NHS, Diabetic ketoacidosis: over 11 mmol/L with symptoms',
  },
];

/** What to do about a value; undefined where nothing in it is urgent by itself. */
export const urgentAdvice = (
  kind: string,
  values: Readonly<Record<string, number>>,
  days: number | undefined,
): UrgentAdvice | undefined => urgentRules.find((rule) => rule.kind === kind && rule.when(values, days));
