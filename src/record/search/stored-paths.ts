import { elementsOf, typeDefinition } from '../../fhir/definitions.ts';
import type { SearchPath } from '../../fhir/search-values.ts';

const known = new Map<string, boolean>();

/** `Patient.telecom.where(system='email')` without its conditions: `Patient.telecom`; undefined where it is more than a path. */
export function plainPath(expression: string): readonly string[] | undefined {
  let text = expression;
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(/\.(?:where|as|ofType)\([^()]*(?:\([^()]*\)[^()]*)*\)/g, '');
  }
  text = text.replace(/^\((\S+) as \w+\)$/, '$1');
  return /^[A-Za-z]+(?:\.[A-Za-z]+)*$/.test(text) ? text.split('.') : undefined;
}

/** Names of the types that a path's values may have, or undefined where the expression is more than a path. */
export function elementTypes(expression: string): readonly string[] | undefined {
  const steps = plainPath(expression);
  if (!steps) return undefined;
  let types: readonly string[] = [steps[0]!];
  for (const step of steps.slice(1)) {
    const next: string[] = [];
    for (const type of types) {
      if (!typeDefinition(type)) continue;
      for (const [name, element] of elementsOf(type)) {
        if (name === step || name === `${step}[x]`) next.push(...element.types);
      }
    }
    if (next.length === 0) return undefined;
    types = next;
  }
  return types;
}

/** True for token paths over Identifier or ContactPoint, whose values are kept in `search_exact`. */
export function keptExactly(path: SearchPath): boolean {
  let answer = known.get(path.key);
  if (answer === undefined) {
    const types = elementTypes(path.expression) ?? [];
    answer = path.type === 'token' && types.some((type) => type === 'Identifier' || type === 'ContactPoint');
    known.set(path.key, answer);
  }
  return answer;
}
