/** Iris Okafor, 58: type 2 diabetes with a foot ulcer, referred urgently; high blood pressure beside it. */
import type { Resource } from '@medplum/fhirtypes';
import { loinc, patientReference, said, snomed } from '../build.ts';
import type { Region } from '../model.ts';
import {
  aboutMe,
  appointment,
  beside,
  goal,
  meeting,
  message,
  plan,
  procedure,
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
  report,
  series,
  study,
  tellerOf,
} from './story.ts';

const rightFoot = snomed('7769000', 'Right foot structure');

export function iris(region: Region): Resource[] {
  const t = tellerOf('demo-iris', region);
  const self = patientReference(t.patient);
  const laboratory = 'Organization/demo-diagnostic-centre';
  const hba1c = series(
    t,
    'hba1c',
    measures.hba1c,
    [
      [-1960, 54],
      [-1600, 57],
      [-1240, 61],
      [-880, 58],
      [-500, 71, 'Higher than before: let us talk about food, feet and tablets.'],
      [-350, 66],
      [-200, 62],
      [-50, 64, 'Still above your target of 53. Look at your feet each day: sugar harms their nerves.'],
    ],
    laboratory,
  );
  const kidney = series(
    t,
    'egfr',
    measures.egfr,
    [
      [-1960, 88],
      [-1240, 82],
      [-880, 79],
      [-500, 76],
      [-200, 71],
      [-50, 70],
    ],
    laboratory,
  );
  const infection = series(
    t,
    'crp',
    measures.crp,
    [[-19, 24, 'Raised: fits the infected ulcer.']],
    laboratory,
  );
  return [
    beside(t, 'emeka', {
      ...{
        name: 'Emeka Okafor',
        relation: 'Husband',
        code: 'HUSB',
        telephone: '07700 900101',
        emergency: true,
      },
    }),
    problem(t, 'diabetes', 'type-2-diabetes', { since: -2900, recorder: 'demo-asha' }),
    problem(t, 'pressure', 'hypertension', { since: -1800, recorder: 'demo-asha' }),
    problem(t, 'foot', 'diabetic-foot', {
      ...{ since: -22, recorder: 'demo-asha', site: rightFoot },
      note: 'Ulcer under the right great toe, 12 mm, with some redness around it. No bone felt. Pulses weak.',
    }),
    allergy(t, 'penicillin', snomed('91936005', 'Allergy to penicillin'), {
      ...{ since: -4000, high: true, reaction: 'Swelling of the face and difficulty breathing' },
    }),
    prescription(t, 'metformin', 'metformin-500', {
      ...{ since: -2800, prescriber: 'demo-asha', pharmacy: 'demo-pharmacy', reason: 'diabetes' },
      dose: 'One tablet twice a day with food',
    }),
    prescription(t, 'ramipril', 'ramipril-5', {
      ...{ since: -1700, prescriber: 'demo-asha', pharmacy: 'demo-pharmacy', reason: 'pressure' },
    }),
    prescription(t, 'atorvastatin', 'atorvastatin-20', {
      ...{ since: -1600, prescriber: 'demo-asha', pharmacy: 'demo-pharmacy', reason: 'diabetes' },
    }),
    // Allergic to penicillin, so not flucloxacillin. Source: NICE NG19, table 1.
    prescription(t, 'doxycycline', 'doxycycline-100', {
      ...{ since: -22, until: 6, prescriber: 'demo-asha', pharmacy: 'demo-pharmacy', reason: 'foot' },
      ...{ dose: 'Two capsules on the first day, then one a day', repeat: false },
    }),
    ...pressures(
      t,
      'bp',
      [
        [-560, 158, 94],
        [-460, 162, 93],
        [-360, 151, 92],
        [-260, 155, 91],
        [-160, 147, 90],
        [-60, 149, 89],
      ],
      { performer: 'demo-noor' },
    ),
    ...hba1c,
    report(t, 'hba1c-report', loinc('59261-8', 'Haemoglobin A1c'), {
      ...{ day: -50, kind: 'LAB', performer: laboratory, results: hba1c.slice(-1) },
      conclusion: 'HbA1c 64 mmol/mol: above the target that was agreed (53).',
    }),
    ...kidney,
    ...infection,
    ...series(
      t,
      'acr',
      measures.urineAcr,
      [
        [-500, 2.4],
        [
          -50,
          5.1,
          'A little protein in the urine: an early sign that the kidneys feel the sugar and the pressure.',
        ],
      ],
      laboratory,
    ),
    ...series(
      t,
      'cholesterol',
      measures.cholesterol,
      [
        [-1960, 6.1],
        [-880, 4.4],
        [-50, 4.2],
      ],
      laboratory,
    ),
    ...series(
      t,
      'weight',
      measures.weight,
      [
        [-1960, 84],
        [-1240, 87],
        [-500, 91],
        [-50, 89],
      ],
      'Practitioner/demo-noor',
    ),
    finding(t, 'foot-check', said('Diabetic foot check'), {
      ...{ day: -22, performer: 'Practitioner/demo-asha' },
      text: 'Right: ulcer under the great toe, 12 mm; feels the monofilament at 4 of 10 sites; pulses weak. Left: whole, 7 of 10. Risk: active foot problem.',
    }),
    study(t, 'foot-x-ray', {
      ...{ day: -18, modality: 'DX', description: 'X-ray of the right foot', images: 3, site: rightFoot },
      reason: 'Ulcer under the right great toe in diabetes. Is the bone infected?',
    }),
    report(t, 'foot-x-ray-report', said('X-ray of the right foot'), {
      ...{ day: -17, kind: 'RAD', performer: 'Practitioner/demo-yusuf', study: 'foot-x-ray' },
      conclusion:
        'No destruction of bone and no gas in the soft tissue. Early infection of bone cannot be excluded on plain films: MRI if it does not heal. Calcified arteries.',
    }),
    meeting(t, 'visit-1', {
      ...{ day: -500, kind: 'visit', what: 'Annual review', with: 'demo-noor', where: 'demo-harbour' },
    }),
    meeting(t, 'visit-2', {
      ...{
        day: -200,
        kind: 'telephone',
        what: 'Results by telephone',
        with: 'demo-asha',
        where: 'demo-harbour',
      },
    }),
    meeting(t, 'visit-3', {
      ...{ day: -22, kind: 'visit', what: 'Sore on the foot', with: 'demo-asha', where: 'demo-harbour' },
      reason: 'Noticed blood in her shoe; no pain',
    }),
    procedure(t, 'dressing', said('Ulcer cleaned and dressed, pressure taken off with a felt pad'), {
      ...{ day: -22, by: 'demo-noor', reason: 'foot' },
    }),
    meeting(t, 'visit-4', {
      ...{ day: -20, kind: 'visit', what: 'Foot clinic', with: 'demo-lena', where: 'demo-infirmary' },
      reason: 'First visit: wound cleaned, felt pad, X-ray and blood test asked for',
    }),
    // Within one working day. Source: NICE NG19, 1.4.
    referral(t, 'referral', 'Foot protection service, urgent', {
      ...{ day: -22, from: 'demo-asha', priority: 'urgent' },
      to: [at(t, 'demo-infirmary'), by('demo-lena'), by('demo-yusuf')],
      reason: 'Active foot problem in type 2 diabetes: ulcer with infection, weak pulses',
    }),
    appointment(t, 'review', {
      ...{ day: 6, what: 'Blood pressure review', with: 'demo-noor', site: 'demo-harbour' },
    }),
    appointment(t, 'foot-clinic', {
      ...{
        day: 3,
        time: '14:20',
        minutes: 30,
        what: 'Foot clinic',
        with: 'demo-lena',
        site: 'demo-infirmary',
      },
      advice: 'Bring the shoes that you wear most.',
    }),
    goal(t, 'goal-foot', 'The ulcer closed by spring, and no other', {
      ...{ since: -15, due: 110, how: 'Look at both feet every evening; a mirror helps.' },
    }),
    goal(t, 'goal-sugar', 'HbA1c of 53 mmol/mol or less', { since: -50, due: 180, how: 'Now 64.' }),
    goal(t, 'goal-walk', 'Dance at my daughter’s wedding in May', { since: -15, due: 170 }),
    team(
      t,
      'team',
      'Iris Okafor’s foot and diabetes team',
      [
        worker('demo-asha', 'GP'),
        worker('demo-noor', 'Practice nurse: dressings and pressure'),
        worker('demo-lena', 'Consultant: foot clinic'),
        worker('demo-mo', 'Pharmacist: medicines'),
      ],
      { since: -15 },
    ),
    plan(t, 'plan', {
      ...{ title: 'Foot and diabetes plan', since: -15, review: 30, author: 'demo-asha', team: 'team' },
      text: 'Heal the ulcer first; bring sugar and pressure down while it heals.',
      goals: ['goal-foot', 'goal-sugar', 'goal-walk'],
      addresses: ['diabetes', 'foot', 'pressure'],
      actions: [
        { what: 'Dressing changed twice a week', who: by('demo-noor') },
        { what: 'Wear the pressure-relieving shoe indoors and out', who: self },
        {
          what: 'Look at both feet every evening; ring the same day if one is hot, swollen or smells',
          who: self,
        },
        { what: 'Seen in the foot clinic; MRI if no better', who: by('demo-lena') },
        { what: 'Medicines looked through together', who: by('demo-mo'), done: true },
      ],
    }),
    message(t, 'message-1', 'The dressing came loose this morning. Is it all right until you can see me?', {
      ...{ day: -9, time: '08:05', from: self, to: by('demo-noor'), topic: 'Dressing' },
    }),
    message(
      t,
      'message-2',
      'Cover it with a clean dry dressing and keep your weight off it. Come at 4:40 this afternoon. If it is hot, or you feel ill, ring us today.',
      {
        ...{
          day: -9,
          time: '09:10',
          from: by('demo-noor'),
          to: self,
          topic: 'Dressing',
          answers: 'message-1',
        },
      },
    ),
    ...letter(t, 'letter-foot', {
      ...{
        day: -22,
        title: 'Referral to the foot protection service',
        author: 'demo-asha',
        kind: 'referral-letter',
        to: 'Dr Lena Fischer, Sandmouth Infirmary',
      },
      text: [
        'Dear Dr Fischer,',
        'Thank you for seeing Mrs Okafor urgently. She has had type 2 diabetes for eight years and noticed blood in her right shoe. There is an ulcer of 12 mm under the great toe with redness around it. She feels the monofilament at 4 of 10 sites and the foot pulses are weak. No bone is felt. She has not had an X-ray yet.',
        'She is allergic to penicillin (swelling of the face), so I began doxycycline. HbA1c is 64 mmol/mol and eGFR 70.',
      ],
    }),
    vaccination(t, 'flu', { day: -45, vaccine: 'Influenza vaccine', batch: 'DEMO-FLU-26', by: 'demo-noor' }),
    aboutMe(
      t,
      'about-me',
      'I clean at the school from five in the morning, so ring after ten. I am afraid of losing my foot, as my mother did. Tell me plainly what you find.',
      -14,
    ),
    finding(t, 'smoking', snomed('365981007', 'Tobacco smoking behaviour'), {
      ...{ day: -500, performer: 'Practitioner/demo-noor', category: 'social-history', text: 'Never smoked' },
    }),
  ];
}
