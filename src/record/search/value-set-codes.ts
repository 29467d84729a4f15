import type { CodeSystem, CodeSystemConcept, ValueSet } from '@medplum/fhirtypes';
import type { Operand, TokenOperand } from '../../fhir/search-query.ts';
import { valueSet } from '../../fhir/value-sets.ts';
import { problem } from '../../platform/problem.ts';

/** Finds a ValueSet or CodeSystem in the record by its URL. */
export type FindByUrl = (type: 'ValueSet' | 'CodeSystem', url: string) => Promise<unknown>;

const token = (system: string | undefined, code: string): TokenOperand => ({
  kind: 'token',
  system: system ?? null,
  code,
});

/**
 * The codes that a token modifier stands for: the members of a value set (`:in`), or a code with those below or above
 * it in its code system. Known are R4's own value sets and what the record holds. Throws a Problem (400) for others.
 */
export async function codesOf(
  modifier: 'in' | 'above' | 'below',
  operand: Operand,
  where: string,
  find: FindByUrl,
): Promise<readonly Operand[]> {
  if (modifier === 'in') {
    if (operand.kind !== 'uri') return [];
    const stored = (await find('ValueSet', operand.value)) as ValueSet | undefined; // validated when it was written
    const codes = stored ? await membersOf(stored, find, where, 0) : listed(operand.value);
    if (codes === undefined)
      throw problem(
        'not-supported',
        `The value set ${operand.value} is not known here, or cannot be listed. Store it as a ValueSet with its codes, then search again.`,
        { where },
      );
    return codes;
  }
  if (operand.kind !== 'token' || operand.code === undefined || typeof operand.system !== 'string')
    throw problem('invalid', `:${modifier} takes system|code.`, { where });
  const system = (await find('CodeSystem', operand.system)) as CodeSystem | undefined; // validated when it was written
  if (!system?.concept)
    throw problem(
      'not-supported',
      `The code system ${operand.system} is not known here with its hierarchy. Store it as a CodeSystem, then search again.`,
      { where },
    );
  return related(system, operand.code, modifier).map((code) => token(operand.system ?? undefined, code));
}

function listed(url: string): readonly TokenOperand[] | undefined {
  const systems = valueSet(url)?.systems;
  return (
    systems &&
    [...systems].flatMap(([system, codes]) =>
      [...codes].map((code) => token(system === '' ? undefined : system, code)),
    )
  );
}

async function membersOf(
  set: ValueSet,
  find: FindByUrl,
  where: string,
  depth: number,
): Promise<readonly TokenOperand[] | undefined> {
  if (depth > 10) return undefined;
  if (set.expansion?.contains)
    return set.expansion.contains.flatMap(function flat(one): TokenOperand[] {
      return [
        ...(one.code === undefined ? [] : [token(one.system, one.code)]),
        ...(one.contains ?? []).flatMap(flat),
      ];
    });
  const found: TokenOperand[] = [];
  for (const include of set.compose?.include ?? []) {
    if (include.filter) return undefined;
    for (const url of include.valueSet ?? []) {
      const inner = (await find('ValueSet', url)) as ValueSet | undefined; // validated when it was written
      const members = inner ? await membersOf(inner, find, where, depth + 1) : listed(url);
      if (!members) return undefined;
      found.push(...members);
    }
    if (include.concept)
      found.push(...include.concept.map((concept) => token(include.system, concept.code ?? '')));
    else if (include.system) {
      const system = (await find('CodeSystem', include.system)) as CodeSystem | undefined; // validated when it was written
      if (!system?.concept) return undefined;
      found.push(...allCodes(system.concept).map((code) => token(include.system, code)));
    }
  }
  const excluded = new Set(
    (set.compose?.exclude ?? []).flatMap((one) =>
      (one.concept ?? []).map((concept) => `${one.system}|${concept.code}`),
    ),
  );
  return found.filter((one) => !excluded.has(`${one.system}|${one.code}`));
}

const allCodes = (concepts: readonly CodeSystemConcept[]): string[] =>
  concepts.flatMap((concept) => [
    ...(concept.code === undefined ? [] : [concept.code]),
    ...allCodes(concept.concept ?? []),
  ]);

function related(system: CodeSystem, code: string, modifier: 'above' | 'below'): string[] {
  const route = (concepts: readonly CodeSystemConcept[], above: readonly string[]): string[] | undefined => {
    for (const concept of concepts) {
      const here = [...above, concept.code ?? ''];
      if (concept.code === code)
        return modifier === 'above' ? here : [code, ...allCodes(concept.concept ?? [])];
      const found = route(concept.concept ?? [], here);
      if (found) return found;
    }
    return undefined;
  };
  return route(system.concept ?? [], []) ?? [code];
}
