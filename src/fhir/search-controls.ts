/** Parameters that shape the answer rather than choose resources. Source: FHIR R4 §3.1.1.6. */
import { type Problem, problem } from '../platform/problem.ts';
import { listed, quoted } from './message-text.ts';
import { parametersNamed } from './parse-filter.ts';
import { isResourceType } from './resource-types.ts';
import { searchParameter } from './search-parameters.ts';
import type { Include, SortKey } from './search-query.ts';
import { mostOperands } from './value-filter.ts';

/** Longest that `_count` may be written: past this a number is a mistake, not a wish. */
const mostCountDigits = 9;
const mostSortKeys = 10;

export function parseCount(value: string, where: string): number {
  if (/^\d+$/.test(value) && value.length <= mostCountDigits) return Number(value);
  throw problem('invalid', `${quoted(value)} is not a count. Write a whole number from 0 up.`, { where });
}

/** One of a few words. */
export function parseWord<Word extends string>(value: string, words: readonly Word[], where: string): Word {
  const word = words.find((w) => w === value);
  if (word !== undefined) return word;
  throw problem('invalid', `${quoted(value)} is not known here. Write one of ${words.join(', ')}.`, {
    where,
  });
}

/** `_sort=-date,status`. */
export function parseSort(types: readonly string[], value: string, where: string): SortKey[] {
  const keys = value.split(',');
  if (keys.length > mostSortKeys) {
    throw problem('too-costly', `At most ${mostSortKeys} sort keys are taken; ${keys.length} were given.`, {
      where,
    });
  }
  return keys.map((key): SortKey => {
    const descending = key.startsWith('-');
    const code = descending ? key.slice(1) : key;
    if (code === '')
      throw problem('invalid', 'A sort key is empty. Write _sort=date or _sort=-date,status.', { where });
    const [parameter, other] = sortable(types, code, where);
    if (!parameter || other) {
      throw problem(
        'invalid',
        `${quoted(code)} cannot sort several types at once. Sort by _id or _lastUpdated, or search one type.`,
        { where },
      );
    }
    if (parameter.type === 'composite' || parameter.type === 'special') {
      throw problem('invalid', `${code} is a ${parameter.type} parameter; there is no order to sort by.`, {
        where,
      });
    }
    return { parameter, descending };
  });
}

function sortable(types: readonly string[], code: string, where: string): ReturnType<typeof parametersNamed> {
  try {
    return parametersNamed(types, code, where);
  } catch (error) {
    throw asInvalid(error as Problem); // parametersNamed throws nothing else
  }
}

/** A parameter that is named in a value is a bad value, not an unknown parameter: it is refused even where those are let by. */
function asInvalid(cause: Problem): Problem {
  return problem('invalid', cause.message, {
    cause,
    ...(cause.faults[0]?.where ? { where: cause.faults[0].where } : {}),
  });
}

/**
 * `_include=Observation:patient[:Patient]`, `Observation:*`, `*` (every reference of the types searched).
 * Several only for `*` over several types.
 */
export function parseInclude(
  types: readonly string[],
  name: '_include' | '_revinclude',
  modifier: string | undefined,
  value: string,
  where: string,
): Include[] {
  const reverse = name === '_revinclude';
  if (modifier !== undefined && modifier !== 'iterate' && modifier !== 'recurse') {
    throw problem(
      'invalid',
      `${name} takes the modifier :iterate only; :${modifier.slice(0, 40)} was written.`,
      { where },
    );
  }
  const iterate = modifier !== undefined;
  if (value === '*') {
    if (!reverse && types.length > 0) return types.map((source) => ({ reverse, iterate, source }));
    throw problem('invalid', `${name}=* needs a type to start from. Write ${name}=Observation:*.`, { where });
  }
  const [source = '', code = '', target, more] = value.split(':');
  if (source === '' || code === '' || target === '' || more !== undefined) {
    throw problem(
      'invalid',
      `${quoted(value)} is not of the form Type:reference or Type:reference:TargetType.`,
      { where },
    );
  }
  for (const type of target === undefined ? [source] : [source, target]) {
    if (!isResourceType(type))
      throw problem('invalid', `${quoted(type)} is not a FHIR R4 resource type.`, { where });
  }
  const include = { reverse, iterate, source, ...(target === undefined ? {} : { target }) };
  if (code === '*') return [include];
  const parameter = searchParameter(source, code);
  if (parameter?.type !== 'reference') {
    throw problem(
      'invalid',
      parameter
        ? `${code} of ${source} is a ${parameter.type} parameter; only references can be included.`
        : `${source} has no search parameter ${quoted(code)} to include by.`,
      { where },
    );
  }
  if (target !== undefined && parameter.targets.length > 0 && !parameter.targets.includes(target)) {
    throw problem(
      'invalid',
      `${code} of ${source} never points at ${target}. It points at ${listed(parameter.targets)}.`,
      { where },
    );
  }
  return [{ ...include, parameter }];
}

/** What an include can never find, for a warning: the standard gives no error for it. */
export function idleInclude(types: readonly string[], include: Include): string | undefined {
  if (include.iterate || types.length === 0) return undefined;
  if (!include.reverse) {
    return types.includes(include.source)
      ? undefined
      : `_include of ${include.source} adds nothing to a search of ${listed(types)}; write _include:iterate where ${include.source} is itself included.`;
  }
  const reached = include.target === undefined ? (include.parameter?.targets ?? []) : [include.target];
  return reached.length === 0 || types.some((t) => reached.includes(t))
    ? undefined
    : `_revinclude of ${include.source}:${include.parameter?.code ?? '*'} adds nothing to a search of ${listed(types)}.`;
}

/** `_elements=identifier,active`: names of elements at the root of the resource (R4 §3.1.1.6.7). */
export function parseElements(value: string, where: string): string[] {
  const names = value.split(',');
  if (names.length > mostOperands) {
    throw problem('too-costly', `At most ${mostOperands} elements are taken; ${names.length} were given.`, {
      where,
    });
  }
  for (const name of names) {
    if (!/^[A-Za-z]\w{0,63}$/.test(name)) {
      throw problem('invalid', `${quoted(name)} is not the name of an element at the root of a resource.`, {
        where,
      });
    }
  }
  return names;
}

/** `_type=Patient,Observation`. */
export function parseTypes(value: string, where: string): string[] {
  const types = value.split(',');
  for (const type of types) {
    if (!isResourceType(type)) {
      throw problem('invalid', `${quoted(type)} is not a FHIR R4 resource type.`, { where });
    }
  }
  return [...new Set(types)];
}
