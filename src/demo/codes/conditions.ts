/**
 * What people of the demonstration have or had: SNOMED CT codes with the words that a record writes. Source: SNOMED CT as the
 * International Patient Summary's free set, FHIR's examples and Synthea give it; what none of them gives stays words.
 */

export interface ConditionKind {
  readonly key: string;
  /** SNOMED CT; none where no free source gives one. */
  readonly code?: string;
  /** As a clinician writes it. */
  readonly term: string;
  /** As a patient says it, where that is another word. */
  readonly plain?: string;
  readonly course: 'long' | 'short';
  /** Significance in a problem list. Source: UK Core, Problem Significance. */
  readonly major: boolean;
  /** Specialty to which people are referred with it. */
  readonly specialty?: string;
  /** Words of the reason for a visit about it. */
  readonly visit: string;
}

type Row = readonly [
  key: string,
  code: string,
  term: string,
  visit: string,
  specialty?: string | undefined,
  plain?: string,
];

/** Long-term, and on the list of major problems. */
// biome-ignore format: a table is read by its rows
const major: readonly Row[] = [
  ['hypertension', '38341003', 'Hypertension', 'Blood pressure review', 'cardiology', 'High blood pressure'],
  ['prediabetes', '15777000', 'Prediabetes', 'Blood sugar check', 'diabetes', 'High risk of diabetes'],
  ['type-2-diabetes', '44054006', 'Type 2 diabetes mellitus', 'Diabetes review', 'diabetes', 'Type 2 diabetes'],
  ['type-1-diabetes', '46635009', 'Type 1 diabetes mellitus', 'Diabetes review', 'diabetes', 'Type 1 diabetes'],
  ['diabetic-retinopathy', '4855003', 'Diabetic retinopathy', 'Diabetic eye clinic', 'ophthalmology', 'Eye damage from diabetes'],
  ['diabetic-foot', '280137006', 'Diabetic foot', 'Foot check', 'diabetes', 'Foot problem from diabetes'],
  ['asthma', '195967001', 'Asthma', 'Asthma review', 'respiratory'],
  ['copd', '13645005', 'Chronic obstructive pulmonary disease', 'COPD review', 'respiratory', 'Long-term lung disease (COPD)'],
  ['depression', '35489007', 'Depression', 'Low mood', 'mental-health'],
  ['anxiety', '48694002', 'Anxiety', 'Feeling anxious', 'mental-health'],
  ['schizophrenia', '58214004', 'Schizophrenia', 'Mental health review', 'mental-health'],
  ['bipolar-disorder', '13746004', 'Bipolar disorder', 'Mental health review', 'mental-health'],
  ['dementia', '52448006', 'Dementia', 'Memory review', 'older-people'],
  ['learning-disability', '110359009', 'Learning disability', 'Learning disability health check', 'mental-health'],
  ['autism', '408856003', 'Autism', 'Autism support', 'paediatrics'],
  ['adhd', '406506008', 'Attention deficit hyperactivity disorder', 'ADHD review', 'mental-health', 'ADHD'],
  ['chronic-kidney-disease', '709044004', 'Chronic kidney disease', 'Kidney function review', 'renal', 'Long-term kidney disease'],
  ['coronary-heart-disease', '53741008', 'Coronary heart disease', 'Heart disease review', 'cardiology', 'Heart disease'],
  ['myocardial-infarction', '22298006', 'Myocardial infarction', 'Chest pain', 'cardiology', 'Heart attack'],
  ['atrial-fibrillation', '49436004', 'Atrial fibrillation', 'Heart rhythm review', 'cardiology', 'Irregular heartbeat (atrial fibrillation)'],
  ['heart-failure', '84114007', 'Heart failure', 'Heart failure review', 'cardiology'],
  ['stroke', '230690007', 'Stroke', 'Stroke review', 'neurology'],
  ['peripheral-arterial-disease', '399957001', 'Peripheral arterial disease', 'Leg pain on walking', 'surgery', 'Poor circulation in the legs'],
  ['epilepsy', '84757009', 'Epilepsy', 'Epilepsy review', 'neurology'],
  ['parkinsons-disease', '49049000', 'Parkinson’s disease', 'Parkinson’s review', 'neurology'],
  ['multiple-sclerosis', '24700007', 'Multiple sclerosis', 'Multiple sclerosis review', 'neurology'],
  ['breast-cancer', '254837009', 'Malignant neoplasm of breast', 'Cancer care review', 'breast', 'Breast cancer'],
  ['prostate-cancer', '399068003', 'Malignant tumour of prostate', 'Cancer care review', 'urology', 'Prostate cancer'],
  ['bowel-cancer', '363406005', 'Malignant tumour of colon', 'Cancer care review', 'gastroenterology', 'Bowel cancer'],
  ['lung-cancer', '363358000', 'Malignant tumour of lung', 'Cancer care review', 'respiratory', 'Lung cancer'],
  ['melanoma', '372244006', 'Malignant melanoma', 'Skin check', 'dermatology', 'Skin cancer (melanoma)'],
  ['rheumatoid-arthritis', '69896004', 'Rheumatoid arthritis', 'Joint review', 'rheumatology'],
  ['osteoporosis', '64859006', 'Osteoporosis', 'Bone health review', 'rheumatology', 'Weak bones (osteoporosis)'],
  ['osteoarthritis', '396275006', 'Osteoarthritis', 'Painful joints', 'orthopaedics', 'Wear of the joints (osteoarthritis)'],
  ['hypothyroidism', '40930008', 'Hypothyroidism', 'Thyroid review', 'diabetes', 'Underactive thyroid'],
  ['crohns-disease', '34000006', 'Crohn’s disease', 'Bowel disease review', 'gastroenterology'],
  ['ulcerative-colitis', '64766004', 'Ulcerative colitis', 'Bowel disease review', 'gastroenterology'],
  ['coeliac-disease', '396331005', 'Coeliac disease', 'Coeliac disease review', 'gastroenterology'],
  ['obesity', '414916001', 'Obesity', 'Weight management', 'diabetes', 'Being very overweight'],
  ['frailty', '248279007', 'Frailty', 'Frailty review', 'older-people'],
  ['sickle-cell-disease', '127040003', 'Sickle cell disease', 'Sickle cell review', 'oncology'],
];

/** Long-term, and lesser. */
// biome-ignore format: a table is read by its rows
const minor: readonly Row[] = [
  ['eczema', '43116000', 'Eczema', 'Dry and itchy skin', 'dermatology'],
  ['psoriasis', '9014002', 'Psoriasis', 'Psoriasis', 'dermatology'],
  ['acne', '11381005', 'Acne', 'Acne', 'dermatology'],
  ['hay-fever', '21719001', 'Allergic rhinitis caused by pollen', 'Hay fever', undefined, 'Hay fever'],
  ['migraine', '37796009', 'Migraine', 'Headaches', 'neurology'],
  ['back-pain', '279039007', 'Low back pain', 'Back pain', 'orthopaedics'],
  ['gout', '90560007', 'Gout', 'Painful toe', 'rheumatology'],
  ['irritable-bowel', '10743008', 'Irritable bowel syndrome', 'Stomach pain', 'gastroenterology'],
  ['reflux', '235595009', 'Gastro-oesophageal reflux disease', 'Heartburn', 'gastroenterology', 'Acid reflux'],
  ['prostate-enlargement', '266569009', 'Benign prostatic hyperplasia', 'Trouble passing water', 'urology', 'Enlarged prostate'],
  ['glaucoma', '23986001', 'Glaucoma', 'Eye pressure check', 'ophthalmology'],
  ['cataract', '193570009', 'Cataract', 'Blurred vision', 'ophthalmology'],
  ['hearing-loss', '15188001', 'Hearing loss', 'Trouble hearing'],
  ['high-cholesterol', '55822004', 'Hyperlipidaemia', 'Cholesterol check', 'cardiology', 'High cholesterol'],
  ['endometriosis', '129103003', 'Endometriosis', 'Painful periods', 'gynaecology'],
  ['polycystic-ovaries', '237055002', 'Polycystic ovary syndrome', 'Irregular periods', 'gynaecology'],
  ['iron-deficiency-anaemia', '87522002', 'Iron deficiency anaemia', 'Tiredness', 'gastroenterology', 'Low iron (anaemia)'],
  ['sleep-apnoea', '78275009', 'Obstructive sleep apnoea', 'Snoring and tiredness', 'respiratory', 'Breathing that stops in sleep'],
  ['fibromyalgia', '203082005', 'Fibromyalgia', 'Widespread pain', 'rheumatology'],
];

/** Over within weeks or months. */
// biome-ignore format: a table is read by its rows
const short: readonly Row[] = [
  ['common-cold', '54150009', 'Upper respiratory infection', 'Cough and cold', undefined, 'Cold'],
  ['tonsillitis', '90176007', 'Tonsillitis', 'Sore throat'],
  ['ear-infection', '3110003', 'Acute otitis media', 'Earache', undefined, 'Ear infection'],
  ['sinusitis', '36971009', 'Sinusitis', 'Blocked nose and face pain'],
  ['chest-infection', '10509002', 'Acute bronchitis', 'Cough for three weeks', undefined, 'Chest infection'],
  ['pneumonia', '233604007', 'Pneumonia', 'Fever and breathlessness', 'respiratory'],
  ['bronchiolitis', '4120002', 'Bronchiolitis', 'Wheezy baby', 'paediatrics'],
  ['croup', '71186008', 'Croup', 'Barking cough'],
  ['chickenpox', '38907003', 'Chickenpox', 'Spots and fever'],
  ['conjunctivitis', '9826008', 'Conjunctivitis', 'Sticky eyes'],
  ['impetigo', '48277006', 'Impetigo', 'Crusted sores'],
  ['stomach-bug', '25374005', 'Gastroenteritis', 'Diarrhoea and vomiting', undefined, 'Stomach bug'],
  ['urinary-infection', '68566005', 'Urinary tract infection', 'Pain on passing water', undefined, 'Urine infection'],
  ['cellulitis', '128045006', 'Cellulitis', 'Red and swollen leg', undefined, 'Skin infection'],
  ['shingles', '4740000', 'Herpes zoster', 'Painful rash', undefined, 'Shingles'],
  ['covid', '840539006', 'COVID-19', 'Fever and loss of smell'],
  ['ankle-sprain', '44465007', 'Sprain of ankle', 'Twisted ankle', undefined, 'Sprained ankle'],
  ['forearm-fracture', '65966004', 'Fracture of forearm', 'Fall on the arm', 'orthopaedics', 'Broken arm'],
  ['ankle-fracture', '16114001', 'Fracture of ankle', 'Fall, painful ankle', 'orthopaedics', 'Broken ankle'],
  ['hip-fracture', '359817006', 'Closed fracture of hip', 'Fall, cannot stand', 'orthopaedics', 'Broken hip'],
  ['head-injury', '82271004', 'Injury of head', 'Bump to the head', undefined, 'Head injury'],
  ['hand-cut', '284549007', 'Laceration of hand', 'Cut to the hand', undefined, 'Cut hand'],
  ['appendicitis', '74400008', 'Appendicitis', 'Pain low on the right', 'surgery'],
  ['gallstones', '235919008', 'Gallstones', 'Pain under the ribs', 'surgery'],
  ['kidney-stone', '95570007', 'Kidney stone', 'Pain in the side', 'urology'],
  ['vertigo', '111541001', 'Benign paroxysmal positional vertigo', 'Dizziness', undefined, 'Dizziness when moving the head'],
  ['sciatica', '23056005', 'Sciatica', 'Pain down the leg', 'orthopaedics'],
];

const rows = (list: readonly Row[], course: 'long' | 'short', isMajor: boolean): readonly ConditionKind[] =>
  list.map(([key, code, term, visit, specialty, plain]) => ({
    ...{ key, code, term, visit, course, major: isMajor },
    ...(specialty ? { specialty } : {}),
    ...(plain ? { plain } : {}),
  }));

/** By key. */
export const conditionKinds: ReadonlyMap<string, ConditionKind> = new Map(
  [...rows(major, 'long', true), ...rows(minor, 'long', false), ...rows(short, 'short', false)].map(
    (kind) => [kind.key, kind],
  ),
);

/** Throws where the key is none of the table. */
export function conditionKind(key: string): ConditionKind {
  const kind = conditionKinds.get(key);
  if (!kind) throw new RangeError(`The table of conditions has no “${key}”.`);
  return kind;
}
