/** The languages that pages can be shown in. */

export type Language = 'en' | 'cy' | 'ur';

export interface LanguageFacts {
  /** For the `lang` attribute and for dates and numbers (BCP 47). */
  readonly tag: string;
  readonly direction: 'ltr' | 'rtl';
  /** Its name in itself, and in English. */
  readonly name: string;
  readonly english: string;
  /** Whether a translator has read the words; where not, the page says so. */
  readonly isReviewed: boolean;
}

export const languages: Readonly<Record<Language, LanguageFacts>> = {
  en: { tag: 'en-GB', direction: 'ltr', name: 'English', english: 'English', isReviewed: true },
  cy: { tag: 'cy', direction: 'ltr', name: 'Cymraeg', english: 'Welsh', isReviewed: false },
  ur: { tag: 'ur', direction: 'rtl', name: 'اردو', english: 'Urdu', isReviewed: false },
};

export const languageKeys: readonly Language[] = ['en', 'cy', 'ur'];

export const isLanguage = (value: unknown): value is Language =>
  typeof value === 'string' && Object.hasOwn(languages, value);
