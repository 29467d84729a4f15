/**
 * Red flags that count whatever someone came for. Raise a rule's version with every change to what it says or when it fires; where
 * it was kept with a request, the version says what the person was told.
 */
import { from, type RedFlagRule } from './rule.ts';

const { nhs, cks, nice } = from;
const call999 = nhs('When to call 999', 'nhs-services/urgent-and-emergency-care-services/when-to-call-999');
const goToAe = nhs('When to go to A&E', 'nhs-services/urgent-and-emergency-care-services/when-to-go-to-ae');
const urgentMind = nhs(
  'Where to get urgent help for mental health',
  'nhs-services/mental-health-services/where-to-get-urgent-help-for-mental-health',
);

const emergencies: readonly Omit<RedFlagRule, 'advice'>[] = [
  {
    ...{ id: 'chest-pain', version: 1, source: nhs('Chest pain', 'symptoms/chest-pain') },
    words: 'Chest pain or tightness can be a heart attack. You need help now.',
    phrases: [
      'chest {pain}',
      'chest {squeeze}',
      'heart {squeeze}',
      'heart attack',
      'chest elephant',
      'pain left arm jaw',
    ],
  },
  {
    ...{ id: 'stroke', version: 1, source: nhs('Symptoms of a stroke', 'conditions/stroke/symptoms') },
    words:
      'A face that drops on one side, a weak arm or slurred speech can be a stroke. Every minute counts.',
    phrases: [
      ...[
        'face|mouth {droop}',
        '{slur} {speech}',
        '{slur}',
        '{numb} one side',
        '{numb} left|right side|arm|leg|face sudden|suddenly',
      ],
      ...[
        'stroke',
        '{cant} {speech} sudden|suddenly|properly',
        'face {numb} one|side|suddenly',
        'ministroke|tia',
      ],
      ...['{cant} lift|raise|move arm', 'suddenly confused', 'sudden confusion'],
    ],
  },
  {
    ...{ id: 'breathing', version: 1, source: call999 },
    words: 'Severe trouble breathing needs an ambulance: gasping, choking, or not able to get words out.',
    phrases: [
      ...['{cant} {breath}', '{cant} catch breath', 'hardly|barely {breath}', 'gasping', 'choking', 'choked'],
      ...[
        'stopped breathing',
        'not breathing',
        '{cant} finish|complete sentence|sentences',
        'suffocating',
        'too breathless {speech}',
      ],
      ...[
        'severe|severely breathless|breathlessness',
        'very breathless',
        'breathless rest|resting',
        'out breath rest|resting|sitting',
      ],
    ],
  },
  {
    ...{ id: 'blue-lips', version: 1, source: nhs('Shortness of breath', 'symptoms/shortness-of-breath') },
    words: 'Lips, tongue or skin that turn blue or grey mean too little oxygen.',
    phrases: ['{lips} {blue}', 'skin {blue} {breath}', '{child} {blue}', 'turned|turning|going|gone blue'],
  },
  {
    ...{ id: 'anaphylaxis', version: 1, source: nhs('Anaphylaxis', 'conditions/anaphylaxis') },
    words:
      'Sudden swelling of the lips, mouth or throat can close the airway. Use an adrenaline pen if you have one.',
    phrases: [
      ...[
        'anaphylaxis',
        'anaphylactic',
        '{swell} {lips}',
        'throat closing|closed|tight|swelling',
        'epipen|jext|emerade used|use|using',
      ],
      ...['{lips} {swell} allergic|allergy|sting|nuts|peanut|ate', 'severe allergic reaction'],
    ],
  },
  {
    ...{ id: 'unconscious', version: 1, source: call999 },
    words: 'Someone who cannot be woken, or who has collapsed, needs an ambulance.',
    phrases: [
      ...[
        'unconscious',
        'unresponsive',
        '{cant} wake',
        'wont wake',
        'not waking',
        '{faint} again|chest|{child}',
        'collapsed',
      ],
      ...[
        'lost consciousness',
        'losing consciousness',
        'loss consciousness',
        'passed out not|still|again',
        '{cant} rouse',
      ],
    ],
  },
  {
    ...{
      id: 'seizure',
      version: 1,
      source: nhs(
        'What to do if someone has a seizure (fit)',
        'symptoms/what-to-do-if-someone-has-a-seizure-fit',
      ),
    },
    words: 'A fit that is the first, lasts over 5 minutes, or comes again and again is an emergency.',
    phrases: [
      ...[
        'seizure|seizures|convulsion|convulsions|convulsing',
        'having fit|fits',
        'had fit|fits',
        'fit jerking|shaking',
        'fitting {child}',
      ],
      ...['fits wont|not|keep stop|stopping|coming', 'status epilepticus', 'first fit'],
    ],
  },
  {
    ...{ id: 'heavy-bleeding', version: 1, source: call999 },
    words: 'Bleeding that is heavy, or does not stop with 10 minutes of firm pressure, is an emergency.',
    phrases: [
      ...[
        '{bleed} wont|cant|not|doesnt|keeps stop|stopping',
        'heavy|heavily|pouring|gushing|spurting {bleed}',
        'pouring blood',
      ],
      ...[
        'lots|lot|loads blood',
        'losing blood',
        '{bleed} uncontrollably|everywhere',
        'stabbed|stab|shot|gunshot',
      ],
    ],
  },
  {
    ...{ id: 'vomiting-blood', version: 1, source: nhs('Vomiting blood', 'symptoms/vomiting-blood') },
    words: 'Blood in vomit, or vomit like coffee grounds, can be bleeding inside.',
    phrases: [
      '{vomit} blood',
      'vomit|vomiting|sick bloody',
      '{vomit} coffee grounds|granules',
      'haematemesis',
    ],
  },
  {
    ...{ id: 'worst-headache', version: 1, source: nhs('Headaches', 'symptoms/headaches') },
    words: 'A sudden headache that is the worst you ever had can be bleeding in the brain.',
    phrases: [
      ...[
        '{sudden} {worst} {head}',
        '{worst} headache|headaches|migraine ever|life|had|sudden|suddenly',
        'thunderclap',
        'worst {head} {pain} life|ever',
      ],
      ...[
        'headache {stiff} neck',
        'headache {slur}',
        'headache jaw {eye}',
        'headache {numb}',
        'headache confused|confusion|seizure',
      ],
      ...['headache head injury|hit|banged'],
    ],
  },
  {
    ...{ id: 'meningitis', version: 1, source: nhs('Meningitis', 'conditions/meningitis') },
    words:
      'A rash that does not fade under a glass, a stiff neck or dislike of bright light with a fever can be meningitis.',
    phrases: [
      ...[
        'meningitis',
        'rash doesnt|not|wont|isnt|dont fade|fading|disappear|blanch',
        '{stiff} neck {fever}',
        'glass test',
      ],
      ...[
        '{fever} bright light|lights',
        '{stiff} neck {vomit}',
        'nonblanching|petechiae|petechial',
        'purple rash|spots {fever}',
      ],
    ],
  },
  {
    ...{ id: 'sepsis', version: 1, source: nhs('Symptoms of sepsis', 'conditions/sepsis') },
    words:
      'Being very ill with skin that is blue, pale or blotchy, confusion or fast breathing can be sepsis.',
    phrases: [
      ...[
        'sepsis',
        'septic',
        'skin blotchy|mottled|ashen',
        'blotchy|mottled {blue}|pale',
        '{fever} confused|confusion|delirious',
      ],
      ...[
        'confused slurred',
        'infection confused|confusion',
        'breathing fast|rapidly|rapid {fever}',
        '{child} floppy|limp',
        'weak cry|crying high',
      ],
    ],
  },
  {
    ...{ id: 'suicide-now', version: 1, source: urgentMind },
    heading: 'Call 999 now. You matter',
    words:
      'If you have hurt yourself, or feel that you may act on thoughts of ending your life, call 999 or go to A&E. You can also call Samaritans on 116 123, free, day and night.',
    phrases: [
      ...[
        'kill|killing myself',
        'end|ending|take|taking my|own life',
        'suicide|suicidal',
        'want {die}',
        'wanna die',
        'better off dead',
      ],
      ...[
        'hang|hanging myself',
        'overdose|overdosed',
        '{many}',
        'took|taken too many {tablets}',
        'took|taken all {tablets}',
        'took|taken lots|packet|box|handful {tablets}',
      ],
      ...[
        'goodbye note|letter',
        'no reason live|living',
        'dont want alive|live|living|wake',
        'jump bridge|train|roof',
        'cut|cutting|slit my wrist|wrists',
      ],
      ...['kill|killing himself|herself|themselves|themself', 'plan plans|planned end|die|kill'],
    ],
  },
  {
    ...{ id: 'harm-others', version: 1, source: urgentMind },
    words: 'If someone is in danger of being hurt now, call 999.',
    phrases: [
      ...[
        'kill|killing|hurt|harm someone|somebody|him|her|them|people|husband|wife|mum|dad|neighbour',
        'voices telling|tell|say|saying kill|hurt|harm',
      ],
      ...[
        'going to hurt|harm|stab|kill baby|child|children',
        'he|she hit|hits|hitting|strangled|choked me',
        'partner|husband|wife|boyfriend|girlfriend hit|hits|strangled|choked|threatening|beat',
      ],
    ],
  },
  {
    ...{ id: 'poison', version: 1, source: nhs('Poisoning', 'conditions/poisoning') },
    words:
      'Someone who may have swallowed or breathed in something poisonous needs help now. Do not make them sick.',
    phrases: [
      ...[
        '{swallow} bleach|poison|chemical|chemicals|antifreeze|detergent|petrol',
        'poisoned|poisoning',
        'carbon monoxide',
      ],
      ...['{swallow} battery|batteries|magnet|magnets', 'button battery'],
    ],
  },
  {
    ...{ id: 'ectopic', version: 1, source: nhs('Ectopic pregnancy', 'conditions/ectopic-pregnancy') },
    words:
      'Strong tummy pain in early pregnancy, with feeling faint or pain at the tip of your shoulder, is an emergency.',
    phrases: [
      'ectopic',
      '{pregnant} {worst}|sharp|sudden {tummy}',
      '{pregnant} shoulder {pain} {bleed}',
      'period late {tummy} {faint}|faint|dizzy',
    ],
  },
  {
    ...{ id: 'pregnancy-emergency', version: 1, source: nhs('Pre-eclampsia', 'conditions/pre-eclampsia') },
    words: 'A fit, heavy bleeding or trouble breathing in pregnancy is an emergency for you and your baby.',
    phrases: [
      '{pregnant} fit|seizure',
      '{pregnant} heavy|heavily|lots {bleed}',
      '{pregnant} {cant} {breath}',
      'eclampsia',
      'cord prolapse|prolapsed',
    ],
  },
  {
    ...{
      id: 'aorta',
      version: 1,
      source: nhs('Abdominal aortic aneurysm', 'conditions/abdominal-aortic-aneurysm'),
    },
    words: 'Sudden tearing pain in the back, chest or tummy can be a burst blood vessel.',
    phrases: [
      'tearing|ripping pain|back|chest',
      'aneurysm',
      'sudden|suddenly {worst} {tummy} back',
      'pulsating|pulsing|throbbing {tummy}',
    ],
  },
  {
    ...{ id: 'asthma-attack', version: 1, source: nhs('Asthma attacks', 'conditions/asthma/asthma-attack') },
    words: 'An asthma attack that your reliever inhaler does not help needs an ambulance.',
    phrases: [
      ...[
        'asthma attack',
        'inhaler|inhalers not|doesnt|isnt|wont|stopped|no help|helping|working|work|better',
        'reliever|blue|ventolin|salbutamol not|doesnt|isnt help|helping|working',
      ],
    ],
  },
  {
    ...{ id: 'major-injury', version: 1, source: call999 },
    words: 'A serious injury needs an ambulance: after a crash, a fall from a height, or with bone showing.',
    phrases: [
      ...[
        'hit by car|lorry|bus|van',
        'car|bike|motorbike crash|accident {pain}|{head}|neck',
        'fell|fallen height|ladder|roof|stairs|window|horse',
        'bone sticking|through|showing',
      ],
      ...[
        'electrocuted|electrocution',
        'drowned|drowning',
        'large|big|bad|severe|serious burn|burns|scald',
        'burn|burns|scald face|hands|genitals|chemical|{child}',
      ],
      ...['broken|broke neck|back', 'spine|spinal injury|injured'],
    ],
  },
  {
    ...{
      id: 'diabetic-emergency',
      version: 1,
      source: nhs('Diabetic ketoacidosis', 'conditions/diabetic-ketoacidosis'),
    },
    words: 'Diabetes with being sick, drowsy, breathing deeply, or high ketones can turn dangerous in hours.',
    phrases: [
      ...[
        'ketoacidosis|dka',
        'ketones|ketone high|2|3|4|5|raised',
        'diabetes|diabetic {vomit}|drowsy|confused|{faint}',
        'hypo|hypoglycaemic {faint}|confused|drowsy|wont|not|{cant}',
      ],
      ...['fruity|pear|sweet breath {vomit}|diabetes|diabetic'],
    ],
  },
];

const departments: readonly Omit<RedFlagRule, 'advice'>[] = [
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

const calls111: readonly Omit<RedFlagRule, 'advice'>[] = [
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

export const generalRules: readonly RedFlagRule[] = [
  ...emergencies.map((rule): RedFlagRule => ({ ...rule, advice: 'emergency' })),
  ...departments.map((rule): RedFlagRule => ({ ...rule, advice: 'department' })),
  ...calls111.map((rule): RedFlagRule => ({ ...rule, advice: '111' })),
];
