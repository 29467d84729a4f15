import { type Problem, problemOf } from './problem.ts';

const injured = { id: 'injured', kind: 'yes-no', text: 'Did it start with an injury?' } as const;
const side = { id: 'side', kind: 'one', text: 'Which side?', options: ['Left', 'Right', 'Both'] } as const;
const easyMoves = [
  'Keep moving gently: rest makes it stiff.',
  'Paracetamol, or ibuprofen gel, can ease it.',
  'Put ice on it for 20 minutes, wrapped in a towel.',
] as const;
const hotJoint = ['The joint is hot, red and swollen, with a fever', 'hot-joint'] as const;
const broken = ['I cannot put weight on it, or it has an odd shape', 'cannot-stand'] as const;
const clot = ['The calf is swollen, hot and painful', 'leg-clot'] as const;

export const moving: readonly Problem[] = [
  problemOf('back-pain', 'Back pain', {
    ...{
      also: 'sciatica lumbago slipped disc lower back',
      areas: ['back'],
      nhs: 'conditions/back-pain',
      cks: 'Back pain - low (without radiculopathy)',
    },
    flags: [
      ['Numb around the bottom or private parts', 'cauda-equina'],
      ['New trouble holding or passing wee or poo', 'cauda-equina'],
      ['Weak or numb in both legs', 'cauda-equina'],
      ['It is in my chest too, or came suddenly like tearing', 'aorta'],
      ['It began after a bad fall or crash', 'major-injury'],
    ],
    worries: [
      'I have had cancer',
      'I feel ill or feverish with it',
      'I have lost weight without trying',
      'It wakes me every night',
    ],
    asks: [injured, { id: 'leg', kind: 'yes-no', text: 'Does the pain go down a leg?' }],
    care: [
      'Keep active: bed rest makes it worse.',
      'Heat can ease it, and so can ibuprofen if you may take it.',
      'Most back pain gets better within 6 weeks.',
    ],
  }),
  problemOf('neck-pain', 'Neck pain', {
    ...{
      also: 'stiff neck whiplash',
      areas: ['back', 'head'],
      nhs: 'symptoms/neck-pain-and-stiff-neck',
      cks: 'Neck pain - non-specific',
    },
    flags: [
      ['A fever, bad headache or bright light hurts', 'meningitis'],
      ['Weak or clumsy hands, or unsteady legs', 'cauda-equina'],
      ['After a crash or fall', 'major-injury'],
    ],
    worries: ['I have had cancer', 'There is a lump'],
    asks: [injured],
    care: [...easyMoves],
  }),
  problemOf('shoulder-pain', 'Shoulder or arm pain', {
    ...{
      also: 'frozen shoulder rotator cuff elbow tennis',
      areas: ['arms'],
      nhs: 'symptoms/shoulder-pain',
      cks: 'Shoulder pain',
    },
    flags: [
      ['Chest pain or tightness with it', 'chest-pain'],
      ['It has an odd shape after an injury', 'cannot-stand'],
      hotJoint,
    ],
    asks: [side, injured],
    care: [...easyMoves],
  }),
  problemOf('hand-pain', 'Hand or wrist pain', {
    ...{
      also: 'carpal tunnel finger thumb arthritis trigger',
      areas: ['arms'],
      nhs: 'symptoms/hand-pain',
      cks: 'Carpal tunnel syndrome',
    },
    flags: [
      ['It has an odd shape, or I cannot move it, after an injury', 'cannot-stand'],
      hotJoint,
      ['Sudden weakness in the whole arm', 'stroke'],
    ],
    asks: [side, injured, { id: 'tingles', kind: 'yes-no', text: 'Do your fingers tingle or go numb?' }],
    care: [...easyMoves],
  }),
  problemOf('hip-pain', 'Hip pain', {
    ...{
      also: 'groin pain arthritis limp',
      areas: ['legs'],
      nhs: 'symptoms/hip-pain',
      cks: 'Osteoarthritis',
    },
    flags: [broken, hotJoint],
    worries: ['I have had cancer', 'It wakes me every night'],
    asks: [side, injured],
    care: [...easyMoves],
  }),
  problemOf('knee-pain', 'Knee pain', {
    ...{
      also: 'swollen knee meniscus arthritis',
      areas: ['legs'],
      nhs: 'symptoms/knee-pain',
      cks: 'Knee pain - assessment',
    },
    flags: [broken, hotJoint, clot],
    asks: [side, injured, { id: 'locks', kind: 'yes-no', text: 'Does it lock or give way?' }],
    care: [...easyMoves],
  }),
  problemOf('foot-pain', 'Foot or ankle problem', {
    ...{
      also: 'sprain heel gout ingrown toenail ulcer plantar',
      areas: ['legs'],
      nhs: 'symptoms/foot-pain',
      cks: 'Plantar fasciitis',
    },
    flags: [broken, hotJoint, ['The foot is suddenly cold, white or blue', 'cold-limb']],
    worries: ['I have diabetes and a sore or wound on my foot'],
    asks: [side, injured],
    care: [...easyMoves],
  }),
  problemOf('leg-swelling', 'Swollen legs or ankles', {
    ...{ also: 'oedema puffy ankles fluid', areas: ['legs'], nhs: 'symptoms/oedema', cks: 'Oedema' },
    flags: [
      clot,
      ['I struggle to breathe', 'breathing'],
      ['I am pregnant and it came suddenly', 'pregnancy-warning'],
    ],
    worries: ['I gained weight fast'],
    asks: [side],
    care: ['Raise your legs when you sit.', 'Walk a little each hour.'],
  }),
];
