import { pathsOf } from '../../fhir/search-parameters.ts';
import type { SearchPath } from '../../fhir/search-values.ts';

/** One typed reading of a path: its FHIRPath and the FHIR type that it yields. */
type Reading = readonly [expression: string, type: string, ...rest: unknown[]];

const readings = new Map<string, readonly Reading[]>();

/** How the values of a path are read; the first word of its expression is a type that has it. */
function readingsOf(path: SearchPath): readonly Reading[] {
  let found = readings.get(path.key);
  if (!found) {
    const type = /^[A-Za-z]+/.exec(path.expression)?.[0] ?? '';
    found =
      pathsOf(type === 'DomainResource' ? 'Patient' : type).find((one) => one.key === path.key)?.from ?? [];
    readings.set(path.key, found);
  }
  return found;
}

/** True for token paths over Identifier or ContactPoint, whose values are kept in `search_exact`. */
export function keptExactly(path: SearchPath): boolean {
  return (
    path.type === 'token' &&
    readingsOf(path).some(([, type]) => type === 'Identifier' || type === 'ContactPoint')
  );
}

/** Steps that lead from an element of the type to the text that it is sorted by. */
const textOf: Readonly<Record<string, string>> = {
  CodeableConcept: '."coding"[*]."code"',
  Coding: '."code"',
  ContactPoint: '."value"',
  Identifier: '."value"',
  Reference: '."reference"',
};

/**
 * The path's values as SQL/JSON paths over the resource, to the text of each (a whole resource where that is what it
 * holds). Undefined where the expression does more than walk, choose a type and keep those of a kind.
 */
export function textPaths(path: SearchPath): readonly string[] | undefined {
  const found: string[] = [];
  for (const [expression, type] of readingsOf(path)) {
    const route = jsonPath(expression);
    if (route === undefined) return undefined;
    found.push(`$${route}${textOf[type] ?? ''}`);
  }
  return found.length === 0 ? undefined : [...new Set(found)];
}

/** SQL: `Type/id` or the URL, without version and fragment, of a text path's value `v` for a reference. */
export const referenceText = `case when jsonb_typeof(v) = 'object' then (v ->> 'resourceType') || '/' || (v ->> 'id') when v #>> '{}' ~ '^(#|$)' then null else regexp_replace(regexp_replace(v #>> '{}', '/_history/[A-Za-z0-9.-]{1,64}$', ''), '#.*$|(?<=.)[|][^|#]*(#.*)?$', '') end`;

const tail = '/[A-Za-z0-9.-]{1,64}(/_history/[A-Za-z0-9.-]{1,64})?([|#].*)?$';

/** What may follow a step, and what it becomes. */
const steps: readonly (readonly [pattern: RegExp, write: (...parts: string[]) => string])[] = [
  [
    /^\.([a-zA-Z]+)\.ofType\((\w)(\w*)\)/,
    (name, first, rest) => `."${name}${first?.toUpperCase()}${rest}"[*]`,
  ],
  [/^\.extension\('([^'"]+)'\)/, (url) => `."extension"[*] ? (@."url" == "${url}")`],
  [
    /^\.where\(hasExtension\('([^'"]+)'\)\)/,
    (url) => ` ? (exists (@."extension"[*] ? (@."url" == "${url}")))`,
  ],
  [/^\.where\(([a-z]+) = '([^'"]+)'\)/, (name, value) => ` ? (@."${name}" == "${value}")`],
  [
    // What a reference points at is told by its text, or else by its type.
    /^\.where\(resolve\(\) is ([A-Za-z]+)\)/,
    (type) =>
      ` ? (@."reference" like_regex "(^|/)${type}${tail}" || (@."type" == "${type}" && !(@."reference" like_regex "(^|/)[A-Z][A-Za-z]+${tail}")))`,
  ],
  [/^\[(\d+)\]/, (index) => `[${index}]`],
  [/^\.([a-zA-Z]+)(?=\[)/, (name) => `."${name}"`],
  [/^\.([a-zA-Z]+)(?![a-zA-Z(])/, (name) => `."${name}"[*]`],
];

function jsonPath(expression: string): string | undefined {
  let left = expression.replace(/^[A-Za-z]+/, '');
  let route = '';
  while (left !== '') {
    const step = steps.find(([pattern]) => pattern.test(left));
    if (!step) return undefined;
    const [whole = '', ...parts] = step[0].exec(left) ?? [];
    route += step[1](...parts);
    left = left.slice(whole.length);
  }
  return route;
}
