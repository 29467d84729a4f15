/** The functions of FHIRPath that need nothing but their input and arguments. Source: FHIRPath 2.0.0 §5. */
import { distinct, keyOf } from './compare.ts';
import {
  children,
  descendants,
  isObject,
  type Nodes,
  nothing,
  Primitive,
  rawValue,
  stepTo,
  walk,
} from './nodes.ts';
import { resolveAll } from './references.ts';
import type { Scope } from './scope.ts';
import { stringFunctions } from './string-functions.ts';

/**
 * Where FHIRPath signals an error (two items where one is needed, a string where a number is), the result is
 * empty here.
 */
export type PlainFunction = {
  readonly least: number;
  readonly most: number;
  readonly run: (input: Nodes, args: readonly Nodes[], scope: Scope) => Nodes;
};

const yes: Nodes = Object.freeze([true]);
const no: Nodes = Object.freeze([false]);

export function bool(value: boolean | undefined): Nodes {
  return value === undefined ? nothing : value ? yes : no;
}

/** A collection as a truth value: FHIRPath 2.0.0 §4.5 (a single item that is no boolean counts as true). */
export function truthOf(nodes: Nodes): boolean | undefined {
  if (nodes.length !== 1) return undefined;
  const value = rawValue(nodes[0]);
  return typeof value === 'boolean' ? value : true;
}

export function single(nodes: Nodes): unknown {
  return nodes.length === 1 ? rawValue(nodes[0]) : undefined;
}

export function hasValue(nodes: Nodes): boolean {
  const value = single(nodes);
  return value !== undefined && value !== null && typeof value !== 'object';
}

function integer(nodes: Nodes | undefined): number | undefined {
  const value = nodes && single(nodes);
  return Number.isInteger(value) ? (value as number) : undefined;
}

function plain(
  least: number,
  most: number,
  run: (input: Nodes, args: readonly Nodes[], scope: Scope) => Nodes,
): PlainFunction {
  return { least, most, run };
}

function numeric(apply: (value: number) => number): PlainFunction {
  return plain(0, 0, (input) => {
    const value = single(input);
    if (typeof value !== 'number') return nothing;
    const result = apply(value);
    return Number.isFinite(result) ? [result] : nothing;
  });
}

const extensionSteps = [stepTo('extension')];

function extensions(input: Nodes, url: unknown): Nodes {
  const found: unknown[] = [];
  for (const node of input) walk(node, extensionSteps, 0, found);
  return found.filter((item) => isObject(item) && item['url'] === url);
}

function toInteger(input: Nodes): Nodes {
  const value = single(input);
  if (typeof value === 'boolean') return [value ? 1 : 0];
  if (Number.isInteger(value)) return [value];
  return typeof value === 'string' && /^[+-]?\d+$/.test(value) ? [Number(value)] : nothing;
}

function toDecimal(input: Nodes): Nodes {
  const value = single(input);
  if (typeof value === 'boolean') return [value ? 1 : 0];
  if (typeof value === 'number') return [value];
  return typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value) ? [Number(value)] : nothing;
}

function toBoolean(input: Nodes): Nodes {
  const value = single(input);
  if (typeof value === 'boolean') return [value];
  const text = String(value).toLowerCase();
  if (['true', 't', 'yes', 'y', '1', '1.0'].includes(text)) return yes;
  return ['false', 'f', 'no', 'n', '0', '0.0'].includes(text) ? no : nothing;
}

const every = (wanted: boolean) =>
  plain(0, 0, (input) => bool(input.every((node) => rawValue(node) === wanted)));
const some = (wanted: boolean) =>
  plain(0, 0, (input) => bool(input.some((node) => rawValue(node) === wanted)));

function isSubset(part: Nodes, whole: Nodes): boolean {
  const keys = new Set(whole.map(keyOf));
  return part.every((node) => keys.has(keyOf(node)));
}

const empty: Nodes = nothing;

export const functions: Readonly<Record<string, PlainFunction>> = {
  ...stringFunctions,
  empty: plain(0, 0, (input) => bool(input.length === 0)),
  not: plain(0, 0, (input) => {
    const truth = truthOf(input);
    return bool(truth === undefined ? undefined : !truth);
  }),
  count: plain(0, 0, (input) => [input.length]),
  first: plain(0, 0, (input) => input.slice(0, 1)),
  last: plain(0, 0, (input) => input.slice(-1)),
  tail: plain(0, 0, (input) => input.slice(1)),
  single: plain(0, 0, (input) => (input.length === 1 ? input : nothing)),
  skip: plain(1, 1, (input, [by]) => input.slice(Math.max(0, integer(by) ?? 0))),
  take: plain(1, 1, (input, [by]) => input.slice(0, Math.max(0, integer(by) ?? 0))),
  distinct: plain(0, 0, distinct),
  isDistinct: plain(0, 0, (input) => bool(distinct(input).length === input.length)),
  subsetOf: plain(1, 1, (input, [other = empty]) => bool(isSubset(input, other))),
  supersetOf: plain(1, 1, (input, [other = empty]) => bool(isSubset(other, input))),
  union: plain(1, 1, (input, [other = empty]) => distinct([...input, ...other])),
  combine: plain(1, 1, (input, [other = empty]) => [...input, ...other]),
  intersect: plain(1, 1, (input, [other = empty]) => {
    const keys = new Set(other.map(keyOf));
    return distinct(input).filter((node) => keys.has(keyOf(node)));
  }),
  exclude: plain(1, 1, (input, [other = empty]) => {
    const keys = new Set(other.map(keyOf));
    return input.filter((node) => !keys.has(keyOf(node)));
  }),
  allTrue: every(true),
  allFalse: every(false),
  anyTrue: some(true),
  anyFalse: some(false),
  children: plain(0, 0, (input) => {
    const out: unknown[] = [];
    for (const node of input) children(node, out);
    return out;
  }),
  descendants: plain(0, 0, descendants),
  extension: plain(1, 1, (input, [url = empty]) => extensions(input, single(url))),
  /** Not of FHIRPath, but used in R4's QuestionnaireResponse-item-subject. */
  hasExtension: plain(1, 1, (input, [url = empty]) => bool(extensions(input, single(url)).length > 0)),
  hasValue: plain(0, 0, (input) => bool(hasValue(input))),
  getValue: plain(0, 0, (input) => (hasValue(input) ? [single(input)] : nothing)),
  resolve: plain(0, 0, (input, _, scope) => resolveAll(input, scope.rootResource)),
  /** XHTML is checked where resources are validated, not here. */
  htmlChecks: plain(0, 0, () => yes),
  toInteger: plain(0, 0, toInteger),
  convertsToInteger: plain(0, 0, (input) =>
    input.length === 0 ? nothing : bool(toInteger(input).length > 0),
  ),
  toDecimal: plain(0, 0, toDecimal),
  convertsToDecimal: plain(0, 0, (input) =>
    input.length === 0 ? nothing : bool(toDecimal(input).length > 0),
  ),
  toBoolean: plain(0, 0, toBoolean),
  convertsToBoolean: plain(0, 0, (input) =>
    input.length === 0 ? nothing : bool(toBoolean(input).length > 0),
  ),
  abs: numeric(Math.abs),
  ceiling: numeric(Math.ceil),
  floor: numeric(Math.floor),
  truncate: numeric(Math.trunc),
  sqrt: numeric(Math.sqrt),
  today: plain(0, 0, (_, __, scope) => [
    { kind: 'date-literal', text: new Date(scope.now()).toISOString().slice(0, 10) },
  ]),
  now: plain(0, 0, (_, __, scope) => [{ kind: 'date-literal', text: new Date(scope.now()).toISOString() }]),
};

/** Drops what has no value, and the wrapping of primitives: what the outside is given. */
export function plainValues(nodes: Nodes): Nodes {
  if (!nodes.some((node) => node instanceof Primitive)) return nodes;
  return nodes.map(rawValue).filter((value) => value !== undefined);
}
