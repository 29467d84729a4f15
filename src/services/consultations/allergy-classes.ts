/**
 * Which medicines an allergy to one speaks against: others of its class, and those that contain it under another name. It stops a
 * draft and asks for a second look; it does not decide. Words alone are compared: a deployment with dm+d decides by codes.
 * Sources: BNF, treatment summaries (Antibacterials; Penicillins; Cephalosporins; Non-steroidal anti-inflammatory drugs; Drugs
 * affecting the renin-angiotensin system); NICE CG183, Drug allergy: diagnosis and management, 1.2 and 1.7 (NSAIDs, beta-lactams).
 */
export const allergyClassesVersion = '1';

interface AllergyClass {
  /** As an allergy is written: `penicillin`. */
  readonly names: readonly string[];
  /** How its medicines are called, or begin or end. */
  readonly medicines: readonly string[];
}

// biome-ignore format: a table is read by its rows
const classes: readonly AllergyClass[] = [
  { names: ['penicillin', 'beta-lactam'], medicines: ['cillin', 'co-amoxiclav', 'augmentin', 'co-fluampicil', 'pivmecillinam', 'tazocin', 'tazobactam', 'magnapen'] },
  // Of those with immediate allergy to penicillin some react to these too: BNF, Cephalosporins.
  { names: ['penicillin', 'cephalosporin', 'beta-lactam'], medicines: ['cefa', 'cefi', 'cefo', 'cefr', 'ceft', 'cefu', 'ertapenem', 'imipenem', 'meropenem'] },
  { names: ['nsaid', 'non-steroidal', 'aspirin', 'ibuprofen', 'naproxen', 'diclofenac'], medicines: ['aspirin', 'ibuprofen', 'naproxen', 'diclofenac', 'ketoprofen', 'flurbiprofen', 'indometacin', 'meloxicam', 'mefenamic', 'piroxicam', 'etodolac', 'nabumetone', 'ketorolac', 'celecoxib', 'etoricoxib', 'voltarol', 'nurofen', 'vimovo', 'arthrotec'] },
  { names: ['sulfonamide', 'sulphonamide', 'sulfamethoxazole', 'co-trimoxazole', 'septrin'], medicines: ['sulfamethoxazole', 'co-trimoxazole', 'septrin', 'sulfadiazine', 'sulfasalazine', 'salazopyrin'] },
  { names: ['trimethoprim'], medicines: ['trimethoprim', 'co-trimoxazole', 'septrin'] },
  { names: ['macrolide', 'erythromycin', 'clarithromycin', 'azithromycin'], medicines: ['erythromycin', 'clarithromycin', 'azithromycin'] },
  { names: ['quinolone', 'ciprofloxacin', 'levofloxacin', 'ofloxacin', 'moxifloxacin'], medicines: ['floxacin'] },
  { names: ['tetracycline', 'doxycycline', 'lymecycline', 'minocycline'], medicines: ['tetracycline', 'doxycycline', 'lymecycline', 'minocycline'] },
  { names: ['ace inhibitor', 'angiotensin converting', 'ramipril', 'lisinopril', 'enalapril', 'perindopril'], medicines: ['ramipril', 'lisinopril', 'enalapril', 'perindopril', 'captopril', 'fosinopril', 'quinapril', 'trandolapril', 'imidapril', 'sacubitril'] },
  { names: ['codeine'], medicines: ['codeine', 'co-codamol', 'co-codaprin', 'solpadol'] },
  { names: ['dihydrocodeine'], medicines: ['dihydrocodeine', 'co-dydramol'] },
  { names: ['paracetamol'], medicines: ['paracetamol', 'co-codamol', 'co-dydramol', 'solpadol', 'paramol'] },
];

const includesAny = (text: string, words: readonly string[]): boolean =>
  words.some((word) => text.includes(word));

/** Whether an allergy, as the record words it, speaks against a medicine by its class. */
export function isOfAllergyClass(medicine: string, allergy: string): boolean {
  const [drug, against] = [medicine.toLowerCase(), allergy.toLowerCase()];
  return classes.some(
    ({ names, medicines }) =>
      (includesAny(against, names) || namesOne(against, medicines)) && includesAny(drug, medicines),
  );
}

/** An allergy to amoxicillin is one to penicillins; of the class of cephalosporins it is told by its own name alone. */
const namesOne = (against: string, medicines: readonly string[]): boolean =>
  includesAny(
    against,
    medicines.filter((name) => name.length > 4),
  );
