/** Words for when to come back or get help: each with the source that says so. They are a start; the clinician changes them. */

export interface SafetyNet {
  readonly key: string;
  readonly name: string;
  readonly words: string;
  readonly source: string;
}

export const safetyNetVersion = '1';

export const safetyNets: readonly SafetyNet[] = [
  {
    key: 'general',
    name: 'Any problem',
    words:
      'If it gets worse, or is not better when I said it should be, contact us again. When we are closed, call 111. In an emergency, call 999.',
    source: 'NHS website, When to use 111',
  },
  {
    key: 'fever-child',
    name: 'Child with a fever',
    words:
      'Call 999 if your child is blue, grey, pale or blotchy, struggles for breath, has a rash that does not fade under a glass, has a fit, or you cannot wake them. Call 111 or us if the fever lasts 5 days, they drink much less, have fewer wet nappies, or you are worried.',
    source: 'NHS website, High temperature (fever) in children; NICE NG143',
  },
  {
    key: 'chest-infection',
    name: 'Chest infection or cough',
    words:
      'A cough can last 3 to 4 weeks. Contact us if you are not better in a week, cough up blood, or your chest hurts. Call 999 if you are very short of breath, or your lips turn blue.',
    source: 'NHS website, Cough; NICE NG120',
  },
  {
    key: 'back-pain',
    name: 'Back pain',
    words:
      'Keep moving. It should be better in a few weeks. Go to A&E or call 999 at once if you cannot feel between your legs, cannot pass urine, lose control of your bladder or bowels, or both legs are weak or numb.',
    source: 'NHS website, Back pain; NICE NG59',
  },
  {
    key: 'headache',
    name: 'Headache',
    words:
      'Call 999 if it comes suddenly and very badly, with a stiff neck and fever, a fit, weakness, trouble speaking or seeing, or after a blow to the head. Contact us if it keeps coming back.',
    source: 'NHS website, Headaches; NICE CG150',
  },
  {
    key: 'tummy',
    name: 'Tummy pain',
    words:
      'Go to A&E or call 999 if the pain is sudden and very bad, you are sick with blood, your poo is black or bloody, or you cannot pee. Contact us if it does not settle in 2 days.',
    source: 'NHS website, Stomach ache',
  },
  {
    key: 'low-mood',
    name: 'Low mood',
    words:
      'If you feel you might harm yourself, call 999 or go to A&E. Call 111 and choose the mental health option at any hour, or Samaritans on 116 123. Contact us if you feel worse.',
    source: 'NHS website, Where to get urgent help for mental health; NICE NG222',
  },
  {
    key: 'antibiotic',
    name: 'With antibiotics',
    words:
      'You should begin to feel better in 2 to 3 days. Call 999 if your face or throat swells or you cannot breathe. Stop and contact us if you get a rash.',
    source: 'NHS website, Antibiotics: side effects',
  },
];

export const safetyNetOf = (key: string): SafetyNet | undefined => safetyNets.find((one) => one.key === key);
