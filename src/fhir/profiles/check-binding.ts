/** Bindings of a profile. Source: FHIR R4, Terminologies (binding strength); ElementDefinition.binding. */
import { shown } from '../validation/walk.ts';
import type { CodeSet, Membership } from './code-sets.ts';
import { isObject } from './compare-values.ts';
import type { Compiling, ItemCheck } from './compiling.ts';
import type { Item } from './element-items.ts';
import type { Constraints, ElementNode } from './element-tree.ts';
import { tell } from './told-faults.ts';

const maximum = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet';

/** A required binding that is broken is an error, an extensible one a warning; of the others nothing is said. */
export function bindingCheck({ id, rules }: ElementNode, compiling: Compiling): ItemCheck | undefined {
  const { binding } = rules;
  if (!binding) return undefined;
  const { strength, valueSet, extension } = binding;
  const outer = extension?.find(({ url }) => url === maximum)?.valueCanonical;
  const checks = [
    ...(strength === 'required' || strength === 'extensible' ? [check(valueSet, strength)] : []),
    ...(outer === undefined ? [] : [check(outer, 'required')]),
  ].filter((one) => one !== undefined);
  if (checks.length === 0) return undefined;
  return (item, walk) => {
    for (const one of checks) one(item, walk);
  };

  function check(url: string | undefined, strong: 'required' | 'extensible'): ItemCheck | undefined {
    const set = url === undefined ? undefined : compiling.codeSets.find(url);
    if (!set || url === undefined) return undefined;
    const severity = strong === 'required' ? 'error' : 'warning';
    return (item, walk) => {
      const found = strayed(item, set, strong);
      if (found !== undefined)
        tell(walk, compiling.source, `${id} binding`, {
          kind: 'code-invalid',
          severity,
          message: `Expected a code of ${url}, found ${found}.`,
        });
    };
  }
}

/** Whether the value is, or may be, in the value set that the element is bound to. */
export function isBound(rules: Constraints, item: Item, compiling: Compiling): Membership {
  const url = rules.binding?.valueSet;
  const set = url === undefined ? undefined : compiling.codeSets.find(url);
  return set ? memberOf(item.value, set) : 'unknown';
}

/** What was found instead of a code of the set; undefined where the value is, or may be, in it. */
function strayed(item: Item, set: CodeSet, strength: 'required' | 'extensible'): string | undefined {
  const { value } = item;
  if (value === undefined) return undefined; // only extensions
  if (memberOf(value, set) !== 'out') return undefined;
  if (!isObject(value)) return shown(value);
  const { coding } = value;
  if (coding !== undefined || value['code'] !== undefined) {
    const first = Array.isArray(coding) ? (coding[0] as Record<string, unknown> | undefined) : value;
    return `${shown(first?.['code'])} of ${shown(first?.['system'])}`;
  }
  // Where no code of the set is apt, an extensible binding takes text: FHIR R4 §4.1.5.2.
  return strength === 'required' && value['extension'] === undefined ? 'no code' : undefined;
}

function memberOf(value: unknown, set: CodeSet): Membership {
  if (typeof value === 'string') return set(undefined, value);
  if (!isObject(value)) return 'unknown';
  if (Array.isArray(value['coding'])) {
    let told: Membership = 'out';
    for (const coding of value['coding'] as unknown[]) {
      const one = isObject(coding) ? codingIn(coding, set) : 'out';
      if (one === 'in') return one;
      if (one === 'unknown') told = one;
    }
    return told;
  }
  return codingIn(value, set);
}

function codingIn({ system, code }: Readonly<Record<string, unknown>>, set: CodeSet): Membership {
  if (typeof code !== 'string') return 'out';
  // Without a system a coding says nothing: no set holds it.
  return typeof system === 'string' ? set(system, code) : 'out';
}
