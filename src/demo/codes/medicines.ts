/**
 * What people of the demonstration take. Codes are of the dm+d where a published example of NHS England or HL7 UK gives them;
 * the others have a code of the demonstration's own, so that none can be mistaken for a product of the real dictionary.
 */

/** Where codes of the NHS dictionary of medicines and devices come from. Source: UK Core, UKCore-MedicationCode. */
export const dmdSystem = 'https://dmd.nhs.uk';
/** Medicines that no published example names: a code of the demonstration alone. */
export const demoMedicineSystem = 'https://throughline.example/CodeSystem/demonstration-medicine';

/** What an allergy may forbid. */
export type Substance =
  | 'penicillin'
  | 'macrolide'
  | 'sulfonamide'
  | 'nsaid'
  | 'opioid'
  | 'ace-inhibitor'
  | 'statin';

export type Form =
  | 'tablet'
  | 'capsule'
  | 'inhaler'
  | 'injection'
  | 'cream'
  | 'drops'
  | 'spray'
  | 'sachet'
  | 'patch'
  | 'liquid';

export interface Medicine {
  readonly key: string;
  /** As the dictionary names products: `Ramipril 5mg capsules`. */
  readonly name: string;
  /** Code of the dm+d, where known. */
  readonly dmd?: string;
  /** What it does, for those who look for its effect: `ace-inhibitor`, `statin`. */
  readonly kind: string;
  readonly form: Form;
  readonly dose: string;
  /** Units at once; none where the dose varies. */
  readonly units?: number;
  /** Times a day; 1/7 is once a week. */
  readonly daily: number;
  readonly asNeeded?: boolean;
  /** Handed out at a time, in units of its form, and for how many days that lasts. */
  readonly quantity: number;
  readonly days: number;
  readonly substance?: Substance;
}

type Row = readonly [
  key: string,
  name: string,
  kind: string,
  dose: string,
  units: number,
  daily: number,
  quantity: number,
  days: number,
];

const daily = 'Take ONE each day';
const morning = 'Take ONE each morning';
const night = 'Take ONE at night';
const twice = 'Take ONE twice a day';

// biome-ignore format: a table is read by its rows
const tablets: readonly Row[] = [
  ['amlodipine-5', 'Amlodipine 5mg tablets', 'calcium-blocker', daily, 1, 1, 28, 28],
  ['amlodipine-10', 'Amlodipine 10mg tablets', 'calcium-blocker', daily, 1, 1, 28, 28],
  ['losartan-50', 'Losartan 50mg tablets', 'angiotensin-blocker', daily, 1, 1, 28, 28],
  ['indapamide-2.5', 'Indapamide 2.5mg tablets', 'thiazide', morning, 1, 1, 28, 28],
  ['spironolactone-25', 'Spironolactone 25mg tablets', 'potassium-sparing', morning, 1, 1, 28, 28],
  ['bisoprolol-2.5', 'Bisoprolol 2.5mg tablets', 'beta-blocker', morning, 1, 1, 28, 28],
  ['propranolol-40', 'Propranolol 40mg tablets', 'beta-blocker', twice, 1, 2, 56, 28],
  ['furosemide-40', 'Furosemide 40mg tablets', 'loop-diuretic', morning, 1, 1, 28, 28],
  ['atorvastatin-20', 'Atorvastatin 20mg tablets', 'statin', night, 1, 1, 28, 28],
  ['atorvastatin-80', 'Atorvastatin 80mg tablets', 'statin', night, 1, 1, 28, 28],
  ['ezetimibe-10', 'Ezetimibe 10mg tablets', 'cholesterol-absorption', daily, 1, 1, 28, 28],
  ['clopidogrel-75', 'Clopidogrel 75mg tablets', 'antiplatelet', daily, 1, 1, 28, 28],
  ['aspirin-75', 'Aspirin 75mg dispersible tablets', 'antiplatelet', `${morning}, in water`, 1, 1, 28, 28],
  ['apixaban-5', 'Apixaban 5mg tablets', 'anticoagulant', twice, 1, 2, 56, 28],
  ['metformin-500', 'Metformin 500mg tablets', 'metformin', 'Take ONE twice a day with food', 1, 2, 56, 28],
  ['gliclazide-80', 'Gliclazide 80mg tablets', 'sulfonylurea', 'Take ONE each morning with breakfast', 1, 1, 28, 28],
  ['sitagliptin-100', 'Sitagliptin 100mg tablets', 'gliptin', daily, 1, 1, 28, 28],
  ['dapagliflozin-10', 'Dapagliflozin 10mg tablets', 'gliflozin', daily, 1, 1, 28, 28],
  ['levothyroxine-50', 'Levothyroxine sodium 50microgram tablets', 'thyroid', 'Take ONE each morning, half an hour before food', 1, 1, 28, 28],
  ['levothyroxine-100', 'Levothyroxine sodium 100microgram tablets', 'thyroid', 'Take ONE each morning, half an hour before food', 1, 1, 28, 28],
  ['sertraline-50', 'Sertraline 50mg tablets', 'antidepressant', daily, 1, 1, 28, 28],
  ['sertraline-100', 'Sertraline 100mg tablets', 'antidepressant', daily, 1, 1, 28, 28],
  ['citalopram-20', 'Citalopram 20mg tablets', 'antidepressant', daily, 1, 1, 28, 28],
  ['mirtazapine-15', 'Mirtazapine 15mg tablets', 'antidepressant', night, 1, 1, 28, 28],
  ['amitriptyline-10', 'Amitriptyline 10mg tablets', 'nerve-pain', night, 1, 1, 28, 28],
  ['olanzapine-10', 'Olanzapine 10mg tablets', 'antipsychotic', night, 1, 1, 28, 28],
  ['lithium-400', 'Lithium carbonate 400mg modified-release tablets', 'mood-stabiliser', night, 1, 1, 28, 28],
  ['donepezil-10', 'Donepezil 10mg tablets', 'dementia', night, 1, 1, 28, 28],
  ['methylphenidate-18', 'Methylphenidate 18mg modified-release tablets', 'adhd', morning, 1, 1, 30, 30],
  ['levetiracetam-500', 'Levetiracetam 500mg tablets', 'epilepsy', twice, 1, 2, 60, 30],
  ['lamotrigine-100', 'Lamotrigine 100mg tablets', 'epilepsy', twice, 1, 2, 56, 28],
  ['co-careldopa-25-100', 'Co-careldopa 25mg/100mg tablets', 'parkinsons', 'Take ONE three times a day', 1, 3, 84, 28],
  ['alendronic-acid-70', 'Alendronic acid 70mg tablets', 'bone', 'Take ONE each week with a full glass of water, standing or sitting upright', 1, 1 / 7, 4, 28],
  ['methotrexate-2.5', 'Methotrexate 2.5mg tablets', 'immune', 'Take SIX once a week, on the same day', 6, 1 / 7, 24, 28],
  ['folic-acid-5', 'Folic acid 5mg tablets', 'vitamin', 'Take ONE each week, not on the day of methotrexate', 1, 1 / 7, 4, 28],
  ['mesalazine-800', 'Mesalazine 800mg gastro-resistant tablets', 'bowel', twice, 1, 2, 60, 30],
  ['azathioprine-50', 'Azathioprine 50mg tablets', 'immune', 'Take TWO each day after food', 2, 1, 56, 28],
  ['allopurinol-100', 'Allopurinol 100mg tablets', 'gout', daily, 1, 1, 28, 28],
  ['tamoxifen-20', 'Tamoxifen 20mg tablets', 'breast-cancer', daily, 1, 1, 30, 30],
  ['letrozole-2.5', 'Letrozole 2.5mg tablets', 'breast-cancer', daily, 1, 1, 28, 28],
  ['bicalutamide-50', 'Bicalutamide 50mg tablets', 'prostate-cancer', daily, 1, 1, 28, 28],
  ['finasteride-5', 'Finasteride 5mg tablets', 'prostate', daily, 1, 1, 28, 28],
  ['mebeverine-135', 'Mebeverine 135mg tablets', 'bowel', 'Take ONE three times a day, 20 minutes before food', 1, 3, 84, 28],
  ['ferrous-fumarate-210', 'Ferrous fumarate 210mg tablets', 'iron', daily, 1, 1, 84, 84],
  ['cetirizine-10', 'Cetirizine 10mg tablets', 'antihistamine', daily, 1, 1, 30, 30],
  ['sumatriptan-50', 'Sumatriptan 50mg tablets', 'migraine', 'Take ONE when a migraine starts', 1, 1, 6, 28],
  ['levonorgestrel-ethinylestradiol', 'Ethinylestradiol 30microgram / Levonorgestrel 150microgram tablets', 'contraceptive', 'Take ONE each day for 21 days, then 7 days without', 1, 1, 63, 84],
  ['desogestrel-75', 'Desogestrel 75microgram tablets', 'contraceptive', 'Take ONE each day at the same time', 1, 1, 84, 84],
  ['paracetamol-500', 'Paracetamol 500mg tablets', 'pain', 'Take ONE or TWO up to four times a day', 2, 4, 100, 14],
  ['prednisolone-5', 'Prednisolone 5mg tablets', 'steroid', 'Take SIX each morning for 5 days', 6, 1, 30, 5],
  ['trimethoprim-200', 'Trimethoprim 200mg tablets', 'antibiotic', 'Take ONE twice a day for 3 days', 1, 2, 6, 3],
  ['phenoxymethylpenicillin-250', 'Phenoxymethylpenicillin 250mg tablets', 'antibiotic', 'Take TWO four times a day for 5 days', 2, 4, 40, 5],
  ['clarithromycin-500', 'Clarithromycin 500mg tablets', 'antibiotic', 'Take ONE twice a day for 5 days', 1, 2, 10, 5],
  ['aciclovir-800', 'Aciclovir 800mg tablets', 'antiviral', 'Take ONE five times a day for 7 days', 1, 5, 35, 7],
  ['ibuprofen-400', 'Ibuprofen 400mg tablets', 'anti-inflammatory', 'Take ONE three times a day with food', 1, 3, 84, 28],
  ['naproxen-250', 'Naproxen 250mg tablets', 'anti-inflammatory', 'Take ONE twice a day with food', 1, 2, 56, 28],
  ['co-codamol-30-500', 'Co-codamol 30mg/500mg tablets', 'opioid', 'Take ONE or TWO up to four times a day', 2, 4, 100, 14],
  ['prochlorperazine-5', 'Prochlorperazine 5mg tablets', 'dizziness', 'Take ONE three times a day', 1, 3, 28, 9],
];

// biome-ignore format: a table is read by its rows
const capsules: readonly Row[] = [
  ['ramipril-2.5', 'Ramipril 2.5mg capsules', 'ace-inhibitor', daily, 1, 1, 28, 28],
  ['ramipril-5', 'Ramipril 5mg capsules', 'ace-inhibitor', daily, 1, 1, 28, 28],
  ['ramipril-10', 'Ramipril 10mg capsules', 'ace-inhibitor', daily, 1, 1, 28, 28],
  ['omeprazole-20', 'Omeprazole 20mg gastro-resistant capsules', 'acid', morning, 1, 1, 28, 28],
  ['lansoprazole-30', 'Lansoprazole 30mg gastro-resistant capsules', 'acid', morning, 1, 1, 28, 28],
  ['tamsulosin-400', 'Tamsulosin 400microgram modified-release capsules', 'prostate', morning, 1, 1, 30, 30],
  ['gabapentin-300', 'Gabapentin 300mg capsules', 'nerve-pain', 'Take ONE three times a day', 1, 3, 84, 28],
  ['colecalciferol-800', 'Colecalciferol 800unit capsules', 'vitamin', daily, 1, 1, 30, 30],
  ['hydroxycarbamide-500', 'Hydroxycarbamide 500mg capsules', 'sickle-cell', daily, 1, 1, 28, 28],
  ['amoxicillin-500', 'Amoxicillin 500mg capsules', 'antibiotic', 'Take ONE three times a day for 5 days', 1, 3, 15, 5],
  ['flucloxacillin-500', 'Flucloxacillin 500mg capsules', 'antibiotic', 'Take ONE four times a day for 7 days', 1, 4, 28, 7],
  ['doxycycline-100', 'Doxycycline 100mg capsules', 'antibiotic', 'Take TWO on the first day, then ONE each day for 4 days', 1, 1, 6, 5],
  ['nitrofurantoin-100', 'Nitrofurantoin 100mg modified-release capsules', 'antibiotic', 'Take ONE twice a day for 3 days', 1, 2, 6, 3],
];

// biome-ignore format: a table is read by its rows
const others: readonly (readonly [...Row, Form])[] = [
  ['salbutamol-100', 'Salbutamol 100micrograms/dose inhaler CFC free', 'reliever', 'Inhale ONE or TWO puffs when needed', 2, 4, 200, 90, 'inhaler'],
  ['beclometasone-100', 'Beclometasone 100micrograms/dose inhaler CFC free', 'preventer', 'Inhale TWO puffs twice a day', 2, 2, 200, 50, 'inhaler'],
  ['fostair-100-6', 'Beclometasone 100micrograms/dose / Formoterol 6micrograms/dose inhaler CFC free', 'preventer', 'Inhale TWO puffs twice a day', 2, 2, 120, 30, 'inhaler'],
  ['tiotropium-18', 'Tiotropium bromide 18microgram inhalation powder capsules', 'long-acting-reliever', 'Inhale the contents of ONE capsule each day', 1, 1, 30, 30, 'inhaler'],
  ['insulin-glargine', 'Insulin glargine 100units/ml solution for injection 3ml pre-filled pens', 'insulin', 'Inject under the skin each night, as your diabetes team advises', 0, 1, 5, 56, 'injection'],
  ['insulin-aspart', 'Insulin aspart 100units/ml solution for injection 3ml pre-filled pens', 'insulin', 'Inject under the skin with each meal, as your diabetes team advises', 0, 3, 5, 28, 'injection'],
  ['semaglutide-0.5', 'Semaglutide 0.5mg/dose solution for injection pre-filled pens', 'glp-1', 'Inject ONE dose under the skin each week', 1, 1 / 7, 1, 28, 'injection'],
  ['goserelin-10.8', 'Goserelin 10.8mg implant pre-filled syringes', 'prostate-cancer', 'ONE injection by the nurse every 12 weeks', 1, 1 / 84, 1, 84, 'injection'],
  ['hydrocortisone-1', 'Hydrocortisone 1% cream', 'skin', 'Apply thinly twice a day', 0, 2, 30, 28, 'cream'],
  ['emollient', 'Emollient cream', 'skin', 'Apply often, and as a soap substitute', 0, 3, 500, 28, 'cream'],
  ['calcipotriol-betamethasone', 'Calcipotriol 0.005% / Betamethasone dipropionate 0.05% ointment', 'skin', 'Apply each day', 0, 1, 60, 28, 'cream'],
  ['benzoyl-peroxide-5', 'Benzoyl peroxide 5% gel', 'skin', 'Apply each night', 0, 1, 50, 56, 'cream'],
  ['fusidic-acid-2', 'Fusidic acid 2% cream', 'skin', 'Apply three times a day for 7 days', 0, 3, 15, 7, 'cream'],
  ['latanoprost', 'Latanoprost 50micrograms/ml eye drops', 'glaucoma', 'ONE drop into each affected eye at night', 1, 1, 3, 28, 'drops'],
  ['chloramphenicol-0.5', 'Chloramphenicol 0.5% eye drops', 'antibiotic', 'ONE drop into the eye every two hours, then four times a day, for 5 days', 1, 8, 10, 5, 'drops'],
  ['mometasone-nasal', 'Mometasone 50micrograms/dose nasal spray', 'nasal-steroid', 'TWO sprays into each nostril each day', 2, 1, 140, 35, 'spray'],
  ['estradiol-50-patch', 'Estradiol 50micrograms/24hours transdermal patches', 'hormone', 'Apply ONE twice a week', 1, 2 / 7, 24, 84, 'patch'],
  ['amoxicillin-250-5ml', 'Amoxicillin 250mg/5ml oral suspension sugar free', 'antibiotic', 'Give ONE 5ml spoonful three times a day for 5 days', 5, 3, 100, 5, 'liquid'],
  ['phenoxymethylpenicillin-125-5ml', 'Phenoxymethylpenicillin 125mg/5ml oral solution sugar free', 'antibiotic', 'Give ONE 5ml spoonful four times a day for 5 days', 5, 4, 100, 5, 'liquid'],
  ['flucloxacillin-125-5ml', 'Flucloxacillin 125mg/5ml oral solution', 'antibiotic', 'Give ONE 5ml spoonful four times a day for 7 days', 5, 4, 200, 7, 'liquid'],
  ['clarithromycin-125-5ml', 'Clarithromycin 125mg/5ml oral suspension', 'antibiotic', 'Give ONE 5ml spoonful twice a day for 5 days', 5, 2, 70, 5, 'liquid'],
  ['trimethoprim-50-5ml', 'Trimethoprim 50mg/5ml oral suspension sugar free', 'antibiotic', 'Give ONE 5ml spoonful twice a day for 3 days', 5, 2, 100, 3, 'liquid'],
  ['paracetamol-120-5ml', 'Paracetamol 120mg/5ml oral suspension paediatric sugar free', 'pain', 'Give ONE 5ml spoonful up to four times a day', 5, 4, 100, 5, 'liquid'],
  ['ibuprofen-100-5ml', 'Ibuprofen 100mg/5ml oral suspension sugar free', 'anti-inflammatory', 'Give ONE 5ml spoonful three times a day with food', 5, 3, 100, 7, 'liquid'],
  ['cetirizine-1-1ml', 'Cetirizine 1mg/1ml oral solution sugar free', 'antihistamine', 'Give ONE 5ml spoonful each day', 5, 1, 200, 40, 'liquid'],
  ['oral-rehydration', 'Oral rehydration salts oral powder sachets', 'rehydration', 'ONE sachet in water after each loose stool', 1, 4, 6, 3, 'sachet'],
  ['macrogol', 'Macrogol compound oral powder sachets', 'laxative', 'ONE sachet each day in water', 1, 1, 30, 30, 'sachet'],
];

/** Sources: HL7 UK Core examples; NHS England's electronic prescription service examples; OpenPrescribing's hospital data. */
const dmdCodes: Readonly<Record<string, string>> = {
  'amoxicillin-500': '39732411000001106',
  'clarithromycin-500': '41946511000001109',
  'doxycycline-100': '41948311000001104',
  'apixaban-5': '42206511000001102',
  'salbutamol-100': '39113611000001102',
  'paracetamol-500': '322236009',
};

const substances: Readonly<Record<string, Substance>> = {
  'amoxicillin-500': 'penicillin',
  'flucloxacillin-500': 'penicillin',
  'phenoxymethylpenicillin-250': 'penicillin',
  'amoxicillin-250-5ml': 'penicillin',
  'flucloxacillin-125-5ml': 'penicillin',
  'phenoxymethylpenicillin-125-5ml': 'penicillin',
  'clarithromycin-125-5ml': 'macrolide',
  'ibuprofen-100-5ml': 'nsaid',
  'clarithromycin-500': 'macrolide',
  'ibuprofen-400': 'nsaid',
  'naproxen-250': 'nsaid',
  'aspirin-75': 'nsaid',
  'co-codamol-30-500': 'opioid',
  'ramipril-2.5': 'ace-inhibitor',
  'ramipril-5': 'ace-inhibitor',
  'ramipril-10': 'ace-inhibitor',
  'atorvastatin-20': 'statin',
  'atorvastatin-80': 'statin',
};

const asNeeded = new Set([
  'paracetamol-120-5ml',

  'salbutamol-100',
  'paracetamol-500',
  'co-codamol-30-500',
  'sumatriptan-50',
  'emollient',
]);

function medicineOf(row: Row, form: Form): Medicine {
  const [key, name, kind, dose, units, times, quantity, days] = row;
  const [dmd, substance] = [dmdCodes[key], substances[key]];
  return {
    ...{ key, name, kind, form, dose, daily: times, quantity, days },
    ...(units > 0 ? { units } : {}),
    ...(dmd ? { dmd } : {}),
    ...(substance ? { substance } : {}),
    ...(asNeeded.has(key) ? { asNeeded: true } : {}),
  };
}

/** What children under 12 get in its place. Doxycycline and nitrofurantoin are not for them. Source: BNF for Children. */
export const childForms: ReadonlyMap<string, string> = new Map([
  ['amoxicillin-500', 'amoxicillin-250-5ml'],
  ['phenoxymethylpenicillin-250', 'phenoxymethylpenicillin-125-5ml'],
  ['flucloxacillin-500', 'flucloxacillin-125-5ml'],
  ['clarithromycin-500', 'clarithromycin-125-5ml'],
  ['doxycycline-100', 'clarithromycin-125-5ml'],
  ['trimethoprim-200', 'trimethoprim-50-5ml'],
  ['nitrofurantoin-100', 'trimethoprim-50-5ml'],
  ['paracetamol-500', 'paracetamol-120-5ml'],
  ['naproxen-250', 'ibuprofen-100-5ml'],
  ['ibuprofen-400', 'ibuprofen-100-5ml'],
  ['cetirizine-10', 'cetirizine-1-1ml'],
]);

/** By key. */
export const medicines: ReadonlyMap<string, Medicine> = new Map(
  [
    ...tablets.map((row) => medicineOf(row, 'tablet')),
    ...capsules.map((row) => medicineOf(row, 'capsule')),
    ...others.map(([key, name, kind, dose, units, times, quantity, days, form]) =>
      medicineOf([key, name, kind, dose, units, times, quantity, days], form),
    ),
  ].map((one) => [one.key, one]),
);

/** Throws where the key is none of the table. */
export function medicine(key: string): Medicine {
  const found = medicines.get(key);
  if (!found) throw new RangeError(`The table of medicines has no “${key}”.`);
  return found;
}
