/**
 * Text in the one form in which it is compared, on both sides of a search.
 * Source: FHIR R4 §3.1.1.4.8 (string: case-insensitive, accents and other marks ignored, white space normalised).
 */

/** Letters that a reader takes for a plain one, but that Unicode does not take apart: Łukasz is asked for as Lukasz. */
const plainLetters: Readonly<Record<string, string>> = {
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  æ: 'ae',
  œ: 'oe',
  ß: 'ss',
  þ: 'th',
  ς: 'σ', // lower-casing picks the form by the place in the word, which would break “starts with”
};
const plainLetterPattern = new RegExp(`[${Object.keys(plainLetters).join('')}]`, 'gu');

/** Printable ASCII without capitals or double spaces is already in its form: most codes, many names. */
const alreadyPlain = /^[!-@[-~]+(?: [!-@[-~]+)*$/;

/**
 * Lower-case, without accents, white space collapsed and trimmed, compatibility forms (ﬁ, Ａ) taken apart. Punctuation stays,
 * but every apostrophe is ' and every hyphen and dash is -, so that O’Brien is found as O'Brien. May become empty.
 */
export function normaliseString(text: string): string {
  if (alreadyPlain.test(text)) return text;
  return text
    .replace(/\u00b4/g, "'") // which Unicode takes apart into a space and an accent
    .normalize('NFKD')
    .replace(/[\u2018\u2019\u02bc]/g, "'") // ŉ has one inside
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/[\p{M}\p{Cf}]+/gu, '')
    .replace(/\p{Pd}/gu, '-')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(plainLetterPattern, (letter) => plainLetters[letter] ?? letter)
    .replace(/ {2,}/g, ' ')
    .trim();
}

/**
 * A code or identifier in the form in which tokens are compared. R4 §3.1.1.4.10: “when in doubt, servers SHOULD treat tokens
 * in a case-insensitive manner, on the grounds that including undesired data has less safety implications than excluding”.
 */
export function foldCode(code: string): string {
  return code.toLowerCase();
}
