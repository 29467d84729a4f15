/** What an entry of the glossary is, and short ways to write one down. */

export type GlossaryKind = 'test' | 'condition' | 'medicine' | 'term';

export interface GlossaryEntry {
  /** Unique; letters, digits and hyphens. */
  readonly id: string;
  readonly kind: GlossaryKind;
  /** As people say it: “High blood pressure”. */
  readonly name: string;
  /** Codes that mean just this, as `system|code`. */
  readonly codes: readonly string[];
  /** Other words for it, in small letters, as records write them. */
  readonly also: readonly string[];
  /** A few short sentences. They say what it is, never what to do about a treatment. */
  readonly says: string;
  /** Page of nhs.uk with more, without the host: `conditions/asthma/`. */
  readonly page: string;
}

const loincs = (codes: string): string[] =>
  codes.split(' ').flatMap((code) => (code ? [`http://loinc.org|${code}`] : []));
const snomeds = (codes: string): string[] =>
  codes.split(' ').flatMap((code) => (code ? [`http://snomed.info/sct|${code}`] : []));
const words = (names: string): string[] => names.split(', ').filter(Boolean);
const idOf = (kind: GlossaryKind, name: string): string =>
  `${kind}-${name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')}`;

type Written = readonly [name: string, codes: string, also: string, says: string, page: string];

const entry = (kind: GlossaryKind, codes: (text: string) => string[], written: Written): GlossaryEntry => {
  const [name, codeText, also, says, page] = written;
  return { id: idOf(kind, name), kind, name, codes: codes(codeText), also: words(also), says, page };
};

/** Codes of LOINC, apart by spaces; other names, apart by commas. */
export const tests = (...all: readonly Written[]): readonly GlossaryEntry[] =>
  all.map((one) => entry('test', loincs, one));
/** Codes of SNOMED CT. */
export const conditions = (...all: readonly Written[]): readonly GlossaryEntry[] =>
  all.map((one) => entry('condition', snomeds, one));
export const terms = (...all: readonly Written[]): readonly GlossaryEntry[] =>
  all.map((one) => entry('term', snomeds, one));
/** Medicines are found by name: their codes are those of one strength and form. */
export const medicines = (
  ...all: readonly (readonly [name: string, also: string, says: string, page: string])[]
): readonly GlossaryEntry[] =>
  all.map(([name, also, says, page]) => entry('medicine', () => [], [name, '', also, says, page]));
