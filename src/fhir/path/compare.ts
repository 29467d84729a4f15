/** Equality, equivalence and order of FHIRPath values. Source: FHIRPath 2.0.0 §6.1, §6.2. */
import { canonicalQuantity } from '../units.ts';
import { isObject, type JsonObject, type Nodes, Primitive, rawValue } from './nodes.ts';
import type { DateLiteral, QuantityLiteral } from './syntax.ts';

/** `=`: undefined where either side is empty or the dates do not share a precision. */
export function equal(a: Nodes, b: Nodes): boolean | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const same = equalItems(a[i], b[i]);
    if (same !== true) return same;
  }
  return true;
}

export function equalItems(left: unknown, right: unknown): boolean | undefined {
  const a = rawValue(left);
  const b = rawValue(right);
  if (typeof a === 'string' && typeof b === 'string') {
    if (a === b) return true;
    // Only times with a zone can be the same when written differently.
    if (a.charCodeAt(10) !== 84 || b.charCodeAt(10) !== 84) return false;
    const order = orderDates(a, b);
    return order === 'not-dates' ? false : order === undefined ? undefined : order === 0;
  }
  if (typeof a === 'number' && typeof b === 'number') return a === b || Math.abs(a - b) < 1e-8;
  if (isDateLiteral(a) || isDateLiteral(b)) {
    const order = orderDates(textOf(a), textOf(b));
    return order === 'not-dates' ? false : order === undefined ? undefined : order === 0;
  }
  if (isQuantityLiteral(a) || isQuantityLiteral(b)) {
    const order = orderQuantities(a, b);
    return order === undefined ? undefined : order === 0;
  }
  if (a === undefined || b === undefined) return keyOf(left) === keyOf(right);
  if (typeof a === 'object' && typeof b === 'object') return keyOf(a) === keyOf(b);
  return a === b;
}

/** `~`: order and case do not matter, and two empty collections are alike. */
export function equivalent(a: Nodes, b: Nodes): boolean {
  if (a.length !== b.length) return false;
  const left = a.map(looseKey).sort();
  const right = b.map(looseKey).sort();
  return left.every((key, i) => key === right[i]);
}

/** Less than nothing, nothing or more; undefined when the values cannot be ordered. */
export function order(left: unknown, right: unknown): number | undefined {
  const a = rawValue(left);
  const b = rawValue(right);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (isQuantity(a) || isQuantity(b)) return orderQuantities(a, b);
  const first = textOf(a);
  const second = textOf(b);
  if (first === undefined || second === undefined) return undefined;
  const dates = orderDates(first, second);
  if (dates !== 'not-dates') return dates;
  return first < second ? -1 : first > second ? 1 : 0;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return isDateLiteral(value) ? value.text : undefined;
}

export function isDateLiteral(value: unknown): value is DateLiteral {
  return isObject(value) && value['kind'] === 'date-literal';
}

export function isQuantityLiteral(value: unknown): value is QuantityLiteral {
  return isObject(value) && value['kind'] === 'quantity-literal';
}

const datePattern =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T(?:(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?)?(Z|[+-]\d\d:\d\d)?)?$/;
const timePattern = /^T?(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?$/;

/** Part by part, down to the precision that both have; a difference in precision alone cannot be ordered. */
function orderDates(a: string | undefined, b: string | undefined): number | undefined | 'not-dates' {
  if (a === undefined || b === undefined) return 'not-dates';
  const read = datePattern.test(a) ? dateParts : timeParts;
  const first = read(a);
  const second = read(b);
  if (!first || !second) return 'not-dates';
  const shared = Math.min(first.length, second.length);
  for (let i = 0; i < shared; i++) {
    const difference = (first[i] as number) - (second[i] as number);
    if (difference !== 0) return difference;
  }
  return first.length === second.length ? 0 : undefined;
}

/** Year, month, day, hour, minute, second in UTC, as many as are written. */
function dateParts(text: string): number[] | undefined {
  const m = datePattern.exec(text);
  if (!m) return undefined;
  const parts = m
    .slice(1, 7)
    .filter((part) => part !== undefined)
    .map(Number);
  const zone = m[7];
  if (zone === undefined || zone === 'Z' || parts.length < 4) return parts;
  const sign = zone.startsWith('-') ? 1 : -1;
  const minutes = sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4)));
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, ...second] = parts;
  const shifted = new Date(Date.UTC(year, month - 1, day, hour, minute + minutes));
  return [
    shifted.getUTCFullYear(),
    shifted.getUTCMonth() + 1,
    shifted.getUTCDate(),
    shifted.getUTCHours(),
    shifted.getUTCMinutes(),
    ...second,
  ];
}

function timeParts(text: string): number[] | undefined {
  return timePattern
    .exec(text)
    ?.slice(1)
    .filter((part) => part !== undefined)
    .map(Number);
}

function isQuantity(value: unknown): boolean {
  return isQuantityLiteral(value) || (isObject(value) && typeof value['value'] === 'number');
}

interface Amount {
  readonly value: number;
  readonly unit: string;
  readonly ucum: boolean;
}

const calendar: Readonly<Record<string, string>> = {
  week: 'wk',
  day: 'd',
  hour: 'h',
  minute: 'min',
  second: 's',
  millisecond: 'ms',
};

function amountOf(value: unknown): Amount | undefined {
  if (typeof value === 'number') return { value, unit: '1', ucum: true };
  if (isQuantityLiteral(value)) {
    return { value: value.value, unit: calendar[value.unit] ?? value.unit, ucum: true };
  }
  if (!isObject(value)) return undefined;
  const number = rawValue(value['value']);
  if (typeof number !== 'number') return undefined;
  const unit = value['code'] ?? value['unit'];
  const ucum = value['system'] === 'http://unitsofmeasure.org' || unit === undefined;
  return { value: number, unit: typeof unit === 'string' ? unit : '1', ucum };
}

function orderQuantities(left: unknown, right: unknown): number | undefined {
  const a = amountOf(left);
  const b = amountOf(right);
  if (!a || !b) return undefined;
  if (a.unit === b.unit) return a.value - b.value;
  if (!a.ucum || !b.ucum) return undefined;
  const first = canonicalQuantity(a.value, a.value, a.value, a.unit);
  const second = canonicalQuantity(b.value, b.value, b.value, b.unit);
  return first && second && first.unit === second.unit ? first.value - second.value : undefined;
}

/** Equal nodes have equal keys: what `distinct`, `|` and `in` compare by. */
export function keyOf(node: unknown): string {
  if (node instanceof Primitive) {
    return node.value === undefined ? `x${keyOf(node.extra)}` : keyOf(node.value);
  }
  if (typeof node === 'string') return `s${node}`;
  if (typeof node !== 'object' || node === null) return `${typeof node}${String(node)}`;
  return `o${JSON.stringify(node, sortedKeys)}`;
}

function sortedKeys(_: string, value: unknown): unknown {
  if (!isObject(value) || Array.isArray(value)) return value;
  const keys = Object.keys(value);
  return keys.some((key, i) => i > 0 && key < (keys[i - 1] as string))
    ? Object.fromEntries(keys.sort().map((key) => [key, (value as JsonObject)[key]]))
    : value;
}

function looseKey(node: unknown): string {
  const value = rawValue(node);
  if (typeof value === 'string') return `s${value.toLowerCase().trim().replace(/\s+/g, ' ')}`;
  if (typeof value === 'number') return `n${Number(value.toPrecision(8))}`;
  return isObject(value) ? keyOf(value).toLowerCase() : keyOf(value);
}

/** One of each, in order of first appearance. */
export function distinct(nodes: Nodes): Nodes {
  if (nodes.length < 2) return nodes;
  const seen = new Set<string>();
  return nodes.filter((node) => {
    const key = keyOf(node);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
