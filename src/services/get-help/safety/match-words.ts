/**
 * Finds phrases in what people type: in any order, close together, with the slips of a hurried hand. A phrase is words with spaces
 * between; `a|b` is either, `{pain}` a group of `lexicon.ts`. English alone. It says what fits, never what does not: more words,
 * also “no” and “not”, can only make more phrases fit.
 */
import { distance } from 'fastest-levenshtein';
import { groups, plainWords } from './lexicon.ts';

export interface Phrase {
  readonly text: string;
  /** One set for each of its words. */
  readonly words: readonly ReadonlySet<string>[];
  /** Most words from the first that fits to the last. */
  readonly span: number;
}

/** Words that may stand between those of a phrase, for each of them. */
const slack = 5;
const longestText = 20_000;

export function phraseOf(text: string): Phrase {
  const words = text.split(' ').map((word) => {
    const parts = word.split('|').flatMap((part) => {
      const name = /^\{(.+)\}$/.exec(part)?.[1];
      if (name === undefined) return [part];
      const group = groups[name];
      if (!group) throw new Error(`No group of words is called ${name}`);
      return [...group];
    });
    return new Set(parts);
  });
  return { text, words, span: words.length + slack * (words.length - 1) };
}

/** Words of a text in small letters: `can't` and `cannot` are one, accents and apostrophes are taken off. */
export function wordsOf(text: string): readonly string[] {
  return (
    text
      .slice(0, longestText)
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll(/[\p{M}'’‘`´]/gu, '')
      // Both stay, so that no word is lost by another that follows it.
      .replaceAll(/\bcan\s+not\b/g, 'cant not')
      .split(/[^a-z0-9]+/)
      .filter((word) => word !== '')
  );
}

/** Slips forgiven in a word of so many letters. */
const slips = (length: number): number => (length < 4 ? 0 : length < 9 ? 1 : 2);

/** `kill` and `kil`, `breath` and `breeath`. */
const single = (word: string): string => word.replaceAll(/(.)\1+/g, '$1');

/** Two neighbouring letters the wrong way round, which counts as one slip. */
function isSwapped(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  const at = [...one].findIndex((letter, index) => letter !== other[index]);
  return (
    at >= 0 &&
    one[at] === other[at + 1] &&
    one[at + 1] === other[at] &&
    one.slice(at + 2) === other.slice(at + 2)
  );
}

/** Whether a typed word may be meant as a word of ours. A short one must begin alike. */
export function isMeant(typed: string, word: string): boolean {
  if (typed === word) return true;
  if (plainWords.has(typed) || Math.abs(typed.length - word.length) > 2) return false;
  if (typed.length > 2 && single(typed) === single(word)) return true;
  const allowed = slips(Math.min(typed.length, word.length));
  if (allowed === 0) return false;
  if (isSwapped(typed, word)) return true;
  // Doubled and dropped letters keep the beginning; so does nearly every slip (Pollock and Zamora 1984).
  if (word.length < 7 && typed[0] !== word[0]) return false;
  return distance(typed, word) <= allowed;
}

export interface Found {
  readonly phrase: Phrase;
  /** The words as they were typed, for who reads it. */
  readonly typed: string;
  /** Stands after a “no” or “not”, or in the past: told, and never taken as a reason to say less. */
  readonly denied: boolean;
}

const denials = new Set([
  'no',
  'not',
  'without',
  'never',
  'denies',
  'havent',
  'dont',
  'doesnt',
  'isnt',
  'hasnt',
  'didnt',
]);
/** Words before a phrase in which a denial counts. */
const reach = 3;

/** Looks for phrases in texts; made once, for many texts. */
export function phraseFinder(phrases: readonly Phrase[]): (text: string) => readonly Found[] {
  const vocabulary = [...new Set(phrases.flatMap(({ words }) => words.flatMap((set) => [...set])))];
  const byWord = new Map<string, readonly string[]>();
  const known = new Set(vocabulary);
  /** What a typed word may be meant as. A word of ours stands for itself alone. */
  const meantBy = (typed: string): readonly string[] => {
    if (known.has(typed)) return [typed];
    const kept = byWord.get(typed);
    if (kept) return kept;
    const found = vocabulary.filter((word) => isMeant(typed, word));
    if (byWord.size > 20_000) byWord.clear(); // what people type has no end
    byWord.set(typed, found);
    return found;
  };

  return (text) => {
    const typed = wordsOf(text);
    /** Places of each word of ours, in order. */
    const places = new Map<string, number[]>();
    for (const [index, word] of typed.entries())
      for (const meant of meantBy(word)) {
        const list = places.get(meant);
        if (list) list.push(index);
        else places.set(meant, [index]);
      }
    return phrases.flatMap((phrase): Found[] => {
      const at = phrase.words.map((set) =>
        [...set].flatMap((word) => places.get(word) ?? []).sort((a, b) => a - b),
      );
      if (at.some((list) => list.length === 0)) return [];
      const found = closest(at, phrase.span);
      if (!found) return [];
      const [first, last] = found;
      const before = typed.slice(Math.max(0, first - reach), last + 1);
      return [
        {
          phrase,
          typed: typed.slice(first, last + 1).join(' '),
          denied: before.some((word) => denials.has(word)),
        },
      ];
    });
  };
}

/** A first and last place that hold one of each list within the span, each list by a place of its own. */
function closest(lists: readonly (readonly number[])[], span: number): readonly [number, number] | undefined {
  const starts = [...new Set(lists.flat())].sort((a, b) => a - b);
  for (const first of starts) {
    const used = new Set<number>();
    const fits = lists.every((list) => {
      const place = list.find((one) => one >= first && one < first + span && !used.has(one));
      if (place === undefined) return false;
      used.add(place);
      return true;
    });
    if (fits) return [first, Math.max(...used)];
  }
  return undefined;
}
