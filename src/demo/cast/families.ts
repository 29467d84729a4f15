/** Two families: the Ashworths at the end of a long copper line, and the Linds, whose mother acts for one child and not yet the other. */
import type { Resource } from '@medplum/fhirtypes';
import { patientReference, quantity, said, snomed } from '../build.ts';
import type { Region } from '../model.ts';
import {
  aboutMe,
  appointment,
  beside,
  flag,
  goal,
  meeting,
  message,
  plan,
  referral,
  team,
  vaccination,
  worker,
} from './care.ts';
import { letter } from './letter.ts';
import {
  allergy,
  at,
  by,
  finding,
  measures,
  prescription,
  pressures,
  problem,
  series,
  type Teller,
  tellerOf,
} from './story.ts';

/** Vaccines of childhood by day of age. Source: UK complete routine immunisation schedule. */
const childhood: readonly (readonly [age: number, key: string, vaccine: string])[] = [
  [58, '6in1-1', 'Six-in-one vaccine, first'],
  [58, 'menb-1', 'Meningitis B vaccine, first'],
  [86, '6in1-2', 'Six-in-one vaccine, second'],
  [114, '6in1-3', 'Six-in-one vaccine, third'],
  [370, 'mmr', 'Measles, mumps and rubella vaccine'],
  [370, 'menb-3', 'Meningitis B vaccine, booster'],
  [1230, 'mmr-2', 'Measles, mumps and rubella vaccine, second'],
  [1230, 'preschool', 'Four-in-one pre-school booster'],
];
const childVaccines = (t: Teller, ageDays: number, nurse: string): Resource[] =>
  childhood
    .filter(([age]) => age < ageDays)
    .map(([age, key, vaccine]) =>
      vaccination(t, key, { day: age - ageDays, vaccine, batch: `DEMO-${key.toUpperCase()}`, by: nurse }),
    );

const year = 365;

/** Megan and Rhys Ashworth, and Ella, who is 7 and has asthma. */
export function ashworths(region: Region): Resource[] {
  const [megan, rhys, ella] = ['demo-megan', 'demo-rhys', 'demo-ella'].map((id) => tellerOf(id, region)) as [
    Teller,
    Teller,
    Teller,
  ];
  const mother = patientReference(megan.patient);
  const line = finding(megan, 'line', said('Internet at home'), {
    ...{ day: -20, performer: `Patient/${megan.patient}`, category: 'social-history' },
    text: 'Copper, 2 Mbit/s down and 0.3 up, cuts out in rain; no mobile signal in the house.',
  });
  return [
    beside(megan, 'partner', {
      name: 'Rhys Ashworth',
      relation: 'Husband',
      code: 'HUSB',
      telephone: '01632 960109',
      emergency: true,
    }),
    problem(megan, 'back', said('Back pain'), { since: -300, recorder: 'demo-huw' }),
    ...pressures(
      megan,
      'bp',
      [
        [-900, 118, 74],
        [-260, 121, 76],
      ],
      { performer: 'demo-huw' },
    ),
    line,
    meeting(megan, 'visit', {
      day: -290,
      kind: 'telephone',
      what: 'Back pain',
      with: 'demo-huw',
      where: 'demo-hilltop',
    }),
    aboutMe(
      megan,
      'about-me',
      'The surgery is 40 minutes away and lambing does not wait. Telephone first; video only freezes.',
      -20,
    ),
    problem(rhys, 'pressure', 'hypertension', { since: -800, recorder: 'demo-huw' }),
    prescription(rhys, 'amlodipine', 'amlodipine-5', {
      since: -790,
      prescriber: 'demo-huw',
      reason: 'pressure',
    }),
    ...pressures(
      rhys,
      'bp',
      [
        [-800, 156, 98],
        [-400, 141, 89],
        [-100, 136, 84],
      ],
      { performer: 'demo-huw' },
    ),
    beside(ella, 'mother', {
      name: 'Megan Ashworth',
      relation: 'Mother',
      code: 'MTH',
      telephone: '01632 960109',
      emergency: true,
    }),
    beside(ella, 'father', {
      name: 'Rhys Ashworth',
      relation: 'Father',
      code: 'FTH',
      telephone: '01632 960109',
    }),
    problem(ella, 'asthma', 'asthma', { since: -760, recorder: 'demo-huw' }),
    problem(ella, 'eczema', snomed('43116000', 'Eczema'), { since: -1900, recorder: 'demo-huw' }),
    allergy(ella, 'egg', said('Egg'), { since: -1800, reaction: 'Rash around the mouth' }),
    prescription(ella, 'preventer', 'beclometasone-100', {
      ...{
        since: -700,
        prescriber: 'demo-huw',
        reason: 'asthma',
        dose: 'One puff morning and evening through the spacer',
      },
    }),
    prescription(ella, 'reliever', 'salbutamol-100', {
      ...{
        since: -760,
        prescriber: 'demo-huw',
        reason: 'asthma',
        dose: 'Two puffs when wheezy, through the spacer',
      },
    }),
    ...series(
      ella,
      'peak-flow',
      measures.peakFlow,
      [
        [-14, 195],
        [-12, 190],
        [-10, 180],
        [-8, 165, 'Cold began'],
        [-6, 150],
        [-5, 140, 'Used the blue inhaler four times'],
        [-3, 170],
        [-1, 185],
      ],
      `Patient/${ella.patient}`,
    ),
    ...series(
      ella,
      'weight',
      measures.weight,
      [
        [-1100, 15.2],
        [-700, 18.8],
        [-90, 22.4],
      ],
      'Practitioner/demo-huw',
    ),
    ...series(
      ella,
      'height',
      measures.height,
      [
        [-1100, 97],
        [-700, 110],
        [-90, 121],
      ],
      'Practitioner/demo-huw',
    ),
    meeting(ella, 'emergency', {
      day: -150,
      kind: 'emergency',
      what: 'Asthma attack',
      where: 'demo-infirmary',
      reason: 'Peak flow 110; better after nebulisers and steroid tablets',
    }),
    meeting(ella, 'review', {
      day: -90,
      kind: 'visit',
      what: 'Asthma review',
      with: 'demo-huw',
      where: 'demo-hilltop',
    }),
    appointment(ella, 'next', {
      day: 7,
      time: '16:45',
      minutes: 20,
      what: 'Asthma review',
      with: 'demo-huw',
      how: 'Telephone',
      advice: 'Have the inhalers, the spacer and the peak flow diary beside you.',
    }),
    goal(ella, 'goal', 'Run in the school’s cross-country without wheeze', { since: -90, due: 150 }),
    team(
      ella,
      'team',
      'Ella Ashworth’s asthma team',
      [worker('demo-huw', 'GP'), { who: mother, role: 'Mother' }],
      { since: -760 },
    ),
    plan(ella, 'plan', {
      ...{ title: 'My asthma plan', since: -90, review: 7, author: 'demo-huw', team: 'team' },
      text: 'Green: 170 or more. Amber: 120 to 169. Red: under 120.',
      goals: ['goal'],
      addresses: ['asthma'],
      actions: [
        { what: 'Green: brown inhaler every morning and evening', who: mother },
        { what: 'Amber: blue inhaler up to four-hourly, and ring the surgery', who: mother },
        {
          what: 'Red: ten puffs through the spacer and 999; the farm gate is at grid square C4, the lane is signed Fell End',
          who: mother,
        },
      ],
    }),
    message(
      ella,
      'message-1',
      'Ella’s peak flow is 140 and she has used the blue inhaler four times since breakfast. The video link will not load here.',
      { day: -5, time: '10:30', from: mother, to: by('demo-huw'), topic: 'Asthma' },
    ),
    message(
      ella,
      'message-2',
      'I will telephone in ten minutes on the house line; no need for video. If she cannot finish a sentence before that, 999.',
      { day: -5, time: '10:36', from: by('demo-huw'), to: mother, topic: 'Asthma', answers: 'message-1' },
    ),
    ...letter(ella, 'letter-plan', {
      ...{
        day: -89,
        title: 'Ella’s asthma after the attack',
        author: 'demo-huw',
        kind: 'clinic-letter',
        to: 'Mrs Megan Ashworth',
      },
      text: [
        'Dear Mrs Ashworth,',
        'Ella is well again. The brown inhaler each day keeps her so, also when she has no cough. A second spacer is for school.',
      ],
    }),
    ...childVaccines(ella, 7.3 * year, 'demo-huw'),
  ];
}

/** Jo Lind, and her children Maya, 9, and Theo, 5. */
export function linds(region: Region): Resource[] {
  const [jo, maya, theo] = ['demo-jo', 'demo-maya', 'demo-theo'].map((id) => tellerOf(id, region)) as [
    Teller,
    Teller,
    Teller,
  ];
  const mother = patientReference(jo.patient);
  return [
    problem(jo, 'asthma', 'asthma', { since: -3300, recorder: 'demo-asha' }),
    prescription(jo, 'salbutamol', 'salbutamol-100', {
      since: -3300,
      prescriber: 'demo-asha',
      pharmacy: 'demo-pharmacy',
      reason: 'asthma',
    }),
    ...series(
      jo,
      'peak-flow',
      measures.peakFlow,
      [
        [-700, 410],
        [-300, 430],
      ],
      'Practitioner/demo-noor',
    ),
    ...pressures(jo, 'bp', [[-300, 114, 72]], { performer: 'demo-noor' }),
    meeting(jo, 'visit', {
      day: -300,
      kind: 'visit',
      what: 'Asthma review',
      with: 'demo-noor',
      where: 'demo-harbour',
    }),
    appointment(jo, 'screening', {
      day: 21,
      time: '08:50',
      what: 'Cervical screening',
      with: 'demo-noor',
      site: 'demo-harbour',
    }),
    beside(maya, 'mother', {
      name: 'Jo Lind',
      relation: 'Mother',
      code: 'MTH',
      telephone: '01632 960110',
      emergency: true,
    }),
    problem(maya, 'eczema', snomed('43116000', 'Eczema'), { since: -900, recorder: 'demo-asha' }),
    prescription(maya, 'emollient', 'emollient', { since: -890, prescriber: 'demo-asha', reason: 'eczema' }),
    prescription(maya, 'hydrocortisone', 'hydrocortisone-1', {
      since: -400,
      prescriber: 'demo-asha',
      reason: 'eczema',
      repeat: false,
    }),
    meeting(maya, 'visit', {
      day: -400,
      kind: 'visit',
      what: 'Eczema flare',
      with: 'demo-asha',
      where: 'demo-harbour',
    }),
    ...series(
      maya,
      'weight',
      measures.weight,
      [
        [-900, 22.5],
        [-400, 26.1],
      ],
      'Practitioner/demo-noor',
    ),
    ...childVaccines(maya, 9.7 * year, 'demo-noor'),
    beside(theo, 'mother', {
      name: 'Jo Lind',
      relation: 'Mother',
      code: 'MTH',
      telephone: '01632 960110',
      emergency: true,
    }),
    problem(theo, 'glue-ear', said('Glue ear'), { since: -210, recorder: 'demo-asha' }),
    problem(theo, 'speech', said('Delayed speech'), { since: -180, recorder: 'demo-asha' }),
    finding(theo, 'hearing', said('Hearing test'), {
      day: -60,
      performer: 'Practitioner/demo-asha',
      value: quantity(38, 'dB'),
    }),
    ...series(
      theo,
      'height',
      measures.height,
      [
        [-700, 92],
        [-60, 107],
      ],
      'Practitioner/demo-noor',
    ),
    meeting(theo, 'visit', {
      day: -60,
      kind: 'visit',
      what: 'Hearing',
      with: 'demo-asha',
      where: 'demo-harbour',
    }),
    referral(theo, 'referral', 'Ear, nose and throat: grommets', {
      day: -15,
      from: 'demo-asha',
      to: [at(theo, 'demo-infirmary')],
      reason: 'Glue ear on both sides for seven months, speech behind',
    }),
    appointment(theo, 'next', {
      day: 10,
      time: '09:40',
      minutes: 20,
      what: 'Hearing and speech review',
      with: 'demo-asha',
      site: 'demo-harbour',
    }),
    message(
      theo,
      'message-1',
      'Has the hospital answered about his ears? School says he misses instructions.',
      { day: -6, time: '19:00', from: mother, to: by('demo-asha'), topic: 'Theo’s ears' },
    ),
    message(
      theo,
      'message-2',
      'They have the referral; the wait is about nine weeks. I have written to the school: front row, face him, check he has understood.',
      {
        day: -5,
        time: '13:00',
        from: by('demo-asha'),
        to: mother,
        topic: 'Theo’s ears',
        answers: 'message-1',
      },
    ),
    flag(theo, 'hearing-flag', said('Hears badly: face him, speak slowly'), {
      since: -60,
      author: 'demo-asha',
      category: 'clinical',
    }),
    ...childVaccines(theo, 5 * year + 20, 'demo-noor'),
  ];
}
