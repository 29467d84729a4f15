/** Red flags that call 111, or a line of its own. */
import { from, type RedFlagRule } from './rule.ts';

const { nhs, cks, nice } = from;
const urgentMind = nhs(
  'Where to get urgent help for mental health',
  'nhs-services/mental-health-services/where-to-get-urgent-help-for-mental-health',
);

export const calls111: readonly Omit<RedFlagRule, 'advice'>[] = [
  {
    ...{
      id: 'young-baby-fever',
      version: 1,
      source: nhs('High temperature (fever) in children', 'symptoms/fever-in-children'),
    },
    words: 'A baby under 3 months with 38C or more, or under 6 months with 39C or more, must be seen today.',
    phrases: [
      '{baby} {fever}',
      'week|weeks old {fever}|hot|38|39|40',
      'month|months old {fever}|38|39|40',
      '{child} 40|41 {fever}',
      '{child} {fever} 5|five|6|six|7|seven days',
      '{child} {fever} drowsy|floppy|lethargic|sleepy',
    ],
  },
  {
    ...{
      id: 'baby-not-feeding',
      version: 1,
      source: cks('Feverish children: risk assessment', 'feverish-children-risk-assessment'),
    },
    words: 'A baby or child who will not drink, has no wet nappies or cannot be comforted needs advice now.',
    phrases: [
      ...[
        '{child} dry nappy|nappies',
        '{child} no|not wet nappy|nappies',
        '{child} not|wont|stopped|refusing|refuses feed|feeding|drink|drinking|eat',
        'sunken eyes|fontanelle',
        'bulging fontanelle',
      ],
      ...[
        '{child} wont|not|{cant} stop|stopped crying|screaming',
        '{child} grunting',
        '{child} ribs sucking|sucked',
      ],
    ],
  },
  {
    ...{ id: 'chemo-fever', version: 1, source: nice('Neutropenic sepsis', 'cg151') },
    heading: 'Ring your cancer team’s 24-hour line now',
    words:
      'A fever or feeling ill on cancer treatment can be dangerous within hours. Ring the line on your chemotherapy card; with none at hand, call 999.',
    phrases: ['{chemo} {fever}', '{chemo} ill|unwell|infection|38', 'neutropenic'],
  },
  {
    ...{
      id: 'baby-moves-less',
      version: 1,
      source: nhs('Your baby’s movements', 'pregnancy/keeping-well/your-babys-movements'),
    },
    heading: 'Call your midwife or maternity unit now',
    words:
      'If your unborn baby moves less than usual, or not at all, ring the maternity unit now, day or night. Do not wait until tomorrow.',
    phrases: [
      ...[
        '{baby} not|less|stopped|reduced|hasnt|isnt moving|moved|movement|movements|kicking|kicked',
        'reduced|fewer|less|no movements|kicks',
        '{pregnant} not|less|stopped moving|movement|movements|kicks',
      ],
      ...['{pregnant} waters broke|broken|leaking|gone'],
    ],
  },
  {
    ...{ id: 'pregnancy-warning', version: 1, source: nhs('Pre-eclampsia', 'conditions/pre-eclampsia') },
    heading: 'Call your midwife or maternity unit now',
    words:
      'Bleeding, a bad headache, trouble seeing, swelling or strong itching in pregnancy must be checked today.',
    phrases: [
      ...[
        '{pregnant} {bleed}',
        '{pregnant} spotting',
        '{pregnant} headache|headaches',
        '{pregnant} blurred|flashing|{eye}',
        '{pregnant} {swell} face|hands|feet|sudden|suddenly',
        '{pregnant} itching|itchy',
      ],
      ...['{pregnant} {fever}', '{pregnant} {tummy} {pain}', 'preeclampsia', 'pre eclampsia'],
    ],
  },
  {
    ...{ id: 'low-mood-risk', version: 1, source: urgentMind },
    heading: 'Call 111 and choose option 2 now',
    words:
      'You can speak to a mental health nurse by day and night: call 111 and choose option 2. Samaritans listen too, on 116 123.',
    phrases: [
      '{cant} go on',
      '{cant} cope',
      'hopeless|worthless',
      'hearing|hear voices',
      'seeing things arent|not there',
      'no point anymore|living|going',
      'crisis mental|team',
      'psychotic|psychosis|paranoid',
      'relapse|relapsing bipolar|schizophrenia',
    ],
  },
  {
    ...{ id: 'dehydrated', version: 1, source: nhs('Dehydration', 'conditions/dehydration') },
    words: 'Not keeping fluids down, or hardly any wee, for a day can make you very ill.',
    phrases: [
      '{cant} keep|keeping anything|water|fluids|food down',
      'dehydrated',
      '{vomit} 2|two|3|three days',
      'not|no wee|weed|peed|urine 8|12|hours|day',
    ],
  },
  {
    ...{ id: 'breathless', version: 1, source: nhs('Shortness of breath', 'symptoms/shortness-of-breath') },
    words: 'Being short of breath, newly or more than usual, needs advice today. Call 999 if it is bad.',
    phrases: [
      'short|shortness breath',
      'breathless|breathlessness',
      'out breath',
      'wheezing|wheezy|wheeze',
      'puffed',
    ],
  },
  {
    ...{ id: 'eye-infection-spread', version: 1, source: nhs('Cellulitis', 'conditions/cellulitis') },
    words:
      'Skin that is hot, red and spreading, above all near the eye, or with a fever, must be seen today.',
    phrases: [
      'cellulitis',
      'redness|red|rash spreading|spread {fever}|fast|quickly',
      '{eye} {swell} {fever}',
      'around|near {eye} red {swell}',
      'red lines|streaks|line arm|leg|skin',
    ],
  },
  {
    ...{ id: 'uti-kidney', version: 1, source: nhs('Kidney infection', 'conditions/kidney-infection') },
    words:
      'Fever, shivering or pain in your side with trouble passing wee can be a kidney infection, which must be treated today.',
    phrases: [
      '{wee} {fever}',
      'kidney infection|{pain}',
      '{wee} {pain} side|back|flank',
      'blood {wee}',
      '{wee} blood',
    ],
  },
  {
    ...{ id: 'blood-pressure-very-high', version: 1, source: nice('Hypertension in adults', 'ng136') },
    words:
      'A blood pressure of 180 over 120 or more must be looked at today. Call 999 with chest pain, confusion or trouble seeing.',
    phrases: [
      'blood pressure 180|185|190|195|200|205|210|215|220|230|240',
      'bp 180|185|190|195|200|205|210|215|220|230|240',
    ],
  },
  {
    ...{
      id: 'run-out',
      version: 1,
      source: nhs('Getting medicine out of hours', 'nhs-services/prescriptions/emergency-prescriptions'),
    },
    words:
      'If you have run out of a medicine that you must not miss, 111 can arrange an emergency supply today.',
    phrases: [
      'run|ran out insulin|steroid|steroids|prednisolone|epilepsy|keppra|warfarin|apixaban|inhaler|clozapine|lithium|methadone',
      'no insulin|inhaler left',
    ],
  },
  {
    ...{ id: 'new-jaundice', version: 1, source: nhs('Jaundice', 'conditions/jaundice') },
    words: 'Yellow skin or eyes must be looked at today.',
    phrases: ['jaundice|jaundiced', 'yellow skin|eyes|eye', 'skin|eyes|eye yellow|yellowing'],
  },
];
