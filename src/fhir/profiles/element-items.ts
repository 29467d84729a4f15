/** What stands at an element of an object: one value or many, plain or only extensions, of one type or a choice of them. */
import { typeDefinition } from '../definitions.ts';
import { isObject } from './compare-values.ts';

/** One occurrence of an element. */
export interface Item {
  readonly value: unknown;
  /** Id and extensions of a primitive (`_name`). */
  readonly extra: unknown;
  /** Of a choice, its type as its name says: `Quantity`, `String`. */
  readonly suffix: string | undefined;
  /** Its place in the list, or -1. */
  readonly index: number;
}

/** Tells the items of an element. */
export type Items = (owner: Item) => readonly Item[];

const none: readonly Item[] = Object.freeze([]);

/** `name` as definitions write it: `code`, `value[x]`. */
export function itemsOf(name: string): Items {
  if (!name.endsWith('[x]'))
    return (owner) => {
      const members = membersOf(owner);
      return members ? listOf(members[name], members[`_${name}`], undefined) : none;
    };
  const stem = name.slice(0, -3);
  const suffixes = new Map<string, string | undefined>();
  const suffixOf = (key: string): string | undefined => {
    if (!suffixes.has(key)) {
      if (suffixes.size > 1000) suffixes.clear(); // callers may send any name
      const suffix = key.startsWith(stem) ? key.slice(stem.length) : '';
      suffixes.set(key, isTypeSuffix(suffix) ? suffix : undefined);
    }
    return suffixes.get(key);
  };
  return (owner) => {
    const members = membersOf(owner);
    if (!members) return none;
    for (const key in members) {
      const plain = key.charCodeAt(0) === 0x5f ? key.slice(1) : key;
      if (!plain.startsWith(stem)) continue;
      const suffix = suffixOf(plain);
      if (suffix !== undefined) return listOf(members[plain], members[`_${plain}`], suffix);
    }
    return none;
  };
}

/** What an occurrence holds: its members, or those of a primitive's companion. */
export function membersOf({ value, extra }: Item): Readonly<Record<string, unknown>> | undefined {
  if (isObject(value)) return value;
  return isObject(extra) ? extra : undefined;
}

function isTypeSuffix(suffix: string): boolean {
  if (!/^[A-Z]/.test(suffix)) return false;
  return (
    (typeDefinition(suffix) ?? typeDefinition(suffix.charAt(0).toLowerCase() + suffix.slice(1))) !== undefined
  );
}

function listOf(value: unknown, extra: unknown, suffix: string | undefined): readonly Item[] {
  if (value === undefined && extra === undefined) return none;
  if (!Array.isArray(value) && !Array.isArray(extra)) return [{ value, extra, suffix, index: -1 }];
  const values = Array.isArray(value) ? value : [];
  const extras = Array.isArray(extra) ? extra : [];
  const out: Item[] = [];
  for (let i = 0; i < Math.max(values.length, extras.length); i += 1)
    out.push({ value: values[i] ?? undefined, extra: extras[i] ?? undefined, suffix, index: i });
  return out;
}

/** A whole value, outside any element. */
export function itemOf(value: unknown): Item {
  return { value, extra: undefined, suffix: undefined, index: -1 };
}

/** Whether the suffix of a choice names the type: `String` and `string`. */
export function isSuffixOf(suffix: string, type: string): boolean {
  return (
    suffix.length === type.length && suffix.slice(1) === type.slice(1) && suffix[0] === type[0]?.toUpperCase()
  );
}
