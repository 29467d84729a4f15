/** Parameters that choose resources: ordinary ones, those of every type (`_id` …), chains and `_has`. Source: FHIR R4 §3.1.1.4, §3.1.1.5. */
import { Problem, problem } from '../platform/problem.ts';
import { listed, quoted } from './message-text.ts';
import { nearestName } from './nearest-name.ts';
import { parseOperand } from './operands.ts';
import { isId } from './reference-operand.ts';
import { isResourceType, resourceTypes } from './resource-types.ts';
import { unescapeValue } from './search-escapes.ts';
import { searchParameter, searchParametersOf } from './search-parameters.ts';
import type { DateOperand, Filter } from './search-query.ts';
import type { SearchParameter } from './search-values.ts';
import { checkTarget, listOf, type ValueContext, valueFilter, wrongModifier } from './value-filter.ts';

/** Links of a chain, `_has` counted too. */
export const mostLinks = 8;
/** Filters that one search may come to, once a chain without types is written out for every type. */
export const mostFilters = 2_000;

/** What a parameter is read in. */
export interface FilterContext extends ValueContext {
  /** Links that led here. */
  readonly links: number;
  /** Filters that may still be made; shared by the whole search. */
  readonly budget: { left: number };
}

/**
 * Reads one parameter for the given types (none: every type). Unknown and unsupported parameters throw a Problem of kind
 * `not-supported`, which the caller may turn to a warning; everything else wrong throws another kind.
 */
export function parseFilter(
  types: readonly string[],
  name: string,
  values: string,
  context: FilterContext,
): Filter {
  context.budget.left -= 1 + Math.floor(values.length / 500);
  if (context.budget.left < 0) {
    throw problem(
      'too-costly',
      `This search comes to more than ${mostFilters} conditions. Name the types in its chains (subject:Patient.name), or ask for less.`,
      { where: context.where },
    );
  }
  if (name.startsWith('_has:')) return hasFilter(types, name, values, context);
  const dot = name.indexOf('.');
  if (dot >= 0) return chainFilter(types, name.slice(0, dot), name.slice(dot + 1), values, context);
  const { code, modifier } = splitName(name);
  switch (code) {
    case '_id':
      if (modifier === 'missing') break;
      return idFilter(modifier, values, context);
    case '_lastUpdated':
      if (modifier === 'missing') break;
      return lastUpdatedFilter(modifier, values, context);
    case '_text':
    case '_content':
      return wordsFilter(code, modifier, values, context);
    case '_list':
      return listFilter(modifier, values, context);
    default:
  }
  return anyOf(
    parametersNamed(types, code, context.where).map((p) => valueFilter(p, modifier, values, context)),
  );
}

/** `code:exact` into the code and its modifier. */
export function splitName(name: string): { code: string; modifier: string | undefined } {
  const colon = name.indexOf(':');
  return colon < 0
    ? { code: name, modifier: undefined }
    : { code: name.slice(0, colon), modifier: name.slice(colon + 1) };
}

/**
 * The parameter as each of the types knows it; where every type is searched, and for parameters that every type has, once.
 * Throws `not-supported` when one of the types does not know it (R4 §3.1.1.2: common to all the types searched).
 */
export function parametersNamed(types: readonly string[], code: string, where: string): SearchParameter[] {
  if (code === '_filter') throw unsupported(code, where);
  const common = searchParameter('Resource', code);
  if (common) {
    if (common.paths.length === 0) throw unsupported(code, where);
    const [only] = types;
    return [types.length === 1 && only ? { ...common, resourceType: only } : common];
  }
  if (types.length === 0) throw unknownParameter([], code, where);
  return types.map((type) => {
    const parameter = searchParameter(type, code);
    if (!parameter) throw unknownParameter(types.length === 1 ? types : [type], code, where);
    if (parameter.paths.length === 0) throw unsupported(code, where);
    return parameter;
  });
}

const everywhere = ['_id', '_lastUpdated', '_text', '_content', '_list', '_has'];

function unknownParameter(types: readonly string[], code: string, where: string): Problem {
  const [type] = types;
  const known = searchParametersOf(type ?? 'Resource').keys();
  const near = nearestName(code, [...known, ...everywhere]);
  const hint = near ? ` Did you mean ${near}?` : '';
  return problem(
    'not-supported',
    type
      ? `${type} has no search parameter ${quoted(code)}.${hint}`
      : `${quoted(code)} is not a search parameter of every type. Name types with _type, or search one type.${hint}`,
    { where },
  );
}

function unsupported(code: string, where: string): Problem {
  return problem('not-supported', `The search parameter ${code} is not supported by this server.`, { where });
}

function anyOf(filters: readonly Filter[]): Filter {
  const [only] = filters;
  return filters.length === 1 && only ? only : { kind: 'any', filters };
}

function idFilter(modifier: string | undefined, values: string, context: FilterContext): Filter {
  if (modifier !== undefined && modifier !== 'not') {
    throw wrongModifier({ code: '_id', type: 'token' }, modifier, context.where);
  }
  const ids = listOf(values, context.where);
  for (const id of ids) {
    if (!isId(id)) {
      throw problem(
        'invalid',
        `${quoted(id)} is not an id: 1 to 64 letters, digits, - and dots, without a type.`,
        {
          where: context.where,
        },
      );
    }
  }
  return { kind: 'id', ids, not: modifier === 'not' };
}

function lastUpdatedFilter(modifier: string | undefined, values: string, context: FilterContext): Filter {
  if (modifier !== undefined)
    throw wrongModifier({ code: '_lastUpdated', type: 'date' }, modifier, context.where);
  const operands = listOf(values, context.where).map(
    (text) =>
      parseOperand('date', undefined, text, { ...context, targets: [], components: [] }) as DateOperand, // type date
  );
  return { kind: 'last-updated', operands };
}

/** The whole value is the words: commas, quotes and minus belong to the syntax of full text. */
function wordsFilter(
  code: '_text' | '_content',
  modifier: string | undefined,
  values: string,
  context: FilterContext,
): Filter {
  if (modifier !== undefined) {
    throw problem('invalid', `${code} takes no modifier; ${quoted(modifier)} was written.`, {
      where: context.where,
    });
  }
  const words = unescapeValue(values).trim();
  if (!/[\p{L}\p{N}]/u.test(words)) {
    throw problem('invalid', `${quoted(words)} has no word to search for.`, { where: context.where });
  }
  return { kind: 'words', where: code === '_text' ? 'text' : 'content', words };
}

function listFilter(modifier: string | undefined, values: string, context: FilterContext): Filter {
  if (modifier !== undefined) {
    throw problem('invalid', `_list takes no modifier; ${quoted(modifier)} was written.`, {
      where: context.where,
    });
  }
  const lists = listOf(values, context.where).map((text): Filter => {
    const id = text.startsWith('List/') ? text.slice(5) : text;
    if (id.startsWith('$')) {
      throw problem(
        'not-supported',
        `The current list ${quoted(id)} is not supported; name a List by its id.`,
        {
          where: context.where,
        },
      );
    }
    if (!isId(id))
      throw problem('invalid', `${quoted(text)} is not the id of a List.`, { where: context.where });
    return { kind: 'list', id };
  });
  return anyOf(lists);
}

function deeper(context: FilterContext): FilterContext {
  if (context.links >= mostLinks) {
    throw problem('too-costly', `A chain may have at most ${mostLinks} links.`, { where: context.where });
  }
  return { ...context, links: context.links + 1 };
}

/** `subject:Patient.name`: `link` before the dot, `rest` after it. */
function chainFilter(
  types: readonly string[],
  link: string,
  rest: string,
  values: string,
  context: FilterContext,
): Filter {
  const { code, modifier } = splitName(link);
  const { where } = context;
  if (code === '' || rest === '') {
    throw problem('invalid', 'A chain is written reference.parameter or reference:Type.parameter.', {
      where,
    });
  }
  const inner = deeper(context);
  return anyOf(
    parametersNamed(types, code, where).map((parameter): Filter => {
      if (parameter.type !== 'reference') {
        throw problem(
          'invalid',
          `${code} is a ${parameter.type} parameter; only a reference can be followed to ${quoted(rest)}.`,
          { where },
        );
      }
      if (modifier === undefined) return untypedChain(parameter, rest, values, inner);
      if (!isResourceType(modifier)) throw wrongModifier(parameter, modifier, where);
      checkTarget(parameter, modifier, where);
      const filter = parseFilter([modifier], rest, values, inner);
      return { kind: 'chain', parameter, targets: [{ type: modifier, filter }] };
    }),
  );
}

/**
 * A chain without a type goes to every type that may be pointed at and has the next parameter. A value that cannot be read for one
 * of them (a date there, a string here) is an error only when no type can read it.
 */
function untypedChain(
  parameter: SearchParameter,
  rest: string,
  values: string,
  context: FilterContext,
): Filter {
  const all = parameter.targets.length > 0 ? parameter.targets : resourceTypes;
  const next = /^[^.:]*/.exec(rest)?.[0] ?? '';
  const possible =
    all.length === 1 || next.startsWith('_') ? all : all.filter((type) => searchParameter(type, next));
  const targets: { type: string; filter: Filter }[] = [];
  let refused: Problem | undefined;
  for (const type of possible) {
    try {
      targets.push({ type, filter: parseFilter([type], rest, values, context) });
    } catch (error) {
      if (!(error instanceof Problem) || error.faults[0]?.kind === 'too-costly') throw error;
      // What is wrong with a value says more than that some other type lacks the parameter.
      if (refused === undefined || error.faults[0]?.kind !== 'not-supported') refused = error;
    }
  }
  if (targets.length > 0) return { kind: 'chain', parameter, targets };
  throw (
    refused ??
    problem(
      'not-supported',
      `Nothing that ${parameter.code} points at has the search parameter ${quoted(next)}.`,
      {
        where: context.where,
      },
    )
  );
}

/** `_has:Observation:patient:code`: resources that an Observation points at by `patient` and that has the code. */
function hasFilter(types: readonly string[], name: string, values: string, context: FilterContext): Filter {
  const { where } = context;
  const [, type = '', code = '', ...others] = name.split(':');
  const rest = others.join(':');
  if (type === '' || code === '' || rest === '') {
    throw problem(
      'invalid',
      '_has is written _has:Type:reference:parameter, such as _has:Observation:patient:code.',
      {
        where,
      },
    );
  }
  if (!isResourceType(type))
    throw problem('invalid', `${quoted(type)} is not a FHIR R4 resource type.`, { where });
  const inner = deeper(context);
  const [parameter] = parametersNamed([type], code, where);
  if (parameter === undefined || parameter.type !== 'reference') {
    throw problem('invalid', `${code} of ${type} is not a reference, so nothing can be found by it.`, {
      where,
    });
  }
  const reached = types.length === 0 || parameter.targets.length === 0;
  if (!reached && !types.some((t) => parameter.targets.includes(t))) {
    throw problem('invalid', `${code} of ${type} never points at ${listed(types)}.`, { where });
  }
  return { kind: 'has', type, parameter, filter: parseFilter([type], rest, values, inner) };
}
