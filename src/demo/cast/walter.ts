/** Walter Price, 88: frail, with heart failure; three carers: his daughter, a neighbour and a care worker each morning. */
import type { RelatedPerson, Resource } from '@medplum/fhirtypes';
import { loinc, patientReference, quantity, reference, said, snomed } from '../build.ts';
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

export function walter(region: Region): Resource[] {
  const t = tellerOf('demo-walter', region);
  const self = patientReference(t.patient);
  const laboratory = 'Organization/demo-diagnostic-centre';
  const carer = (suffix: string, name: string) =>
    reference<RelatedPerson>('RelatedPerson', t.id(suffix), name);
  const [carol, stan, beata] = [
    carer('carol', 'Carol Whitlock'),
    carer('stan', 'Stan Birtles'),
    carer('beata', 'Beata Zielinska'),
  ];
  const huw = { prescriber: 'demo-huw' } as const;
  return [
    beside(t, 'carol', {
      ...{ name: 'Carol Whitlock', relation: 'Daughter: medicines, appointments, shopping', code: 'DAU' },
      ...{ telephone: '01632 960108', since: -900, emergency: true },
    }),
    beside(t, 'stan', {
      ...{ name: 'Stan Birtles', relation: 'Neighbour: looks in each evening, has a key', code: 'NBOR' },
      ...{ telephone: '07700 900109', since: -400 },
    }),
    beside(t, 'beata', {
      ...{
        name: 'Beata Zielinska',
        relation: 'Care worker of the council’s home care: each morning, 45 minutes',
      },
      ...{ telephone: '01632 960177', since: -300 },
    }),
    problem(t, 'heart', 'heart-failure', {
      since: -700,
      recorder: 'demo-huw',
      note: 'Ejection fraction 38 %.',
    }),
    problem(t, 'frailty', snomed('248279007', 'Frailty'), {
      ...{ since: -400, recorder: 'demo-huw', note: 'Clinical Frailty Scale 6: moderately frail.' },
    }),
    problem(t, 'fibrillation', 'atrial-fibrillation', { since: -1900, recorder: 'demo-huw' }),
    problem(t, 'kidney', 'chronic-kidney-disease', { since: -1500, recorder: 'demo-huw' }),
    problem(t, 'leg-ulcer', said('Venous ulcer of the left leg'), { since: -62, recorder: 'demo-elin' }),
    problem(t, 'falls', said('Falls'), {
      since: -380,
      recorder: 'demo-huw',
      note: 'Two in the last year, both at night.',
    }),
    problem(t, 'hip', said('Hip replacement, right'), { since: -3300, ended: -3200, recorder: 'demo-huw' }),
    allergy(t, 'ibuprofen', said('Ibuprofen'), { since: -1400, reaction: 'Kidneys worse and legs swollen' }),
    flag(t, 'falls-flag', said('Risk of falls: walk with him, frame within reach'), {
      ...{ since: -380, author: 'demo-elin', category: 'safety' },
    }),
    flag(t, 'key', said('Key safe beside the back door; Stan next door has a key'), {
      ...{ since: -300, author: 'demo-elin', category: 'admin' },
    }),
    prescription(t, 'furosemide', 'furosemide-40', {
      ...{ ...huw, since: -700, reason: 'heart' },
      dose: `Take ONE each morning; TWO each morning for five days from ${t.on(-2).split('-').reverse().join('/')}`,
    }),
    prescription(t, 'bisoprolol', 'bisoprolol-2.5', { ...huw, since: -1900, reason: 'fibrillation' }),
    prescription(t, 'ramipril', 'ramipril-2.5', { ...huw, since: -690, reason: 'heart' }),
    // The lower dose: over 80, and creatinine above 133. Source: SmPC of apixaban, 4.2.
    prescription(
      t,
      'apixaban',
      { text: 'Apixaban 2.5mg tablets' },
      { ...huw, since: -1900, reason: 'fibrillation', dose: 'Take ONE twice a day' },
    ),
    prescription(t, 'dapagliflozin', 'dapagliflozin-10', { ...huw, since: -300, reason: 'heart' }),
    prescription(t, 'colecalciferol', 'colecalciferol-800', { ...huw, since: -900 }),
    prescription(t, 'paracetamol', 'paracetamol-500', { ...huw, since: -800 }),
    prescription(t, 'amitriptyline', 'amitriptyline-10', { ...huw, since: -800, until: -360 }),
    ...pressures(t, 'bp', [[-30, 118, 64]], { performer: 'demo-elin', comment: 'Sitting' }),
    ...pressures(t, 'standing-bp', [[-30, 98, 56]], {
      ...{
        performer: 'demo-elin',
        comment: 'After one minute of standing: falls by 20, and he felt light-headed.',
      },
    }),
    ...pressures(
      t,
      'earlier-bp',
      [
        [-1900, 146, 82],
        [-1200, 138, 78],
        [-700, 128, 72],
        [-390, 116, 66],
        [-200, 121, 68],
      ],
      { performer: 'demo-huw' },
    ),
    ...series(
      t,
      'weight',
      measures.weight,
      [
        [-1500, 79],
        [-700, 83],
        [-400, 74],
        [-120, 71.5],
        [-30, 70.2],
        [-16, 70.9],
        [-9, 71.8],
        [-2, 72.9, 'Up 2.7 kg in four weeks: water again. Furosemide doubled for five days.'],
      ],
      'Practitioner/demo-elin',
    ),
    ...series(
      t,
      'egfr',
      measures.egfr,
      [
        [-1500, 54],
        [-900, 48],
        [-400, 41],
        [-120, 38],
        [-20, 36],
      ],
      laboratory,
    ),
    ...series(
      t,
      'potassium',
      measures.potassium,
      [
        [-120, 4.8],
        [-20, 5.1],
      ],
      laboratory,
    ),
    ...series(
      t,
      'bnp',
      measures.bnp,
      [
        [-700, 3100],
        [-120, 1900],
        [-20, 2600],
      ],
      laboratory,
    ),
    ...series(
      t,
      'haemoglobin',
      measures.haemoglobinOfMen,
      [
        [-400, 121],
        [-20, 117],
      ],
      laboratory,
    ),
    study(t, 'chest', {
      day: -700,
      modality: 'DX',
      description: 'X-ray of the chest',
      images: 2,
      reason: 'Breathless, swollen legs',
    }),
    report(t, 'chest-report', said('X-ray of the chest'), {
      ...{ day: -699, kind: 'RAD', performer: laboratory, study: 'chest' },
      conclusion: 'Large heart, fluid at both lung bases: heart failure.',
    }),
    report(t, 'echo-report', said('Ultrasound of the heart'), {
      ...{ day: -690, kind: 'RAD', performer: laboratory },
      conclusion:
        'Left ventricle weak, ejection fraction 38 %. Both atria large. Moderate leak of the mitral valve.',
    }),
    finding(t, 'frailty-scale', said('Clinical Frailty Scale'), {
      ...{
        day: -30,
        performer: 'Practitioner/demo-elin',
        category: 'survey',
        value: quantity(6, 'of 9', '{score}'),
      },
    }),
    finding(t, 'ulcer', said('Leg ulcer'), {
      ...{
        day: -2,
        performer: 'Practitioner/demo-elin',
        text: 'Left shin, 31 by 22 mm (was 38 by 27), clean, little fluid.',
      },
    }),
    finding(t, 'pulse', loinc('8867-4', 'Heart rate'), {
      ...{ day: -2, performer: 'Practitioner/demo-elin', value: quantity(78, 'beats/min', '/min') },
    }),
    meeting(t, 'stay', {
      ...{
        day: -395,
        days: 9,
        kind: 'stay',
        what: 'Admitted after a fall',
        where: 'demo-infirmary',
      },
      reason: 'On the floor for five hours; nothing broken',
    }),
    ...[-62, -48, -30, -16, -9, -2].map((day, i) =>
      meeting(t, `home-visit-${i + 1}`, {
        ...{
          day,
          kind: 'home',
          what: 'Home visit: leg dressing, pressures, weight',
          with: 'demo-elin',
          where: 'demo-community',
        },
      }),
    ),
    meeting(t, 'gp', {
      day: -20,
      kind: 'home',
      what: 'Home visit: review of medicines',
      with: 'demo-huw',
      where: 'demo-hilltop',
    }),
    procedure(t, 'dressing', said('Compression bandage, left leg'), {
      day: -2,
      by: 'demo-elin',
      reason: 'leg-ulcer',
    }),
    referral(t, 'community', 'Community nursing: leg ulcer', {
      ...{
        day: -63,
        from: 'demo-huw',
        to: [at(t, 'demo-community'), by('demo-elin')],
        reason: 'Venous ulcer, housebound',
      },
    }),
    appointment(t, 'visit-next', {
      ...{
        day: 2,
        time: '10:30',
        minutes: 40,
        what: 'Home visit: leg dressing',
        with: 'demo-elin',
        how: 'At home',
      },
    }),
    appointment(t, 'review', {
      ...{ day: 16, time: '12:00', minutes: 30, what: 'Review at home', with: 'demo-huw', how: 'At home' },
    }),
    {
      ...{ resourceType: 'Task', id: t.id('package'), status: 'in-progress', intent: 'order' },
      ...{ description: 'Review the care package', for: self, authoredOn: t.at(-12) },
      ...{ requester: at(t, 'demo-hilltop'), owner: by('demo-grace') },
    },
    goal(t, 'goal-home', 'Stay at Rose Cottage until the end', { since: -30, due: 365 }),
    goal(t, 'goal-falls', 'No fall at night', {
      since: -30,
      due: 120,
      how: 'Commode, light with a sensor, one tablet less',
    }),
    goal(t, 'goal-leg', 'The leg healed by February', { since: -62, due: 80 }),
    team(
      t,
      'team',
      'Walter Price’s team',
      [
        worker('demo-huw', 'GP'),
        worker('demo-elin', 'Community nurse'),
        worker('demo-grace', 'Social worker'),
        { who: carol, role: 'Daughter' },
        { who: stan, role: 'Neighbour' },
        { who: beata, role: 'Care worker' },
      ],
      { since: -300 },
    ),
    plan(t, 'plan', {
      ...{ title: 'Care and support plan', since: -30, review: 16, author: 'demo-elin', team: 'team' },
      text: 'Safe at home with three carers; heart, leg and falls watched by the same nurse.',
      goals: ['goal-home', 'goal-falls', 'goal-leg'],
      addresses: ['frailty', 'heart', 'leg-ulcer', 'falls'],
      actions: [
        { what: 'Washing, breakfast and morning tablets, every day 8:00 to 8:45', who: beata },
        { what: 'Tablet box filled on Sundays; shopping', who: carol },
        { what: 'Looks in at seven each evening', who: stan },
        { what: 'Leg dressing and weight each week', who: by('demo-elin') },
        { what: 'Weight up by 2 kg in a week: ring the nurse', who: beata },
        { what: 'Care package looked at again with the family', who: by('demo-grace') },
      ],
    }),
    plan(t, 'advance', {
      ...{ title: 'What Walter wants if he becomes more ill', since: -25, review: 340, author: 'demo-huw' },
      text: 'Treatment at home and, for what can be put right quickly, in hospital. No resuscitation: talked through with him and Carol; the form is in the yellow folder by the telephone.',
      actions: [{ what: 'Known to the ambulance service and out-of-hours', who: by('demo-huw'), done: true }],
      addresses: ['frailty', 'heart'],
    }),
    message(
      t,
      'message-1',
      'Dad’s ankles are up again and he slept in the chair. Weight 72.9 this morning.',
      {
        ...{ day: -2, time: '08:50', from: carol, to: by('demo-elin'), topic: 'Weight' },
      },
    ),
    message(
      t,
      'message-2',
      'Thank you. I saw him at eleven: water, not his chest. Dr Evans doubles the furosemide for five days; I take bloods after that. Ring 999 if he cannot speak a sentence.',
      {
        ...{
          day: -2,
          time: '12:15',
          from: by('demo-elin'),
          to: carol,
          topic: 'Weight',
          answers: 'message-1',
        },
      },
    ),
    ...letter(t, 'letter-discharge', {
      ...{
        day: -385,
        title: 'Discharge summary',
        author: 'demo-elin',
        kind: 'discharge-letter',
        to: 'Dr Huw Evans, Hilltop Surgery',
      },
      text: [
        'Dear Dr Evans,',
        'Mr Price went home today after nine days. He had fallen at night and lain five hours on the floor. No fracture. Blood pressure fell by 24 on standing; amitriptyline was stopped.',
        'He walks with a frame. Care at home each morning has begun. Please check kidneys and weight in two weeks.',
      ],
    }),
    ...letter(t, 'letter-review', {
      ...{
        day: -20,
        title: 'Review of medicines at home',
        author: 'demo-huw',
        kind: 'clinic-letter',
        to: 'Mr Walter Price',
      },
      text: [
        'Dear Mr Price,',
        'We went through your seven medicines together with Carol. All are still worth taking. The kidney test is 36, so the blood thinner stays at the smaller dose, and never ibuprofen.',
      ],
    }),
    vaccination(t, 'flu', { day: -52, vaccine: 'Influenza vaccine', batch: 'DEMO-FLU-26', by: 'demo-elin' }),
    vaccination(t, 'covid', { day: -52, vaccine: 'COVID-19 vaccine', batch: 'DEMO-COV-26', by: 'demo-elin' }),
    vaccination(t, 'shingles', {
      day: -3200,
      vaccine: 'Shingles vaccine',
      batch: 'DEMO-ZOS-18',
      by: 'demo-huw',
    }),
    aboutMe(
      t,
      'about-me',
      'I was a signalman for forty years. Speak up on my left side. I want my own bed, the radio at six, and Nell the dog fed first.',
      -30,
    ),
  ];
}

/** Carol Whitlock, 59: his daughter, with little of her own: and a carer’s check that is due. */
export function carol(region: Region): Resource[] {
  const t = tellerOf('demo-carol', region);
  return [
    problem(t, 'carer', snomed('224484003', 'Carer'), { since: -900, recorder: 'demo-huw' }),
    problem(t, 'migraine', 'migraine', { since: -5200, recorder: 'demo-huw' }),
    problem(t, 'thyroid', 'hypothyroidism', { since: -2500, recorder: 'demo-huw' }),
    prescription(t, 'levothyroxine', 'levothyroxine-100', {
      since: -2500,
      prescriber: 'demo-huw',
      reason: 'thyroid',
    }),
    prescription(t, 'sumatriptan', 'sumatriptan-50', {
      since: -1200,
      prescriber: 'demo-huw',
      reason: 'migraine',
    }),
    ...pressures(
      t,
      'bp',
      [
        [-1100, 128, 80],
        [-400, 132, 82],
      ],
      { performer: 'demo-huw' },
    ),
    ...series(
      t,
      'thyrotropin',
      measures.thyrotropin,
      [
        [-2500, 11.2],
        [-400, 2.1],
        [-52, 2.6, 'The dose is right: the tiredness has another cause.'],
      ],
      'Organization/demo-diagnostic-centre',
    ),
    meeting(t, 'visit', {
      day: -60,
      kind: 'telephone',
      what: 'Tired',
      with: 'demo-huw',
      where: 'demo-hilltop',
    }),
    appointment(t, 'check', {
      day: 9,
      time: '15:00',
      minutes: 20,
      what: 'Carer’s health check',
      with: 'demo-huw',
      site: 'demo-hilltop',
    }),
    aboutMe(
      t,
      'about-me',
      'I do the tablets, the bills and the worrying. One free weekend in the quarter would keep me going.',
      -40,
    ),
  ];
}
