import { hash } from 'node:crypto';

/**
 * The 64-bit and 32-bit keys that search rows carry. All are cut from SHA-256, never from the database's own hash
 * functions, whose results may change between major versions. 64-bit keys are decimal strings: they exceed what a
 * JavaScript number holds.
 */
export type Key = string;

/** A Map that forgets its older half when full: codes and types repeat, unique values pass through. */
function remember<T>(size: number, make: (text: string) => T): (text: string) => T {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  return (text) => {
    let value = young.get(text);
    if (value !== undefined) return value;
    value = old.get(text) ?? make(text);
    young.set(text, value);
    if (young.size >= size) {
      old = young;
      young = new Map();
    }
    return value;
  };
}

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');

const key64 = remember(20_000, (text) => digest(text).readBigInt64BE(0).toString());

/** The shard key: of the person whose compartment a resource is in, or of the resource itself where it is nobody's. */
export function shardKey(type: string, id: string): Key {
  return key64(`${type}/${id}`);
}

/** A reference or other value matched only as a whole. `path` is a SearchPath's key. */
export function wholeKey(path: string, value: string): Key {
  return key64(`${path}\n${value}`);
}

const codeBits = remember(20_000, (text) => (digest(text).readBigInt64BE(0) >> 24n) << 24n);
const systemBits = remember(5_000, (text) =>
  text === '' ? 0n : BigInt(digest(text).readUIntBE(0, 3)) || 1n,
);
const tokenKeys = remember(20_000, (text) => {
  const [path = '', system = '', code = ''] = text.split('\n', 3);
  return (codeBits(`${path}\n${code}`) | systemBits(system)).toString();
});

/**
 * A coded value: the upper 40 bits from path and code, the lower 24 from the system (0: no system), so that all
 * systems of one code lie side by side.
 */
export function tokenKey(path: string, system: string | undefined, code: string): Key {
  return tokenKeys(`${path}\n${system ?? ''}\n${code}`);
}

/** Key of an exact text where only equality matters: a system's URI, a string's spelling, a unit. Zero is absence. */
export function textKey(text: string | undefined): Key {
  return text === undefined || text === '' ? '0' : key64(text);
}

/** 32-bit number of a search path, stored in rows that are ordered by path. A test shows that no two paths share one. */
export const pathNumber = remember(4_000, (path) => digest(path).readInt32BE(0));

/** Marks a resource that is in a person's compartment but lives elsewhere, such as an appointment of two people. */
export const compartmentKey = (person: Key): Key => wholeKey('compartment', person);
