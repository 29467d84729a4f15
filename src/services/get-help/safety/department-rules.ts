/** Red flags that lead to A&E. */
import { from, type RedFlagRule } from './rule.ts';

const { nhs, cks } = from;
const goToAe = nhs('When to go to A&E', 'nhs-services/urgent-and-emergency-care-services/when-to-go-to-ae');
const urgentMind = nhs(
  'Where to get urgent help for mental health',
  'nhs-services/mental-health-services/where-to-get-urgent-help-for-mental-health',
);

export const departments: readonly Omit<RedFlagRule, 'advice'>[] = [
  {
    ...{ id: 'cauda-equina', version: 1, source: nhs('Back pain', 'conditions/back-pain') },
    words:
      'Back pain with numbness around your bottom, or trouble holding wee or poo, can be pressure on nerves that must be freed today.',
    phrases: [
      ...[
        'cauda equina',
        'back {numb} bottom|groin|genitals|saddle|legs|both',
        'numb|numbness|tingling between legs',
        'saddle numb|numbness',
        'numb|numbness bottom|groin|genitals|bum',
      ],
      ...[
        'back {cant} {wee}',
        'back wet|wetting|incontinent|incontinence|soiled',
        'lost control bladder|bowel|bowels',
        '{numb} both legs',
      ],
    ],
  },
  {
    ...{ id: 'testicle-pain', version: 1, source: nhs('Testicle pain', 'symptoms/testicle-pain') },
    words: 'Sudden or strong pain in a testicle can be a twist that must be put right within hours.',
    phrases: [
      '{testicle} {pain}',
      '{testicle} {swell} {sudden}|red',
      'twisted testicle',
      '{testicle} {sudden}|{worst}',
      'torsion',
    ],
  },
  {
    ...{ id: 'sight-loss', version: 1, source: nhs('Vision loss', 'symptoms/vision-loss') },
    words:
      'Sudden loss of sight, or a curtain over part of what you see, may be stopped if it is treated today.',
    phrases: [
      ...[
        '{sudden} lost|loss|losing|gone|blind {eye}',
        '{cant} see sudden|suddenly',
        'lost|losing|loss {eye}',
        'curtain|shadow {eye}|vision',
        'gone|going|went blind',
      ],
      ...[
        'flashes|flashing floaters|lights {eye}',
        '{eye} {worst} {pain}',
        '{eye} chemical|acid|bleach|cement',
        '{eye} pierced|penetrated|nail|metal|glass',
      ],
    ],
  },
  {
    ...{
      id: 'head-injury',
      version: 1,
      source: nhs('Head injury and concussion', 'conditions/head-injury-and-concussion'),
    },
    words: 'A knock on the head with being sick, drowsy, confused or knocked out must be looked at today.',
    phrases: [
      ...[
        'hit|banged|bang|bumped|knocked|injured head {vomit}|drowsy|sleepy|confused|{faint}|dizzy|headache',
        'head injury',
        'knocked out|unconscious',
        'concussion|concussed',
      ],
      ...[
        'fell|fall|fallen head warfarin|apixaban|thinners|thinner|rivaroxaban|edoxaban|clopidogrel',
        'fell|fall|fallen|hit|banged head',
      ],
    ],
  },
  {
    ...{
      id: 'leg-clot',
      version: 1,
      source: nhs('Deep vein thrombosis', 'conditions/deep-vein-thrombosis-dvt'),
    },
    words:
      'A leg that is swollen, hot and painful on one side can be a blood clot, which must be checked today.',
    phrases: [
      'dvt|thrombosis',
      'blood clot|clots',
      'calf|leg {swell} {pain}',
      'calf {pain} hot|red|flight|warm|surgery|operation|pill',
    ],
  },
  {
    ...{ id: 'coughing-blood', version: 1, source: nhs('Coughing up blood', 'symptoms/coughing-up-blood') },
    words:
      'Coughing up more than a few spots of blood must be looked at today. Call 999 if it is a lot, or if you struggle to breathe.',
    phrases: ['{cough} blood', '{cough} bloody', 'haemoptysis', 'blood phlegm|sputum|mucus|spit'],
  },
  {
    ...{
      id: 'bowel-bleed',
      version: 1,
      source: nhs(
        'Bleeding from the bottom (rectal bleeding)',
        'symptoms/bleeding-from-the-bottom-rectal-bleeding',
      ),
    },
    words:
      'Black or dark red poo, blood clots, or bleeding from the bottom that does not stop must be looked at today.',
    phrases: [
      'black|tarry|tar {poo}',
      'melaena',
      '{poo} lots|clots|heavy blood|bleeding',
      'bleeding|blood bottom|rectum|rectal|anus nonstop|heavy|lots|clots|stopping',
    ],
  },
  {
    ...{ id: 'severe-tummy', version: 1, source: nhs('Stomach ache', 'symptoms/stomach-ache') },
    words:
      'Tummy pain that is sudden or severe, or with a hard tummy that hurts to touch, must be looked at now.',
    phrases: [
      ...[
        '{sudden}|{worst} {tummy} {pain}',
        '{worst} {tummy}',
        'appendicitis|appendix',
        '{tummy} hard|rigid|board {pain}',
        '{tummy} {pain} touch|touched|touching',
        '{cant} {poo} fart|wind {vomit}',
      ],
    ],
  },
  {
    ...{ id: 'cannot-wee', version: 1, source: cks('LUTS in men', 'luts-in-men') },
    words: 'If you cannot pass any wee at all and your bladder is full, it must be emptied today.',
    phrases: [
      '{cant} {wee} all|since|hours|day|today|anything|nothing',
      '{cant} wee|pee|urinate',
      'no wee|urine|pee hours|all|today|since',
      'retention urine|urinary',
    ],
  },
  {
    ...{ id: 'self-harm-wound', version: 1, source: urgentMind },
    words:
      'If you have hurt yourself and it needs treatment, go to A&E. You will be listened to. Samaritans: 116 123, day and night.',
    phrases: [
      'cut|cutting|hurt|harmed|burned|burnt myself',
      'selfharm|selfharmed|selfharming',
      'self harm|harmed|harming',
    ],
  },
  {
    ...{ id: 'deep-wound', version: 1, source: goToAe },
    words: 'A deep cut, a broken bone or something stuck in a wound must be treated today.',
    phrases: [
      'deep cut|wound|gash',
      'bone broken|broke|fracture|fractured',
      'broken|broke|fractured arm|leg|wrist|ankle|hip|finger|rib|ribs',
      'dislocated',
      '{cut} open stitches',
      'needs stitches',
      'dog bite|bit|bitten',
      'human bite|bitten',
    ].map((phrase) => phrase.replace('{cut}', 'cut|wound|gash')),
  },
  {
    ...{ id: 'post-op', version: 1, source: goToAe },
    words: 'Wounds after an operation that open, bleed or leak pus with a fever must be looked at today.',
    phrases: [
      'operation|surgery|stitches|caesarean wound|scar burst|open|opened|pus|smells {fever}',
      'wound burst|opened surgery|operation',
    ],
  },
];
