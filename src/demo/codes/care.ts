/** What care plans set out to do, by problem. Targets: NICE NG136, NG28, NG203, NG115, NG80, NG106; the words are ours. */
import type { MeasureKey } from './measurements.ts';

export interface Aim {
  readonly text: string;
  /** What is measured, with the most or the least that is wanted. */
  readonly target?: {
    readonly measure: MeasureKey | 'systolic';
    readonly most?: number;
    readonly least?: number;
  };
}

export interface Step {
  readonly text: string;
  readonly who: 'patient' | 'nurse' | 'doctor' | 'community' | 'hospital';
}

export interface PlanWords {
  readonly name: string;
  readonly aims: readonly Aim[];
  readonly steps: readonly Step[];
}

const step = (who: Step['who'], text: string): Step => ({ who, text });

export const planWords: Readonly<Record<string, PlanWords>> = {
  hypertension: {
    name: 'high blood pressure',
    aims: [{ text: 'Blood pressure below 140/90 in clinic', target: { measure: 'systolic', most: 140 } }],
    steps: [
      step('patient', 'Measure your blood pressure at home one week each month'),
      step('nurse', 'Blood pressure check every six months'),
    ],
  },
  'type-2-diabetes': {
    name: 'type 2 diabetes',
    aims: [
      { text: 'HbA1c of 53 mmol/mol or less', target: { measure: 'hba1c', most: 53 } },
      { text: 'Walk for half an hour on five days a week' },
    ],
    steps: [
      step('patient', 'Look at your feet every evening'),
      step('nurse', 'Diabetes review twice a year'),
      step('hospital', 'Eye screening each year'),
    ],
  },
  'type-1-diabetes': {
    name: 'type 1 diabetes',
    aims: [
      { text: 'HbA1c of 48 to 53 mmol/mol without low glucose', target: { measure: 'hba1c', most: 53 } },
    ],
    steps: [
      step('patient', 'Wear the glucose sensor and bring the readings'),
      step('hospital', 'Diabetes clinic twice a year'),
    ],
  },
  'chronic-kidney-disease': {
    name: 'kidney disease',
    aims: [{ text: 'Keep kidney function steady', target: { measure: 'egfr', least: 45 } }],
    steps: [
      step('patient', 'Ask the pharmacist before you buy painkillers'),
      step('doctor', 'Kidney function every six months'),
    ],
  },
  copd: {
    name: 'COPD',
    aims: [{ text: 'Walk to the shop without stopping' }, { text: 'No stay in hospital this winter' }],
    steps: [
      step('patient', 'Start the rescue pack when your sputum turns green, and tell us'),
      step('community', 'Pulmonary rehabilitation, twelve sessions'),
    ],
  },
  asthma: {
    name: 'asthma',
    aims: [{ text: 'No night waking from asthma' }],
    steps: [
      step('patient', 'Take the preventer inhaler every day'),
      step('nurse', 'Asthma review each year'),
    ],
  },
  'heart-failure': {
    name: 'heart failure',
    aims: [{ text: 'Weight steady within 2 kg' }],
    steps: [
      step('patient', 'Weigh yourself every morning and write it down'),
      step('community', 'Heart failure nurse visits every two months'),
    ],
  },
  dementia: {
    name: 'dementia',
    aims: [{ text: 'Stay at home with family for as long as it is safe' }],
    steps: [
      step('community', 'Memory nurse visits every three months'),
      step('doctor', 'Medicines review each year'),
    ],
  },
  frailty: {
    name: 'frailty',
    aims: [{ text: 'No falls in the next six months' }, { text: 'Get to church on Sundays' }],
    steps: [
      step('community', 'Strength and balance exercises twice a week'),
      step('doctor', 'Medicines review every six months'),
    ],
  },
  stroke: {
    name: 'recovery after a stroke',
    aims: [{ text: 'Use the kitchen without help' }],
    steps: [
      step('community', 'Physiotherapy once a week'),
      step('nurse', 'Blood pressure check every three months'),
    ],
  },
  'breast-cancer': {
    name: 'breast cancer',
    aims: [{ text: 'Back to work part-time by the summer' }],
    steps: [
      step('patient', 'Ring the breast care nurse about a temperature or a new lump'),
      step('hospital', 'Mammogram each year'),
    ],
  },
  'rheumatoid-arthritis': {
    name: 'rheumatoid arthritis',
    aims: [{ text: 'Morning stiffness of less than half an hour' }],
    steps: [
      step('nurse', 'Blood tests every three months'),
      step('hospital', 'Rheumatology clinic twice a year'),
    ],
  },
  schizophrenia: {
    name: 'mental health',
    aims: [{ text: 'Keep the allotment going through the year' }],
    steps: [
      step('community', 'Mental health nurse every month'),
      step('nurse', 'Physical health check each year'),
    ],
  },
  'learning-disability': {
    name: 'learning disability',
    aims: [{ text: 'Go to the swimming group each week' }],
    steps: [
      step('nurse', 'Health check each year, with a double appointment'),
      step('patient', 'Bring your health passport'),
    ],
  },
};

/** What people and practices write to each other. */
export const messageThreads: readonly {
  readonly topic: string;
  readonly asked: string;
  readonly answered: string;
}[] = [
  {
    topic: 'Repeat prescription',
    asked: 'Please can I have my tablets a week early? I am going away.',
    answered: 'Your prescription has gone to your pharmacy and will be ready from tomorrow.',
  },
  {
    topic: 'Test results',
    asked: 'Have my blood test results come back?',
    answered: 'Yes, they are in your record. The doctor has written a note under each of them.',
  },
  {
    topic: 'Appointment',
    asked: 'I cannot come on the day you offered. Is there another?',
    answered: 'We have moved it by a week. You will see the new time under your appointments.',
  },
  {
    topic: 'Blood pressure readings',
    asked: 'I have sent my readings of last week. Are they all right?',
    answered: 'Thank you. They are a little lower than last time. Carry on with the same tablets.',
  },
  {
    topic: 'Fit note',
    asked: 'My fit note ends on Friday and I am not ready to go back. What should I do?',
    answered: 'The doctor will ring you on Thursday morning to talk about it.',
  },
  {
    topic: 'Side effect',
    asked: 'Since I started the new tablets my ankles are swollen. Should I stop them?',
    answered: 'Please do not stop them yet. The pharmacist will ring you this afternoon.',
  },
];
