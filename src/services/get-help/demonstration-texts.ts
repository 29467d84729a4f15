/** What the demonstration’s people ask for, in their own words. None of them is anybody’s. */

export interface DemoAsk {
  /** Key of the form. */
  readonly form: string;
  readonly words: string;
  /** Rules that were ticked, for a problem’s form. */
  readonly flags?: readonly string[];
  /** What they said to the stop: `on` where it says nothing. */
  readonly answer?: 'on' | 'not-this';
  readonly worse?: 'fast' | 'worse' | 'same' | 'better';
  readonly worry?: boolean;
}

export const demoAsks: readonly DemoAsk[] = [
  {
    form: 'cough',
    words: 'I have had a cough for 5 weeks and it keeps me up at night. I smoke a little.',
    worry: true,
    worse: 'same',
  },
  {
    form: 'back-pain',
    words: 'Low back pain since I moved a wardrobe. I can walk but not bend.',
    worse: 'same',
  },
  {
    form: 'words',
    words: 'My ears are blocked again and I cannot hear the phone. Last time you looked and it was wax.',
    worse: 'same',
  },
  { form: 'urinary', words: 'It burns when I go and I have to go every hour.', worse: 'worse' },
  {
    form: 'skin-rash',
    words: 'Itchy red patches on both arms that come and go. I changed my washing powder.',
    worse: 'same',
  },
  {
    form: 'low-mood',
    words: 'I have felt flat since the spring and cannot enjoy anything. I still go to work.',
    worse: 'worse',
  },
  { form: 'anxiety', words: 'I worry all the time and my heart races in shops.', worse: 'same' },
  {
    form: 'headache',
    words: 'Headaches on most days, like a band around my head. Paracetamol helps for an hour.',
    worse: 'same',
  },
  { form: 'tummy-pain', words: 'Cramps after meals and bloated most evenings.', worry: true, worse: 'worse' },
  { form: 'knee-pain', words: 'Right knee swells after stairs. Ibuprofen gel helps a bit.', worse: 'worse' },
  { form: 'periods', words: 'Heavy periods for three months, I am tired all the time.', worse: 'worse' },
  { form: 'menopause', words: 'Hot flushes and no sleep. I would like to talk about HRT.', worse: 'same' },
  {
    form: 'blood-pressure',
    words: 'My readings at home are about 150 over 90 this week. I take two tablets.',
    worse: 'same',
  },
  {
    form: 'diabetes',
    words: 'Can we talk about my sugars? They are 12 to 14 before breakfast.',
    worse: 'worse',
  },
  {
    form: 'medicine',
    words: 'The new tablets make my ankles swell. Shall I go on with them?',
    worse: 'same',
  },
  {
    form: 'eczema',
    words: 'Her eczema is bad again behind the knees. We have run low on cream.',
    worse: 'worse',
  },
  {
    form: 'child-fever',
    words: 'He has been hot for two days, drinks well and plays in between.',
    worse: 'same',
  },
  { form: 'sore-throat', words: 'Sore throat for four days, no cough, glands are up.', worse: 'worse' },
  {
    form: 'mole',
    words: 'The mole on my shoulder has got darker since the summer.',
    worry: true,
    worse: 'same',
  },
  { form: 'sleep', words: 'I wake at three every night and lie there.', worse: 'same' },
  { form: 'foot-pain', words: 'Sore heel in the mornings. Better once I walk.', worse: 'same' },
  { form: 'constipation', words: 'Five days now, in spite of prunes.', worse: 'worse' },
  { form: 'asthma', words: 'I use the blue inhaler most nights since the cold came.', worse: 'worse' },
  { form: 'contraception', words: 'I would like to change from the pill to the coil.', worse: 'same' },
  {
    form: 'words',
    words: 'Mum is more forgetful and left the gas on twice. Can someone see her at home?',
    worse: 'worse',
  },
  { form: 'tiredness', words: 'No energy since my flu in October.', worse: 'same' },
  {
    form: 'cough',
    words: 'Coughing and a tight feeling when I climb the hill. It eases when I stop.',
    flags: ['chest-pain'],
    worse: 'worse',
  },
  {
    form: 'words',
    words: 'Chest pain comes and goes since last night, probably my ribs from the gym.',
    answer: 'not-this',
  },
  {
    form: 'back-pain',
    words: 'Back is bad again and my left foot feels numb at night.',
    flags: ['cauda-equina'],
    worse: 'worse',
  },
  {
    form: 'low-mood',
    words: 'Some days I think everyone would manage without me. I have no plan to do anything.',
    flags: ['low-mood-risk'],
    worse: 'worse',
  },
  {
    form: 'words',
    words: 'I get short of breath going upstairs, more than before Christmas.',
    worse: 'worse',
  },
  { form: 'fit-note', words: 'Back pain. I lift boxes all day and the physio said two more weeks.' },
  { form: 'fit-note', words: 'I had my operation on Tuesday and need a note from then.' },
  { form: 'letter', words: 'A letter for my landlord about my asthma and the damp.' },
  { form: 'letter', words: 'Form for my blue badge, part to be filled in by the doctor.' },
  { form: 'results', words: 'What does “borderline” mean for my thyroid test?' },
  { form: 'details', words: 'My new number is on the form.' },
  { form: 'other', words: 'Could my tablets go to Quay Pharmacy from now on? Thank you all for last week.' },
];
