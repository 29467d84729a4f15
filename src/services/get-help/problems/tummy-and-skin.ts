import { type Problem, problemOf } from './problem.ts';

export const tummyAndSkin: readonly Problem[] = [
  problemOf('tummy-pain', 'Tummy pain', {
    ...{
      also: 'stomach ache abdominal pain cramps belly',
      areas: ['tummy'],
      nhs: 'symptoms/stomach-ache',
      cks: 'Abdominal pain - acute',
    },
    flags: [
      ['It came suddenly or is severe', 'severe-tummy'],
      ['It hurts to touch, or my tummy is hard', 'severe-tummy'],
      ['I vomit blood', 'vomiting-blood'],
      ['My poo is black, or has a lot of blood', 'bowel-bleed'],
      ['I may be pregnant', 'late-period-pain'],
      ['It spreads to my chest or back', 'chest-pain'],
    ],
    worries: [
      'I have lost weight without trying',
      'I am bloated most days, and this is new',
      'It hurts to swallow, or food sticks',
    ],
    asks: [
      {
        id: 'where',
        kind: 'one',
        text: 'Where is it worst?',
        options: ['Top', 'Middle', 'Low on the right', 'Low on the left', 'All over'],
      },
    ],
    care: [
      'Sip water, and eat little and plain.',
      'A warm water bottle can help.',
      'Do not take ibuprofen or aspirin for it.',
    ],
  }),
  problemOf('heartburn', 'Heartburn or indigestion', {
    ...{
      also: 'acid reflux gord burning chest',
      areas: ['tummy', 'chest'],
      nhs: 'conditions/heartburn-and-acid-reflux',
      cks: 'Dyspepsia - unidentified cause',
    },
    flags: [
      ['Pain or tightness in the chest, arm or jaw', 'chest-pain'],
      ['I vomit blood, or it looks like coffee grounds', 'vomiting-blood'],
      ['My poo is black', 'bowel-bleed'],
    ],
    worries: [
      'Food gets stuck when I swallow',
      'I have lost weight without trying',
      'I am 55 or over and this is new',
    ],
    asks: [
      {
        id: 'tried-what',
        kind: 'some',
        text: 'What have you tried?',
        options: ['Antacids', 'Omeprazole or the like', 'Other food or drink', 'Nothing yet'],
      },
    ],
    care: [
      'Eat smaller meals, not within 3 hours of bed.',
      'Raise the head of your bed.',
      'A pharmacist can sell medicines that ease it.',
    ],
  }),
  problemOf('diarrhoea', 'Diarrhoea or being sick', {
    ...{
      also: 'vomiting diarrhea the runs stomach bug norovirus food poisoning',
      areas: ['tummy'],
      nhs: 'symptoms/diarrhoea-and-vomiting',
      cks: 'Gastroenteritis',
    },
    flags: [
      ['I vomit blood, or it is green', 'vomiting-blood'],
      ['Bad tummy pain or a stiff neck', 'severe-tummy'],
      ['I cannot keep fluids down, or hardly wee', 'dehydrated'],
      ['It is a baby under 1 who feeds less or has fewer wet nappies', 'baby-not-feeding'],
      ['I have diabetes and am being sick', 'diabetic-emergency'],
    ],
    worries: ['There is blood in it', 'It has lasted more than 7 days', 'I came back from abroad'],
    asks: [
      {
        id: 'times',
        kind: 'number',
        text: 'How many times in the last day?',
        unit: 'times',
        least: 0,
        most: 60,
      },
    ],
    care: [
      'Drink small sips often.',
      'Stay at home until 2 days after it has stopped.',
      'Wash your hands with soap: gels do not kill it.',
    ],
  }),
  problemOf('constipation', 'Constipation', {
    ...{
      also: 'cant poo hard stools blocked bowels',
      areas: ['tummy'],
      nhs: 'symptoms/constipation',
      cks: 'Constipation',
    },
    flags: [
      ['Bad tummy pain, swelling and being sick', 'severe-tummy'],
      ['Numb around the bottom, or trouble with wee', 'cauda-equina'],
    ],
    worries: [
      'There is blood in my poo',
      'My bowels have changed for 3 weeks or more',
      'I have lost weight without trying',
    ],
    asks: [
      {
        id: 'days',
        kind: 'number',
        text: 'How many days since you had a poo?',
        unit: 'days',
        least: 0,
        most: 60,
      },
    ],
    care: [
      'Drink more, and eat more fruit, vegetables and whole grains.',
      'Walk every day.',
      'A pharmacist can suggest a laxative.',
    ],
  }),
  problemOf('bleeding-bottom', 'Piles or bleeding from the bottom', {
    ...{
      also: 'haemorrhoids hemorrhoids rectal bleeding blood in poo',
      areas: ['tummy'],
      nhs: 'symptoms/bleeding-from-the-bottom-rectal-bleeding',
      cks: 'Haemorrhoids',
    },
    flags: [
      ['It does not stop, or there is a lot of blood', 'heavy-bleeding'],
      ['My poo is black or dark red', 'bowel-bleed'],
      ['I feel faint', 'unconscious'],
    ],
    worries: [
      'I am 50 or over',
      'My bowels have changed for 3 weeks or more',
      'I have lost weight without trying',
      'There is a lump',
    ],
    asks: [
      {
        id: 'colour',
        kind: 'one',
        text: 'What colour is the blood?',
        options: ['Bright red, on the paper', 'Mixed with the poo', 'None'],
      },
    ],
    care: [
      'Keep poo soft: drink plenty and eat fibre.',
      'Do not strain.',
      'A pharmacist can sell creams for piles.',
    ],
  }),
  problemOf('skin-rash', 'Skin rash', {
    ...{
      also: 'spots itchy red skin hives urticaria',
      areas: ['skin'],
      nhs: 'conditions/skin-rash-children',
      cks: 'Urticaria',
    },
    flags: [
      ['It does not fade when a glass is pressed on it', 'meningitis'],
      ['Swollen lips, face or throat', 'anaphylaxis'],
      ['Redness that spreads fast, with a fever', 'eye-infection-spread'],
      ['Blisters or peeling, after a new medicine', 'medicine-reaction'],
    ],
    asks: [
      { id: 'itch', kind: 'yes-no', text: 'Does it itch?' },
      { id: 'where', kind: 'line', text: 'Where on the body is it?' },
    ],
    care: [
      'Keep it cool and do not scratch.',
      'A pharmacist can look at it and suggest a cream or antihistamine.',
      'A photo helps us: you can add one before you send.',
    ],
  }),
  problemOf('eczema', 'Eczema', {
    ...{
      also: 'dry itchy skin dermatitis flare',
      areas: ['skin'],
      nhs: 'conditions/atopic-eczema',
      cks: 'Eczema - atopic',
    },
    flags: [['Sore blisters or punched-out spots, with a fever', 'eye-infection-spread']],
    worries: ['It weeps or crusts', 'It keeps me from sleep, school or work'],
    asks: [{ id: 'creams', kind: 'line', text: 'Which creams do you use?' }],
    care: [
      'Use plenty of moisturiser, several times a day.',
      'Do not use soap or bubble bath.',
      'A steroid cream calms a flare: ask a pharmacist how to use it.',
    ],
  }),
  problemOf('acne', 'Acne', {
    ...{ also: 'spots pimples zits', areas: ['skin', 'head'], nhs: 'conditions/acne', cks: 'Acne vulgaris' },
    flags: [['It makes me think of ending my life', 'suicide-now']],
    worries: ['It scars', 'It makes me very low'],
    asks: [
      {
        id: 'tried-what',
        kind: 'some',
        text: 'What have you tried?',
        options: ['Benzoyl peroxide', 'A prescribed gel', 'Antibiotics', 'Nothing yet'],
      },
    ],
    care: [
      'Wash twice a day with a mild cleanser.',
      'A pharmacist can sell benzoyl peroxide. Give it 8 weeks.',
      'Do not squeeze spots.',
    ],
  }),
  problemOf('insect-bite', 'Insect bite or sting', {
    ...{
      also: 'bee wasp tick mosquito bite infected',
      areas: ['skin'],
      nhs: 'conditions/insect-bites-and-stings',
      cks: 'Insect bites and stings',
      pharmacy: 'insect-bite',
    },
    flags: [
      ['Swollen lips or throat, trouble breathing, or faint', 'anaphylaxis'],
      ['In the mouth or throat, or near the eye', 'bite-spreading'],
      ['Redness that spreads fast, or a fever', 'bite-spreading'],
    ],
    worries: ['A round rash like a target, days after a tick'],
    asks: [{ id: 'what', kind: 'line', text: 'What bit or stung you, if you know?' }],
    care: [
      'Wash it, and put something cold on it.',
      'A pharmacist can sell antihistamines and creams.',
      'Most swelling goes down in 3 days.',
    ],
  }),
  problemOf('impetigo', 'Impetigo', {
    ...{
      also: 'crusty sores golden crust school sores',
      areas: ['skin', 'head'],
      nhs: 'conditions/impetigo',
      cks: 'Impetigo',
      pharmacy: 'impetigo',
    },
    flags: [
      ['Very ill with it: fever, drowsy or blotchy skin', 'sepsis'],
      ['My immune system is very weak', 'weak-immune'],
    ],
    asks: [{ id: 'where', kind: 'line', text: 'Where on the body is it?' }],
    care: [
      'Stay away from school or work until it crusts, or for 48 hours after treatment starts.',
      'Wash hands often, and use your own towel.',
    ],
  }),
  problemOf('shingles', 'Shingles', {
    ...{
      also: 'painful blisters one side band rash chickenpox',
      areas: ['skin'],
      nhs: 'conditions/shingles',
      cks: 'Shingles',
      pharmacy: 'shingles',
    },
    flags: [
      ['On the face, nose or near the eye', 'shingles-eye'],
      ['My immune system is very weak', 'weak-immune'],
      ['A stiff neck, confusion or a weak face', 'meningitis'],
    ],
    asks: [
      {
        id: 'started',
        kind: 'one',
        text: 'When did the rash start?',
        options: ['Less than 3 days ago', '3 to 7 days ago', 'Over a week ago'],
      },
    ],
    care: [
      'Treatment works best within 3 days of the rash.',
      'Keep it clean, dry and covered.',
      'Stay away from pregnant people and newborns who may not have had chickenpox.',
    ],
  }),
  problemOf('mole', 'Mole or skin lump', {
    ...{
      also: 'changing mole melanoma skin cancer growth wart',
      areas: ['skin'],
      nhs: 'conditions/moles',
      cks: 'Melanoma and pigmented lesions',
    },
    flags: [['It bleeds and does not stop', 'heavy-bleeding']],
    worries: ['It has changed shape, size or colour', 'It bleeds, itches or crusts', 'It is new and growing'],
    asks: [{ id: 'size', kind: 'number', text: 'How wide is it?', unit: 'mm', least: 1, most: 300 }],
    care: ['Add a photo beside a ruler or coin if you can.', 'Keep out of strong sun, and use sunscreen.'],
  }),
  problemOf('wound', 'Cut, burn or infected wound', {
    ...{
      also: 'graze scald infected cut stitches dressing',
      areas: ['skin', 'arms', 'legs'],
      nhs: 'conditions/cuts-and-grazes',
      cks: 'Lacerations',
    },
    flags: [
      ['It bleeds and does not stop', 'heavy-bleeding'],
      ['It is deep, gapes, or something is in it', 'deep-wound'],
      ['A burn that is large, deep or by chemicals', 'burn-bad'],
      ['Redness that spreads, pus and a fever', 'eye-infection-spread'],
    ],
    worries: ['I have diabetes', 'I do not know if my tetanus jabs are up to date'],
    asks: [{ id: 'how', kind: 'line', text: 'How did it happen?' }],
    care: [
      'Press on a cut for 10 minutes, then wash it.',
      'Cool a burn under running water for 20 minutes.',
      'A pharmacist can help with dressings.',
    ],
  }),
  problemOf('nail-fungus', 'Fungal or nail infection', {
    ...{
      also: 'athletes foot ringworm thick yellow nails thrush skin',
      areas: ['skin', 'legs'],
      nhs: 'conditions/fungal-nail-infection',
      cks: 'Fungal nail infection',
    },
    flags: [['Redness that spreads, with a fever', 'eye-infection-spread']],
    worries: ['I have diabetes or poor blood flow in my feet'],
    asks: [{ id: 'where', kind: 'line', text: 'Where is it?' }],
    care: ['A pharmacist can sell creams and nail paints.', 'Keep feet dry, and change socks each day.'],
  }),
];
