/** Tomasz Nowak, 54: high blood pressure that three medicines do not hold; he works away, and speaks Polish best. */
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
  team,
  vaccination,
  worker,
} from './care.ts';
import { letter } from './letter.ts';
import {
  by,
  finding,
  measures,
  prescription,
  pressures,
  problem,
  report,
  series,
  tellerOf,
} from './story.ts';

/** Weeks of readings at home: morning and evening, falling a little and never enough. */
const atHome: readonly (readonly [number, number, number])[] = Array.from({ length: 28 }, (_, i) => {
  const day = -27 + i;
  const wave = [0, 5, -4, 7, 2, -3, 6][i % 7] ?? 0;
  return [day, 163 + wave - Math.floor(i / 7) * 2, 98 + Math.round(wave / 2) - Math.floor(i / 9)] as const;
});

export function tomasz(region: Region): Resource[] {
  const t = tellerOf('demo-tomasz', region);
  const self = patientReference(t.patient);
  const laboratory = 'Organization/demo-diagnostic-centre';
  const kidney = series(
    t,
    'egfr',
    measures.egfr,
    [
      [-1500, 84],
      [-900, 80],
      [-420, 78],
      [-40, 77],
    ],
    laboratory,
  );
  const pills = { prescriber: 'demo-asha', pharmacy: 'demo-pharmacy', reason: 'pressure' } as const;
  return [
    beside(t, 'ewa', {
      ...{ name: 'Ewa Nowak', relation: 'Wife', code: 'WIFE', telephone: '07700 900102', emergency: true },
    }),
    problem(t, 'pressure', 'hypertension', {
      ...{ since: -1500, recorder: 'demo-asha' },
      note: 'Above target on three medicines. Two causes to look for: tablets missed on night shifts, and a cause behind it.',
    }),
    problem(t, 'knee', said('Pain in the left knee'), { since: -700, ended: -640, recorder: 'demo-asha' }),
    prescription(t, 'amlodipine', 'amlodipine-10', { ...pills, since: -1420 }),
    prescription(t, 'ramipril', 'ramipril-10', { ...pills, since: -1100 }),
    prescription(t, 'indapamide', 'indapamide-2.5', { ...pills, since: -420 }),
    prescription(t, 'naproxen', 'naproxen-250', {
      ...{ since: -700, until: -410, prescriber: 'demo-asha', repeat: false },
    }),
    ...pressures(
      t,
      'bp',
      [
        [-1500, 168, 104],
        [-1420, 162, 100],
        [-1100, 159, 98],
        [-900, 152, 95],
        [-700, 166, 101],
        [-420, 164, 99],
        [-300, 158, 97],
        [-180, 161, 98],
        [-90, 159, 96],
        [-30, 164, 99],
      ],
      { performer: 'demo-noor' },
    ),
    ...pressures(t, 'home-bp', atHome),
    ...kidney,
    ...series(
      t,
      'potassium',
      measures.potassium,
      [
        [-1500, 4.3],
        [-420, 4.1],
        [
          -40,
          3.4,
          'A little low. With this pressure we will test for Conn’s syndrome (renin and aldosterone).',
        ],
      ],
      laboratory,
    ),
    ...series(
      t,
      'cholesterol',
      measures.cholesterol,
      [
        [-1500, 5.9],
        [-420, 5.4],
      ],
      laboratory,
    ),
    ...series(
      t,
      'acr',
      measures.urineAcr,
      [
        [-420, 2.1],
        [-40, 4.6],
      ],
      laboratory,
    ),
    ...series(
      t,
      'weight',
      measures.weight,
      [
        [-1500, 96],
        [-900, 99],
        [-420, 98],
        [-30, 97],
      ],
      'Practitioner/demo-noor',
    ),
    report(t, 'ecg', said('Electrocardiogram'), {
      ...{ day: -40, kind: 'LAB', performer: 'Practitioner/demo-asha' },
      conclusion:
        'Regular rhythm, 72 a minute. The left side of the heart is slightly thickened by the pressure.',
    }),
    report(t, 'kidney-report', loinc('62238-1', 'Glomerular filtration rate, estimated'), {
      ...{ day: -40, kind: 'LAB', performer: laboratory, results: kidney.slice(-1) },
      conclusion:
        'eGFR 77: the kidneys work well enough. Some protein in the urine: pressure is to come down.',
    }),
    finding(t, 'alcohol', said('Alcohol'), {
      ...{ day: -30, performer: 'Practitioner/demo-noor', category: 'social-history' },
      text: 'About 18 units a week, most at the weekend',
    }),
    finding(t, 'smoking', snomed('365981007', 'Tobacco smoking behaviour'), {
      ...{ day: -30, performer: 'Practitioner/demo-noor', category: 'social-history' },
      text: 'Ex-smoker, stopped nine years ago',
    }),
    meeting(t, 'visit-1', {
      ...{ day: -1500, kind: 'visit', what: 'Health check', with: 'demo-noor', where: 'demo-harbour' },
    }),
    meeting(t, 'visit-2', {
      ...{ day: -700, kind: 'visit', what: 'Knee pain', with: 'demo-asha', where: 'demo-harbour' },
    }),
    meeting(t, 'visit-3', {
      ...{
        day: -420,
        kind: 'visit',
        what: 'Blood pressure review',
        with: 'demo-asha',
        where: 'demo-harbour',
      },
      reason: 'Pressure rose on naproxen: stopped, and a third medicine begun',
    }),
    meeting(t, 'visit-4', {
      ...{ day: -30, kind: 'visit', what: 'Blood pressure review, with an interpreter', with: 'demo-noor' },
      ...{ where: 'demo-harbour', reason: '164/99 in the surgery; readings at home for four weeks agreed' },
    }),
    appointment(t, 'missed', {
      ...{
        day: -120,
        what: 'Blood pressure review',
        with: 'demo-noor',
        site: 'demo-harbour',
        status: 'noshow',
      },
    }),
    appointment(t, 'next', {
      ...{ day: 4, time: '17:40', minutes: 20, what: 'Blood pressure review', with: 'demo-asha' },
      ...{ site: 'demo-harbour', how: 'Video', interpreter: true },
      advice: 'Have your monitor and your tablets beside you.',
    }),
    goal(t, 'goal-pressure', 'At home below 135/85 on most days', {
      // Source: NICE NG136, 1.4.21: under 80, measured at home.
      ...{ since: -30, due: 90, how: 'Now about 160/97.' },
    }),
    goal(t, 'goal-salt', 'Less salt: no packet soup on night shifts', { since: -30, due: 60 }),
    team(
      t,
      'team',
      'Blood pressure team',
      [worker('demo-asha', 'GP'), worker('demo-noor', 'Practice nurse'), worker('demo-mo', 'Pharmacist')],
      { since: -1500 },
    ),
    plan(t, 'plan', {
      ...{ title: 'Blood pressure plan', since: -30, review: 4, author: 'demo-noor', team: 'team' },
      text: 'Find out what the pressure is at home, why it stays up, and bring it down.',
      goals: ['goal-pressure', 'goal-salt'],
      addresses: ['pressure'],
      actions: [
        {
          what: 'Measure each day for four weeks, morning and evening in turn, and send the readings',
          who: self,
          done: true,
        },
        { what: 'Take all three tablets together, when the shift begins', who: self },
        { what: 'Blood test for renin and aldosterone', who: by('demo-asha') },
        { what: 'Ring 999 for chest pain, sudden weakness or loss of sight', who: self },
      ],
    }),
    message(t, 'message-1', 'I sent all readings. Most are over 155. Should I come sooner?', {
      ...{ day: -2, time: '06:45', from: self, to: by('demo-noor'), topic: 'Blood pressure readings' },
    }),
    message(
      t,
      'message-2',
      'Thank you, that is very helpful. Your video call with Dr Patel is soon enough, with an interpreter. If a reading is over 180/120, take it again after five minutes; if it stays, ring 111 the same day.',
      {
        ...{ day: -2, time: '11:20', from: by('demo-noor'), to: self, topic: 'Blood pressure readings' },
        answers: 'message-1',
      },
    ),
    ...letter(t, 'letter-review', {
      ...{
        day: -30,
        title: 'What we agreed about your blood pressure',
        author: 'demo-noor',
        kind: 'clinic-letter',
        to: 'Mr Tomasz Nowak',
      },
      text: [
        'Dear Mr Nowak,',
        'Today it was 164/99. You take three tablets and it is still too high. Please measure at home each day for four weeks, sitting, one day when you come home and the next before you leave, and send us the numbers in the app.',
        'Your potassium was a little low, so we will do one more blood test to look for a cause.',
      ],
    }),
    vaccination(t, 'flu', { day: -400, vaccine: 'Influenza vaccine', batch: 'DEMO-FLU-25', by: 'demo-noor' }),
    aboutMe(
      t,
      'about-me',
      'I speak Polish. On the telephone I understand half. I drive at night, so mornings are for sleep.',
      -29,
    ),
  ];
}
