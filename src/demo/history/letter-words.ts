/** What letters about a problem say: how the person is, and what happens next. Invented, in the manner of hospital letters. */
import type { Body } from './body.ts';

export interface LetterWords {
  /** Why the person was referred. */
  readonly asked: string;
  /** What was found; measurements of the day may be in it. */
  readonly found: (body: Body, day: number) => string;
  /** What the person and their practice are to do, one to a line. */
  readonly plan: readonly string[];
}

const pressure = (body: Body, day: number): string =>
  `${Math.round(body.systolic(day))}/${Math.round(body.diastolic(day))} mmHg`;
const is = (text: string) => (): string => text;

const table: Readonly<Record<string, LetterWords>> = {
  hypertension: {
    asked: 'Blood pressure stays high on three medicines. Please advise on further treatment.',
    found: (body, day) =>
      `Blood pressure in clinic was ${pressure(body, day)}. The heart sounds are normal and there is no swelling of the legs. An ECG shows no strain of the heart.`,
    plan: [
      'Carry on the present medicines.',
      'Measure the blood pressure at home for a week each month and send in the readings.',
      'Repeat kidney function in two weeks after any change of dose.',
    ],
  },
  'type-2-diabetes': {
    asked: 'HbA1c remains above target. Please see about treatment.',
    found: (body, day) =>
      `The last HbA1c is ${Math.round(body.hba1c(day))} mmol/mol and blood pressure ${pressure(body, day)}. Weight is ${Math.round(body.weight(day))} kg. Pulses and feeling in both feet are present.`,
    plan: [
      'We agreed a target HbA1c of 53 mmol/mol.',
      'Please repeat HbA1c in three months.',
      'Eye screening and a foot check each year.',
    ],
  },
  'type-1-diabetes': {
    asked: 'For regular review by the diabetes team.',
    found: (body, day) =>
      `HbA1c is ${Math.round(body.hba1c(day))} mmol/mol. Glucose is in range for a good part of the day, with few low readings. Injection sites are healthy.`,
    plan: [
      'Insulin doses were changed with the meals in mind; a copy is with the patient.',
      'Next review in six months.',
    ],
  },
  'diabetic-foot': {
    asked: 'Ulcer of the foot that does not heal. Please see urgently.',
    found: is(
      'There is a shallow ulcer under the ball of the foot without signs of deep infection. Feeling is reduced. Pulses are present.',
    ),
    plan: [
      'Dressing twice a week by the community nurse.',
      'Off-loading shoe at all times when walking.',
      'Come back at once if the foot becomes hot, red or more painful.',
    ],
  },
  'chronic-kidney-disease': {
    asked: 'Kidney function is falling. Please assess.',
    found: (body, day) =>
      `Estimated kidney function is ${Math.round(body.egfr(day))} mL/min/1.73 m². Blood pressure is ${pressure(body, day)}. Both kidneys are of equal size on ultrasound.`,
    plan: [
      'Avoid ibuprofen and similar painkillers.',
      'Kidney function and urine protein every six months.',
      'Blood pressure below 130/80 mmHg.',
    ],
  },
  copd: {
    asked: 'Breathless on little effort in spite of inhalers. Please assess.',
    found: (body, day) =>
      `FEV1 is ${body.fev1(day).toFixed(1)} L and oxygen level ${Math.round(body.oxygen(day))}% breathing air. There is wheeze on both sides and no swelling of the ankles.`,
    plan: [
      'Inhaler technique was taught again.',
      'Referred to pulmonary rehabilitation.',
      'Flu and pneumococcal vaccination are advised.',
    ],
  },
  asthma: {
    asked: 'Several attacks this year. Please advise.',
    found: (body, day) =>
      `Peak flow is ${Math.round(body.peakFlow(day) / 10) * 10} L/min. The chest is clear today.`,
    plan: [
      'Take the preventer inhaler every day, also when well.',
      'A written asthma action plan was given.',
    ],
  },
  'heart-failure': {
    asked: 'Breathless and swollen legs. Please assess the heart.',
    found: (body, day) =>
      `The heart pumps less than it should on the echocardiogram. Blood pressure is ${pressure(body, day)} and weight ${Math.round(body.weight(day))} kg. The lungs are clear.`,
    plan: [
      'Weigh every morning; ring the heart failure nurse after a gain of 2 kg in three days.',
      'Please check kidney function and potassium in two weeks.',
    ],
  },
  'coronary-heart-disease': {
    asked: 'Chest pain on effort. Please assess.',
    found: (body, day) =>
      `Chest pain comes with steep hills only. Blood pressure is ${pressure(body, day)}. The ECG is unchanged.`,
    plan: ['Carry on aspirin and the statin.', 'Ring 999 for chest pain that lasts more than 15 minutes.'],
  },
  'myocardial-infarction': {
    asked: 'For follow-up after a heart attack.',
    found: (body, day) =>
      `Recovery is good. Blood pressure is ${pressure(body, day)}. Cardiac rehabilitation is going well.`,
    plan: ['Two medicines against clots for 12 months, then one.', 'High-dose statin for life.'],
  },
  'atrial-fibrillation': {
    asked: 'Irregular heartbeat, new. Please advise on treatment.',
    found: is(
      'The pulse is irregular at rest with a controlled rate. The echocardiogram shows normal valves.',
    ),
    plan: ['Anticoagulant for life; do not stop it without advice.', 'Kidney function once a year.'],
  },
  stroke: {
    asked: 'For follow-up after a stroke.',
    found: is('Speech has come back fully. There is slight weakness of one hand. The swallow is safe.'),
    plan: [
      'Physiotherapy for six more weeks.',
      'No driving until the next review.',
      'Clopidogrel and a statin for life.',
    ],
  },
  'breast-cancer': {
    asked: 'Lump in the breast. Two-week wait, please.',
    found: is(
      'The wound has healed well. There is no sign of the cancer coming back. Tiredness is better than last time.',
    ),
    plan: [
      'Hormone tablets for five years in all.',
      'Mammogram each year.',
      'Ring the breast care nurse about any new lump.',
    ],
  },
  'prostate-cancer': {
    asked: 'Raised PSA. Two-week wait, please.',
    found: (body, day) => `PSA is ${body.psa(day).toFixed(1)} µg/L. There is no bone pain.`,
    plan: ['PSA every six months at the practice.', 'Send back to us if it doubles within a year.'],
  },
  'bowel-cancer': {
    asked: 'Change of bowel habit with bleeding. Two-week wait, please.',
    found: is('The abdomen is soft and the scar well healed. The last CT scan shows nothing new.'),
    plan: ['Colonoscopy one year after the operation.', 'Tumour marker every six months.'],
  },
  'rheumatoid-arthritis': {
    asked: 'Swollen painful joints of both hands. Please assess.',
    found: is(
      'Four joints of the hands are tender and two are swollen. Morning stiffness lasts half an hour.',
    ),
    plan: [
      'Methotrexate once a week, never daily, with folic acid.',
      'Blood tests every three months at the practice.',
    ],
  },
  osteoarthritis: {
    asked: 'Pain of hip and knee that limits walking. Please advise on surgery.',
    found: is('Movement of the hip is limited and painful. X-rays show narrowing of the joint.'),
    plan: [
      'Exercises from the physiotherapist for three months.',
      'We will talk about a joint replacement if that does not help.',
    ],
  },
  epilepsy: {
    asked: 'Two blackouts with shaking. Please assess.',
    found: is('There has been no seizure since the last visit. There are no side effects.'),
    plan: ['Carry on the present dose.', 'No driving until 12 months free of seizures.'],
  },
  dementia: {
    asked: 'Memory has been failing for a year. Please assess.',
    found: is('Short-term memory is impaired; talk is fluent. The family help with meals and bills.'),
    plan: ['Donepezil to be carried on.', 'A carer’s assessment has been asked for from the council.'],
  },
  frailty: {
    asked: 'Falls and weight loss. Comprehensive assessment, please.',
    found: (body, day) =>
      `Walks with a stick, slowly but safely. Blood pressure is ${pressure(body, day)} with a small fall on standing. Weight is ${Math.round(body.weight(day))} kg.`,
    plan: [
      'Medicines were reviewed; one was stopped.',
      'Strength and balance class twice a week.',
      'Home hazards check by the community team.',
    ],
  },
};

const usual: LetterWords = {
  asked: 'I would be grateful for your opinion and advice.',
  found: is(
    'I examined the patient and went through the results so far. There is nothing that worries me today.',
  ),
  plan: ['Carry on as now.', 'Come back to the practice if things change.'],
};

export const letterWords = (problem: string | undefined): LetterWords => table[problem ?? ''] ?? usual;
