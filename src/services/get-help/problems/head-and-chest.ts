import { type AskedOne, type Problem, problemOf } from './problem.ts';

const side = { id: 'side', kind: 'one', text: 'Which side?', options: ['Left', 'Right', 'Both'] } as const;
const temperature: readonly AskedOne[] = [
  { id: 'hot', kind: 'yes-no', text: 'Have you had a high temperature?' },
  {
    ...{
      id: 'degrees',
      kind: 'number',
      text: 'How high was it, if you measured it?',
      unit: 'C',
      least: 34,
      most: 43,
    },
    when: ['hot', 'yes'],
  },
];

export const headAndChest: readonly Problem[] = [
  problemOf('headache', 'Headache', {
    ...{
      also: 'head pain tension headache sore head',
      areas: ['head'],
      nhs: 'symptoms/headaches',
      cks: 'Headache - assessment',
    },
    flags: [
      ['The worst headache of my life, that came on suddenly', 'worst-headache'],
      ['A stiff neck, a rash, or bright light hurts, with a fever', 'meningitis'],
      ['A weak face or arm, or slurred speech', 'stroke'],
      ['It began after a knock on the head', 'head-injury'],
      ['I have lost some of my sight', 'sight-loss'],
    ],
    worries: [
      'I am over 50 and this kind of headache is new',
      'It wakes me at night, or is worse when I cough or bend',
    ],
    asks: [
      {
        id: 'days',
        kind: 'number',
        text: 'On how many days in the last month did you have it?',
        unit: 'days',
        least: 0,
        most: 31,
      },
    ],
    care: [
      'Drink plenty of water and rest.',
      'Paracetamol or ibuprofen help most headaches.',
      'Do not take painkillers on more than 10 days a month: they can cause headaches.',
    ],
  }),
  problemOf('migraine', 'Migraine', {
    ...{
      also: 'aura throbbing one sided headache zigzag',
      areas: ['head'],
      nhs: 'conditions/migraine',
      cks: 'Migraine',
    },
    flags: [
      ['The worst headache of my life, that came on suddenly', 'worst-headache'],
      ['A weak arm or face, or slurred speech', 'stroke'],
      ['It has lasted more than 72 hours', 'migraine-new'],
    ],
    worries: ['I have aura and take the combined pill', 'My migraines have changed'],
    asks: [
      {
        id: 'days',
        kind: 'number',
        text: 'On how many days in the last month did you have it?',
        unit: 'days',
        least: 0,
        most: 31,
      },
    ],
    care: [
      'Lie down in a quiet, dark room.',
      'Take a painkiller as soon as it begins.',
      'Keep a diary of what sets it off.',
    ],
  }),
  problemOf('dizziness', 'Dizziness', {
    ...{
      also: 'dizzy vertigo light headed spinning balance',
      areas: ['head'],
      nhs: 'symptoms/dizziness',
      cks: 'Vertigo',
    },
    flags: [
      ['Chest pain, or my heart races or skips', 'chest-pain'],
      ['A weak face, arm or leg, slurred speech, or seeing double', 'stroke'],
      ['I have fainted', 'unconscious'],
    ],
    worries: ['I keep falling', 'I have lost hearing in one ear'],
    asks: [
      {
        id: 'kind',
        kind: 'one',
        text: 'What is it like?',
        options: ['The room spins', 'I feel faint', 'I am unsteady', 'Something else'],
      },
    ],
    care: [
      'Lie down until it passes, then get up slowly.',
      'Do not drive or use ladders while you are dizzy.',
    ],
  }),
  problemOf('red-eye', 'Red or sore eye', {
    ...{
      also: 'conjunctivitis sticky eye pink eye itchy stye',
      areas: ['eyes'],
      nhs: 'symptoms/red-eye',
      cks: 'Red eye',
    },
    flags: [
      ['I suddenly see less', 'sight-loss'],
      ['Strong pain, or light hurts', 'red-painful-eye'],
      ['Something hit or went into the eye, or chemicals', 'sight-loss'],
      ['I wear contact lenses and it hurts', 'red-painful-eye'],
      ['It is a baby under 28 days', 'young-baby-fever'],
    ],
    asks: [
      { ...side, text: 'Which eye?' },
      { id: 'sticky', kind: 'yes-no', text: 'Is it sticky or crusty?' },
    ],
    care: [
      'Clean sticky eyes with cooled boiled water and cotton wool, one piece for each eye.',
      'Do not wear contact lenses until it is better.',
      'A pharmacist can sell drops.',
    ],
  }),
  problemOf('earache', 'Earache', {
    ...{
      also: 'ear pain ear infection blocked ear discharge',
      areas: ['throat'],
      nhs: 'symptoms/earache',
      cks: 'Otitis media - acute',
      pharmacy: 'earache',
    },
    flags: [
      ['Swelling or redness behind the ear', 'ear-bone'],
      ['A stiff neck, drowsiness or a rash with a fever', 'meningitis'],
      ['One side of the face droops', 'stroke'],
    ],
    worries: ['I lost hearing suddenly, in the last 30 days'],
    asks: [
      { ...side, text: 'Which ear?' },
      { id: 'runs', kind: 'yes-no', text: 'Does fluid come out of the ear?' },
      ...temperature,
    ],
    care: [
      'Most earaches get better in 3 days.',
      'Paracetamol or ibuprofen help the pain.',
      'Put nothing into the ear.',
    ],
  }),
  problemOf('sore-throat', 'Sore throat', {
    ...{
      also: 'tonsillitis throat infection swallowing hurts',
      areas: ['throat'],
      nhs: 'symptoms/sore-throat',
      cks: 'Sore throat - acute',
      pharmacy: 'sore-throat',
    },
    flags: [
      ['I cannot swallow my saliva, or I drool', 'throat-closing'],
      ['Breathing is hard or noisy', 'breathing'],
      ['My immune system is very weak, or I take carbimazole', 'weak-immune'],
    ],
    worries: [
      'It has lasted more than 3 weeks',
      'There is a lump in my neck',
      'My voice has been hoarse for more than 3 weeks',
    ],
    asks: [...temperature, { id: 'cough', kind: 'yes-no', text: 'Do you have a cough too?' }],
    care: [
      'Most sore throats get better in a week.',
      'Drink cool or warm drinks, and take paracetamol.',
      'Ask a pharmacist for lozenges or sprays.',
    ],
  }),
  problemOf('sinusitis', 'Sinusitis', {
    ...{
      also: 'blocked nose face pain sinus infection',
      areas: ['throat', 'head'],
      nhs: 'conditions/sinusitis-sinus-infection',
      cks: 'Sinusitis',
      pharmacy: 'sinusitis',
    },
    flags: [
      ['A swollen or bulging eye, or I see double', 'sinus-eye'],
      ['A bad headache, a stiff neck or confusion', 'meningitis'],
    ],
    asks: [...temperature, { id: 'one-side', kind: 'yes-no', text: 'Is it on one side alone?' }],
    care: [
      'Most get better in 2 to 4 weeks without antibiotics.',
      'Rinse your nose with salt water, and take paracetamol.',
      'A pharmacist can sell sprays that unblock the nose.',
    ],
  }),
  problemOf('cold', 'Cold or flu', {
    ...{
      also: 'runny nose flu influenza blocked nose covid sneezing',
      areas: ['throat', 'chest', 'whole'],
      nhs: 'conditions/common-cold',
      cks: 'Common cold',
    },
    flags: [
      ['I struggle to breathe', 'breathing'],
      ['Chest pain', 'chest-pain'],
      ['Confused, or skin that is blotchy, blue or grey', 'sepsis'],
      ['I have cancer treatment and a fever', 'chemo-fever'],
    ],
    asks: [...temperature],
    care: [
      'Rest, keep warm and drink plenty.',
      'Paracetamol or ibuprofen bring down a fever.',
      'Antibiotics do not work on colds and flu.',
    ],
  }),
  problemOf('hay-fever', 'Hay fever', {
    ...{
      also: 'allergy pollen sneezing itchy eyes',
      areas: ['throat', 'eyes'],
      nhs: 'conditions/hay-fever',
      cks: 'Allergic rhinitis',
    },
    flags: [
      ['Swollen lips or throat, or trouble breathing', 'anaphylaxis'],
      ['I wheeze or am short of breath', 'breathless'],
    ],
    asks: [
      {
        id: 'tried-what',
        kind: 'some',
        text: 'What have you tried?',
        options: ['Antihistamine tablets', 'Nasal spray', 'Eye drops', 'Nothing yet'],
      },
    ],
    care: [
      'A pharmacist can sell tablets, sprays and drops that work for most people.',
      'Use a steroid nasal spray each day for 2 weeks before you judge it.',
      'Shower and change after being outdoors.',
    ],
  }),
  problemOf('cough', 'Cough', {
    ...{
      also: 'chesty cough phlegm chest infection bronchitis',
      areas: ['chest', 'throat'],
      nhs: 'symptoms/cough',
      cks: 'Cough',
    },
    flags: [
      ['I struggle to breathe', 'breathing'],
      ['Chest pain', 'chest-pain'],
      ['I cough up blood', 'coughing-blood'],
      ['I feel very ill, confused or drowsy', 'sepsis'],
    ],
    worries: [
      'It has lasted more than 3 weeks',
      'I have lost weight without trying',
      'I am over 40 and smoke or used to',
    ],
    asks: [
      {
        id: 'phlegm',
        kind: 'one',
        text: 'Do you cough anything up?',
        options: ['No', 'Clear or white', 'Yellow or green', 'Brown or red'],
      },
      ...temperature,
    ],
    care: [
      'Most coughs clear up in 3 to 4 weeks.',
      'Try honey and lemon (no honey for babies under 1).',
      'A pharmacist can help with medicines for a cough.',
    ],
  }),
  problemOf('asthma', 'Asthma', {
    ...{
      also: 'wheeze inhaler tight chest breathless',
      areas: ['chest'],
      nhs: 'conditions/asthma',
      cks: 'Asthma',
    },
    flags: [
      ['My reliever inhaler does not help', 'asthma-attack'],
      ['I am too breathless to talk, eat or sleep', 'asthma-attack'],
      ['I need my reliever every 4 hours or more', 'breathless'],
    ],
    asks: [
      {
        id: 'reliever',
        kind: 'number',
        text: 'How many times did you use your reliever in the last week?',
        unit: 'times',
        least: 0,
        most: 200,
      },
      { id: 'night', kind: 'yes-no', text: 'Did asthma wake you in the last week?' },
      {
        id: 'flow',
        kind: 'number',
        text: 'Your latest peak flow, if you know it',
        unit: 'L/min',
        least: 30,
        most: 900,
      },
    ],
    care: [
      'Use your preventer every day, also when you feel well.',
      'Follow your asthma action plan.',
      'Sit up and stay calm in an attack.',
    ],
  }),
  problemOf('palpitations', 'Heartbeats that race or skip', {
    ...{
      also: 'palpitations heart racing fluttering irregular pulse',
      areas: ['chest'],
      nhs: 'symptoms/heart-palpitations',
      cks: 'Palpitations',
    },
    flags: [
      ['Chest pain or tightness', 'chest-pain'],
      ['I struggle to breathe', 'breathing'],
      ['I fainted or nearly fainted', 'unconscious'],
    ],
    worries: ['Someone in my family died suddenly under 40', 'I have a heart condition'],
    asks: [
      {
        id: 'pulse',
        kind: 'number',
        text: 'Your pulse, if you counted it',
        unit: 'beats a minute',
        least: 20,
        most: 300,
      },
    ],
    care: [
      'Cut down on coffee, energy drinks, alcohol and smoking.',
      'Write down when it happens and for how long.',
    ],
  }),
];
