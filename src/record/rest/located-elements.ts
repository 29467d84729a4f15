/**
 * FHIRPath that says where an element stands, not only what it is: the simple paths that FHIRPath Patch uses. Members,
 * indexes, where(), first(), last(), single(), ofType() and extension(). Source: FHIR R4, FHIRPath Patch.
 */
import { choiceName, type ElementDefinition, elementsOf } from '../../fhir/definitions.ts';
import { quoted } from '../../fhir/message-text.ts';
import { type CompiledInvariant, compileInvariant } from '../../fhir/path/compile.ts';
import { UnsupportedPath } from '../../fhir/path/syntax.ts';
import { type Token, tokensOf } from '../../fhir/path/tokens.ts';
import { type Problem, problem } from '../../platform/problem.ts';

/** An element and where it stands in its resource. */
export interface Place {
  /** Names and indexes from the root, as in a JSON Pointer. */
  readonly pointer: readonly string[];
  readonly value: unknown;
  /** Name of its FHIR type: `HumanName`, `Patient.contact`, `string`. */
  readonly type: string;
}

export type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'index'; readonly at: number }
  | { readonly kind: 'where'; readonly holds: CompiledInvariant }
  | { readonly kind: 'first' | 'last' | 'single' }
  | { readonly kind: 'ofType'; readonly type: string };

const longestPath = 2000;

/** Reads a path. Throws 400 for what it may not hold. */
export function readSteps(path: string, where: string): Step[] {
  const refuse = (why: string, cause?: unknown): Problem =>
    problem(
      'invalid',
      `${quoted(path)} is no path to patch by: ${why}. Use names, indexes, where(), first(), last(), single(), ofType() and extension().`,
      { where, cause },
    );
  if (path.length > longestPath) throw refuse(`it is longer than ${longestPath} characters`);
  try {
    return stepsOf(path, tokensOf(path), refuse);
  } catch (error) {
    if (error instanceof UnsupportedPath) throw refuse('it is not FHIRPath that is known here', error);
    throw error;
  }
}

function stepsOf(path: string, tokens: readonly Token[], refuse: (why: string) => Problem): Step[] {
  const steps: Step[] = [];
  let at = 0;
  const next = (): Token => tokens[at++] ?? { kind: 'end', text: '', at: path.length };
  const isSymbol = (text: string): boolean => tokens[at]?.kind === 'symbol' && tokens[at]?.text === text;
  for (;;) {
    const token = next();
    const isName = token.kind === 'name' || token.kind === 'quoted-name';
    if (!isName && !(steps.length === 0 && token.text === '%resource'))
      throw refuse(`a name is expected at ${token.at}`);
    if (isName && isSymbol('(')) {
      const open = next();
      const close = closing(tokens, at - 1);
      if (close < 0) throw refuse('a bracket is not closed');
      at = close + 1;
      const argument = path.slice(open.at + 1, tokens[close]?.at ?? path.length).trim();
      steps.push(...calledSteps(token.text, argument, refuse));
    } else if (isName) {
      steps.push({ kind: 'member', name: token.text });
    }
    while (isSymbol('[')) {
      next();
      const index = next();
      if (index.kind !== 'number' || !/^\d{1,6}$/.test(index.text) || !isSymbol(']'))
        throw refuse('an index is a number');
      next();
      steps.push({ kind: 'index', at: Number(index.text) });
    }
    if (tokens[at]?.kind === 'end') return steps;
    if (!isSymbol('.')) throw refuse(`a dot is expected at ${tokens[at]?.at}`);
    next();
  }
}

/** The token that closes the bracket at a place; -1 where none does. */
function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i += 1) {
    const { kind, text } = tokens[i] ?? { kind: 'end', text: '' };
    if (kind !== 'symbol') continue;
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (depth === 0) return i;
  }
  return -1;
}

function calledSteps(name: string, argument: string, refuse: (why: string) => Problem): Step[] {
  switch (name) {
    case 'where':
      if (argument === '') throw refuse('where() needs a criterion');
      return [{ kind: 'where', holds: compileInvariant(argument) }];
    case 'first':
    case 'last':
    case 'single':
      if (argument !== '') throw refuse(`${name}() takes nothing`);
      return [{ kind: name }];
    case 'ofType':
    case 'as':
      return [{ kind: 'ofType', type: argument.replace(/^FHIR\./, '') }];
    case 'extension':
      return [
        { kind: 'member', name: 'extension' },
        { kind: 'where', holds: compileInvariant(`url = ${argument}`) },
      ];
    default:
      throw refuse(`${name}() is not known`);
  }
}

/** The elements that the steps lead to, in the order of the resource. */
export function locate(resource: unknown, type: string, steps: readonly Step[]): readonly Place[] {
  let places: readonly Place[] = [{ pointer: [], value: resource, type }];
  for (const [i, step] of steps.entries()) {
    if (i === 0 && step.kind === 'member' && (step.name === type || isBase(step.name))) continue;
    places = follow(places, step, resource);
  }
  return places;
}

const isBase = (name: string): boolean => name === 'Resource' || name === 'DomainResource';

function follow(places: readonly Place[], step: Step, resource: unknown): readonly Place[] {
  switch (step.kind) {
    case 'member':
      return places.flatMap((place) => membersOf(place, step.name));
    case 'index':
      return places.slice(step.at, step.at + 1);
    case 'first':
      return places.slice(0, 1);
    case 'last':
      return places.slice(-1);
    case 'single':
      return places;
    case 'where':
      return places.filter(({ value }) => step.holds(value, resource) === true);
    case 'ofType':
      return places.filter((place) => place.type === step.type);
  }
}

function membersOf(place: Place, name: string): Place[] {
  const { value } = place;
  if (typeof value !== 'object' || value === null) return [];
  const member = memberNamed(place, name);
  const json = member?.json.find((one) => Object.hasOwn(value, one.name));
  if (!json) return [];
  const found = (value as Record<string, unknown>)[json.name]; // its own
  const typeOf = (item: unknown): string =>
    json.type === 'Resource' ? String((item as { resourceType?: unknown } | null)?.resourceType) : json.type;
  const pointer = [...place.pointer, json.name];
  return Array.isArray(found)
    ? found.map((item, i) => ({ pointer: [...pointer, String(i)], value: item, type: typeOf(item) }))
    : [{ pointer, value: found, type: typeOf(found) }];
}

export interface Member {
  readonly isList: boolean;
  /** How it may be named in JSON, with the type that each name implies: one, or for a choice several. */
  readonly json: readonly { readonly name: string; readonly type: string }[];
}

/** An element of a place's type by its FHIRPath name (`value`), or by that of one of its choices (`valueString`). */
export function memberNamed({ type }: Pick<Place, 'type'>, name: string): Member | undefined {
  for (const [key, element] of elementsOf(type)) {
    const json = jsonNames(key, element);
    if (key === name || key === `${name}[x]`)
      return { isList: element.max !== undefined && element.max !== 1, json };
    const chosen = key.endsWith('[x]') ? json.filter((one) => one.name === name) : [];
    if (chosen.length > 0) return { isList: false, json: chosen };
  }
  return undefined;
}

function jsonNames(key: string, { types }: ElementDefinition): Member['json'] {
  return key.endsWith('[x]')
    ? types.map((type) => ({ name: choiceName(key, type), type }))
    : [{ name: key, type: types[0] ?? 'Element' }];
}
