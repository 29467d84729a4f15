/** Finds what a code or the words of a record mean. */
import type { CodeableConcept } from '@medplum/fhirtypes';
import { conditionEntries } from './conditions.ts';
import type { GlossaryEntry, GlossaryKind } from './entry.ts';
import { medicineEntries } from './medicines.ts';
import { termEntries } from './terms.ts';
import { testEntries } from './tests.ts';

export const glossary: readonly GlossaryEntry[] = [
  ...testEntries,
  ...conditionEntries,
  ...medicineEntries,
  ...termEntries,
];

export interface Meaning {
  readonly entry: GlossaryEntry;
  /** It means just this, so the plain name may stand for the clinician’s; otherwise its words only hold the entry’s. */
  readonly exact: boolean;
}

/** Small letters, plain quotes, single spaces; without the kind that SNOMED CT puts behind a name: “(disorder)”. */
export const normalWords = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[‘’]/g, '’')
    .replaceAll("'", '’')
    .replace(/\s*\((?:disorder|finding|situation|procedure|morphologic abnormality)\)\s*$/, '')
    .replaceAll(/[^\p{L}\p{N}’+-]+/gu, ' ')
    .trim();

const byCode = new Map(glossary.flatMap((entry) => entry.codes.map((code) => [code, entry] as const)));

const namesOf = (entry: GlossaryEntry): string[] => [...entry.also, entry.name].map(normalWords);

const byName = Map.groupBy(
  glossary.flatMap((entry) => namesOf(entry).map((name) => ({ name, entry }))),
  ({ name }) => name,
);
const longest = Math.max(...[...byName.keys()].map((name) => name.split(' ').length));

/** Words that turn what follows around, or make it someone else’s: what holds them is not explained. */
const turned = /\b(?:no|not|without|suspected|query|exclude|excluded|risk of|fear of|family history|fh)\b/;

const ofKinds = (
  found: readonly { readonly entry: GlossaryEntry }[] | undefined,
  kinds: readonly GlossaryKind[],
): GlossaryEntry | undefined => found?.find(({ entry }) => kinds.includes(entry.kind))?.entry;

/** The entry whose name begins first in the words; of two that begin together the longer. */
function within(words: readonly string[], kinds: readonly GlossaryKind[]): GlossaryEntry | undefined {
  for (let start = 0; start < words.length; start += 1) {
    for (let length = Math.min(longest, words.length - start); length > 0; length -= 1) {
      const entry = ofKinds(byName.get(words.slice(start, start + length).join(' ')), kinds);
      if (entry) return entry;
    }
  }
  return undefined;
}

/** What some words mean, as one of these kinds of entry. */
export function meaningOfWords(text: string, kinds: readonly GlossaryKind[]): Meaning | undefined {
  const words = normalWords(text);
  const whole = ofKinds(byName.get(words), kinds);
  if (whole) return { entry: whole, exact: true };
  if (turned.test(words)) return undefined;
  const entry = within(words.split(' ').slice(0, 40), kinds);
  return entry && { entry, exact: false };
}

/** What a concept means: by its codes first, then by its words. */
export function meaningOf(
  concept: CodeableConcept | undefined,
  kinds: readonly GlossaryKind[],
): Meaning | undefined {
  const codings = Array.isArray(concept?.coding) ? concept.coding : [];
  for (const coding of codings) {
    const entry = byCode.get(`${coding?.system ?? ''}|${coding?.code ?? ''}`);
    if (entry && kinds.includes(entry.kind)) return { entry, exact: true };
  }
  const texts = [concept?.text, ...codings.map((coding) => coding?.display)].filter(
    (text) => typeof text === 'string',
  );
  const found = texts.map((text) => meaningOfWords(text, kinds)).filter((one) => one !== undefined);
  return found.find((one) => one.exact) ?? found[0];
}

/** The plain name of a condition that is written so; the words themselves where the glossary has none. */
export function plainCondition(text: string): string {
  const meaning = meaningOfWords(text, ['condition']);
  return meaning?.exact ? meaning.entry.name : text;
}

/** Codes and other words of all entries that some words name or begin to name: for searching with. */
export function entriesNamed(text: string): readonly GlossaryEntry[] {
  const words = normalWords(text);
  if (words.length < 3) return [];
  return glossary.filter((entry) =>
    namesOf(entry).some((name) => name === words || (words.length > 3 && ` ${name}`.includes(` ${words}`))),
  );
}
