/** What answers and words mean at once: the rules that fire, the most urgent first. */
import { generalRules } from './general-rules.ts';
import { type Found, type Phrase, phraseFinder, phraseOf } from './match-words.ts';
import { problemRules } from './problem-rules.ts';
import { adviceHeadings, nameOfRule, type RedFlagRule, weightOf } from './rule.ts';
import type { UrgentWords } from './urgent-words.ts';

export const redFlagRules: readonly RedFlagRule[] = [...generalRules, ...problemRules];

const byId = new Map(redFlagRules.map((rule) => [rule.id, rule]));

/** Throws where there is none: the questions name only rules that are there. */
export function ruleById(id: string): RedFlagRule {
  const rule = byId.get(id);
  if (!rule) throw new Error(`No red-flag rule is called ${id}`);
  return rule;
}

export interface Finding {
  readonly rule: RedFlagRule;
  /** `answer`: someone ticked it. `words`: it was found in what they typed, and may be meant otherwise. */
  readonly by: 'answer' | 'words';
  /** The words that were found, as typed. */
  readonly typed?: string;
  /** Found after a “no” or “not”: it stops all the same, in other words. */
  readonly denied: boolean;
}

const ruleOfPhrase = new Map<Phrase, RedFlagRule>();
for (const rule of redFlagRules) for (const text of rule.phrases) ruleOfPhrase.set(phraseOf(text), rule);
const find = phraseFinder([...ruleOfPhrase.keys()]);

const mostUrgentFirst = (a: Finding, b: Finding): number =>
  weightOf(b.rule.advice) - weightOf(a.rule.advice) ||
  Number(a.by === 'words') - Number(b.by === 'words') ||
  Number(a.denied) - Number(b.denied);

/** What is found in words, each rule once, the most urgent first. */
export function findInWords(text: string): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (const { phrase, typed, denied } of find(text) as readonly Found[]) {
    const rule = ruleOfPhrase.get(phrase);
    if (!rule) continue;
    const before = found.get(rule.id);
    if (!before || (before.denied && !denied)) found.set(rule.id, { rule, by: 'words', typed, denied });
  }
  return [...found.values()].sort(mostUrgentFirst);
}

/** All that fires: on ticked answers (ids of rules) and on words. A ticked one counts before the same found in words. */
export function assess(ticked: readonly string[], text: string): readonly Finding[] {
  const answers = [...new Set(ticked)].map(
    (id): Finding => ({ rule: ruleById(id), by: 'answer', denied: false }),
  );
  const words = findInWords(text).filter(({ rule }) => !answers.some((one) => one.rule === rule));
  return [...answers, ...words].sort(mostUrgentFirst);
}

/** What words may mean at once: the most urgent that fits, or undefined. */
export function urgentWords(text: string): UrgentWords | undefined {
  const [first] = findInWords(text);
  if (!first) return undefined;
  const { rule } = first;
  return {
    ...{ rule: nameOfRule(rule), advice: rule.advice, words: rule.words },
    heading: rule.heading ?? adviceHeadings[rule.advice],
  };
}
