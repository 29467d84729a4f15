/** A search as it stands in a URL or form, read into a SearchQuery. Source: FHIR R4 §3.1.1. */
import { type Fault, Problem, problem } from '../platform/problem.ts';
import { quoted } from './message-text.ts';
import { nearestName } from './nearest-name.ts';
import { mostFilters, parseFilter, splitName } from './parse-filter.ts';
import { decodeQuery } from './query-string.ts';
import { isResourceType } from './resource-types.ts';
import {
  idleInclude,
  parseCount,
  parseElements,
  parseInclude,
  parseSort,
  parseTypes,
  parseWord,
} from './search-controls.ts';
import type { Filter, Include, SearchQuery } from './search-query.ts';

export interface ParseOptions {
  /** `Prefer: handling=strict` refuses unknown parameters; lenient leaves them out and warns. */
  readonly handling: 'strict' | 'lenient';
  /** The server's own base URL: absolute references below it are local. */
  readonly baseUrl: string;
}

const mostParameters = 200;
const longestQuery = 65_536;

/** The answer-shaping parts of a query, while they are gathered. */
type Shape = { -readonly [Key in keyof SearchQuery]?: SearchQuery[Key] };

/** Parameters that may stand once only. */
const single = new Set([
  '_sort',
  '_count',
  '_total',
  '_summary',
  '_contained',
  '_containedType',
  '_page',
  '_type',
  '_format',
  '_pretty',
]);

/**
 * Reads and checks a search of one type (`undefined`: of all types, or those in `_type`).
 *
 * Unknown and unsupported parameters: refused when strict, else left out and told in `warnings`. All that is known but badly written
 * is refused either way. Throws a Problem with a fault for each parameter that is wrong; `where` is `http.query.<name>`.
 */
export function parseSearch(
  type: string | undefined,
  query: string | URLSearchParams | readonly (readonly [string, string])[],
  options: ParseOptions,
): SearchQuery {
  if (type !== undefined && !isResourceType(type)) {
    throw problem('not-supported', `${quoted(type)} is not a FHIR R4 resource type.`, { status: 404 });
  }
  const pairs = decodeQuery(query, longestQuery);
  if (pairs.length > mostParameters) {
    throw problem(
      'too-costly',
      `A search may have at most ${mostParameters} parameters; this has ${pairs.length}.`,
    );
  }
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const budget = { left: mostFilters };
  const wrong: Fault[] = [];
  const warnings: Fault[] = [];
  const filters: Filter[] = [];
  const includes: Include[] = [];
  const understood: (readonly [string, string])[] = [];
  const seen = new Set<string>();
  const shape: Shape = {};
  const types = type === undefined ? typesOf(pairs) : [type];

  const take = (name: string, value: string): void => {
    const where = `http.query.${name.slice(0, 100)}`;
    if (name === '') throw problem('invalid', 'A parameter has no name.', { where });
    if (value === '') {
      throw problem(
        'invalid',
        `${name.slice(0, 100)} has no value. Write a value, or leave the parameter out.`,
        { where },
      );
    }
    if (single.has(name) && seen.has(name))
      throw problem('invalid', `${name} is given more than once.`, { where });
    seen.add(name);
    const { code, modifier } = splitName(name);
    if (code === '_include' || code === '_revinclude') {
      const added = parseInclude(types, code, modifier, value, where);
      includes.push(...added);
      for (const include of added) {
        const idle = idleInclude(types, include);
        if (idle) warnings.push({ kind: 'informational', severity: 'warning', message: idle, where });
      }
    } else if (!shapeAnswer(shape, types, name, value, where, type !== undefined)) {
      if (modifier !== undefined && isControl(code)) {
        throw problem('invalid', `${code} takes no modifier.`, { where });
      }
      filters.push(parseFilter(types, name, value, { where, baseUrl, links: 0, budget }));
    }
  };

  for (const [name, value] of pairs) {
    try {
      take(name, value);
      understood.push([name, value]);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      for (const fault of error.faults) {
        if (fault.kind === 'too-costly') throw error;
        if (fault.kind === 'not-supported' && options.handling === 'lenient') {
          const message = `${hinted(fault, name)} It was left out of the search.`;
          warnings.push({ ...fault, severity: 'warning', message });
        } else wrong.push({ ...fault, message: hinted(fault, name) });
      }
    }
  }
  if (wrong.length > 0) throw new Problem(wrong, { status: 400 });
  return { types, filters, sort: [], ...shape, includes, warnings, understood };
}

const controls = [
  '_sort',
  '_count',
  '_total',
  '_summary',
  '_elements',
  '_contained',
  '_containedType',
  '_include',
  '_revinclude',
  '_type',
  '_format',
  '_pretty',
  '_page',
];

function isControl(name: string): boolean {
  return controls.includes(name);
}

/** The types of `_type`, which must be known before anything else is read. Its faults are found again, in order, later. */
function typesOf(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const value = pairs.find(([name]) => name === '_type')?.[1];
  return value ? parseTypes(value, 'http.query._type') : [];
}

/** Adds the nearest control to a “no such parameter”: `_srot` is nothing that a type knows. */
function hinted(fault: Fault, name: string): string {
  if (fault.kind !== 'not-supported' || fault.message.includes('Did you mean')) return fault.message;
  const near = name.startsWith('_') && !name.includes('.') ? nearestName(name, controls) : undefined;
  return near && near !== name ? `${fault.message} Did you mean ${near}?` : fault.message;
}

/** True when the parameter is one that shapes the answer, which it then has. */
function shapeAnswer(
  shape: Shape,
  types: readonly string[],
  name: string,
  value: string,
  where: string,
  oneType: boolean,
): boolean {
  switch (name) {
    case '_sort':
      shape.sort = parseSort(types, value, where);
      return true;
    case '_count':
      shape.count = parseCount(value, where);
      return true;
    case '_total':
      shape.total = parseWord(value, ['none', 'estimate', 'accurate'], where);
      return true;
    case '_summary':
      shape.summary = parseWord(value, ['true', 'text', 'data', 'count', 'false'], where);
      return true;
    case '_elements':
      shape.elements = [...new Set([...(shape.elements ?? []), ...parseElements(value, where)])];
      return true;
    case '_contained':
      shape.contained = parseWord(value, ['true', 'false', 'both'], where);
      return true;
    case '_containedType':
      shape.containedType = parseWord(value, ['container', 'contained'], where);
      return true;
    case '_page':
      shape.cursor = value;
      return true;
    case '_type':
      if (oneType) {
        throw problem('not-supported', '_type goes with a search over all types, not with a search of one.', {
          where,
        });
      }
      return true; // read before everything else
    case '_format':
    case '_pretty':
      return true; // of the answer's form, which the HTTP server sees to
    default:
      return false;
  }
}
