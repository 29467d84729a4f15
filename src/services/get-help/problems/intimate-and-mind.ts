import { type Problem, problemOf } from './problem.ts';

const side = { id: 'side', kind: 'one', text: 'Which side?', options: ['Left', 'Right', 'Both'] } as const;

export const intimateAndMind: readonly Problem[] = [
  problemOf('urinary', 'Burning or frequent wee', {
    ...{
      also: 'cystitis uti water infection urine infection peeing',
      areas: ['wee'],
      nhs: 'conditions/urinary-tract-infections-utis',
      cks: 'Urinary tract infection (lower) - women',
      pharmacy: 'urinary-infection',
    },
    flags: [
      ['A fever, shivering, or pain in my side or back', 'uti-kidney'],
      ['I cannot pass any wee', 'cannot-wee'],
      ['Confused or drowsy', 'sepsis'],
      ['I am pregnant', 'uti-kidney'],
    ],
    worries: ['There is blood in my wee', 'It keeps coming back', 'I am a man'],
    asks: [
      {
        id: 'feel',
        kind: 'some',
        text: 'What do you notice?',
        options: ['It burns', 'I go more often', 'I go at night', 'It is cloudy'],
      },
    ],
    care: [
      'Drink enough that your wee is pale.',
      'Paracetamol helps the pain.',
      'Many get better in 3 days without antibiotics.',
    ],
  }),
  problemOf('testicle', 'Testicle lump or change', {
    ...{
      also: 'ball swelling scrotum men',
      areas: ['wee'],
      nhs: 'conditions/testicular-lumps-and-swellings',
      cks: 'Scrotal pain and swelling',
    },
    flags: [['Sudden or strong pain', 'testicle-pain']],
    worries: ['There is a lump, or one grew or changed shape'],
    asks: [side],
    care: ['Check your testicles once a month, after a warm bath.'],
  }),
  problemOf('erection', 'Erection problems', {
    ...{
      also: 'erectile dysfunction impotence viagra men',
      areas: ['wee'],
      nhs: 'conditions/erection-problems-erectile-dysfunction',
      cks: 'Erectile dysfunction',
    },
    flags: [
      ['An erection that has lasted over 2 hours', 'priapism'],
      ['Chest pain during sex', 'chest-pain'],
    ],
    asks: [{ id: 'morning', kind: 'yes-no', text: 'Do you still have erections in the morning?' }],
    care: [
      'It is common. Less alcohol, no smoking and exercise help.',
      'A pharmacist can sell sildenafil after some questions.',
    ],
  }),
  problemOf('thrush', 'Vaginal itching or discharge', {
    ...{
      also: 'thrush bv bacterial vaginosis sti smell',
      areas: ['wee', 'women'],
      nhs: 'conditions/thrush-in-men-and-women',
      cks: 'Candida - female genital',
    },
    flags: [
      ['Strong pain low down with a fever', 'severe-tummy'],
      ['I am pregnant and bleeding', 'pregnancy-warning'],
    ],
    worries: ['I bleed after sex or between periods', 'I may have a sexually transmitted infection'],
    asks: [
      {
        id: 'feel',
        kind: 'some',
        text: 'What do you notice?',
        options: ['Itching', 'Discharge', 'Smell', 'Pain'],
      },
    ],
    care: [
      'A pharmacist can sell treatment for thrush from 16 to 60.',
      'A sexual health clinic sees you without a letter.',
    ],
  }),
  problemOf('periods', 'Period problems', {
    ...{
      also: 'heavy periods painful irregular missed endometriosis',
      areas: ['women'],
      nhs: 'conditions/heavy-periods',
      cks: 'Menorrhagia (heavy menstrual bleeding)',
    },
    flags: [
      ['I soak a pad or tampon each hour, or feel faint', 'heavy-period'],
      ['I may be pregnant and have pain or bleeding', 'late-period-pain'],
    ],
    worries: ['I bleed after sex or between periods', 'I bleed after the menopause'],
    asks: [
      { id: 'days', kind: 'number', text: 'How many days does it last?', unit: 'days', least: 0, most: 60 },
    ],
    care: ['Ibuprofen and warmth ease cramps.', 'Write down when you bleed, and how much.'],
  }),
  problemOf('menopause', 'Menopause', {
    ...{
      also: 'hrt hot flushes perimenopause night sweats',
      areas: ['women', 'whole'],
      nhs: 'conditions/menopause',
      cks: 'Menopause',
    },
    flags: [['Low mood with thoughts of ending my life', 'suicide-now']],
    worries: ['I bleed after a year without periods', 'I am under 45'],
    asks: [
      {
        id: 'feel',
        kind: 'some',
        text: 'What troubles you most?',
        options: ['Hot flushes', 'Sleep', 'Mood', 'Vaginal dryness', 'Something else'],
      },
    ],
    care: [
      'Wear layers, and keep your bedroom cool.',
      'Exercise and less caffeine help many.',
      'The NHS website explains HRT: read it before we talk.',
    ],
  }),
  problemOf('contraception', 'Contraception', {
    ...{
      also: 'pill coil implant injection morning after',
      areas: ['women', 'wee'],
      nhs: 'contraception',
      cks: 'Contraception - assessment',
    },
    flags: [
      ['I need emergency contraception', 'emergency-contraception'],
      ['A swollen painful leg, or sudden chest pain, on the pill', 'leg-clot'],
      ['Pain low down and I may be pregnant', 'late-period-pain'],
    ],
    asks: [
      {
        id: 'want',
        kind: 'one',
        text: 'What would you like?',
        options: ['More of the same', 'To start', 'To change', 'To stop, or have it taken out'],
      },
      { id: 'now', kind: 'line', text: 'What do you use now?', when: ['want', 'More of the same'] },
      { id: 'smoke', kind: 'yes-no', text: 'Do you smoke?' },
    ],
    care: [
      'Many pharmacies start or renew the pill, free.',
      'A sexual health clinic fits coils and implants.',
    ],
  }),
  problemOf('breast', 'Breast lump or change', {
    ...{
      also: 'breast pain nipple discharge mastitis',
      areas: ['women', 'chest'],
      nhs: 'conditions/breast-lump',
      cks: 'Breast cancer - recognition and referral',
    },
    flags: [['Hot, red and painful, with a fever, while breastfeeding', 'eye-infection-spread']],
    worries: ['There is a lump', 'The skin or nipple has changed', 'There is blood from the nipple'],
    asks: [side],
    care: [
      'Most lumps are not cancer, and all should be looked at.',
      'We will see you soon: tell us when you can come.',
    ],
  }),
  problemOf('pregnancy', 'Pregnancy', {
    ...{
      also: 'pregnant antenatal midwife morning sickness',
      areas: ['women'],
      nhs: 'pregnancy',
      cks: 'Antenatal care - uncomplicated pregnancy',
    },
    flags: [
      ['My baby moves less than usual', 'baby-moves-less'],
      ['Bleeding, or my waters broke', 'pregnancy-warning'],
      ['A bad headache, trouble seeing, or sudden swelling', 'pregnancy-warning'],
      ['Strong tummy pain', 'ectopic'],
      ['I cannot keep fluids down', 'dehydrated'],
    ],
    asks: [
      {
        id: 'weeks',
        kind: 'number',
        text: 'How many weeks, if you know?',
        unit: 'weeks',
        least: 0,
        most: 44,
      },
    ],
    care: [
      'You can go to a midwife straight away: you need no letter from us.',
      'Take folic acid until 12 weeks.',
    ],
  }),
  problemOf('low-mood', 'Low mood or depression', {
    ...{
      also: 'sad depressed depression crying grief',
      areas: ['mind'],
      nhs: 'mental-health/conditions/depression-in-adults',
      cks: 'Depression',
    },
    flags: [
      ['I have hurt myself, or may act on thoughts of ending my life', 'suicide-now'],
      ['I think of ending my life, with no plan', 'low-mood-risk'],
      ['I hear voices, or feel that others are after me', 'low-mood-risk'],
      ['I had a baby in the last weeks and feel very strange', 'postnatal-mind'],
    ],
    asks: [
      { id: 'work', kind: 'yes-no', text: 'Does it keep you from work, school or looking after yourself?' },
    ],
    care: [
      'You can go to NHS talking therapies without us: search “NHS talking therapies”.',
      'Talk to someone whom you trust.',
      'Samaritans listen day and night, free, on 116 123.',
    ],
  }),
  problemOf('anxiety', 'Anxiety or panic', {
    ...{
      also: 'worry panic attacks stress nervous',
      areas: ['mind'],
      nhs: 'mental-health/conditions/generalised-anxiety-disorder-gad',
      cks: 'Generalized anxiety disorder',
    },
    flags: [
      ['I have hurt myself, or may act on thoughts of ending my life', 'suicide-now'],
      ['Chest pain that does not pass', 'chest-pain'],
      ['I hear voices, or feel that others are after me', 'low-mood-risk'],
    ],
    asks: [{ id: 'work', kind: 'yes-no', text: 'Does it keep you from work, school or going out?' }],
    care: [
      'Breathe slowly: in for 4, out for 6.',
      'You can go to NHS talking therapies without us.',
      'Less caffeine and alcohol help.',
    ],
  }),
  problemOf('sleep', 'Trouble sleeping', {
    ...{
      also: 'insomnia cant sleep tired snoring',
      areas: ['mind'],
      nhs: 'conditions/insomnia',
      cks: 'Insomnia',
    },
    flags: [['Thoughts of ending my life', 'suicide-now']],
    worries: ['I stop breathing in my sleep, or doze off by day', 'I fall asleep while driving'],
    asks: [
      {
        id: 'hours',
        kind: 'number',
        text: 'How many hours do you sleep?',
        unit: 'hours',
        least: 0,
        most: 24,
      },
    ],
    care: [
      'Go to bed and get up at the same times.',
      'No screens for an hour before bed.',
      'Sleeping pills help for days at most.',
    ],
  }),
  problemOf('tiredness', 'Tiredness', {
    ...{
      also: 'fatigue exhausted no energy anaemia thyroid',
      areas: ['whole', 'mind'],
      nhs: 'symptoms/tiredness-and-fatigue',
      cks: 'Tiredness/fatigue in adults',
    },
    flags: [
      ['Short of breath or chest pain', 'chest-pain'],
      ['Thoughts of ending my life', 'suicide-now'],
    ],
    worries: [
      'I have lost weight without trying',
      'I sweat at night',
      'I am very thirsty and wee a lot',
      'There is a lump',
    ],
    asks: [
      {
        id: 'hours',
        kind: 'number',
        text: 'How many hours do you sleep?',
        unit: 'hours',
        least: 0,
        most: 24,
      },
    ],
    care: ['Eat regularly, and move a little each day.', 'Cut down on alcohol and caffeine.'],
  }),
  problemOf('child-fever', 'Fever in a child', {
    ...{
      also: 'high temperature baby child hot ill',
      areas: ['whole'],
      nhs: 'symptoms/fever-in-children',
      cks: 'Feverish children - risk assessment',
    },
    flags: [
      ['A rash that does not fade under a glass, or a stiff neck', 'meningitis'],
      ['Floppy, hard to wake, or blue, pale or blotchy', 'sepsis'],
      ['Struggles to breathe, or grunts', 'breathing'],
      ['A fit', 'seizure'],
      ['Under 3 months with 38C, or under 6 months with 39C', 'young-baby-fever'],
      ['Drinks little, or has few wet nappies', 'baby-not-feeding'],
      ['It has lasted 5 days or more', 'young-baby-fever'],
    ],
    asks: [
      {
        id: 'degrees',
        kind: 'number',
        text: 'How high was it, if you measured it?',
        unit: 'C',
        least: 34,
        most: 43,
      },
    ],
    care: [
      'Give plenty to drink.',
      'Paracetamol or ibuprofen for children, if they are distressed.',
      'Look in on them through the night.',
    ],
  }),
  problemOf('blood-pressure', 'Blood pressure', {
    ...{
      also: 'hypertension bp readings',
      areas: ['chest', 'whole'],
      nhs: 'conditions/high-blood-pressure',
      cks: 'Hypertension',
    },
    flags: [
      ['180 over 120 or more', 'blood-pressure-very-high'],
      ['Chest pain', 'chest-pain'],
      ['Confused, a bad headache or trouble seeing', 'stroke'],
    ],
    asks: [
      {
        id: 'top',
        kind: 'number',
        text: 'The top number, if you measured it',
        unit: 'mmHg',
        least: 50,
        most: 300,
      },
      { id: 'low', kind: 'number', text: 'The bottom number', unit: 'mmHg', least: 20, most: 200 },
    ],
    care: [
      'Rest for 5 minutes, then measure twice.',
      'Many pharmacies measure it free from 40.',
      'Less salt and more walking bring it down.',
    ],
  }),
  problemOf('diabetes', 'Diabetes', {
    ...{
      also: 'blood sugar insulin hypo glucose type 1 type 2',
      areas: ['whole'],
      nhs: 'conditions/diabetes',
      cks: 'Diabetes - type 2',
    },
    flags: [
      ['Being sick, drowsy, breathing fast, or high ketones', 'diabetic-emergency'],
      ['My blood sugar stays over 20', 'high-sugar'],
      ['Low blood sugar that does not come up', 'diabetic-emergency'],
      ['I have run out of insulin', 'run-out'],
    ],
    worries: ['I have a sore or wound on my foot', 'I have many hypos'],
    asks: [
      {
        id: 'glucose',
        kind: 'number',
        text: 'Your latest blood sugar, if you know it',
        unit: 'mmol/L',
        least: 0,
        most: 60,
      },
    ],
    care: ['Follow your sick-day rules: never stop insulin.', 'Check your feet every day.'],
  }),
  problemOf('medicine', 'A question about a medicine', {
    ...{
      also: 'side effect tablets prescription dose run out',
      areas: ['whole'],
      nhs: 'medicines',
      cks: 'Adverse drug reactions',
    },
    flags: [
      ['Swollen face or throat, or trouble breathing', 'anaphylaxis'],
      ['I took too much', 'suicide-now'],
      ['I have run out of one I must not miss', 'run-out'],
      ['Blisters, peeling or a bad rash', 'medicine-reaction'],
    ],
    asks: [{ id: 'which', kind: 'line', text: 'Which medicine?' }],
    care: [
      'A pharmacist can answer most questions, without an appointment.',
      'Do not stop a prescribed medicine on your own.',
    ],
  }),
];
