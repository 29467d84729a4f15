/** The rules (invariants) of R4, each compiled once. Source: the `constraint` of R4's structure definitions. */
import { ruleDefinition } from '../definitions.ts';
import { compilePath } from '../path/compile.ts';
import { report, type Walk } from './walk.ts';

type Rule = (value: unknown, walk: Walk) => void;

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
  const evaluate = compilePath(expression);
  const message = `${human} (${key.replace(/ of .*/, '')})`;
  return (value, walk) => {
    const [answer] = evaluate(value, walk.resource, walk.rootResource);
    // A rule must be true; advice that has no answer is not given.
    if (answer === true || (severity === 'warning' && answer === undefined)) return;
    report(walk, 'invariant', message, { severity });
  };
}
