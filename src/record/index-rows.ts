import type { Resource } from '@medplum/fhirtypes';
import { extract } from '../fhir/extract.ts';
import { foldCode, normaliseString } from '../fhir/normalise.ts';
import { compartmentParameters, pathsOf, patientOf, searchParameter } from '../fhir/search-parameters.ts';
import type {
  DateValue,
  NumberValue,
  QuantityValue,
  SearchPath,
  SearchValue,
  SearchValues,
  TokenValue,
} from '../fhir/search-values.ts';
import { type ConsentRule, consentRulesOf, labelsOf } from './consent-rules.ts';
import { homePaths, personOfFile } from './home.ts';
import { indexPlan } from './index-plan.ts';
import { compartmentKey, type Key, pathNumber, shardKey, textKey, tokenKey, wholeKey } from './keys.ts';
import { relationsOf } from './relation-rules.ts';
import type { Relation } from './sight.ts';
import { wordsOf } from './words.ts';

/** Bounds of the main date where there is none, or where a period is open. All are safe integers. */
export const noDate = Number.MIN_SAFE_INTEGER;
export const openStart = noDate + 1;
export const openEnd = Number.MAX_SAFE_INTEGER;
/** A main date that covers more than this, in ms (a leap year), is kept in `search_long` too. */
export const longDate = 366 * 86_400_000;

export interface NumberRow {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly baseLow: number;
  readonly baseHigh: number;
  readonly baseUnit: Key;
  readonly system: Key;
  readonly unit: Key;
  readonly label: Key;
}

/** Everything that one version of a resource puts into the search tables. */
export interface IndexRows {
  /** Shard key. */
  readonly person: Key;
  readonly low: number;
  readonly high: number;
  readonly present: bigint;
  readonly slice: readonly Key[];
  readonly tokens: readonly Key[];
  readonly exact: readonly { readonly path: number; readonly value: string; readonly tag: Key }[];
  readonly strings: readonly { readonly path: number; readonly value: string; readonly tag: Key }[];
  readonly dates: readonly { readonly path: number; readonly low: number; readonly high: number }[];
  readonly numbers: readonly ({ readonly path: number } & NumberRow)[];
  readonly composites: readonly ({
    readonly path: number;
    readonly first: Key;
    readonly second: Key;
  } & Partial<NumberRow>)[];
  readonly words: { readonly story: string; readonly content: string } | undefined;
  readonly codings: readonly Coding[];
  /** Of people alone: a resource that lives with nobody opens and closes nobody's record. */
  readonly relations: readonly Relation[];
  readonly consents: readonly ConsentRule[];
  /** Keys of its security labels. */
  readonly labels: readonly Key[];
}

export interface Coding {
  readonly path: number;
  readonly hash: Key;
  readonly system: string;
  readonly code: string;
  readonly display: string;
}

/** System of the pseudo-code that stands for a CodeableConcept.text without coding: no one can send it. */
export const textOnly = '\u0001text';

/** How one type's paths are stored, worked out once. */
interface PathPlan {
  readonly path: SearchPath;
  readonly number: number;
  readonly bit: bigint;
  readonly mainDate: boolean;
  readonly home: boolean;
  /** One of the ways into the Patient compartment. */
  readonly compartment: boolean;
  readonly slice: boolean;
  readonly across: boolean;
  /** Composites of the resource itself need no rows: their parts are single values of the same resource. */
  readonly stored: boolean;
}

/** Paths of `_id` and `_lastUpdated`: the resource's own row has both, as they are kept and not as they were sent. */
const ownColumns: ReadonlySet<string> = new Set(['token:Resource.id', 'date:Resource.meta.lastUpdated']);

const typePlans = new Map<string, ReadonlyMap<string, PathPlan>>();

function pathKeys(type: string, codes: readonly (string | undefined)[]): Set<string> {
  return new Set(
    codes.flatMap((code) => (code ? (searchParameter(type, code)?.paths.map((path) => path.key) ?? []) : [])),
  );
}

/** The paths of a type with the way each is stored. */
export function typePlan(type: string): ReadonlyMap<string, PathPlan> {
  let plan = typePlans.get(type);
  if (!plan) {
    const chosen = indexPlan(type);
    const mainDate = pathKeys(type, [chosen.mainDate]);
    const slice = pathKeys(type, [...chosen.slice, '_security']);
    const sliceOnly = pathKeys(type, chosen.sliceOnly);
    const home = homePaths(type);
    const compartment = pathKeys(type, compartmentParameters('Patient', type));
    plan = new Map(
      pathsOf(type).flatMap((path, index): [string, PathPlan][] => {
        if (ownColumns.has(path.key)) return [];
        const one: PathPlan = {
          path,
          number: pathNumber(path.key),
          bit: 1n << BigInt(index),
          mainDate: mainDate.has(path.key),
          home: home.has(path.key),
          compartment: compartment.has(path.key),
          slice: slice.has(path.key),
          across: !sliceOnly.has(path.key),
          stored: path.type !== 'composite' || path.expression !== type,
        };
        return [[path.key, one]];
      }),
    );
    typePlans.set(type, plan);
  }
  return plan;
}

/** Key of the system of `:of-type` and `:identifier` rows, which live beside the path's own. */
export const ofTypePath = (path: string): number => pathNumber(`${path}:of-type`);
export const identifierPath = (path: string): string => `${path}:identifier`;

const bound = (ms: number, open: number): number => (Number.isFinite(ms) ? ms : open);
export const dateBounds = (value: DateValue): { low: number; high: number } => ({
  low: bound(value.low, openStart),
  high: bound(value.high, openEnd),
});

function numberRow(value: NumberValue | QuantityValue): NumberRow {
  const { low, high } = value;
  if (value.kind === 'number')
    return {
      value: value.value,
      low,
      high,
      baseLow: low,
      baseHigh: high,
      baseUnit: '0',
      system: '0',
      unit: '0',
      label: '0',
    };
  const base = value.canonical;
  return {
    value: base?.value ?? value.value,
    low,
    high,
    baseLow: base?.low ?? low,
    baseHigh: base?.high ?? high,
    baseUnit: base ? baseUnitKey(base.unit) : '0',
    system: textKey(value.system),
    unit: textKey(value.code),
    label: textKey(value.unit),
  };
}

export const baseUnitKey = (unit: string): Key => wholeKey('base unit', unit);

/** The single key that a value has when it is matched as a whole, as the first part of a composite is. */
export function partKey(path: string, value: SearchValue): Key | undefined {
  switch (value.kind) {
    case 'token':
      return value.code === undefined ? undefined : tokenKey(path, value.system, foldCode(value.code));
    case 'identifier':
      return tokenKey(path, value.system, foldCode(value.value));
    case 'reference': {
      const target = value.type && value.id ? `${value.type}/${value.id}` : value.url;
      return target === undefined ? undefined : wholeKey(path, target);
    }
    case 'uri':
      return wholeKey(path, value.value);
    case 'string':
      return wholeKey(path, normaliseString(value.value));
    default:
      return undefined;
  }
}

/** Search rows of a resource. `id` is the one it is stored under. */
export function indexRows(resource: Resource, id: string): IndexRows {
  const type = resource.resourceType;
  const values: SearchValues = extract(resource);
  const plan = typePlan(type);

  const homePatient = homeOf(resource, id, values, plan);
  let low = noDate;
  let high = noDate;
  let present = 0n;
  const slice = new Set<Key>();
  const tokens = new Set<Key>();
  const exact: IndexRows['exact'][number][] = [];
  const strings: IndexRows['strings'][number][] = [];
  const dates: IndexRows['dates'][number][] = [];
  const numbers: IndexRows['numbers'][number][] = [];
  const composites: IndexRows['composites'][number][] = [];
  const codings: Coding[] = [];

  const patients = new Set<string>();
  for (const [key, found] of values) {
    const at = plan.get(key);
    if (!at || found.length === 0) continue;
    present |= at.bit;
    if (!at.stored) continue;
    if (at.mainDate) {
      for (const value of found) {
        if (value.kind !== 'date') continue;
        const bounds = dateBounds(value);
        if (low === noDate || bounds.low < low) low = bounds.low;
        if (high === noDate || bounds.high > high) high = bounds.high;
      }
      continue;
    }
    const whole = (hash: Key): void => {
      if (at.slice) slice.add(hash);
      if (at.across) tokens.add(hash);
    };
    for (const value of found) {
      switch (value.kind) {
        case 'token': {
          const coding =
            value.code === undefined && value.system === undefined
              ? textCoding(at.number, key, value.text ?? '')
              : codingOf(at.number, key, value);
          whole(coding.hash);
          codings.push(coding);
          break;
        }
        case 'identifier':
          exact.push({ path: at.number, value: foldCode(value.value), tag: textKey(value.system) });
          if (value.text) tokens.add(tokenKey(key, textOnly, normaliseString(value.text).slice(0, 200)));
          if (value.text) codings.push(textCoding(at.number, key, value.text));
          for (const kind of value.types) {
            exact.push({
              path: ofTypePath(key),
              value: foldCode(`${kind.code}|${value.value}`),
              tag: textKey(kind.system),
            });
          }
          break;
        case 'string':
          strings.push({
            path: at.number,
            value: normaliseString(value.value).slice(0, 500),
            tag: value.part ? '0' : textKey(value.value),
          });
          break;
        case 'date':
          dates.push({ path: at.number, ...dateBounds(value) });
          break;
        case 'number':
        case 'quantity':
          numbers.push({ path: at.number, ...numberRow(value) });
          break;
        case 'reference':
          if (value.identifier) {
            exact.push({
              path: pathNumber(identifierPath(key)),
              value: foldCode(value.identifier.value),
              tag: textKey(value.identifier.system),
            });
          }
          if (value.type && value.id) {
            if (at.compartment && value.type === 'Patient') patients.add(value.id);
            const target = `${value.type}/${value.id}`;
            if (!(at.home && target === homePatient)) whole(wholeKey(key, target));
            if (value.version !== undefined) whole(wholeKey(key, `${target}|${value.version}`));
          } else if (value.url !== undefined) {
            whole(wholeKey(key, value.url));
            if (value.version !== undefined) whole(wholeKey(key, `${value.url}|${value.version}`));
          }
          break;
        case 'uri':
          exact.push({ path: at.number, value: value.value, tag: '0' });
          break;
        case 'composite':
          composites.push(...compositeRows(at, value.parts, codings));
          break;
      }
    }
  }
  const person =
    homePatient === undefined
      ? shardKey(type, id)
      : shardKey('Patient', homePatient.slice('Patient/'.length));
  for (const patient of patients) {
    const other = shardKey('Patient', patient);
    if (other !== person) tokens.add(compartmentKey(other));
  }
  return {
    person,
    low,
    high: high === noDate ? noDate : high,
    present,
    slice: [...slice],
    tokens: [...tokens],
    exact: distinct(exact),
    strings: distinct(strings),
    dates: distinctDates(dates),
    numbers,
    composites,
    words: wordsOf(resource),
    codings,
    relations: homePatient === undefined ? [] : relationsOf(resource),
    consents: homePatient === undefined ? [] : consentRulesOf(resource),
    labels: labelsOf(resource),
  };
}

function codingOf(path: number, key: string, value: TokenValue): Coding {
  const code = foldCode(value.code ?? '');
  const display = value.text === undefined ? '' : normaliseString(value.text).slice(0, 200);
  return { path, hash: tokenKey(key, value.system, code), system: value.system ?? '', code, display };
}

function textCoding(path: number, key: string, text: string): Coding {
  const display = normaliseString(text).slice(0, 200);
  return { path, hash: tokenKey(key, textOnly, display), system: textOnly, code: '', display };
}

/** `Patient/…` whose compartment the resource lives in. */
function homeOf(
  resource: Resource,
  id: string,
  values: SearchValues,
  plan: ReadonlyMap<string, PathPlan>,
): string | undefined {
  if (resource.resourceType === 'Patient') return `Patient/${id}`;
  let hasHomePath = false;
  for (const at of plan.values()) {
    if (!at.home) continue;
    hasHomePath = true;
    for (const value of values.get(at.path.key) ?? []) {
      if (value.kind === 'reference' && value.type === 'Patient' && value.id) return `Patient/${value.id}`;
    }
  }
  if (hasHomePath) return undefined;
  const patient = personOfFile(resource) ?? patientOf(resource);
  return patient === undefined ? undefined : `Patient/${patient}`;
}

function compositeRows(
  at: PathPlan,
  parts: readonly (readonly SearchValue[])[],
  codings: Coding[],
): IndexRows['composites'][number][] {
  const [firsts = [], seconds = [], thirds] = parts;
  const rows: IndexRows['composites'][number][] = [];
  for (const value of [...firsts, ...seconds])
    if (value.kind === 'token' && value.code !== undefined)
      codings.push(codingOf(at.number, at.path.key, value));
  for (const one of firsts) {
    const first = partKey(at.path.key, one);
    if (first === undefined) continue;
    for (const two of seconds) {
      if (two.kind === 'number' && thirds) {
        // Three parts are a code and two numbers in R4: the third stands where quantities have base units.
        for (const three of thirds)
          if (three.kind === 'number')
            rows.push({
              ...{ path: at.number, first, second: '0', ...numberRow(two) },
              ...{ baseLow: three.low, baseHigh: three.high },
            });
      } else if (two.kind === 'number' || two.kind === 'quantity')
        rows.push({ path: at.number, first, second: '0', ...numberRow(two) });
      else if (two.kind === 'date') rows.push({ path: at.number, first, second: '0', ...dateBounds(two) });
      else {
        const second = partKey(at.path.key, two);
        if (second !== undefined) rows.push({ path: at.number, first, second });
      }
    }
  }
  return rows;
}

function distinct<T extends { path: number; value: string; tag: Key }>(rows: T[]): T[] {
  if (rows.length < 2) return rows;
  const seen = new Set<string>();
  return rows.filter((row) => {
    const key = `${row.path} ${row.tag} ${row.value}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

function distinctDates<T extends { path: number; low: number; high: number }>(rows: T[]): T[] {
  if (rows.length < 2) return rows;
  const seen = new Set<string>();
  return rows.filter((row) => {
    const key = `${row.path} ${row.low} ${row.high}`;
    return seen.has(key) ? false : seen.add(key);
  });
}
