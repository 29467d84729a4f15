/**
 * Notes to begin from: what is usually asked, looked at and agreed, as prompts. Each names the source that it follows. They fill
 * what is still empty and are changed like any words; a prompt that is left open ends in a colon.
 */

export interface NoteTemplate {
  readonly key: string;
  readonly name: string;
  readonly history: string;
  readonly examination: string;
  readonly plan: string;
  readonly source: string;
}

export const noteTemplatesVersion = '1';

export const noteTemplates: readonly NoteTemplate[] = [
  {
    ...{ key: 'asthma-review', name: 'Asthma review', source: 'NICE NG245; BTS, NICE and SIGN 2024' },
    history:
      'Night waking:\nLimits by day:\nReliever puffs a week:\nAttacks and steroid courses in a year:\nSmoking:',
    examination: 'Inhaler technique:\nPeak flow against best:',
    plan: 'Inhaler and dose:\nPersonal action plan given:\nNext review:',
  },
  {
    ...{ key: 'blood-pressure', name: 'Blood pressure review', source: 'NICE NG136' },
    history: 'Home readings:\nMedicines taken:\nSide effects:\nSmoking, alcohol, salt, exercise:',
    examination: 'Pulse regular:\nBlood pressure, both arms if new:',
    plan: 'Target:\nChange of medicine:\nBlood and urine tests:\nNext review:',
  },
  {
    ...{ key: 'diabetes', name: 'Diabetes review', source: 'NICE NG28, nine care processes' },
    history: 'Low blood sugars:\nFeet:\nEyes last looked at:\nMedicines taken:\nMood:',
    examination: 'Weight:\nFeet, pulses and feeling:',
    plan: 'HbA1c target:\nMedicines:\nTests:\nNext review:',
  },
  {
    ...{
      key: 'urine-infection',
      name: 'Urine infection',
      source: 'NICE NG109; UKHSA, Diagnosis of urinary tract infections',
    },
    history:
      'Burning, frequency, new waking at night, cloudy urine:\nFever, back pain, being sick:\nPregnant:\nEarlier infections and antibiotics:',
    examination: 'Temperature:\nBack, tummy:\nDipstick:',
    plan: 'Antibiotic or waiting:\nSample sent:',
  },
  {
    ...{ key: 'back-pain', name: 'Back pain', source: 'NICE NG59' },
    history:
      'Since when, how it began:\nDown the leg:\nPassing water, bowels, numbness between the legs:\nFever, weight loss, cancer before:\nWork:',
    examination: 'Movement:\nStrength, reflexes, feeling:\nStraight leg raise:',
    plan: 'Keep moving, pain relief:\nPhysiotherapy:\nWork:',
  },
  {
    ...{ key: 'low-mood', name: 'Low mood or anxiety', source: 'NICE NG222, CG113' },
    history:
      'How long, what began it:\nSleep, appetite, interest:\nThoughts of ending life, plans, what protects:\nAlcohol and drugs:\nSupport at home:',
    examination: 'How they seemed:\nPHQ-9, GAD-7:',
    plan: 'Talking therapy:\nMedicine:\nCrisis plan:\nNext contact:',
  },
  {
    ...{ key: 'child-fever', name: 'Child with a fever', source: 'NICE NG143, traffic light system' },
    history:
      'How long, how high:\nDrinking, wet nappies:\nRash, breathing, awake and responding:\nVaccinations:\nParents’ worry:',
    examination:
      'Colour, activity:\nBreathing rate, oxygen level, heart rate, refill:\nEars, throat, chest, tummy, skin:',
    plan: 'Green, amber or red:\nWhat to do at home:',
  },
  {
    ...{
      key: 'contraception',
      name: 'Contraception',
      source: 'FSRH, UK Medical Eligibility Criteria 2016 (amended 2019)',
    },
    history:
      'What they would like:\nMigraine, clots, breast cancer, smoking:\nMedicines:\nPregnancy possible:',
    examination: 'Blood pressure:\nBody mass index:',
    plan: 'Method and how to use it:\nMissed doses:\nNext review:',
  },
];

export const noteTemplateOf = (key: string): NoteTemplate | undefined =>
  noteTemplates.find((one) => one.key === key);
