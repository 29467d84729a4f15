/** One value of a search parameter, as written between two commas, read by the parameter's type. Source: FHIR R4 §3.1.1.4. */
import { type Problem, problem } from '../platform/problem.ts';
import { dateRange } from './dates.ts';
import { decimalRange } from './decimals.ts';
import { quoted } from './message-text.ts';
import { normaliseString } from './normalise.ts';
import { parseReference } from './reference-operand.ts';
import { splitEscaped, unescapeValue } from './search-escapes.ts';
import type {
  CompositeOperand,
  DateOperand,
  Modifier,
  NumberOperand,
  OfTypeOperand,
  Operand,
  Prefix,
  QuantityOperand,
  StringOperand,
  TokenOperand,
  UriOperand,
} from './search-query.ts';
import type { SearchParameterType } from './search-values.ts';
import { canonicalQuantity } from './units.ts';

const prefixes: ReadonlySet<string> = new Set(['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap']);
const ucum = 'http://unitsofmeasure.org';

/** What the value of a parameter is read with. */
export interface OperandContext {
  /** Where an error is: `http.query.date`. */
  readonly where: string;
  /** The server's own base URL, without a slash at the end: references below it are local. */
  readonly baseUrl: string;
  /** Reference parameters: the types that may be pointed at. Empty: any. */
  readonly targets: readonly string[];
  /** Composite parameters: the type of each part, and what it may point at. */
  readonly components: readonly { readonly type: SearchParameterType; readonly targets: readonly string[] }[];
}

/** Reads one value. Throws a Problem (400) that says what was expected. */
export function parseOperand(
  type: SearchParameterType,
  modifier: Modifier | undefined,
  text: string,
  context: OperandContext,
): Operand {
  if (text === '') throw badValue(context, 'A value is empty. Write a value, or leave the parameter out.');
  if (modifier === 'of-type') return ofTypeOperand(text, context);
  if (modifier === 'in' || modifier === 'not-in') return uriOperand(text);
  if (modifier === 'text') return stringOperand(text, context, undefined);
  if (modifier === 'identifier') return tokenOperand(text, context);
  switch (type) {
    case 'token':
      return tokenOperand(text, context);
    case 'string':
      return stringOperand(text, context, modifier);
    case 'date':
      return dateOperand(text, context);
    case 'number':
      return numberOperand(text, context);
    case 'quantity':
      return quantityOperand(text, context);
    case 'uri':
      return uriOperand(text);
    case 'reference':
      return parseReference(unescapeValue(text), context);
    case 'composite':
      return compositeOperand(text, context);
    case 'special':
      throw problem('not-supported', 'This parameter is not supported.', { where: context.where });
  }
}

function badValue(context: OperandContext, message: string): Problem {
  return problem('invalid', message, { where: context.where });
}

function tokenOperand(text: string, context: OperandContext): TokenOperand {
  const parts = splitEscaped(text, '|');
  const [first = '', second] = parts;
  if (second === undefined) return { kind: 'token', code: unescapeValue(first) };
  if (parts.length > 2) {
    throw badValue(
      context,
      `${quoted(text)} has more than one |. Write code, system|code, system| or |code, and \\| for a bar in a code.`,
    );
  }
  if (first === '' && second === '') {
    throw badValue(context, '“|” names neither a system nor a code. Write system|code, system| or |code.');
  }
  const system = first === '' ? null : unescapeValue(first);
  return second === '' ? { kind: 'token', system } : { kind: 'token', system, code: unescapeValue(second) };
}

function ofTypeOperand(text: string, context: OperandContext): OfTypeOperand {
  const parts = splitEscaped(text, '|').map(unescapeValue);
  const [system = '', type = '', value = ''] = parts;
  if (parts.length !== 3 || system === '' || type === '' || value === '') {
    throw badValue(
      context,
      `${quoted(text)} is not of the form system|code|value: the system and code of the identifier's type, and its value.`,
    );
  }
  return { kind: 'of-type', system, type, value };
}

function stringOperand(text: string, context: OperandContext, modifier: Modifier | undefined): StringOperand {
  const value = unescapeValue(text);
  // What is nothing after normalisation would be the start of every text.
  if (modifier !== 'exact' && normaliseString(value) === '') {
    throw badValue(context, `${quoted(value)} has no letter, digit or sign to search for.`);
  }
  return { kind: 'string', value };
}

function uriOperand(text: string): UriOperand {
  return { kind: 'uri', value: unescapeValue(text) };
}

/** Splits `ge2024` into `ge` and `2024`; throws where two or more letters stand that are no prefix. */
function prefixed(text: string, context: OperandContext): { prefix: Prefix; rest: string } {
  const letters = /^[a-z]{2}/i.exec(text)?.[0];
  if (letters === undefined) return { prefix: 'eq', rest: text };
  if (!prefixes.has(letters)) {
    throw badValue(
      context,
      `${quoted(text)} begins with an unknown prefix. Known are ${[...prefixes].join(', ')}, in small letters.`,
    );
  }
  return { prefix: letters as Prefix, rest: text.slice(2) }; // just looked up
}

function dateOperand(text: string, context: OperandContext): DateOperand {
  const { prefix, rest } = prefixed(unescapeValue(text), context);
  const range = dateRange(rest);
  if (range) return { kind: 'date', prefix, low: range.low, high: range.high };
  const plusLost = / \d\d:\d\d$/.test(rest) ? ' The + of a time zone must be written %2B in a URL.' : '';
  throw badValue(
    context,
    `${quoted(rest)} is not a date. Write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with Z or a zone such as +01:00.${plusLost}`,
  );
}

function numberOperand(text: string, context: OperandContext): NumberOperand {
  const { prefix, rest } = prefixed(unescapeValue(text), context);
  const range = decimalRange(rest);
  if (!range)
    throw badValue(context, `${quoted(rest)} is not a number. Write digits such as 5, 5.40 or 5.4e-3.`);
  return { kind: 'number', prefix, ...range };
}

function quantityOperand(text: string, context: OperandContext): QuantityOperand {
  const parts = splitEscaped(text, '|').map(unescapeValue);
  const [amount = '', system = '', code = ''] = parts;
  if (parts.length !== 1 && parts.length !== 3) {
    throw badValue(
      context,
      `${quoted(text)} is not a quantity. Write number, number|system|code or number||unit.`,
    );
  }
  const { prefix, rest } = prefixed(amount, context);
  const range = decimalRange(rest);
  if (!range) {
    throw badValue(
      context,
      `${quoted(rest)} is not a number. Write a quantity as number, number|system|code or number||unit.`,
    );
  }
  const canonical =
    system === ucum && code !== '' ? canonicalQuantity(range.value, range.low, range.high, code) : undefined;
  return {
    kind: 'quantity',
    prefix,
    ...range,
    ...(system === '' ? {} : { system }),
    ...(code === '' ? {} : { code }),
    ...(canonical === undefined ? {} : { canonical }),
  };
}

function compositeOperand(text: string, context: OperandContext): CompositeOperand {
  const parts = splitEscaped(text, '$');
  const { components } = context;
  if (parts.length !== components.length) {
    throw badValue(
      context,
      `${quoted(text)} has ${parts.length} part${parts.length === 1 ? '' : 's'}; this parameter takes ${components.length}, joined by $. Write \\$ for a dollar sign in a value.`,
    );
  }
  return {
    kind: 'composite',
    parts: components.map(({ type, targets }, i) =>
      parseOperand(type, undefined, parts[i] ?? '', { ...context, targets, components: [] }),
    ),
  };
}
