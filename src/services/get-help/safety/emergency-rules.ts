/** Red flags that call 999. */
import { from, type RedFlagRule } from './rule.ts';

const { nhs } = from;
const call999 = nhs('When to call 999', 'nhs-services/urgent-and-emergency-care-services/when-to-call-999');
const urgentMind = nhs(
  'Where to get urgent help for mental health',
  'nhs-services/mental-health-services/where-to-get-urgent-help-for-mental-health',
);

export const emergencies: readonly Omit<RedFlagRule, 'advice'>[] = [
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
