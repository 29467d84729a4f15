/** Sam Reyes, 24: one entry that he may want to keep to himself. */
import type { Resource } from '@medplum/fhirtypes';
import { patientReference, said, snomed } from '../build.ts';
import type { Region } from '../model.ts';
import { aboutMe, appointment, beside, goal, meeting, message, plan, vaccination } from './care.ts';
import { by, finding, measures, prescription, problem, report, series, study, tellerOf } from './story.ts';

const mindful = [
  {
    ...{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSY' },
    display: 'psychiatry disorder information sensitivity',
  },
] as const;

export function sam(region: Region): Resource[] {
  const t = tellerOf('demo-sam', region);
  const self = patientReference(t.patient);
  return [
    beside(t, 'luz', {
      name: 'Luz Reyes',
      relation: 'Mother',
      code: 'MTH',
      telephone: '07700 900108',
      emergency: true,
    }),
    problem(t, 'depression', 'depression', { since: -200, recorder: 'demo-asha', security: mindful }),
    problem(t, 'hayfever', snomed('21719001', 'Hay fever'), { since: -1500, recorder: 'demo-asha' }),
    problem(t, 'wrist', said('Broken left wrist'), { since: -620, ended: -560, recorder: 'demo-asha' }),
    prescription(t, 'cetirizine', 'cetirizine-10', {
      ...{ since: -1500, prescriber: 'demo-asha', pharmacy: 'demo-pharmacy', reason: 'hayfever' },
    }),
    {
      ...prescription(t, 'sertraline', 'sertraline-50', {
        ...{ since: -190, prescriber: 'demo-asha', pharmacy: 'demo-pharmacy', reason: 'depression' },
      }),
      meta: { security: [...mindful] },
    } as Resource,
    ...[19, 16, 11, 8].map((score, i) => ({
      ...finding(t, `mood-${i + 1}`, said('PHQ-9 score'), {
        ...{ day: -200 + i * 55, performer: `Patient/${t.patient}`, category: 'survey' },
        text: `${score} of 27`,
      }),
      meta: { security: [...mindful] },
    })),
    ...series(
      t,
      'weight',
      measures.weight,
      [
        [-600, 74],
        [-200, 70],
        [-30, 73],
      ],
      'Practitioner/demo-noor',
    ),
    meeting(t, 'visit-1', {
      ...{
        day: -620,
        kind: 'emergency',
        what: 'Fell from a bicycle',
        where: 'demo-infirmary',
      },
      reason: 'Fell on the left hand; wrist swollen. X-ray, plaster, fracture clinic',
    }),
    study(t, 'wrist-x-ray', {
      ...{ day: -620, modality: 'DX', description: 'X-ray of the left wrist', images: 2 },
      reason: 'Fell on the left hand from a bicycle. Fracture?',
    }),
    report(t, 'wrist-x-ray-report', said('X-ray of the left wrist'), {
      ...{ day: -620, kind: 'RAD', performer: 'Practitioner/demo-yusuf', study: 'wrist-x-ray' },
      conclusion: 'Undisplaced fracture of the distal radius. No other bone injury.',
    }),
    meeting(t, 'visit-2', {
      ...{ day: -30, kind: 'telephone', what: 'Review', with: 'demo-asha', where: 'demo-harbour' },
    }),
    appointment(t, 'next', {
      ...{ day: 12, time: '16:30', what: 'Review', with: 'demo-asha', how: 'Telephone' },
    }),
    goal(t, 'goal', 'Back to five-a-side on Thursdays', { since: -60, due: 40 }),
    {
      ...plan(t, 'plan', {
        ...{ title: 'Getting better', since: -190, review: 12, author: 'demo-asha', security: mindful },
        text: 'Tablets, talking therapy and something with others each week.',
        goals: ['goal'],
        addresses: ['depression'],
        actions: [
          { what: 'Twelve sessions of talking therapy by video', who: self },
          {
            what: 'If thoughts of harming yourself come: text SHOUT to 85258, ring 111 option 2, or come in',
            who: self,
          },
        ],
      }),
    } as Resource,
    {
      ...message(t, 'message-1', 'I sleep again and go out. Can I stay on this dose?', {
        ...{ day: -32, time: '21:40', from: self, to: by('demo-asha'), topic: 'Tablets' },
      }),
      meta: { security: [...mindful] },
    } as Resource,
    vaccination(t, 'tetanus', {
      day: -620,
      vaccine: 'Tetanus, diphtheria and polio vaccine',
      batch: 'DEMO-TDI-25',
      by: 'demo-noor',
    }),
    aboutMe(
      t,
      'about-me',
      'I work in the same building as half the reception. I would rather they did not know.',
      -150,
    ),
  ];
}
