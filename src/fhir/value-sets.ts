/**
 * The value sets that R4 lists code by code, and the few that are grammars.
 * Source: src/fhir/r4/value-sets.json, made by scripts/definitions/structures.ts.
 */
import { readFileSync } from 'node:fs';
import { canonicalQuantity } from './units.ts';

/** What can be asked of a value set. */
export interface ValueSet {
  readonly url: string;
  /** Whether the code is in it, under any system: what a `code` element asks. */
  hasCode(code: string): boolean;
  has(system: string | undefined, code: string): boolean;
  /** System to codes; absent where the set is a grammar and cannot be listed. */
  readonly systems?: ReadonlyMap<string, ReadonlySet<string>>;
}

interface File {
  readonly valueSets: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}
let file: File | undefined;
const known = new Map<string, ValueSet | undefined>();

/** A value set by its URL (a version after `|` is passed over), or undefined when its members are not known. */
export function valueSet(canonical: string): ValueSet | undefined {
  const url = canonical.split('|')[0] ?? canonical;
  if (!known.has(url)) {
    const made = grammars.get(url) ?? listed(url);
    if (!made) return undefined; // not kept: callers may ask for any URL
    known.set(url, made);
  }
  return known.get(url);
}

function listed(url: string): ValueSet | undefined {
  file ??= JSON.parse(readFileSync(new URL('r4/value-sets.json', import.meta.url), 'utf8')) as File; // our own file
  if (!Object.hasOwn(file.valueSets, url)) return undefined;
  const systems = new Map(
    Object.entries(file.valueSets[url] ?? {}).map(([system, codes]) => [system, new Set(codes)] as const),
  );
  const all = new Set([...systems.values()].flatMap((codes) => [...codes]));
  return {
    url,
    systems,
    hasCode: (code) => all.has(code),
    has: (system, code) => systems.get(system ?? '')?.has(code) ?? false,
  };
}

function grammar(url: string, system: string, accepts: (code: string) => boolean): ValueSet {
  return { url, hasCode: accepts, has: (s, code) => s === system && accepts(code) };
}

// RFC 6838 §4.2 names; xml, json and ttl are allowed beside them by R4 (CapabilityStatement.format).
const mimeType = /^[a-z0-9][\w!#$&^.+-]*\/[a-z0-9*][\w!#$&^.+-]*(?:\s*;.*)?$/i;
const shortFormat = /^(?:xml|json|ttl)$/;
const mediaType = (code: string): boolean => mimeType.test(code) || shortFormat.test(code);
// RFC 5646 §2.1, its shape.
const languageTag = /^(?:[a-z]{2,8}(?:-[a-z0-9]{1,8})*|x(?:-[a-z0-9]{1,8})+)$/i;
const unit = (code: string): boolean => canonicalQuantity(1, 1, 1, code) !== undefined;

const base = 'http://hl7.org/fhir/ValueSet/';
const grammars: ReadonlyMap<string, ValueSet> = new Map(
  [
    grammar(`${base}mimetypes`, 'urn:ietf:bcp:13', mediaType),
    grammar(`${base}all-languages`, 'urn:ietf:bcp:47', (code) => languageTag.test(code)),
    grammar(`${base}ucum-units`, 'http://unitsofmeasure.org', unit),
  ].map((set) => [set.url, set]),
);
