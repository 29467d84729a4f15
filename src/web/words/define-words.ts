/** What pages say, by key and language. English is whole; where another language lacks something, English stands in. */
import { type Language, languages } from './languages.ts';

/** Forms by plural rule (Unicode CLDR): `{ one: '1 message', other: '{count} messages' }`, chosen by `count`. */
export type PluralForms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string };

/** `{name}` in it is replaced by the value of that name. */
export type Phrase = string | PluralForms;

export type Values = Readonly<Record<string, string | number>>;

export interface Words<Key extends string = string> {
  readonly en: Readonly<Record<Key, Phrase>>;
  readonly cy: Readonly<Partial<Record<Key, Phrase>>>;
  readonly ur: Readonly<Partial<Record<Key, Phrase>>>;
}

/** A text and the language that it is in, which is English where the one asked for lacks it. */
export interface Said {
  readonly text: string;
  readonly language: Language;
}

/**
 * Words of a room. Keys begin with the room's name: `my-record.conditions`. The other languages may have no key that English
 * has not; which they lack is what the test of words lists.
 */
export function defineWords<const En extends Readonly<Record<string, Phrase>>>(words: {
  readonly en: En;
  readonly cy?: Words<keyof En & string>['cy'];
  readonly ur?: Words<keyof En & string>['ur'];
}): Words<keyof En & string> {
  return { en: words.en, cy: words.cy ?? nothing(), ur: words.ur ?? nothing() };
}

const nothing = <Key extends string>(): Readonly<Partial<Record<Key, Phrase>>> =>
  Object.fromEntries([]) as Partial<Record<Key, Phrase>>;

/** Says a key in a language, else in English. Throws for a key that is not there, and for a value that is missing. */
export function say<Key extends string>(
  words: Words<Key>,
  language: Language,
  key: Key,
  values: Values = {},
): Said {
  const own = Object.hasOwn(words[language], key) ? words[language][key] : undefined;
  const phrase = own ?? (Object.hasOwn(words.en, key) ? words.en[key] : undefined);
  if (phrase === undefined) throw new Error(`No words are called ${key}`);
  const spoken = own === undefined ? 'en' : language;
  return { text: filled(formOf(phrase, spoken, values), key, spoken, values), language: spoken };
}

const rules = new Map<Language, Intl.PluralRules>();

function formOf(phrase: Phrase, language: Language, values: Values): string {
  if (typeof phrase === 'string') return phrase;
  const rule = rules.get(language) ?? new Intl.PluralRules(languages[language].tag);
  rules.set(language, rule);
  return phrase[rule.select(Number(values['count'] ?? 0))] ?? phrase.other;
}

function filled(text: string, key: string, language: Language, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new Error(`The words ${key} need a value for ${name}`);
    return typeof value === 'number' ? value.toLocaleString(languages[language].tag) : value;
  });
}
