/** How templates of one page say words: marked with their language wherever that is not the language around them. */
import nunjucks from 'nunjucks';
import { type Said, say, type Values, type Words } from './define-words.ts';
import { type Language, languages } from './languages.ts';

export type Spoken = string | nunjucks.runtime.SafeString;

export interface Voice {
  /** In the frame, which is in the page's language: header, menus, footer. */
  readonly s: (key: string, values?: Values) => Spoken;
  /** In the page's content. */
  readonly t: (key: string, values?: Values) => Spoken;
  /** As text alone, for attributes. */
  readonly plain: (key: string, values?: Values) => string;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const marked = ({ text, language }: Said, around: Language): Spoken => {
  if (language === around) return text;
  const { tag, direction } = languages[language];
  const safe = text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? '');
  return new nunjucks.runtime.SafeString(`<span lang="${tag}" dir="${direction}">${safe}</span>`);
};

/** `isTranslated`: the content is in the page's language; otherwise it is English with some words of that language in it. */
export function voiceOf(words: Words, language: Language, isTranslated: boolean): Voice {
  const around = isTranslated ? language : 'en';
  return {
    s: (key, values) => marked(say(words, language, key, values), language),
    t: (key, values) => marked(say(words, language, key, values), around),
    plain: (key, values) => say(words, language, key, values).text,
  };
}
