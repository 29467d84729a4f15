/** The words of the frame that every page stands in, and of the patient's app around its content. */
import { defineWords, type Phrase } from './define-words.ts';
import { welsh } from './shell-words-cy.ts';
import { english } from './shell-words-en.ts';
import { urdu } from './shell-words-ur.ts';

export type ShellKey = keyof typeof english;

/** Another language has every key that English has: what is missing is a fault of types. */
export type ShellPhrases = Readonly<Record<ShellKey, Phrase>>;

export const shellWords = defineWords({ en: english, cy: welsh, ur: urdu });
