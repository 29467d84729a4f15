/**
 * How many people have a long-term condition by age, what makes it likelier, and how it ends.
 *
 * Sources of how many: NHS England, Quality and Outcomes Framework 2023/24 (registers of England's practices: hypertension
 * 14.8 %, depression 13 % of adults, diabetes 7.7 % of those over 16, asthma 6.5 %, chronic kidney disease 4.4 % of adults,
 * cancer 3.6 %, coronary heart disease 3.0 %, atrial fibrillation 2.2 %, COPD 1.9 %, stroke 1.9 %, heart failure 1.1 %, severe
 * mental illness 1.0 %, epilepsy 0.8 %, dementia 0.8 %, learning disability 0.6 %); Health Survey for England; NICE Clinical
 * Knowledge Summaries for what the framework does not count. By age: Barnett and others, Lancet 2012;380:37. What makes
 * likelier, as relative risks rounded: QRISK3 (BMJ 2017;357:j2099), QDiabetes-2018 (BMJ 2017;359:j5019), and Barnett.
 */

/**
 * How many times likelier by what else holds: `smoker`, `ex-smoker`, `never-smoker`, `obese`, `overweight`, `lean`, `deprived`,
 * `south-asian`, `black`, `sickle-cell-heritage`, `care-home`, `no-diabetes`, a need of theirs, or the key of another problem.
 */
export type Drivers = Readonly<Record<string, number>>;

export interface Risk {
  readonly key: string;
  /** Age in years and how many per cent have had it by then; straight lines between. */
  readonly byAge: readonly (readonly [age: number, percent: number])[];
  /** How much likelier in women, and in men. */
  readonly women?: number;
  readonly men?: number;
  readonly drivers?: Drivers;
  /** Some get over it: how many, and after how many years. */
  readonly remits?: { readonly share: number; readonly years: readonly [low: number, high: number] };
  /** Never together with it. */
  readonly not?: readonly string[];
}

/** Those that make others likelier come before them. */
// biome-ignore format: a table is read by its rows
export const risks: readonly Risk[] = [
  { key: 'learning-disability', byAge: [[0, 0], [4, 0.26], [16, 0.34]], men: 1.3, drivers: { 'easy-read': 300 } },
  { key: 'autism', byAge: [[2, 0], [6, 0.63], [12, 1.26], [20, 1.4], [90, 1.4]], men: 1.5, women: 0.5, drivers: { 'learning-disability': 8 } },
  { key: 'adhd', byAge: [[5, 0], [10, 1.8], [16, 3], [45, 3.6]], men: 1.4, women: 0.6 },
  { key: 'obesity', byAge: [[12, 0], [25, 4.48], [45, 13.45], [65, 19.43], [80, 20.93]], drivers: { obese: 3.1, overweight: 0.05, lean: 0 } },
  { key: 'eczema', byAge: [[0, 1], [2, 9], [5, 13], [16, 15], [90, 18]], remits: { share: 0.55, years: [4, 14] } },
  { key: 'hay-fever', byAge: [[3, 0], [10, 5.6], [20, 10.4], [40, 12.8], [90, 13.6]], drivers: { eczema: 1.8 }, remits: { share: 0.2, years: [12, 30] } },
  { key: 'asthma', byAge: [[2, 0], [6, 3.4], [12, 5.44], [30, 5.98], [60, 7], [85, 7.68]], women: 1.1, men: 0.9, drivers: { eczema: 1.7, 'hay-fever': 1.9, obese: 1.3 }, remits: { share: 0.33, years: [6, 15] } },
  { key: 'coeliac-disease', byAge: [[2, 0], [20, 0.35], [60, 0.8]] },
  { key: 'type-1-diabetes', byAge: [[1, 0], [15, 0.25], [35, 0.5], [60, 0.6]] },
  { key: 'sickle-cell-disease', byAge: [[0, 0.0005], [90, 0.0005]], drivers: { 'sickle-cell-heritage': 900 } },
  { key: 'epilepsy', byAge: [[0, 0.04], [15, 0.42], [45, 0.68], [75, 1.02], [90, 1.19]], drivers: { 'learning-disability': 18, stroke: 3 } },
  { key: 'acne', byAge: [[11, 0], [15, 7], [20, 13], [30, 15]], remits: { share: 0.9, years: [2, 7] } },
  { key: 'migraine', byAge: [[8, 0], [20, 4], [40, 9], [60, 10.5]], women: 1.5, men: 0.5 },
  { key: 'anxiety', byAge: [[10, 0], [18, 5], [35, 11], [60, 15], [85, 16]], women: 1.3, men: 0.7, drivers: { deprived: 1.4, autism: 2.5 }, remits: { share: 0.45, years: [1, 8] } },
  { key: 'depression', byAge: [[12, 0], [20, 5.85], [35, 13.95], [55, 18.9], [85, 20.25]], women: 1.28, men: 0.72, drivers: { anxiety: 1.7, deprived: 1.35, smoker: 1.3 }, remits: { share: 0.38, years: [1, 7] } },
  { key: 'schizophrenia', byAge: [[15, 0], [30, 0.5], [60, 0.81]], men: 1.3, women: 0.7, drivers: { deprived: 2, black: 1.8, smoker: 1.5 } },
  { key: 'bipolar-disorder', byAge: [[15, 0], [30, 0.38], [60, 0.69]], not: ['schizophrenia'], drivers: { depression: 1.8 } },
  { key: 'psoriasis', byAge: [[5, 0], [20, 1], [50, 2.6], [80, 3.3]] },
  { key: 'irritable-bowel', byAge: [[14, 0], [30, 4], [60, 7]], women: 1.4, men: 0.6, drivers: { anxiety: 1.8 } },
  { key: 'polycystic-ovaries', byAge: [[14, 0], [25, 4], [40, 6]], men: 0, drivers: { obese: 1.8 } },
  { key: 'endometriosis', byAge: [[15, 0], [30, 2], [45, 4]], men: 0 },
  { key: 'crohns-disease', byAge: [[10, 0], [30, 0.25], [70, 0.4]] },
  { key: 'ulcerative-colitis', byAge: [[15, 0], [40, 0.3], [75, 0.6]], not: ['crohns-disease'] },
  { key: 'multiple-sclerosis', byAge: [[18, 0], [45, 0.2], [65, 0.32]], women: 1.45, men: 0.55 },
  { key: 'back-pain', byAge: [[16, 0], [35, 7], [55, 15], [80, 21]], drivers: { obese: 1.4, deprived: 1.3 }, remits: { share: 0.5, years: [0.4, 6] } },
  { key: 'fibromyalgia', byAge: [[20, 0], [45, 0.8], [65, 1.4]], women: 1.6, men: 0.4, drivers: { depression: 2 } },
  { key: 'reflux', byAge: [[18, 0], [40, 5], [60, 11], [85, 17]], drivers: { obese: 1.5, smoker: 1.2 } },
  { key: 'iron-deficiency-anaemia', byAge: [[12, 0], [30, 3], [50, 6], [85, 9]], women: 1.6, men: 0.4, drivers: { 'coeliac-disease': 3, 'crohns-disease': 3 }, remits: { share: 0.8, years: [0.4, 2] } },
  { key: 'hypothyroidism', byAge: [[10, 0], [30, 1.45], [50, 5.22], [70, 10.15], [90, 12.32]], women: 1.65, men: 0.35 },
  { key: 'prediabetes', byAge: [[25, 0], [45, 4], [65, 13], [85, 18]], drivers: { obese: 1.7, 'south-asian': 1.8, lean: 0.5 } },
  { key: 'type-2-diabetes', byAge: [[25, 0], [35, 0.86], [45, 3.28], [55, 6.63], [65, 10.3], [75, 13.26], [90, 14.43]], men: 1.16, women: 0.84, drivers: { prediabetes: 2, obese: 1.5, 'south-asian': 2.1, black: 1.6, lean: 0.35, deprived: 1.25, schizophrenia: 1.6 }, not: ['type-1-diabetes'] },
  { key: 'hypertension', byAge: [[20, 0], [35, 2.6], [45, 8.37], [55, 18.14], [65, 29.76], [75, 41.85], [85, 50.22], [95, 52.08]], drivers: { obese: 1.3, lean: 0.78, 'type-2-diabetes': 1.5, black: 1.35, prediabetes: 1.15 } },
  { key: 'high-cholesterol', byAge: [[25, 0], [45, 5], [65, 15], [85, 17]], drivers: { obese: 1.2, 'type-2-diabetes': 1.2 } },
  { key: 'gout', byAge: [[25, 0], [45, 1.1], [65, 3.2], [85, 5]], men: 1.55, women: 0.45, drivers: { obese: 1.6, hypertension: 1.6 } },
  { key: 'chronic-kidney-disease', byAge: [[35, 0], [50, 0.91], [60, 2.43], [70, 6.23], [80, 15.2], [95, 25.84]], drivers: { 'type-2-diabetes': 1.6, hypertension: 1.35, 'type-1-diabetes': 3 } },
  { key: 'sleep-apnoea', byAge: [[30, 0], [50, 1.3], [70, 2]], men: 1.5, women: 0.5, drivers: { obese: 2.6, lean: 0.2 } },
  { key: 'copd', byAge: [[38, 0], [50, 1.13], [60, 3.13], [70, 5.39], [85, 6.79]], drivers: { smoker: 3.2, 'ex-smoker': 1.5, 'never-smoker': 0.15, deprived: 1.4, asthma: 1.5 } },
  { key: 'coronary-heart-disease', byAge: [[38, 0], [50, 1.07], [60, 3.08], [70, 6.7], [80, 10.72], [95, 13.4]], men: 1.4, women: 0.6, drivers: { smoker: 1.6, 'type-2-diabetes': 1.6, hypertension: 1.35, 'south-asian': 1.4, 'high-cholesterol': 1.2 } },
  { key: 'myocardial-infarction', byAge: [[40, 0], [60, 0.6], [75, 1.4], [90, 2]], men: 1.4, women: 0.6, drivers: { 'coronary-heart-disease': 9 } },
  { key: 'atrial-fibrillation', byAge: [[45, 0], [60, 1.8], [70, 5.2], [80, 11.5], [95, 18.5]], men: 1.15, women: 0.85, drivers: { hypertension: 1.25, 'coronary-heart-disease': 1.5, obese: 1.2 } },
  { key: 'stroke', byAge: [[40, 0], [55, 1.31], [65, 2.95], [75, 5.74], [85, 9.43], [95, 11.48]], men: 1.1, women: 0.9, drivers: { 'atrial-fibrillation': 1.9, hypertension: 1.25, smoker: 1.4, 'type-2-diabetes': 1.25 } },
  { key: 'heart-failure', byAge: [[45, 0], [60, 0.86], [70, 1.98], [80, 4.56], [95, 10.32]], men: 1.15, women: 0.85, drivers: { 'coronary-heart-disease': 2.1, 'atrial-fibrillation': 2, hypertension: 1.15, 'chronic-kidney-disease': 1.3 } },
  { key: 'peripheral-arterial-disease', byAge: [[50, 0], [65, 0.9], [80, 2.2]], men: 1.3, women: 0.7, drivers: { smoker: 2.2, 'type-2-diabetes': 1.8, 'coronary-heart-disease': 1.6 } },
  { key: 'diabetic-retinopathy', byAge: [[30, 0], [60, 2.4], [85, 3]], drivers: { 'type-2-diabetes': 6, 'type-1-diabetes': 25, 'no-diabetes': 0 } },
  { key: 'diabetic-foot', byAge: [[40, 0], [65, 0.9], [85, 1.2]], drivers: { 'type-2-diabetes': 6, 'type-1-diabetes': 9, 'no-diabetes': 0 } },
  { key: 'rheumatoid-arthritis', byAge: [[25, 0], [50, 0.94], [75, 2.29]], women: 1.4, men: 0.6, drivers: { smoker: 1.4 } },
  { key: 'osteoarthritis', byAge: [[38, 0], [50, 5], [65, 18], [80, 31], [95, 36]], women: 1.2, men: 0.8, drivers: { obese: 1.35 } },
  { key: 'osteoporosis', byAge: [[50, 0], [65, 1.15], [80, 3.25], [95, 5]], women: 1.65, men: 0.35, drivers: { 'rheumatoid-arthritis': 1.6, copd: 1.3, lean: 1.4 } },
  { key: 'parkinsons-disease', byAge: [[50, 0], [65, 0.3], [75, 0.9], [90, 1.8]], men: 1.3, women: 0.7 },
  { key: 'prostate-enlargement', byAge: [[45, 0], [65, 9], [85, 20]], women: 0 },
  { key: 'breast-cancer', byAge: [[30, 0], [45, 1.35], [60, 5.1], [75, 9.45], [90, 11.25]], women: 1, men: 0.01 },
  { key: 'prostate-cancer', byAge: [[48, 0], [60, 1.5], [70, 6.6], [80, 12], [95, 15]], women: 0, drivers: { black: 2 } },
  { key: 'bowel-cancer', byAge: [[40, 0], [60, 0.75], [75, 2.4], [90, 3.9]], men: 1.15, women: 0.85 },
  { key: 'lung-cancer', byAge: [[50, 0], [65, 0.45], [80, 1.04]], drivers: { smoker: 4, 'ex-smoker': 1.6, 'never-smoker': 0.15, copd: 2 } },
  { key: 'melanoma', byAge: [[20, 0], [50, 0.6], [75, 1.65]], drivers: { 'south-asian': 0.05, black: 0.03 } },
  { key: 'glaucoma', byAge: [[45, 0], [65, 1.8], [85, 5.5]], drivers: { black: 2.2 } },
  { key: 'cataract', byAge: [[50, 0], [65, 4], [75, 12], [90, 26]], drivers: { 'type-2-diabetes': 1.5 } },
  { key: 'hearing-loss', byAge: [[3, 0.1], [40, 1.5], [60, 6], [75, 15], [90, 26]], drivers: { 'hearing-aid': 40, 'british-sign-language': 200 } },
  { key: 'dementia', byAge: [[60, 0], [68, 0.52], [75, 1.69], [82, 4.88], [90, 9.75], [100, 14.3]], drivers: { stroke: 1.5, 'care-home': 4.5, 'learning-disability': 4 } },
  { key: 'frailty', byAge: [[65, 0], [72, 1.88], [80, 7.5], [88, 20.25], [95, 31.5]], drivers: { 'care-home': 2.6, dementia: 1.8, 'heart-failure': 1.6, copd: 1.4 } },
];

export interface IllnessRate {
  readonly key: string;
  /** Age from which on, and how many of a thousand have it in a year and see someone about it. */
  readonly perThousand: readonly (readonly [age: number, rate: number])[];
  readonly women?: number;
  readonly men?: number;
  readonly drivers?: Drivers;
  /** Days until it is over. */
  readonly days: readonly [low: number, high: number];
  /** Where people go with it first; else to the practice. */
  readonly first?: 'emergency' | 'admission';
}

/**
 * Sources: Royal College of General Practitioners, weekly returns 2019 (infections seen in practice); NHS Digital, Hospital
 * Admitted Patient Care 2022-23; Fragility fractures: Curtis and others, Bone 2016;87:19. Rounded.
 */
// biome-ignore format: a table is read by its rows
export const illnessRates: readonly IllnessRate[] = [
  { key: 'common-cold', perThousand: [[0, 300], [5, 90], [16, 35], [65, 30]], days: [5, 14] },
  { key: 'tonsillitis', perThousand: [[1, 60], [5, 55], [16, 22], [40, 8], [65, 2]], days: [5, 12] },
  { key: 'ear-infection', perThousand: [[0, 130], [5, 45], [12, 8], [40, 4]], days: [4, 10] },
  { key: 'sinusitis', perThousand: [[12, 8], [30, 14], [65, 8]], women: 1.3, days: [7, 21] },
  { key: 'chest-infection', perThousand: [[0, 40], [5, 15], [40, 25], [65, 55], [80, 85]], days: [7, 24], drivers: { copd: 3, asthma: 1.5, smoker: 1.5 } },
  { key: 'pneumonia', perThousand: [[0, 3], [5, 1], [40, 3], [65, 9], [80, 24]], days: [12, 40], drivers: { copd: 2.5, frailty: 1.8 }, first: 'admission' },
  { key: 'bronchiolitis', perThousand: [[0, 65], [2, 0]], days: [6, 14] },
  { key: 'croup', perThousand: [[0.5, 25], [5, 0]], days: [3, 7] },
  { key: 'chickenpox', perThousand: [[0.5, 40], [7, 8], [15, 1]], days: [7, 14] },
  { key: 'conjunctivitis', perThousand: [[0, 90], [5, 20], [16, 9]], days: [4, 10] },
  { key: 'impetigo', perThousand: [[1, 22], [10, 5], [16, 1]], days: [6, 14] },
  { key: 'stomach-bug', perThousand: [[0, 70], [5, 15], [16, 9], [75, 16]], days: [2, 7] },
  { key: 'urinary-infection', perThousand: [[0, 8], [16, 40], [40, 45], [65, 75], [80, 120]], women: 1.5, men: 0.3, days: [4, 10] },
  { key: 'cellulitis', perThousand: [[16, 4], [50, 10], [70, 20]], days: [8, 20], drivers: { obese: 1.6, 'type-2-diabetes': 1.5 } },
  { key: 'shingles', perThousand: [[20, 1.5], [50, 5], [65, 8], [80, 10]], days: [14, 35] },
  { key: 'ankle-sprain', perThousand: [[8, 12], [30, 10], [50, 5]], days: [14, 50], first: 'emergency' },
  { key: 'forearm-fracture', perThousand: [[4, 9], [15, 3], [50, 4], [70, 7]], days: [40, 80], first: 'emergency', drivers: { osteoporosis: 2 } },
  { key: 'ankle-fracture', perThousand: [[14, 1.2], [50, 2]], days: [45, 90], first: 'emergency' },
  { key: 'hip-fracture', perThousand: [[55, 0.6], [70, 3], [80, 11], [90, 24]], women: 1.3, men: 0.7, days: [80, 160], first: 'admission', drivers: { osteoporosis: 2, frailty: 1.8 } },
  { key: 'head-injury', perThousand: [[0, 35], [6, 14], [20, 6], [75, 18]], days: [1, 10], first: 'emergency' },
  { key: 'hand-cut', perThousand: [[4, 9], [65, 5]], days: [7, 16], first: 'emergency' },
  { key: 'appendicitis', perThousand: [[5, 1.4], [30, 0.9], [60, 0.5]], days: [10, 24], first: 'admission' },
  { key: 'gallstones', perThousand: [[25, 1.2], [45, 2.6], [75, 3]], women: 1.4, men: 0.6, days: [40, 200], drivers: { obese: 1.7 } },
  { key: 'kidney-stone', perThousand: [[20, 1], [40, 1.8], [70, 1]], men: 1.3, women: 0.7, days: [5, 30], first: 'emergency' },
  { key: 'vertigo', perThousand: [[30, 4], [60, 11]], days: [10, 45] },
  { key: 'sciatica', perThousand: [[25, 6], [45, 11], [70, 8]], days: [30, 120] },
];
