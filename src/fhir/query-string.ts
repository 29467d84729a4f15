/** The query string of a search, taken apart and put together. Source: RFC 3986 §3.4, HTML form encoding. */
import { problem } from '../platform/problem.ts';
import type { SearchQuery } from './search-query.ts';

/** Names and values in order. Throws a Problem where the encoding is broken, or the whole is longer than `longest` characters. */
export function decodeQuery(
  query: string | URLSearchParams | readonly (readonly [string, string])[],
  longest: number,
): readonly (readonly [string, string])[] {
  const pairs = typeof query === 'string' ? decodeText(query, longest) : [...query];
  let length = 0;
  for (const [name, value] of pairs) {
    length += name.length + value.length;
    if (length > longest) throw tooLong(longest);
    // PostgreSQL keeps no NUL in text, and half a surrogate pair is no character.
    if (`${name}${value}`.includes('\0') || !name.isWellFormed() || !value.isWellFormed()) {
      throw problem('invalid', 'The search holds a character that is none (NUL or half of a pair).', {
        where: `http.query.${name.slice(0, 100).toWellFormed().replaceAll('\0', '')}`,
      });
    }
  }
  return pairs;
}

function tooLong(longest: number): ReturnType<typeof problem> {
  return problem(
    'too-costly',
    `A search may be at most ${longest} characters long. Ask in several searches.`,
  );
}

function decodeText(text: string, longest: number): (readonly [string, string])[] {
  const query = text.startsWith('?') ? text.slice(1) : text;
  if (query.length > 3 * longest) throw tooLong(longest); // one character may be three when encoded
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0
        ? ([decodePart(pair), ''] as const)
        : ([decodePart(pair.slice(0, equals)), decodePart(pair.slice(equals + 1))] as const);
    });
}

function decodePart(part: string): string {
  const spaced = part.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch (cause) {
    throw problem(
      'invalid',
      `“${part.slice(0, 80).toWellFormed()}” is not properly encoded: after % come two hexadecimal digits, and together they are UTF-8. Write %25 for a percent sign.`,
      { where: 'http.query', cause },
    );
  }
}

/** Signs that need no encoding in a query (RFC 3986 §3.4) and make it easier to read. */
const readable: Readonly<Record<string, string>> = {
  '%3A': ':',
  '%2F': '/',
  '%2C': ',',
  '%24': '$',
  '%40': '@',
};

function encodePart(text: string): string {
  return encodeURIComponent(text).replace(/%(?:3A|2F|2C|24|40)/g, (code) => readable[code] ?? code);
}

/** The understood parameters as a query string, in the order sent, for the `self` link. Reads back as the same query. */
export function describeQuery(query: Pick<SearchQuery, 'understood'>): string {
  return query.understood.map(([name, value]) => `${encodePart(name)}=${encodePart(value)}`).join('&');
}
