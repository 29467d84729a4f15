/** FHIRPath's operators on evaluated operands. Source: FHIRPath 2.0.0 §6. */
import { distinct, equal, equivalent, keyOf, order } from './compare.ts';
import { single } from './functions.ts';
import { type Nodes, nothing } from './nodes.ts';
import type { BinaryOperator } from './syntax.ts';

export type Comparison = (left: Nodes, right: Nodes) => boolean | undefined;

function ordered(test: (order: number) => boolean): Comparison {
  return (left, right) => {
    if (left.length !== 1 || right.length !== 1) return undefined;
    const found = order(left[0], right[0]);
    return found === undefined ? undefined : test(found);
  };
}

function isIn(item: Nodes, collection: Nodes): boolean | undefined {
  if (item.length !== 1) return item.length === 0 ? undefined : false;
  const key = keyOf(item[0]);
  return collection.some((node) => keyOf(node) === key);
}

const not = (value: boolean | undefined): boolean | undefined => (value === undefined ? undefined : !value);

/** Operators with a truth as result, the logical ones aside. */
export const comparisons: Partial<Readonly<Record<BinaryOperator, Comparison>>> = {
  '=': equal,
  '!=': (left, right) => not(equal(left, right)),
  '~': equivalent,
  '!~': (left, right) => !equivalent(left, right),
  '<': ordered((found) => found < 0),
  '<=': ordered((found) => found <= 0),
  '>': ordered((found) => found > 0),
  '>=': ordered((found) => found >= 0),
  in: isIn,
  contains: (left, right) => isIn(right, left),
};

type Logic = (left: boolean | undefined, right: () => boolean | undefined) => boolean | undefined;

/** Three-valued logic: FHIRPath 2.0.0 §6.5. */
export const logic: Partial<Readonly<Record<BinaryOperator, Logic>>> = {
  and: (left, right) => {
    if (left === false) return false;
    const other = right();
    return other === false ? false : left === undefined ? undefined : other;
  },
  or: (left, right) => {
    if (left === true) return true;
    const other = right();
    return other === true ? true : left === undefined ? undefined : other;
  },
  xor: (left, right) => {
    const other = right();
    return left === undefined || other === undefined ? undefined : left !== other;
  },
  implies: (left, right) => {
    if (left === false) return true;
    const other = right();
    return other === true ? true : left === undefined ? undefined : other;
  },
};

function arithmetic(apply: (a: number, b: number) => number): (left: Nodes, right: Nodes) => Nodes {
  return (left, right) => {
    const a = single(left);
    const b = single(right);
    if (typeof a !== 'number' || typeof b !== 'number') return nothing;
    const result = apply(a, b);
    return Number.isFinite(result) ? [result] : nothing;
  };
}

const add = arithmetic((a, b) => a + b);

/** Operators with a collection as result. */
export const operations: Partial<Readonly<Record<BinaryOperator, (left: Nodes, right: Nodes) => Nodes>>> = {
  '|': (left, right) => distinct(left.length === 0 ? right : right.length === 0 ? left : [...left, ...right]),
  '&': (left, right) => [textOrNone(left) + textOrNone(right)],
  '+': (left, right) => {
    const a = single(left);
    const b = single(right);
    return typeof a === 'string' && typeof b === 'string' ? [a + b] : add(left, right);
  },
  '-': arithmetic((a, b) => a - b),
  '*': arithmetic((a, b) => a * b),
  '/': arithmetic((a, b) => a / b),
  div: arithmetic((a, b) => Math.trunc(a / b)),
  mod: arithmetic((a, b) => a % b),
};

function textOrNone(nodes: Nodes): string {
  const value = single(nodes);
  return typeof value === 'string' ? value : '';
}
