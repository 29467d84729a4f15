/** SMART scopes, version 2 and 1, as what they allow. Source: SMART App Launch 2.2 §3 (Scopes and Launch Context). */
import { isResourceType } from '../../fhir/resource-types.ts';
import { searchParameter } from '../../fhir/search-parameters.ts';

export type ScopeLevel = 'patient' | 'user' | 'system';
export type Letter = 'c' | 'r' | 'u' | 'd' | 's';

/** A scope on data: `patient/Observation.rs?category=laboratory`. */
export interface DataScope {
  /** As it was asked for. */
  readonly text: string;
  readonly level: ScopeLevel;
  /** A resource type, or `*` for all. */
  readonly type: string;
  /** In the order c, r, u, d, s. */
  readonly letters: readonly Letter[];
  /** Only what this search finds. */
  readonly query?: string;
}

/** Scopes that are not on data. */
export const contextScopes = [
  'openid',
  'fhirUser',
  'profile',
  'launch',
  'launch/patient',
  'launch/encounter',
  'offline_access',
  'online_access',
] as const;

const form =
  /^(patient|user|system)\/(\*|[A-Z][A-Za-z]{1,40})\.(read|write|\*|[cruds]{1,5})(?:\?(.{1,500}))?$/;
const version1: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };
const order: readonly Letter[] = ['c', 'r', 'u', 'd', 's'];
const parameterName = /^[a-z_][A-Za-z0-9_-]{0,63}$/;

/** A scope on data; undefined where it is none, or is one that this server does not know. */
export function parseDataScope(text: string): DataScope | undefined {
  const found = form.exec(text);
  if (!found) return undefined;
  const [, level, type = '', permissions = '', query] = found;
  if (type !== '*' && !isResourceType(type)) return undefined;
  const written = version1[permissions] ?? permissions;
  const letters = order.filter((letter) => written.includes(letter));
  // Version 2 takes the letters in this order and once only (§3.0.2.1).
  if (letters.join('') !== written) return undefined;
  if (query !== undefined && !isFilter(type, query)) return undefined;
  // The record cannot hold what is newly written against a search, so such a scope is not given.
  if (query !== undefined && (letters.includes('c') || letters.includes('u'))) return undefined;
  return {
    text,
    level: level as ScopeLevel, // the expression names the three
    type,
    letters,
    ...(query === undefined ? {} : { query }),
  };
}

/** Plain search parameters of the type: no chains, modifiers or anything that shapes an answer. */
function isFilter(type: string, query: string): boolean {
  if (type === '*') return false;
  const pairs = [...new URLSearchParams(query)];
  return (
    pairs.length > 0 &&
    pairs.every(
      ([name, value]) =>
        value !== '' && parameterName.test(name) && (searchParameter(type, name)?.paths.length ?? 0) > 0,
    )
  );
}

/** The scopes on data of a list parted by spaces; others are left out. */
export function parseScopes(text: string): readonly DataScope[] {
  return splitScopes(text).flatMap((one) => parseDataScope(one) ?? []);
}

export const splitScopes = (text: string): readonly string[] => [
  ...new Set(text.split(' ').filter((one) => one !== '')),
];

/** Whether a scope is one that this server can give at all. */
export const isKnownScope = (text: string): boolean =>
  contextScopes.some((known) => known === text) || parseDataScope(text) !== undefined;

/** Whether what was approved for a client covers all that the scope asks for. */
export function covers(approved: readonly string[], asked: string): boolean {
  const wanted = parseDataScope(asked);
  if (!wanted) return approved.includes(asked) && isKnownScope(asked);
  return wanted.letters.every((letter) =>
    approved.some((text) => {
      const one = parseDataScope(text);
      return (
        one !== undefined &&
        one.level === wanted.level &&
        (one.type === '*' || one.type === wanted.type) &&
        one.letters.includes(letter) &&
        (one.query === undefined || one.query === wanted.query)
      );
    }),
  );
}
