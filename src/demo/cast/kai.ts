/** Kai Turner, 8: looked after by the council, living with Marion Ellis; a protection plan that those who protect him see. */
import type { RelatedPerson, Resource } from '@medplum/fhirtypes';
import { patientReference, reference, said, snomed } from '../build.ts';
import type { Region } from '../model.ts';
import {
  aboutMe,
  appointment,
  beside,
  episode,
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
import { at, by, finding, measures, prescription, pressures, problem, series, tellerOf } from './story.ts';

/** What points to harm by someone near the child: shown to those who protect him, not to those who act for him. */
const harm = [
  {
    ...{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'SDV' },
    display: 'sexual assault, abuse, or domestic violence information sensitivity',
  },
] as const;

export function kai(region: Region): Resource[] {
  const t = tellerOf('demo-kai', region);
  const carer = reference<RelatedPerson>('RelatedPerson', t.id('marion'), 'Marion Ellis');
  return [
    beside(t, 'marion', {
      name: 'Marion Ellis',
      relation: 'Foster carer',
      telephone: '01632 960111',
      since: -310,
      emergency: true,
    }),
    beside(t, 'nan', {
      name: 'Pauline Turner',
      relation: 'Grandmother; sees him every second Sunday',
      code: 'GRMTH',
      telephone: '07700 900110',
    }),
    flag(
      t,
      'protection',
      said(
        'Child protection plan: neglect. Ring children’s social care before he leaves with anyone but Marion Ellis.',
      ),
      {
        ...{ since: -330, author: 'demo-leon', category: 'safety', security: harm },
      },
    ),
    flag(t, 'looked-after', said('Looked-after child: Sandmouth Council shares parental responsibility'), {
      ...{ since: -310, author: 'demo-leon', category: 'admin' },
    }),
    episode(t, 'social-care', {
      ...{
        since: -330,
        type: said('Children’s social care'),
        manager: 'demo-leon',
      },
    }),
    problem(t, 'teeth', said('Tooth decay, four teeth treated'), {
      since: -280,
      ended: -200,
      recorder: 'demo-asha',
    }),
    problem(t, 'wetting', said('Bed-wetting'), { since: -290, recorder: 'demo-asha' }),
    problem(t, 'asthma', 'asthma', { since: -1200, recorder: 'demo-asha' }),
    prescription(t, 'salbutamol', 'salbutamol-100', {
      since: -300,
      prescriber: 'demo-asha',
      pharmacy: 'demo-pharmacy',
      reason: 'asthma',
    }),
    ...series(
      t,
      'weight',
      measures.weight,
      [
        [-700, 18.1],
        [-305, 19.8, 'Under the 2nd centile'],
        [-180, 22.3],
        [-40, 25, 'On the 25th: catching up'],
      ],
      'Practitioner/demo-noor',
    ),
    ...series(
      t,
      'height',
      measures.height,
      [
        [-305, 117],
        [-40, 123],
      ],
      'Practitioner/demo-noor',
    ),
    finding(t, 'mood', said('Strengths and difficulties questionnaire'), {
      ...{
        day: -35,
        performer: 'Practitioner/demo-asha',
        category: 'survey',
        text: '17 of 40 (was 24): fewer worries, still restless',
      },
    }),
    meeting(t, 'assessment', {
      day: -300,
      kind: 'visit',
      what: 'First health assessment of a looked-after child',
      with: 'demo-asha',
      where: 'demo-harbour',
    }),
    meeting(t, 'review', {
      day: -35,
      kind: 'visit',
      what: 'Health review of a looked-after child',
      with: 'demo-asha',
      where: 'demo-harbour',
    }),
    meeting(t, 'conference', {
      day: -90,
      kind: 'video',
      what: 'Review conference',
      with: 'demo-leon',
      where: 'demo-council',
    }),
    appointment(t, 'dentist', {
      day: 15,
      time: '15:50',
      what: 'Health check',
      with: 'demo-noor',
      site: 'demo-harbour',
    }),
    referral(t, 'therapy', 'Play therapy', {
      day: -85,
      from: 'demo-asha',
      to: [at(t, 'demo-mental-health')],
      reason: 'Sleep, worry and what happened at home',
    }),
    goal(t, 'goal-sleep', 'Dry and through the night, five nights of seven', { since: -85, due: 60 }),
    goal(t, 'goal-school', 'Reads aloud in class', { since: -85, due: 200, reached: 'improving' }),
    team(
      t,
      'team',
      'Those around Kai',
      [
        worker('demo-leon', 'Social worker'),
        worker('demo-asha', 'GP'),
        worker('demo-noor', 'Practice nurse'),
        { who: carer, role: 'Foster carer' },
      ],
      { since: -310 },
    ),
    plan(t, 'health-plan', {
      ...{ title: 'Health plan', since: -300, review: 60, author: 'demo-asha', team: 'team' },
      text: 'Teeth, sleep, growth and school, looked at every six months.',
      goals: ['goal-sleep', 'goal-school'],
      addresses: ['wetting', 'asthma'],
      actions: [
        { what: 'Bed-time chart, drink before six', who: carer },
        { what: 'Growth measured every three months', who: by('demo-noor') },
        { what: 'Play therapy', who: by('demo-leon') },
      ],
    }),
    plan(t, 'protection-plan', {
      ...{
        title: 'Child protection plan',
        since: -330,
        review: 25,
        author: 'demo-leon',
        team: 'team',
        security: harm,
      },
      text: 'Category: neglect. Core group every six weeks; contact with his mother supervised at the family centre on Thursdays.',
      category: said('Child protection plan'),
      actions: [
        { what: 'Seen alone by the social worker every two weeks', who: by('demo-leon') },
        { what: 'Any health contact told to children’s social care the same day', who: by('demo-asha') },
      ],
    }),
    {
      ...{ resourceType: 'Task', id: t.id('visit-task'), status: 'in-progress', intent: 'order' },
      ...{
        description: 'Statutory visit: see Kai alone',
        for: patientReference(t.patient),
        authoredOn: t.at(-6),
      },
      ...{ requester: by('demo-leon'), owner: by('demo-leon') },
    },
    message(t, 'message-1', 'Kai has had five dry nights. He wants to stop the chart. May we?', {
      day: -4,
      time: '20:10',
      from: carer,
      to: by('demo-asha'),
      topic: 'Bed-time chart',
    }),
    message(t, 'message-2', 'Wonderful. Keep it one more week, then let him tear it up himself.', {
      day: -3,
      time: '12:05',
      from: by('demo-asha'),
      to: carer,
      topic: 'Bed-time chart',
      answers: 'message-1',
    }),
    ...letter(t, 'letter-review', {
      ...{
        day: -34,
        title: 'Health review',
        author: 'demo-asha',
        kind: 'clinic-letter',
        to: 'Mrs Marion Ellis; copy to Leon Baptiste',
      },
      text: [
        'Dear Mrs Ellis,',
        'Kai has grown six centimetres and gained five kilograms since he came to you. His teeth are treated and his vaccines are up to date. He told me about the dog, at length.',
      ],
    }),
    vaccination(t, 'mmr-2', {
      day: -298,
      vaccine: 'Measles, mumps and rubella vaccine, second',
      batch: 'DEMO-MMR-25',
      by: 'demo-noor',
    }),
    vaccination(t, 'preschool', {
      day: -298,
      vaccine: 'Four-in-one pre-school booster',
      batch: 'DEMO-DTP-25',
      by: 'demo-noor',
    }),
    vaccination(t, 'flu', {
      day: -38,
      vaccine: 'Influenza vaccine, nasal',
      batch: 'DEMO-FLU-26',
      by: 'demo-noor',
    }),
    aboutMe(
      t,
      'about-me',
      'I like Biscuit (the dog), trains and not being asked the same thing twice. I do not like doors shut.',
      -35,
    ),
  ];
}

/** Marion Ellis, 52: fosters; her own record is short. */
export function marion(region: Region): Resource[] {
  const t = tellerOf('demo-marion', region);
  return [
    problem(t, 'menopause', said('Menopause'), { since: -500, recorder: 'demo-asha' }),
    problem(t, 'arthritis', snomed('396275006', 'Osteoarthritis'), { since: -1300, recorder: 'demo-asha' }),
    prescription(t, 'estradiol', 'estradiol-50-patch', {
      since: -480,
      prescriber: 'demo-asha',
      pharmacy: 'demo-pharmacy',
      reason: 'menopause',
    }),
    ...pressures(
      t,
      'bp',
      [
        [-700, 126, 78],
        [-200, 129, 80],
      ],
      { performer: 'demo-noor' },
    ),
    meeting(t, 'visit', {
      day: -200,
      kind: 'visit',
      what: 'Review',
      with: 'demo-noor',
      where: 'demo-harbour',
    }),
    appointment(t, 'next', {
      day: 18,
      time: '09:20',
      what: 'Mammogram',
      site: 'demo-infirmary',
    }),
  ];
}
