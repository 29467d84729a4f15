/** Daniel Wright, 41: deaf, signs; what the record tells staff about how to reach and meet him, and an operation to come. */
import type { Resource } from '@medplum/fhirtypes';
import { patientReference, said, snomed } from '../build.ts';
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

export function daniel(region: Region): Resource[] {
  const t = tellerOf('demo-daniel', region);
  const self = patientReference(t.patient);
  return [
    beside(t, 'amy', {
      ...{
        name: 'Amy Wright',
        relation: 'Wife; deaf too, signs',
        code: 'WIFE',
        telephone: '07700 900106',
        emergency: true,
      },
    }),
    problem(t, 'deaf', snomed('15188001', 'Hearing loss'), {
      ...{
        since: -14_900,
        recorder: 'demo-asha',
        note: 'Deaf since birth. First language: British Sign Language.',
      },
    }),
    problem(t, 'gallstones', snomed('235919008', 'Gallbladder calculus'), {
      since: -140,
      recorder: 'demo-asha',
    }),
    flag(t, 'reach', said('Text or message; never telephone'), {
      ...{ since: -900, author: 'demo-asha', category: 'admin' },
    }),
    prescription(t, 'paracetamol', 'paracetamol-500', {
      ...{
        since: -140,
        prescriber: 'demo-asha',
        pharmacy: 'demo-pharmacy',
        reason: 'gallstones',
        repeat: false,
      },
    }),
    ...series(
      t,
      'alt',
      measures.alt,
      [
        [-140, 58, 'A little raised with the stones.'],
        [-60, 33],
      ],
      'Organization/demo-diagnostic-centre',
    ),
    ...series(
      t,
      'weight',
      measures.weight,
      [
        [-900, 82],
        [-140, 84],
      ],
      'Practitioner/demo-noor',
    ),
    study(t, 'ultrasound', {
      ...{ day: -128, modality: 'US', description: 'Ultrasound of the abdomen', images: 24 },
      reason: 'Pain under the ribs after meals',
    }),
    report(t, 'ultrasound-report', said('Ultrasound of the abdomen'), {
      ...{ day: -127, kind: 'RAD', performer: 'Practitioner/demo-yusuf', study: 'ultrasound' },
      conclusion: 'Several gallstones up to 9 mm. Duct not widened. Liver normal.',
    }),
    meeting(t, 'visit-1', {
      ...{
        day: -141,
        kind: 'visit',
        what: 'Pain after meals, with an interpreter',
        with: 'demo-asha',
        where: 'demo-harbour',
      },
    }),
    meeting(t, 'visit-2', {
      ...{
        day: -190,
        kind: 'visit',
        what: 'Emergency visit without an interpreter',
        with: 'demo-asha',
        where: 'demo-harbour',
      },
      reason: 'Written notes passed to and fro for 40 minutes; the cause of the pain was missed',
    }),
    appointment(t, 'cancelled', {
      ...{
        day: -75,
        what: 'Surgical clinic',
        with: 'demo-asha',
        site: 'demo-infirmary',
        status: 'cancelled',
      },
      advice: 'Called off: no interpreter had been booked.',
    }),
    appointment(t, 'next', {
      ...{
        day: 8,
        time: '11:00',
        minutes: 30,
        what: 'Before the operation: questions and consent',
        with: 'demo-noor',
      },
      ...{ site: 'demo-harbour', how: 'Video', interpreter: true },
      advice: 'The interpreter joins the video call: you see both.',
    }),
    referral(t, 'referral', 'Surgery: removal of the gallbladder', {
      ...{
        day: -120,
        from: 'demo-asha',
        to: [at(t, 'demo-infirmary')],
        reason: 'Gallstones with pain. BSL interpreter needed.',
      },
    }),
    goal(t, 'goal', 'An operation that I understand, with an interpreter from arrival to going home', {
      since: -120,
      due: 60,
    }),
    team(
      t,
      'team',
      'Daniel Wright’s team',
      [worker('demo-asha', 'GP'), worker('demo-noor', 'Practice nurse')],
      { since: -140 },
    ),
    plan(t, 'plan', {
      ...{ title: 'Plan for the operation', since: -120, review: 8, author: 'demo-asha', team: 'team' },
      text: 'Gallbladder to be removed by keyhole surgery; communication planned before everything else.',
      goals: ['goal'],
      addresses: ['gallstones', 'deaf'],
      actions: [
        { what: 'Interpreter booked for every step', who: by('demo-noor') },
        { what: 'Low-fat meals; come at once with fever, yellow eyes or pain that stays', who: self },
      ],
    }),
    message(
      t,
      'message-1',
      'The hospital rang my phone again and left a voicemail. I cannot hear it. What did they want?',
      {
        ...{
          day: -72,
          time: '16:20',
          from: self,
          to: by('demo-noor'),
          topic: 'A call that I could not hear',
        },
      },
    ),
    message(
      t,
      'message-2',
      'I am sorry. They called off the clinic because nobody had booked an interpreter. I have told them: messages only. A new date with an interpreter is on its way.',
      {
        ...{
          day: -71,
          time: '09:00',
          from: by('demo-noor'),
          to: self,
          topic: 'A call that I could not hear',
          answers: 'message-1',
        },
      },
    ),
    ...letter(t, 'letter-referral', {
      ...{
        day: -120,
        title: 'Referral for gallbladder surgery',
        author: 'demo-asha',
        kind: 'referral-letter',
        to: 'Surgical clinic, Sandmouth Infirmary',
      },
      text: [
        'Dear colleague,',
        'Mr Wright has gallstones and pain after meals. He is deaf and his language is British Sign Language. Please book an interpreter for each contact, use messages and never the telephone, and allow double time.',
      ],
    }),
    vaccination(t, 'covid', {
      day: -1950,
      vaccine: 'COVID-19 vaccine',
      batch: 'DEMO-COV-21',
      by: 'demo-noor',
    }),
    finding(t, 'contact', said('How to reach me'), {
      ...{ day: -900, performer: `Patient/${t.patient}`, category: 'social-history' },
      text: 'Text 07700 900107, email or a message in the app. Video with an interpreter. Not the telephone.',
    }),
    aboutMe(
      t,
      'about-me',
      'Look at me, not at the interpreter. English is my second language, so write short. Wave or switch the light to call me from the waiting room.',
      -890,
    ),
  ];
}
