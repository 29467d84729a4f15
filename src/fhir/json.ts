/**
 * JSON as FHIR wants it: strict RFC 8259, property names unique, no NUL and no half characters in strings, not absurdly
 * deep. Source: FHIR R4 §2.6.2 (JSON representation), RFC 8259 §4, §8.
 *
 * The native parser does the work. Beside it runs one scan of the text, which counts the names that were written and the
 * depth; a name that was written twice shows as a difference from the names that came out. Only a text that fails is
 * read again, by the slow reader in json-fault.ts, which knows where it is.
 */
import { isUtf8 } from 'node:buffer';
import { Problem } from '../platform/problem.ts';
import { findJsonFault } from './json-fault.ts';

/**
 * Deepest nesting of objects and arrays that is read. The deepest of the official R4 examples has 22 levels; other
 * parsers stop at 64 (System.Text.Json) or 1,000 (Jackson). The walks over a resource are recursive, so this bounds them.
 */
export const deepest = 100;

/**
 * The value that a JSON text stands for. Bytes must be UTF-8; a byte order mark is passed over (RFC 8259 §8.1).
 * Throws a Problem with line and column, and what was expected there.
 */
export function parseJson(input: Uint8Array | string): unknown {
  if (typeof input === 'string') {
    const text = input.charCodeAt(0) === byteOrderMark ? input.slice(1) : input;
    if (!text.isWellFormed()) throw refusal(text);
    return parseText(text, Buffer.from(text));
  }
  const bytes = asBuffer(input);
  const text = decode(bytes);
  return parseText(text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text, bytes);
}

function parseText(text: string, bytes: Uint8Array): unknown {
  const names = scan(text, bytes);
  if (names < 0) throw refusal(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refusal(text, cause);
  }
  if (countNames(value) !== names) throw refusal(text);
  return value;
}

const byteOrderMark = 0xfeff;
const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const letterU = 0x75;

/**
 * How many names (colons outside strings) the text has, or -1 where it is too deep or has a forbidden character.
 * It reads the bytes, which is twice as fast as reading the text: in UTF-8 no part of another character looks like ASCII.
 */
function scan(text: string, bytes: Uint8Array): number {
  const { length } = bytes;
  let names = 0;
  let depth = 0;
  let codePoints = false;
  for (let i = 0; i < length; i += 1) {
    const byte = bytes[i];
    if (byte === quote) {
      // To the end of the string.
      for (i += 1; i < length; i += 1) {
        const inside = bytes[i];
        if (inside === quote) break;
        if (inside === backslash) {
          i += 1;
          if (bytes[i] === letterU) codePoints = true;
        }
      }
    } else if (byte === colon) {
      names += 1;
    } else if (byte === openBrace || byte === openBracket) {
      depth += 1;
      if (depth > deepest) return -1;
    } else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1;
    }
  }
  return codePoints && hasForbiddenEscape(text) ? -1 : names;
}

/** Whether an escape stands for NUL or for half of a surrogate pair. */
function hasForbiddenEscape(text: string): boolean {
  let high = -1; // where the second half of a pair must begin
  for (const { index, 0: written } of text.matchAll(/\\(?:u[0-9a-fA-F]{4}|[^u])/g)) {
    const code = written.length === 6 ? Number.parseInt(written.slice(2), 16) : -1;
    const isLow = code >= 0xdc00 && code <= 0xdfff;
    if (code === 0 || isLow !== (high === index)) return true;
    if (high >= 0 && !isLow) return true;
    high = code >= 0xd800 && code <= 0xdbff ? index + 6 : -1;
  }
  return high >= 0;
}

function countNames(value: unknown): number {
  let names = 0;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) {
      const item: unknown = value[i];
      if (typeof item === 'object' && item !== null) names += countNames(item);
    }
  } else if (typeof value === 'object' && value !== null) {
    // Straight from JSON.parse: own properties only.
    for (const name in value) {
      names += 1;
      const item: unknown = (value as Record<string, unknown>)[name]; // any object may be read by name
      if (typeof item === 'object' && item !== null) names += countNames(item);
    }
  }
  return names;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function decode(buffer: Buffer): string {
  if (!isUtf8(buffer)) {
    const at = firstBadByte(buffer);
    throw new Problem([
      {
        kind: 'structure',
        severity: 'fatal',
        message: `The body is not UTF-8: byte ${at} (0x${(buffer[at] ?? 0).toString(16)}) cannot stand there. Send it as UTF-8.`,
      },
    ]);
  }
  return buffer.toString('utf8');
}

/** Offset of the first byte, counted from 0, that is not part of a whole UTF-8 character. */
function firstBadByte(buffer: Buffer): number {
  // The longest valid beginning: validity of beginnings is monotone once cut at a character's start.
  let low = 0;
  let high = buffer.length;
  while (low < high) {
    let middle = (low + high + 1) >> 1;
    while (middle > low && ((buffer[middle] ?? 0) & 0xc0) === 0x80) middle -= 1;
    if (middle === low) {
      // Only continuation bytes in this half: look one character at a time.
      for (let size = 1; size <= 4; size += 1)
        if (low + size <= high && isUtf8(buffer.subarray(low, low + size))) {
          middle = low + size;
          break;
        }
      if (middle === low) return low;
      low = middle;
    } else if (isUtf8(buffer.subarray(low, middle))) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

function refusal(text: string, cause?: unknown): Problem {
  const fault = findJsonFault(text, deepest);
  return new Problem(
    [
      fault ?? {
        kind: 'structure',
        severity: 'fatal',
        message: 'This is not JSON.',
      },
    ],
    { cause },
  );
}
