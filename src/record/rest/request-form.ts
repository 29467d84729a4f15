/** What a request says about the form of its answer, and the parameters that the interaction itself takes. */
import type { FastifyRequest } from 'fastify';
import { quoted } from '../../fhir/message-text.ts';
import { nearestName } from '../../fhir/nearest-name.ts';
import { decodeQuery } from '../../fhir/query-string.ts';
import { parseElements, parseWord } from '../../fhir/search-controls.ts';
import { type Fault, Problem, problem } from '../../platform/problem.ts';
import { acceptedType, formatType } from './media-types.ts';
import { type Preferences, readPrefer } from './prefer.ts';

export interface Form {
  readonly contentType: string;
  /** Laid out for people. */
  readonly pretty: boolean;
  readonly summary?: 'true' | 'text' | 'data';
  readonly elements?: readonly string[];
  readonly prefer: Preferences;
}

/** The interaction's own parameters, decoded, in the order sent. */
export interface RequestForm extends Form {
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** Parameters that mean nothing here: told in a Warning header. */
  readonly warnings: readonly Fault[];
}

const longestQuery = 65_536;
const shaping = ['_format', '_pretty', '_summary', '_elements'];

/** What follows the question mark, as sent. */
export function queryOf(request: FastifyRequest): string {
  const url = request.raw.url ?? '';
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}

/** The form of the answer to a search, whose other parameters are the record's to read. */
export function searchForm(request: FastifyRequest, query: string): Form {
  const prefer = readPrefer(request.headers['prefer']);
  const plain = query === '' || !/(?:^|&)(?:_(?:format|pretty|summary|elements)|[^=&]*%)/i.test(query);
  if (plain) return { contentType: acceptedType(request.headers.accept), pretty: false, prefer };
  return shapeOf(request, prefer, decodeQuery(query, longestQuery), true);
}

/** The form of the answer to a request whose parameters are a condition. */
export function conditionForm(request: FastifyRequest): RequestForm {
  return { ...searchForm(request, queryOf(request)), parameters: [], warnings: [] };
}

/**
 * The form of an answer, and the parameters with the names given. Others are refused under `handling=strict`, and else
 * told as warnings.
 */
export function requestForm(request: FastifyRequest, own: readonly string[] = []): RequestForm {
  const prefer = readPrefer(request.headers['prefer']);
  const query = queryOf(request);
  if (query === '') {
    const contentType = acceptedType(request.headers.accept);
    return { contentType, pretty: false, prefer, parameters: [], warnings: [] };
  }
  const pairs = decodeQuery(query, longestQuery);
  const parameters: (readonly [string, string])[] = [];
  const warnings: Fault[] = [];
  for (const pair of pairs) {
    const [name] = pair;
    if (own.includes(name)) parameters.push(pair);
    else if (!shaping.includes(name)) warnings.push(unknown(name, own));
  }
  if (warnings.length > 0 && prefer.handling === 'strict') throw new Problem(warnings, { status: 400 });
  const told = warnings.map((fault) => ({ ...fault, severity: 'warning' as const }));
  return { ...shapeOf(request, prefer, pairs, false), parameters, warnings: told };
}

function unknown(name: string, own: readonly string[]): Fault {
  const known = [...own, ...shaping];
  const near = nearestName(name, known);
  return {
    kind: 'not-supported',
    severity: 'error',
    message: `${quoted(name)} means nothing here.${near === undefined ? ` Known: ${known.join(', ')}.` : ` Did you mean ${near}?`}`,
    where: `http.query.${name.slice(0, 100)}`,
  };
}

function shapeOf(
  request: FastifyRequest,
  prefer: Preferences,
  pairs: readonly (readonly [string, string])[],
  isSearch: boolean,
): Form {
  const format = only(pairs, '_format');
  const pretty = only(pairs, '_pretty');
  const summary = only(pairs, '_summary');
  const lists = pairs
    .filter(([name, value]) => name === '_elements' && value !== '')
    .map(([, value]) => value);
  const words = isSearch
    ? (['true', 'text', 'data', 'false', 'count'] as const)
    : (['true', 'text', 'data', 'false'] as const);
  const read = summary === undefined ? undefined : parseWord(summary, words, 'http.query._summary');
  const elements = lists.flatMap((list) => parseElements(list, 'http.query._elements'));
  return {
    contentType: format === undefined ? acceptedType(request.headers.accept) : formatType(format),
    pretty: pretty !== undefined && parseWord(pretty, ['true', 'false'], 'http.query._pretty') === 'true',
    ...(read === 'true' || read === 'text' || read === 'data' ? { summary: read } : {}),
    ...(elements.length > 0 ? { elements } : {}),
    prefer,
  };
}

/** The one value of a parameter that may stand once. */
export function only(pairs: readonly (readonly [string, string])[], name: string): string | undefined {
  const values = pairs.filter((pair) => pair[0] === name);
  const where = `http.query.${name}`;
  if (values.length > 1) throw problem('invalid', `${name} is given more than once.`, { where });
  const value = values[0]?.[1];
  if (value === '')
    throw problem('invalid', `${name} has no value. Write a value, or leave the parameter out.`, { where });
  return value;
}
