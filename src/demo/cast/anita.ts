/** Anita Desai, 47: breast cancer found at screening age's edge, operated on, and now on chemotherapy. */
import type { Resource } from '@medplum/fhirtypes';
import { loinc, patientReference, said, snomed } from '../build.ts';
import type { Region } from '../model.ts';
import {
  aboutMe,
  appointment,
  beside,
  episode,
  goal,
  meeting,
  message,
  plan,
  procedure,
  referral,
  team,
  worker,
} from './care.ts';
import { letter } from './letter.ts';
import {
  at,
  by,
  finding,
  measures,
  prescription,
  problem,
  report,
  series,
  study,
  tellerOf,
} from './story.ts';

const leftBreast = snomed('80248007', 'Left breast structure');
/** Days on which the cycles began, and those to come, three weeks apart. */
const cycles = [-51, -30, -9, 12, 33, 54] as const;

export function anita(region: Region): Resource[] {
  const t = tellerOf('demo-anita', region);
  const self = patientReference(t.patient);
  const laboratory = 'Organization/demo-infirmary';
  const neutrophils = series(
    t,
    'neutrophils',
    measures.neutrophils,
    [
      [-95, 3.9],
      [-52, 4.1],
      [-40, 0.9, 'Low, as expected ten days after the first cycle.'],
      [-31, 3.2],
      [-19, 0.7, 'Low: ring at once with 38 °C or if you feel unwell.'],
      [-10, 2.4],
      [-1, 0.8, 'At the lowest point of this cycle. Checked again before the fourth.'],
    ],
    laboratory,
  );
  return [
    beside(t, 'ravi', {
      ...{
        name: 'Ravi Desai',
        relation: 'Husband',
        code: 'HUSB',
        telephone: '07700 900103',
        emergency: true,
      },
    }),
    beside(t, 'leela', { name: 'Leela Mehta', relation: 'Sister', code: 'SIS', telephone: '07700 900104' }),
    problem(t, 'cancer', snomed('254837009', 'Malignant neoplasm of breast'), {
      ...{ since: -110, recorder: 'demo-ruth', site: leftBreast },
      note: 'Left, 24 mm, grade 3, ER positive 8/8, HER2 negative, one of three sentinel nodes involved. No spread on CT.',
    }),
    problem(t, 'nausea', said('Sickness from chemotherapy'), { since: -50, recorder: 'demo-ruth' }),
    episode(t, 'cancer-care', {
      ...{
        since: -112,
        type: said('Cancer treatment'),
        organisation: 'demo-infirmary',
        manager: 'demo-ruth',
      },
      diagnosis: 'cancer',
    }),
    study(t, 'mammogram', {
      ...{ day: -118, modality: 'MG', description: 'Mammogram of both breasts', images: 4, site: leftBreast },
      reason: 'Lump in the left breast for three weeks',
    }),
    report(t, 'mammogram-report', said('Mammogram of both breasts'), {
      ...{ day: -118, kind: 'RAD', performer: 'Practitioner/demo-yusuf', study: 'mammogram' },
      conclusion:
        'Left: irregular mass of 24 mm in the upper outer quadrant, M5. Right: normal, M1. Biopsy taken the same day.',
    }),
    study(t, 'ct', {
      ...{ day: -104, modality: 'CT', description: 'CT of chest, abdomen and pelvis', images: 612 },
      reason: 'Staging of breast cancer',
    }),
    report(t, 'ct-report', said('CT of chest, abdomen and pelvis'), {
      ...{ day: -103, kind: 'RAD', performer: 'Practitioner/demo-yusuf', study: 'ct' },
      conclusion: 'No spread to lungs, liver or bone.',
    }),
    report(t, 'biopsy-report', said('Biopsy of the left breast'), {
      ...{ day: -112, kind: 'LAB', performer: laboratory },
      conclusion:
        'Invasive ductal carcinoma, grade 3. Oestrogen receptor 8/8, progesterone receptor 6/8, HER2 negative.',
    }),
    procedure(t, 'operation', snomed('392021009', 'Lumpectomy of breast'), {
      ...{ day: -84, by: 'demo-ruth', reason: 'cancer', note: 'With sentinel node biopsy. Margins clear.' },
    }),
    ...cycles
      .filter((day) => day < 0)
      .map((day, i) =>
        procedure(t, `cycle-${i + 1}`, snomed('367336001', 'Chemotherapy'), {
          ...{ day, by: 'demo-ruth', reason: 'cancer' },
          note: `Cycle ${i + 1} of 6: epirubicin and cyclophosphamide, then docetaxel from the fourth.`,
        }),
      ),
    prescription(
      t,
      'ondansetron',
      { text: 'Ondansetron 8mg tablets' },
      {
        ...{
          since: -51,
          prescriber: 'demo-ruth',
          pharmacy: 'demo-pharmacy',
          reason: 'nausea',
          repeat: false,
        },
        dose: 'One tablet twice a day for three days after chemotherapy',
      },
    ),
    prescription(
      t,
      'dexamethasone',
      { text: 'Dexamethasone 4mg tablets' },
      {
        ...{ since: -51, prescriber: 'demo-ruth', reason: 'cancer', repeat: false },
        dose: 'Two tablets in the morning, the day before and two days after',
      },
    ),
    prescription(
      t,
      'filgrastim',
      { text: 'Filgrastim 300micrograms/0.5ml injection' },
      {
        ...{ since: -30, prescriber: 'demo-ruth', reason: 'cancer', repeat: false },
        dose: 'One injection a day under the skin, days 3 to 7 of each cycle',
      },
    ),
    ...neutrophils,
    ...series(
      t,
      'haemoglobin',
      measures.haemoglobin,
      [
        [-95, 128],
        [-52, 126],
        [-31, 118],
        [-10, 111],
        [-1, 107, 'A little low: it explains some of the tiredness.'],
      ],
      laboratory,
    ),
    ...series(
      t,
      'platelets',
      measures.platelets,
      [
        [-52, 264],
        [-31, 231],
        [-10, 208],
        [-1, 171],
      ],
      laboratory,
    ),
    ...series(
      t,
      'alt',
      measures.alt,
      [
        [-52, 22],
        [-10, 31],
      ],
      laboratory,
    ),
    ...series(
      t,
      'temperature',
      measures.temperature,
      [
        [-6, 36.7],
        [-5, 36.9],
        [-4, 37.1],
        [-3, 37.4],
        [-2, 37.2],
        [-1, 37.3],
      ],
      `Patient/${t.patient}`,
    ),
    ...series(
      t,
      'weight',
      measures.weight,
      [
        [-95, 66],
        [-31, 65],
        [-10, 63.5],
      ],
      laboratory,
    ),
    report(t, 'blood-count-report', loinc('58410-2', 'Full blood count'), {
      ...{ day: -1, kind: 'LAB', performer: laboratory, results: neutrophils.slice(-1) },
      conclusion:
        'Neutrophils 0.8: at the lowest point, as expected. No action while you are well and without fever.',
    }),
    finding(t, 'side-effects', said('How chemotherapy affects you'), {
      ...{ day: -2, performer: `Patient/${t.patient}`, category: 'survey' },
      text: 'Tiredness 6 of 10. Sickness 3 of 10. Sore mouth 4 of 10. Tingling fingers none. Mood: worried at night.',
    }),
    meeting(t, 'gp', {
      ...{ day: -126, kind: 'visit', what: 'Breast lump', with: 'demo-asha', where: 'demo-harbour' },
    }),
    meeting(t, 'clinic', {
      ...{
        day: -118,
        kind: 'visit',
        what: 'One-stop breast clinic',
        with: 'demo-ruth',
        where: 'demo-infirmary',
      },
    }),
    meeting(t, 'stay', {
      ...{
        day: -84,
        days: 1,
        kind: 'stay',
        what: 'Breast operation',
        with: 'demo-ruth',
        where: 'demo-infirmary',
      },
    }),
    meeting(t, 'helpline', {
      ...{
        day: -18,
        kind: 'telephone',
        what: 'Chemotherapy helpline',
        with: 'demo-ruth',
        where: 'demo-infirmary',
      },
      reason: 'Sore mouth and 37.6 °C: advice given, no fever since',
    }),
    referral(t, 'referral', 'Suspected breast cancer, two-week wait', {
      ...{
        day: -126,
        from: 'demo-asha',
        priority: 'urgent',
        done: true,
        reason: 'Lump in the left breast, aged 47',
      },
      to: [at(t, 'demo-infirmary'), by('demo-ruth')],
    }),
    ...cycles
      .filter((day) => day > 0)
      .map((day, i) =>
        appointment(t, `cycle-${i + 4}-booking`, {
          ...{ day, time: '09:30', minutes: 180, what: `Day unit, visit ${i + 4} of 6`, with: 'demo-ruth' },
          ...{ site: 'demo-infirmary', advice: 'Eat a light breakfast. Bring your alert card.' },
        }),
      ),
    appointment(t, 'bloods', {
      ...{ day: 11, time: '08:40', minutes: 10, what: 'Blood test', with: 'demo-noor', site: 'demo-harbour' },
    }),
    goal(t, 'goal-finish', 'Finish all six cycles, as near to time as is safe', {
      since: -60,
      due: 56,
    }),
    goal(t, 'goal-teach', 'Teach my Tuesday class from home on good weeks', { since: -60, due: 60 }),
    team(
      t,
      'team',
      'Anita Desai’s breast cancer team',
      [
        worker('demo-ruth', 'Consultant, answers for treatment'),
        worker('demo-asha', 'GP'),
        worker('demo-noor', 'Practice nurse: blood tests'),
        worker('demo-mo', 'Pharmacist'),
      ],
      { since: -112 },
    ),
    plan(t, 'plan', {
      ...{ title: 'Chemotherapy plan', since: -60, review: 12, author: 'demo-ruth', team: 'team' },
      text: 'Six cycles three weeks apart to lower the chance that it comes back; then radiotherapy and tablets for five years.',
      goals: ['goal-finish', 'goal-teach'],
      addresses: ['cancer', 'nausea'],
      actions: [
        { what: 'Operation', who: by('demo-ruth'), done: true },
        {
          what: 'Take your temperature each evening. With 38 °C, or if you feel unwell, ring the helpline on 01632 960199 at any hour',
          who: self,
        },
        { what: 'Blood test the day before each cycle', who: by('demo-noor') },
        { what: 'Radiotherapy, 15 visits, after the last cycle', who: by('demo-ruth') },
      ],
    }),
    message(t, 'message-1', 'My mouth is sore again and I cannot face the ginger tea. Anything else?', {
      ...{ day: -3, time: '20:15', from: self, to: by('demo-ruth'), topic: 'Sore mouth' },
    }),
    message(
      t,
      'message-2',
      'Rinse with salt water four times a day, a soft brush, and ice to suck. I have sent a mouthwash to Quay Pharmacy. If you cannot drink, or have 38 °C, ring the helpline, day or night.',
      {
        ...{
          day: -2,
          time: '08:30',
          from: by('demo-ruth'),
          to: self,
          topic: 'Sore mouth',
          answers: 'message-1',
        },
      },
    ),
    ...letter(t, 'letter-plan', {
      ...{
        day: -70,
        title: 'Your results and the plan for treatment',
        author: 'demo-ruth',
        kind: 'clinic-letter',
        to: 'Ms Anita Desai; copy to Dr Asha Patel',
      },
      text: [
        'Dear Ms Desai,',
        'The operation removed all of the cancer that could be seen, and the edges are clear. One of the three lymph nodes held cancer cells. The scan shows no spread.',
        'Because of the node and the grade we agreed on chemotherapy: six visits, three weeks apart. The first three are epirubicin and cyclophosphamide, the last three docetaxel. Radiotherapy and hormone tablets follow.',
      ],
    }),
    aboutMe(
      t,
      'about-me',
      'My children are 12 and 15 and know everything. Please do not call me brave. Ravi may be told anything.',
      -65,
    ),
  ];
}
