/** Required bindings: a coded element must take its code from the value set. Source: FHIR R4, Using Codes in Resources (binding strength). */
import { type ValueSet, valueSet } from '../value-sets.ts';
import { type Members, report, shown, type Walk } from './walk.ts';

export type Bound = (value: unknown, walk: Walk) => void;

/** The check of one value against a value set, or undefined where the type has no code or the set's members are unknown. */
export function requiredBinding(type: string, url: string): Bound | undefined {
  const set = valueSet(url);
  if (!set) return undefined;
  if (type === 'code' || type === 'string' || type === 'uri')
    return (value, walk) => checkCode(set, value, walk);
  if (type === 'Coding') return (value, walk) => checkCoding(set, value, walk);
  if (type === 'CodeableConcept') return (value, walk) => checkConcept(set, value, walk);
  if (type === 'Quantity') return (value, walk) => checkCoding(set, value, walk);
  return undefined;
}

function checkCode(set: ValueSet, value: unknown, walk: Walk): void {
  if (typeof value === 'string' && !set.hasCode(value))
    report(walk, 'code-invalid', `Expected ${offered(set)}, found ${shown(value)}.`);
}

function checkCoding(set: ValueSet, value: unknown, walk: Walk): void {
  const coding = value as Members; // the type's own check has seen an object
  const { system, code } = coding;
  if (typeof code !== 'string') return;
  if (!set.has(typeof system === 'string' ? system : undefined, code))
    report(
      walk,
      'code-invalid',
      `Expected ${offered(set)}, found ${code && shown(code)} of ${shown(system)}.`,
    );
}

function checkConcept(set: ValueSet, value: unknown, walk: Walk): void {
  const { coding } = value as Members; // the type's own check has seen an object
  if (!Array.isArray(coding)) {
    // A concept that says by extension why it has no code is left alone.
    if ((value as Members)['extension'] === undefined)
      report(walk, 'code-invalid', `A coding is needed here: ${offered(set)}.`);
    return;
  }
  for (const item of coding as Members[]) {
    const system = item?.['system'];
    const code = item?.['code'];
    if (typeof code === 'string' && set.has(typeof system === 'string' ? system : undefined, code)) return;
  }
  const first = coding[0] as Members | undefined;
  report(
    walk,
    'code-invalid',
    `Expected a coding that is ${offered(set)}, found ${shown(first?.['code'])} of ${shown(first?.['system'])}.`,
  );
}

/** The codes themselves where they are few. */
function offered(set: ValueSet): string {
  const codes = [...(set.systems ?? [])].flatMap(([, all]) => [...all]);
  if (codes.length === 0) return `a code of ${set.url}`;
  const [system] = set.systems?.keys() ?? [];
  const few = codes.length <= 12 ? `one of ${codes.join(', ')}` : `a code of ${set.url}`;
  return set.systems?.size === 1 && codes.length <= 12 ? `${few} (${system})` : few;
}
