/**
 * `is`, `as` and `ofType` over plain JSON, which does not carry its types: what can be told from names and
 * values.
 */
import {
  choiceName,
  hasShapeOf,
  isChoice,
  isChoiceOf,
  isObject,
  rawValue,
  resourceTypes,
  typesOfName,
} from './nodes.ts';

/** Tells whether a node is of a type. */
export type TypeTest = (node: unknown) => boolean;

const withoutDomain = new Set(['Bundle', 'Binary', 'Parameters']);

const date = /^\d{4}(-\d\d(-\d\d)?)?$/;
const dateTime = /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d.*)?)?)?$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const time = /^\d\d:\d\d(:\d\d(\.\d+)?)?$/;

const primitiveTests: Readonly<Record<string, (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === 'boolean',
  decimal: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  unsignedInt: (value) => Number.isInteger(value) && (value as number) >= 0,
  positiveInt: (value) => Number.isInteger(value) && (value as number) > 0,
  date: (value) => typeof value === 'string' && date.test(value),
  dateTime: (value) => typeof value === 'string' && dateTime.test(value),
  instant: (value) => typeof value === 'string' && instant.test(value),
  time: (value) => typeof value === 'string' && time.test(value),
};
for (const type of [
  'string',
  'code',
  'id',
  'markdown',
  'uri',
  'url',
  'canonical',
  'oid',
  'uuid',
  'base64Binary',
  'xhtml',
]) {
  (primitiveTests as Record<string, TypeTest>)[type] = (value) => typeof value === 'string';
}

export function isPrimitiveType(type: string): boolean {
  return Object.hasOwn(primitiveTests, type);
}

/** Resources tell their type. Undefined when the type is not one of a resource. */
export function resourceTest(type: string): TypeTest | undefined {
  if (type === 'Resource') return (node) => typeof resourceTypeOf(node) === 'string';
  if (type === 'DomainResource') {
    return (node) => {
      const found = resourceTypeOf(node);
      return typeof found === 'string' && !withoutDomain.has(found);
    };
  }
  return resourceTypes.has(type) ? (node) => resourceTypeOf(node) === type : undefined;
}

function resourceTypeOf(node: unknown): unknown {
  return isObject(node) ? node['resourceType'] : undefined;
}

/**
 * A test for nodes found by the member `name` (undefined: by no member). Undefined when the JSON cannot tell:
 * two complex types under one name, say.
 */
export function nodeTest(type: string, name: string | undefined): TypeTest | undefined {
  const resource = resourceTest(type);
  if (resource) return resource;
  const primitive = primitiveTests[type];
  const possible = name === undefined ? [] : typesOfName(name);
  if (primitive) {
    const rivals = possible.filter((other) => isPrimitiveType(other) && other !== type);
    // A name that is never of this type, as `x.ofType(string)` on a code, would be decided wrongly by the
    // value.
    if (name !== undefined && !isChoice(name) && !possible.includes(type))
      return rivals.length > 0 ? () => false : undefined;
    return (node) => primitive(rawValue(node));
  }
  if (name === undefined) return undefined;
  if (!possible.includes(type)) return () => false;
  const complex = possible.filter((other) => !isPrimitiveType(other));
  return (node) => isObject(node) && (complex.length === 1 || hasShapeOf(node, type));
}

const subtypes: Readonly<Record<string, readonly string[]>> = {
  string: ['code', 'id', 'markdown'],
  uri: ['url', 'canonical', 'oid', 'uuid'],
  integer: ['positiveInt', 'unsignedInt'],
  Quantity: ['Age', 'Count', 'Distance', 'Duration'],
};

/**
 * The JSON names of a choice element with the type or one that specialises it: `valueQuantity`, `valueAge`, …
 */
export function choiceMembers(name: string, type: string): readonly string[] {
  return [type, ...(subtypes[type] ?? [])].filter((t) => isChoiceOf(name, t)).map((t) => choiceName(name, t));
}

/** Tells which JSON names may hold the primitive type, for `descendants().as(canonical)`. */
export function namesOfType(type: string): ((name: string) => boolean) | undefined {
  if (!isPrimitiveType(type)) return undefined;
  const suffix = choiceName('', type);
  return (name) =>
    typesOfName(name).includes(type) ||
    (name.endsWith(suffix) && isChoiceOf(name.slice(0, -suffix.length), type));
}
