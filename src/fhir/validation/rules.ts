/** The rules (invariants) of R4, each compiled once. Source: the `constraint` of R4's structure definitions. */
import { ruleDefinition } from '../definitions.ts';
import { compileInvariant } from '../path/compile.ts';
import { report, type Walk } from './walk.ts';

type Rule = (value: unknown, walk: Walk) => void;

/** Rules that compare two values which may differ in precision or unit: where that cannot be told, they are not broken. */
const undecided = new Set(['per-1', 'rng-2', 'mdd-1']);

const compiled = new Map<string, Rule>();

/** The check of a rule by its key. Compiled when it is first used, and once. */
export function compileRule(key: string): Rule {
  return (value, walk) => {
    let rule = compiled.get(key);
    if (!rule) {
      rule = compile(key);
      compiled.set(key, rule);
    }
    rule(value, walk);
  };
}

function compile(key: string): Rule {
  const { severity, human, expression } = ruleDefinition(key);
  const holds = compileInvariant(expression);
  // A rule must be true; advice that has no answer is not given.
  const lenient = severity === 'warning' || undecided.has(key);
  const message = `${human} (${key.replace(/ of .*/, '')})`;
  return (value, walk) => {
    let answer: boolean | undefined;
    try {
      answer = holds(value, walk.resource, walk.rootResource);
    } catch (error) {
      // Values of the wrong type that were reported already, and nothing else, can bring an expression to throw.
      if (walk.errors > 0) return;
      throw error;
    }
    if (answer === true || (answer === undefined && lenient)) return;
    report(walk, 'invariant', message, { severity });
  };
}
