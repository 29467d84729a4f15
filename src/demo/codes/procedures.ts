/** What is done to people of the demonstration. Codes: SNOMED CT as Synthea and the International Patient Summary use them. */

export interface ProcedureKind {
  readonly key: string;
  /** SNOMED CT; none where no free source gives one. */
  readonly code?: string;
  readonly term: string;
}

type Row = readonly [key: string, term: string, code?: string];

const rows: readonly Row[] = [
  ['cataract-extraction', 'Extraction of cataract', '54885007'],
  ['appendicectomy', 'Appendicectomy', '80146002'],
  ['cholecystectomy', 'Removal of gallbladder', '38102005'],
  ['hip-replacement', 'Total hip replacement', '52734007'],
  ['knee-replacement', 'Total knee replacement', '609588000'],
  ['hip-hemiarthroplasty', 'Half hip replacement after a fracture'],
  ['coronary-stent', 'Percutaneous coronary intervention', '415070008'],
  ['coronary-bypass', 'Coronary artery bypass grafting', '232717009'],
  ['cardioversion', 'Electrical cardioversion', '180325003'],
  ['lumpectomy', 'Lumpectomy of breast', '392021009'],
  ['mastectomy', 'Simple mastectomy', '172043006'],
  ['prostatectomy', 'Prostatectomy', '90470006'],
  ['colectomy', 'Partial resection of colon', '43075005'],
  ['colonoscopy', 'Colonoscopy', '73761001'],
  ['spirometry', 'Spirometry', '127783003'],
  ['pulmonary-rehabilitation', 'Pulmonary rehabilitation', '15081005'],
  ['immobilisation', 'Immobilisation of a broken bone', '274474001'],
  ['wound-suture', 'Suture of open wound', '288086009'],
  ['cognitive-behavioural-therapy', 'Cognitive and behavioural therapy', '228557008'],
  ['cervical-screening', 'Cervical screening'],
];

/** By key. */
export const procedureKinds: ReadonlyMap<string, ProcedureKind> = new Map(
  rows.map(([key, term, code]) => [key, { key, term, ...(code ? { code } : {}) }]),
);

/** Throws where the key is none of the table. */
export function procedureKind(key: string): ProcedureKind {
  const kind = procedureKinds.get(key);
  if (!kind) throw new RangeError(`The table of procedures has no “${key}”.`);
  return kind;
}
