/** Tests that are ordered often: as they are asked for, with a code where a free source gives one. */

export interface OrderableTest {
  readonly key: string;
  readonly name: string;
  readonly kind: 'blood' | 'urine' | 'heart' | 'imaging' | 'other';
  /** What the patient is told to do. */
  readonly how: string;
}

const blood = 'Book a blood test. You can eat and drink as usual unless we said otherwise.';
// biome-ignore format: a table is read by its rows
const rows: readonly (readonly [string, string, OrderableTest['kind'], string])[] = [
  ['fbc', 'Full blood count', 'blood', blood],
  ['ue', 'Kidney function and salts (U&E)', 'blood', blood],
  ['lft', 'Liver function', 'blood', blood],
  ['hba1c', 'HbA1c', 'blood', blood],
  ['lipids', 'Cholesterol', 'blood', blood],
  ['tft', 'Thyroid function', 'blood', blood],
  ['crp', 'CRP', 'blood', blood],
  ['ferritin', 'Iron (ferritin)', 'blood', blood],
  ['b12-folate', 'Vitamin B12 and folate', 'blood', blood],
  ['urine-culture', 'Urine, for infection', 'urine', 'Bring a fresh sample in a pot from reception.'],
  ['acr', 'Urine, for protein (ACR)', 'urine', 'Bring the first urine of a morning in a pot from reception.'],
  ['fit', 'Stool, for hidden blood (FIT)', 'other', 'A kit comes with a leaflet that says how.'],
  ['ecg', 'ECG', 'heart', 'Book at the practice.'],
  ['chest-x-ray', 'Chest X-ray', 'imaging', 'The hospital invites you.'],
];

export const orderableTests: readonly OrderableTest[] = rows.map(([key, name, kind, how]) => ({
  key,
  name,
  kind,
  how,
}));
