/** Walking plain FHIR JSON: members, choices, primitives with extensions, children. */
import names from '../r4/element-names.json' with { type: 'json' };

/** A collection. Never changed once it has been handed on. */
export type Nodes = readonly unknown[];

export const nothing: Nodes = Object.freeze([]);

/**
 * A primitive that also has an id or extensions (`_birthDate`). Those without are plain JavaScript values.
 */
export class Primitive {
  /** Undefined: only extensions, no value. */
  readonly value: unknown;
  readonly extra: unknown;

  constructor(value: unknown, extra: unknown) {
    this.value = value;
    this.extra = extra;
  }
}

/**
 * The JavaScript value of a node: string, number, boolean, object; undefined for a primitive without a value.
 */
export function rawValue(node: unknown): unknown {
  return node instanceof Primitive ? node.value : node;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(node: unknown): node is JsonObject {
  return typeof node === 'object' && node !== null && !(node instanceof Primitive);
}

/** Choice elements of R4: `value` to the names it may have in JSON (`valueQuantity`, …). */
const choices = new Map(
  Object.entries(names.choices as Record<string, string[]>).map(([name, types]) => [
    name,
    types.map((type) => choiceName(name, type)),
  ]),
);
const elementTypes = new Map(Object.entries(names.names as Record<string, string[]>));
export const resourceTypes: ReadonlySet<string> = new Set(names.resources);

const typeNames: ReadonlySet<string> = new Set([
  'Resource',
  'DomainResource',
  'Element',
  'BackboneElement',
  ...names.resources,
  ...Object.values(names.names).flat(),
  ...Object.values(names.choices).flat(),
]);

/** True for the types of R4 that elements and resources have. */
export function isTypeName(name: string): boolean {
  return typeNames.has(name);
}

const typeParts = new Map(
  Object.entries(names.parts as Record<string, string[]>).map(([type, parts]) => [type, new Set(parts)]),
);

/** True when all that the object holds is part of the complex data type. */
export function hasShapeOf(node: JsonObject, type: string): boolean {
  const parts = typeParts.get(type);
  return (
    parts !== undefined &&
    Object.keys(node).every((key) => parts.has(key.startsWith('_') ? key.slice(1) : key))
  );
}

/** How a choice element is written in JSON: `value` as a `dateTime` is `valueDateTime`. */
export function choiceName(name: string, type: string): string {
  return `${name}${type.charAt(0).toUpperCase()}${type.slice(1)}`;
}

/** True when `name` is a choice element that may have the type, somewhere in R4. */
export function isChoiceOf(name: string, type: string): boolean {
  return choices.get(name)?.includes(choiceName(name, type)) ?? false;
}

export function isChoice(name: string): boolean {
  return choices.has(name);
}

/** The types that an element of this name has anywhere in R4, choices aside. */
export function typesOfName(name: string): readonly string[] {
  return elementTypes.get(name) ?? [];
}

/** One member access, with its JSON names worked out beforehand. */
export interface Step {
  readonly name: string;
  readonly extra: string;
  /** The names to try when the plain one is absent, for choice elements. */
  readonly choices: readonly string[] | undefined;
}

export function stepTo(name: string, choice: boolean = true): Step {
  return { name, extra: `_${name}`, choices: choice ? choices.get(name) : undefined };
}

/** The JSON name under which a step finds its member in this object; undefined when it is not there. */
function presentName(node: JsonObject, step: Step): string | undefined {
  if (node[step.name] !== undefined || node[step.extra] !== undefined) return step.name;
  if (!step.choices) return undefined;
  for (const name of step.choices) {
    if (node[name] !== undefined || node[`_${name}`] !== undefined) return name;
  }
  return undefined;
}

/** Adds what the members `steps[i]…` of the node hold. */
export function walk(node: unknown, steps: readonly Step[], i: number, out: unknown[]): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) return;
  const step = steps[i] as Step;
  if (node instanceof Primitive) {
    walk(node.extra, steps, i, out);
    return;
  }
  const object = node as JsonObject; // neither null, array nor Primitive
  let value = object[step.name];
  let extra = object[step.extra];
  if (value === undefined && extra === undefined) {
    if (!step.choices) return;
    const name = presentName(object, step);
    if (name === undefined) return;
    value = object[name];
    extra = object[`_${name}`];
  }
  const last = i + 1 === steps.length;
  if (extra === undefined || extra === null) {
    if (Array.isArray(value)) {
      for (const item of value) {
        if (item === null || item === undefined) continue;
        if (last) out.push(item);
        else walk(item, steps, i + 1, out);
      }
    } else if (value !== null) {
      if (last) out.push(value);
      else walk(value, steps, i + 1, out);
    }
    return;
  }
  for (const item of primitives(value, extra)) {
    if (last) out.push(item);
    else walk(item, steps, i + 1, out);
  }
}

/** Values beside their extensions: FHIR R4 §2.6.2.3 (`"code": ["au", null], "_code": [null, {…}]`). */
function primitives(value: unknown, extra: unknown): unknown[] {
  if (!Array.isArray(value) && !Array.isArray(extra)) return [withExtra(value, extra)];
  const values = Array.isArray(value) ? value : [value];
  const extras = Array.isArray(extra) ? extra : [extra];
  const out: unknown[] = [];
  for (let i = 0; i < Math.max(values.length, extras.length); i++) {
    const node = withExtra(values[i], extras[i]);
    if (node !== undefined) out.push(node);
  }
  return out;
}

function withExtra(value: unknown, extra: unknown): unknown {
  const plain = value === null ? undefined : value;
  return extra === null || extra === undefined ? plain : new Primitive(plain, extra);
}

/** True when walking the steps would find anything; makes no collection. */
export function reaches(node: unknown, steps: readonly Step[], i: number): boolean {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return false;
  if (node instanceof Primitive) return reaches(node.extra, steps, i);
  const step = steps[i] as Step;
  const object = node as JsonObject; // neither null, array nor Primitive
  let value = object[step.name];
  let extra = object[step.extra];
  if (value === undefined && extra === undefined) {
    if (!step.choices) return false;
    const name = presentName(object, step);
    if (name === undefined) return false;
    value = object[name];
    extra = object[`_${name}`];
  }
  const last = i + 1 === steps.length;
  if (extra !== undefined && extra !== null) {
    const found = primitives(value, extra);
    return last ? found.length > 0 : found.some((item) => reaches(item, steps, i + 1));
  }
  if (!Array.isArray(value)) return value !== null && (last || reaches(value, steps, i + 1));
  for (const item of value) {
    if (item !== null && item !== undefined && (last || reaches(item, steps, i + 1))) return true;
  }
  return false;
}

/** Adds the child nodes, in the order of the JSON; `wanted` tells by its JSON name which to take. */
export function children(node: unknown, out: unknown[], wanted?: (name: string) => boolean): void {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
  if (node instanceof Primitive) {
    children(node.extra, out, wanted);
    return;
  }
  const object = node as JsonObject; // neither null, array nor Primitive
  for (const key of Object.keys(object)) {
    if (key === 'resourceType') continue;
    const underscored = key.charCodeAt(0) === 95;
    const name = underscored ? key.slice(1) : key;
    if (underscored && object[name] !== undefined) continue;
    if (wanted && !wanted(name)) continue;
    const value = underscored ? undefined : object[key];
    const extra = underscored ? object[key] : object[`_${key}`];
    if (extra !== undefined && extra !== null) out.push(...primitives(value, extra));
    else if (Array.isArray(value))
      for (const item of value) item !== null && item !== undefined && out.push(item);
    else if (value !== null && value !== undefined) out.push(value);
  }
}

/** All nodes below, level by level as FHIRPath's `repeat(children())`. */
export function descendants(input: Nodes): Nodes {
  const out: unknown[] = [];
  for (const node of input) children(node, out);
  for (let i = 0; i < out.length; i++) children(out[i], out);
  return out;
}

/** The nodes below that have one of these names in JSON. */
export function descendantsNamed(input: Nodes, wanted: (name: string) => boolean): Nodes {
  const out: unknown[] = [];
  const below: unknown[] = [];
  const visit = (node: unknown): void => {
    children(node, out, wanted);
    children(node, below);
  };
  for (const node of input) visit(node);
  for (let i = 0; i < below.length; i++) visit(below[i]);
  return out;
}
