/** How hard English is to read, as years of schooling in the United States; add five for an age. */

const abbreviations = /\b(?:e\.g|i\.e|Dr|Mr|Mrs|Ms|St|No)\./g;

/** Sentences of a text that have a verb’s worth of words: headings and labels of three words or fewer are no sentences. */
export const sentencesOf = (text: string): string[] =>
  text
    .replaceAll(abbreviations, (found) => found.replaceAll('.', ''))
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => wordsIn(sentence).length > 3);

const wordsIn = (text: string): string[] => text.match(/[A-Za-z][A-Za-z’']*/g) ?? [];

/** Counted by groups of vowels, which is right for about nine words in ten. */
export function syllablesOf(word: string): number {
  const plain = word.toLowerCase().replaceAll(/[^a-z]/g, '');
  const groups = plain
    .replace(/(?:[^laeiouy]es|[^dt]ed|[^l]e)$/, (end) => end[0] ?? '')
    .match(/[aeiouy]{1,2}/g);
  return Math.max(1, groups?.length ?? 1);
}

/**
 * Flesch–Kincaid grade level: 0.39 × words per sentence + 11.8 × syllables per word − 15.59. Undefined without a sentence.
 * Source: Kincaid et al., Derivation of new readability formulas for Navy enlisted personnel, 1975.
 */
export function readingGrade(sentences: readonly string[]): number | undefined {
  if (sentences.length === 0) return undefined;
  const words = sentences.flatMap(wordsIn);
  const syllables = words.reduce((sum, word) => sum + syllablesOf(word), 0);
  return 0.39 * (words.length / sentences.length) + 11.8 * (syllables / words.length) - 15.59;
}
