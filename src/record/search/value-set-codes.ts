/** What `:in`, `:above` and `:below` of a token stand for. Source: FHIR R4 §3.1.1.4.10, §4.8.6 and §4.9.6 (ValueSet, CodeSystem). */
import type { CodeSystem, ValueSet, ValueSetComposeInclude } from '@medplum/fhirtypes';
import type { Operand, TokenOperand } from '../../fhir/search-query.ts';
import { valueSet } from '../../fhir/value-sets.ts';
import { problem } from '../../platform/problem.ts';
import { hierarchyOf } from './code-hierarchy.ts';

/** Finds a ValueSet or CodeSystem in the record by its URL, with `|version` where one is meant, or as `ValueSet/id`. */
export type FindDefinition = (type: 'ValueSet' | 'CodeSystem', canonical: string) => Promise<unknown>;

/** Codes by system; the empty system stands for none. Undefined where they cannot be told. */
type Codes = ReadonlyMap<string, ReadonlySet<string>>;

/** Value sets that draw on value sets that draw on … */
const deepest = 10;

/**
 * The codes that a token modifier stands for: the members of a value set (`:in`), or a code with those below or above
 * it in its code system. Known are R4's own value sets and what the record holds. Throws a Problem (400) for others.
 */
export async function codesOf(
  modifier: 'in' | 'above' | 'below',
  operand: Operand,
  where: string,
  find: FindDefinition,
): Promise<readonly TokenOperand[]> {
  if (modifier === 'in') {
    if (operand.kind !== 'uri') return [];
    const members = await membersOf(operand.value, find, 0);
    if (members === undefined)
      throw problem(
        'not-supported',
        `The value set ${operand.value} is not known here, or its codes cannot be listed. Store it as a ValueSet with its codes or its expansion, then search again.`,
        { where },
      );
    return operandsOf(members);
  }
  if (operand.kind !== 'token' || operand.code === undefined || typeof operand.system !== 'string')
    throw problem('invalid', `:${modifier} takes system|code.`, { where });
  const { system, code } = operand;
  const stored = (await find('CodeSystem', system)) as CodeSystem | undefined; // validated when it was written
  if (!stored?.concept)
    throw problem(
      'not-supported',
      `The code system ${system} is not known here with its hierarchy. Store it as a CodeSystem, then search again.`,
      { where },
    );
  const related = hierarchyOf(stored)[modifier](code);
  return [...related].map((one) => ({ kind: 'token', system, code: one }));
}

const operandsOf = (codes: Codes): TokenOperand[] =>
  [...codes].flatMap(([system, some]) =>
    [...some].map((code): TokenOperand => ({ kind: 'token', system: system === '' ? null : system, code })),
  );

async function membersOf(canonical: string, find: FindDefinition, depth: number): Promise<Codes | undefined> {
  if (depth > deepest) return undefined;
  const stored = (await find('ValueSet', canonical)) as ValueSet | undefined; // validated when it was written
  if (!stored) return valueSet(canonical)?.systems;
  return expanded(stored) ?? (await composed(stored, find, depth));
}

/** The codes of an expansion that is whole. */
function expanded({ expansion }: ValueSet): Codes | undefined {
  if (!expansion?.contains) return undefined;
  const found = new Map<string, Set<string>>();
  let count = 0;
  const take = (entries: NonNullable<typeof expansion.contains>): void => {
    for (const { system, code, abstract, contains } of entries) {
      count += 1;
      if (code !== undefined && !abstract) add(found, system ?? '', code);
      if (contains) take(contains);
    }
  };
  take(expansion.contains);
  return (expansion.total ?? 0) > count ? undefined : found;
}

/** All that is included by one of the includes, without what one of the excludes takes out. */
async function composed(
  { compose }: ValueSet,
  find: FindDefinition,
  depth: number,
): Promise<Codes | undefined> {
  if (!compose) return undefined;
  const found = new Map<string, Set<string>>();
  for (const include of compose.include) {
    const codes = await includedBy(include, find, depth);
    if (!codes) return undefined;
    for (const [system, some] of codes) for (const code of some) add(found, system, code);
  }
  for (const exclude of compose.exclude ?? []) {
    const codes = await includedBy(exclude, find, depth);
    if (!codes) return undefined;
    for (const [system, some] of codes) for (const code of some) found.get(system)?.delete(code);
  }
  return found;
}

/** What stands in the system's part and in every value set that one include names. */
async function includedBy(
  include: ValueSetComposeInclude,
  find: FindDefinition,
  depth: number,
): Promise<Codes | undefined> {
  let found: Codes | undefined;
  if (include.system !== undefined) {
    const codes = await ofSystem(include, include.system, find);
    if (!codes) return undefined;
    found = new Map([[include.system, codes]]);
  }
  for (const canonical of include.valueSet ?? []) {
    const members = await membersOf(canonical, find, depth + 1);
    if (!members) return undefined;
    found = found ? both(found, members) : members;
  }
  return found ?? new Map();
}

async function ofSystem(
  include: ValueSetComposeInclude,
  system: string,
  find: FindDefinition,
): Promise<ReadonlySet<string> | undefined> {
  if (include.concept) return new Set(include.concept.map(({ code }) => code));
  const canonical = include.version === undefined ? system : `${system}|${include.version}`;
  const stored = (await find('CodeSystem', canonical)) as CodeSystem | undefined; // validated when it was written
  if (!stored?.concept) return undefined;
  const hierarchy = hierarchyOf(stored);
  let codes = hierarchy.all;
  for (const { property, op, value } of include.filter ?? []) {
    if (property !== 'concept' && property !== 'code') return undefined;
    if (op === 'is-a') codes = codes.intersection(hierarchy.below(value));
    else if (op === 'descendent-of')
      codes = codes.intersection(hierarchy.below(value)).difference(new Set([value]));
    else if (op === 'is-not-a') codes = codes.difference(hierarchy.below(value));
    else if (op === 'in') codes = codes.intersection(new Set(value.split(',')));
    else if (op === 'not-in') codes = codes.difference(new Set(value.split(',')));
    else if (op === '=') codes = codes.intersection(new Set([value]));
    else return undefined;
  }
  return codes;
}

const both = (a: Codes, b: Codes): Codes =>
  new Map([...a].map(([system, codes]) => [system, codes.intersection(b.get(system) ?? new Set())]));

function add(to: Map<string, Set<string>>, system: string, code: string): void {
  const codes = to.get(system) ?? new Set();
  to.set(system, codes.add(code));
}
