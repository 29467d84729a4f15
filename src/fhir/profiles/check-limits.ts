/** Lengths and least and greatest values. Source: FHIR R4 ElementDefinition.maxLength, minValue[x], maxValue[x]. */
import { isObject } from './compare-values.ts';
import type { Compiling, ItemCheck } from './compiling.ts';
import { choiceIn, type ElementNode } from './element-tree.ts';
import { tell } from './told-faults.ts';

export function limitChecks({ id, rules }: ElementNode, { source }: Compiling): ItemCheck[] {
  const checks: ItemCheck[] = [];
  const { maxLength } = rules;
  if (maxLength !== undefined)
    checks.push(({ value }, walk) => {
      if (typeof value === 'string' && value.length > maxLength)
        tell(walk, source, `${id} maxLength`, {
          kind: 'value',
          message: `At most ${maxLength} characters may be given; there are ${value.length}.`,
        });
    });
  const least = choiceIn(rules, 'minValue');
  if (least !== undefined)
    checks.push(({ value }, walk) => {
      if ((order(value, least) ?? 0) < 0)
        tell(walk, source, `${id} minValue`, {
          kind: 'value',
          message: `Expected ${worded(least)} or more.`,
        });
    });
  const greatest = choiceIn(rules, 'maxValue');
  if (greatest !== undefined)
    checks.push(({ value }, walk) => {
      if ((order(value, greatest) ?? 0) > 0)
        tell(walk, source, `${id} maxValue`, {
          kind: 'value',
          message: `Expected ${worded(greatest)} or less.`,
        });
    });
  return checks;
}

function worded(limit: unknown): string {
  return isObject(limit)
    ? `${String(limit['value'])} ${String(limit['unit'] ?? limit['code'] ?? '')}`.trim()
    : String(limit);
}

/** Less than, equal to or greater than zero; undefined where the two cannot be compared. */
function order(value: unknown, limit: unknown): number | undefined {
  if (typeof value === 'number' && typeof limit === 'number') return value - limit;
  if (typeof value === 'string' && typeof limit === 'string') {
    // Dates as far as both are told.
    const length = Math.min(value.length, limit.length);
    const [a, b] = [value.slice(0, length), limit.slice(0, length)];
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (
    isObject(value) &&
    isObject(limit) &&
    value['code'] === limit['code'] &&
    value['system'] === limit['system']
  )
    return order(value['value'], limit['value']);
  return undefined;
}
