/** Words that mean nearly the same to a worried person: `{pain}` in a phrase stands for any of them. */
export const groups: Readonly<Record<string, readonly string[]>> = {
  pain: ['pain', 'pains', 'painful', 'hurt', 'hurts', 'hurting', 'ache', 'aches', 'aching', 'sore', 'agony'],
  squeeze: [
    ...['tight', 'tightness', 'pressure', 'heavy', 'heaviness', 'squeezing', 'crushing', 'crushed'],
    ...['squashing', 'gripping', 'elephant'],
  ],
  sudden: ['sudden', 'suddenly', 'instantly', 'thunderclap'],
  worst: [
    ...['worst', 'severe', 'severely', 'unbearable', 'excruciating', 'agonising', 'agonizing', 'extreme'],
    ...['terrible', 'intense'],
  ],
  cant: [
    ...['cant', 'cannot', 'couldnt', 'unable', 'struggling', 'struggle', 'struggles', 'difficulty'],
    ...['difficult', 'trouble', 'fighting', 'gasping'],
  ],
  breath: ['breath', 'breathe', 'breathing', 'breaths', 'air'],
  bleed: ['bleeding', 'bleed', 'bleeds', 'bled', 'blood', 'haemorrhage', 'haemorrhaging', 'hemorrhage'],
  fever: ['fever', 'feverish', 'temperature', 'temp', 'shivery', 'shivering', 'shaking'],
  baby: ['baby', 'newborn', 'infant', 'babys'],
  child: [
    ...['baby', 'newborn', 'infant', 'child', 'toddler', 'son', 'daughter', 'boy', 'girl', 'kid', 'grandson'],
    ...['granddaughter', 'childs', 'babys', 'sons', 'daughters', 'toddlers'],
  ],
  numb: ['numb', 'numbness', 'weak', 'weakness', 'paralysed', 'paralyzed', 'tingling', 'dead'],
  droop: [
    'drooping',
    'droopy',
    'droop',
    'dropped',
    'drooped',
    'lopsided',
    'fallen',
    'uneven',
    'sagging',
    'dropping',
  ],
  speech: ['speech', 'speak', 'speaking', 'talk', 'talking', 'words'],
  slur: ['slurred', 'slurring', 'slur', 'jumbled', 'garbled', 'muddled'],
  swell: ['swollen', 'swelling', 'swelled', 'swells', 'puffy'],
  lips: ['lip', 'lips', 'tongue', 'throat', 'mouth', 'face'],
  blue: ['blue', 'grey', 'gray', 'bluish', 'purple'],
  faint: ['unconscious', 'unresponsive', 'collapsed', 'collapse', 'fainted', 'blackout'],
  vomit: ['vomit', 'vomiting', 'vomited', 'sick', 'puking', 'throwing', 'puked', 'spewing', 'threw'],
  cough: ['cough', 'coughing', 'coughed', 'coughs'],
  poo: ['poo', 'poop', 'stool', 'stools', 'faeces', 'bowel', 'bowels'],
  tummy: ['tummy', 'stomach', 'abdomen', 'abdominal', 'belly', 'guts'],
  head: ['head', 'headache', 'headaches', 'migraine', 'skull'],
  pregnant: ['pregnant', 'pregnancy', 'trimester', 'expecting', 'bump'],
  die: ['die', 'dead', 'death', 'dying'],
  eye: ['eye', 'eyes', 'eyesight', 'vision', 'sight'],
  testicle: ['testicle', 'testicles', 'testicular', 'ball', 'balls', 'scrotum', 'bollock', 'bollocks'],
  swallow: ['swallowed', 'swallow', 'swallowing', 'ate', 'eaten', 'drank', 'inhaled'],
  many: ['overdose', 'overdosed', 'overdosing', 'overdoes'],
  tablets: ['tablets', 'pills', 'paracetamol', 'tablet', 'medication', 'medicine', 'insulin'],
  wee: ['wee', 'urine', 'urinate', 'pee', 'peeing', 'weeing', 'pass', 'urinating'],
  stiff: ['stiff', 'stiffness', 'rigid'],
  chemo: ['chemo', 'chemotherapy', 'neutropenic', 'immunotherapy', 'transplant'],
};

/**
 * Common words that stand a letter away from words of the rules: they are taken as they were written, since “a week” is no
 * misspelt “weak” and “main” no misspelt “pain”.
 */
export const plainWords: ReadonlySet<string> = new Set(
  `a about after again all also always and any are arm ask at back bad bath bed been before best better bit blend board
  book both bottle boy brain bread break breast brush bus but call calm care case cash chat cheap cheat check cheek cheese chess
  clear cold come cook cool could course crash cream cross day days dear deep diet different does done door down drain drank dream drink
  drive each early easy eat evening ever every fact fair fall family fan far fast fat father feel feet fell felt few file fill find fine
  first fit five fix floor foot for force form found four free fresh friend from full game gave get give glad go good got grew grow had
  hair half hand happy hard has have hay head health hear heard heat held help her here hers high him hip his hold home hope hot hour house how
  ill into iron is it its job just keep kept kind knee know lady lamp land last late law lay lead leaf learn least leave left leg less
  let level life lift light like line list little live long look lose lost lot loud love low made main make man mark may meal mean
  meat men met might mild milk mind mine miss mix more most mother move much must my name near neck need never new next night no noise
  none nose not note now off often old on once one only open or other our out over own pack page paid paint pair palm park part past
  pay peel phone pick pill place plain plan plane play plus point pool post pull push put quite rain ran rash reach read real red
  rest rice ride right ring rise road roll roof room round rub run rush sad said salt same sat save saw say school sea seat see seem
  seen sell send sense set shake shape share she shoe shop short should show shower shut side sign since sing sister sit six size skill
  skin sleep slept slow small smell smile so soap soft some song soon sort sound space speed spell spend spot spread stage stair stand
  start state stay step still stop store story such suit sun sure swim take tale talk tall tap task taste taught tea tear tell ten test
  than thank that the their them then there these they thick thin thing think third this those three through time tired to toe
  told tone too took tooth top total touch town train treat tree tried trip true try turn twice two type under up upon use used usual
  very visit voice wait wake walk wall want warm was wash watch water way we wear week weeks weight well went were wet what when where
  which while white who whole why wide wife will wind window wine wish with woke woman women won word work world worn worry worse
  would wound write wrong yard year yell yes yet you young your bled blew shed
  child children chill killer skilled filled milled pilled bored burn burns born breathed broke spoke sick sock rock
  spit split slip slim sleeping sweeping swelling feeling filling felling falling calling mouth month months south north worth
  stock stick stuck stroke strike stripe hot hat hit hut heart hearts hurt chest`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
