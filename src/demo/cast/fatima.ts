/** Fatima Khan, 31: her second pregnancy, 32 weeks, with blood pressure that is rising; the first ended early for the same. */
import type { Resource } from '@medplum/fhirtypes';
import { hl7, loinc, patientReference, quantity, said, snomed } from '../build.ts';
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
  study,
  tellerOf,
} from './story.ts';

/** Days since the last period began: 32 weeks and a day. */
const along = 225;
const term = 280;

export function fatima(region: Region): Resource[] {
  const t = tellerOf('demo-fatima', region);
  const self = patientReference(t.patient);
  const laboratory = 'Organization/demo-infirmary';
  const visits: readonly (readonly [
    week: number,
    systolic: number,
    diastolic: number,
    height: number,
    heart: number,
  ])[] = [
    [16, 118, 74, 16, 152],
    [20, 120, 76, 20, 148],
    [24, 124, 78, 24, 146],
    [28, 132, 84, 27, 144],
    [30, 138, 88, 29, 142],
    [31, 144, 92, 30, 140],
    [32, 146, 94, 30, 138],
  ];
  const dayOf = (week: number) => week * 7 - along;
  return [
    beside(t, 'imran', {
      ...{
        name: 'Imran Khan',
        relation: 'Husband',
        code: 'HUSB',
        telephone: '07700 900105',
        emergency: true,
      },
    }),
    beside(t, 'zara', {
      name: 'Zara Khan, aged 3',
      relation: 'Daughter',
      code: 'DAUC',
      telephone: '01632 960104',
    }),
    problem(t, 'pregnancy', snomed('77386006', 'Pregnancy'), { since: -along + 40, recorder: 'demo-chloe' }),
    problem(t, 'raised-pressure', snomed('48194001', 'Pregnancy-induced hypertension'), {
      ...{ since: dayOf(31), recorder: 'demo-chloe' },
      note: 'At 31 weeks 144/92 twice, no protein. Pre-eclampsia in the first pregnancy.',
    }),
    problem(t, 'pre-eclampsia', snomed('398254007', 'Pre-eclampsia'), {
      ...{
        since: -1260,
        ended: -1180,
        recorder: 'demo-chloe',
        note: 'First pregnancy; born at 36 weeks, 2.4 kg, well.',
      },
    }),
    episode(t, 'maternity', {
      ...{
        since: -along + 56,
        type: said('Pregnancy'),
        organisation: 'demo-infirmary',
        manager: 'demo-chloe',
      },
      diagnosis: 'pregnancy',
    }),
    {
      ...finding(t, 'due-date', loinc('11778-8', 'Delivery date Estimated'), {
        ...{ day: -along + 84, performer: 'Practitioner/demo-chloe' },
      }),
      valueDateTime: t.anyDay.on(term - along),
    },
    finding(t, 'births-before', loinc('11996-6', 'Pregnancies'), {
      ...{ day: -along + 56, performer: 'Practitioner/demo-chloe', value: quantity(2, 'pregnancies', '{#}') },
    }),
    prescription(t, 'aspirin', 'aspirin-75', {
      ...{ since: -along + 84, prescriber: 'demo-asha', pharmacy: 'demo-pharmacy', reason: 'pregnancy' },
      // Pre-eclampsia before: from 12 weeks until the birth. Source: NICE NG133, 1.1.2.
      dose: 'Two tablets (150 mg) at night until the baby is born',
    }),
    prescription(
      t,
      'labetalol',
      { text: 'Labetalol 100mg tablets' },
      {
        ...{
          since: dayOf(32),
          prescriber: 'demo-asha',
          pharmacy: 'demo-pharmacy',
          reason: 'raised-pressure',
        },
        dose: 'One tablet twice a day with food',
      },
    ),
    ...pressures(
      t,
      'bp',
      visits.map(([week, systolic, diastolic]) => [dayOf(week), systolic, diastolic] as const),
      {
        performer: 'demo-chloe',
      },
    ),
    ...pressures(t, 'home-bp', [
      [-5, 141, 90],
      [-4, 143, 92],
      [-3, 139, 89],
      [-2, 145, 93],
      [-1, 142, 91],
    ]),
    ...visits.flatMap(([week, , , height, heart], i) => [
      finding(t, `height-${i + 1}`, loinc('11881-0', 'Uterus Fundal height Tape measure'), {
        ...{ day: dayOf(week), performer: 'Practitioner/demo-chloe', value: quantity(height, 'cm') },
      }),
      finding(t, `heart-${i + 1}`, loinc('55283-6', 'Fetal Heart rate'), {
        ...{
          day: dayOf(week),
          performer: 'Practitioner/demo-chloe',
          value: quantity(heart, 'beats/min', '/min'),
        },
      }),
      finding(t, `urine-${i + 1}`, loinc('20454-5', 'Protein [Presence] in Urine by Test strip'), {
        ...{ day: dayOf(week), performer: 'Practitioner/demo-chloe', text: week >= 31 ? 'Trace' : 'None' },
      }),
    ]),
    ...series(
      t,
      'pcr',
      measures.urinePcr,
      [
        [dayOf(31), 18],
        [dayOf(32), 24, 'Below 30: not pre-eclampsia today. Again in a week.'],
      ],
      laboratory,
    ),
    ...series(
      t,
      'platelets',
      measures.platelets,
      [
        [dayOf(12), 248],
        [dayOf(28), 236],
        [dayOf(32), 214],
      ],
      laboratory,
    ),
    ...series(
      t,
      'haemoglobin',
      measures.haemoglobin,
      [
        [dayOf(12), 121],
        [dayOf(28), 112],
      ],
      laboratory,
    ),
    ...series(
      t,
      'alt',
      measures.alt,
      [
        [dayOf(12), 17],
        [dayOf(32), 21],
      ],
      laboratory,
    ),
    study(t, 'scan-20', {
      ...{
        day: dayOf(20),
        modality: 'US',
        description: 'Ultrasound at 20 weeks',
        images: 36,
        reason: 'Anomaly scan',
      },
    }),
    report(t, 'scan-20-report', said('Ultrasound at 20 weeks'), {
      ...{ day: dayOf(20), kind: 'RAD', performer: 'Practitioner/demo-yusuf', study: 'scan-20' },
      conclusion: 'One baby, growing as expected, nothing unusual seen. Placenta at the back, not low.',
    }),
    study(t, 'scan-32', {
      ...{
        day: -1,
        modality: 'US',
        description: 'Growth scan at 32 weeks',
        images: 18,
        reason: 'Raised blood pressure',
      },
    }),
    report(t, 'scan-32-report', said('Growth scan at 32 weeks'), {
      ...{ day: -1, kind: 'RAD', performer: 'Practitioner/demo-yusuf', study: 'scan-32' },
      conclusion: 'Estimated weight 1,720 g, on the 32nd centile. Fluid and flow in the cord normal.',
    }),
    ...visits.map(([week], i) =>
      meeting(t, `visit-${i + 1}`, {
        ...{ day: dayOf(week), kind: 'visit', what: `Antenatal visit, ${week} weeks`, with: 'demo-chloe' },
        ...{ where: 'demo-infirmary', site: 'demo-maternity' },
      }),
    ),
    meeting(t, 'booking', {
      ...{ day: -along + 56, kind: 'visit', what: 'Booking visit, 8 weeks', with: 'demo-chloe' },
      ...{ where: 'demo-infirmary', site: 'demo-maternity' },
    }),
    appointment(t, 'next', {
      ...{
        day: 2,
        time: '11:10',
        minutes: 30,
        what: 'Antenatal visit',
        with: 'demo-chloe',
        site: 'demo-maternity',
      },
      advice: 'Bring your notes and a urine sample.',
    }),
    appointment(t, 'scan-34', {
      ...{
        day: 13,
        time: '09:00',
        minutes: 30,
        what: 'Growth scan',
        with: 'demo-chloe',
        site: 'demo-maternity',
      },
    }),
    goal(t, 'goal-pressure', 'Blood pressure at or below 135/85', {
      // Source: NICE NG133, 1.4.
      ...{ since: dayOf(32), due: 30, how: 'Now about 142/91 at home.' },
    }),
    goal(t, 'goal-birth', 'A birth after 37 weeks, in the unit, with Imran there', { since: -60, due: 55 }),
    team(
      t,
      'team',
      'Fatima Khan’s maternity team',
      [worker('demo-chloe', 'Named midwife'), worker('demo-asha', 'GP')],
      { since: -along + 56, organisation: 'demo-infirmary' },
    ),
    plan(t, 'plan', {
      ...{ title: 'Pregnancy plan', since: dayOf(31), review: 2, author: 'demo-chloe', team: 'team' },
      text: 'Watch pressure, urine, bloods and growth each week; birth from 37 weeks unless something changes.',
      goals: ['goal-pressure', 'goal-birth'],
      addresses: ['pregnancy', 'raised-pressure'],
      actions: [
        { what: 'Measure your blood pressure each morning and evening and send it', who: self },
        {
          what: 'Ring the unit on 01632 960188 at once for a bad headache, flashing lights, pain under the ribs, sudden swelling, or if the baby moves less',
          who: self,
        },
        { what: 'Bloods and urine each week', who: by('demo-chloe') },
        { what: 'Growth scan every two weeks', who: by('demo-chloe') },
      ],
    }),
    message(
      t,
      'message-1',
      'This morning 145/93. No headache. Zara has a cold. Do I still come on the day?',
      {
        ...{ day: -2, time: '07:50', from: self, to: by('demo-chloe'), topic: 'Blood pressure' },
      },
    ),
    message(
      t,
      'message-2',
      'Yes please, come as planned. If it is 160/110 or more, or you have any of the signs on your plan, ring the unit now, not tomorrow.',
      {
        ...{
          day: -2,
          time: '08:40',
          from: by('demo-chloe'),
          to: self,
          topic: 'Blood pressure',
          answers: 'message-1',
        },
      },
    ),
    ...letter(t, 'letter-plan', {
      ...{
        day: dayOf(32),
        title: 'Your blood pressure in pregnancy',
        author: 'demo-chloe',
        kind: 'clinic-letter',
        to: 'Mrs Fatima Khan; copy to Dr Asha Patel',
      },
      text: [
        'Dear Mrs Khan,',
        'Your blood pressure has risen above 140/90. There is no sign of pre-eclampsia today: the urine test was 24 and your bloods are normal. Because you had pre-eclampsia with Zara we will see you each week, and you have begun labetalol.',
        'Ring us at any hour if anything on your plan happens.',
      ],
    }),
    vaccination(t, 'rsv', {
      day: dayOf(28),
      vaccine: 'RSV vaccine in pregnancy',
      batch: 'DEMO-RSV-26',
      by: 'demo-noor',
    }),
    vaccination(t, 'whooping-cough', {
      day: dayOf(24),
      vaccine: 'Whooping cough vaccine in pregnancy',
      batch: 'DEMO-TDAP-26',
      by: 'demo-noor',
    }),
    vaccination(t, 'flu', { day: -40, vaccine: 'Influenza vaccine', batch: 'DEMO-FLU-26', by: 'demo-noor' }),
    aboutMe(
      t,
      'about-me',
      'Last time nobody told us why it had to be quick. Please explain before you do. A woman doctor where you can. My mother-in-law does not need to know my results.',
      -50,
    ),
    {
      ...{ resourceType: 'RiskAssessment', id: t.id('risk'), status: 'final', subject: self },
      ...{ occurrenceDateTime: t.at(dayOf(12)), performer: by('demo-chloe') },
      prediction: [
        {
          outcome: said('Pre-eclampsia'),
          qualitativeRisk: hl7('risk-probability', 'high'),
          rationale: 'Pre-eclampsia in an earlier pregnancy',
        },
      ],
    },
  ];
}
