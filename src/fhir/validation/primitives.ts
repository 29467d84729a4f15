/**
 * The primitive types of R4: what is wrong with a JSON value as one of them, or undefined when nothing is.
 * Source: FHIR R4 §2.24.0.1 (primitive types) and their regular expressions; JSON form §2.6.2.
 */
import { narrativeFault } from './narrative.ts';
import { shown } from './walk.ts';

export type PrimitiveCheck = (value: unknown) => string | undefined;

/** R4: strings SHALL NOT exceed 1 MB. */
const longestText = 1024 * 1024;

const notText = (value: unknown): string => `Expected a text (JSON string), found ${shown(value)}.`;

/** Any text, of any length: not empty, no control characters but tab, new line and carriage return. */
function longText(value: unknown): string | undefined {
  if (typeof value !== 'string') return notText(value);
  const { length } = value;
  if (length === 0) return 'A text may not be empty: leave the property out.';
  for (let i = 0; i < length; i += 1) {
    const c = value.charCodeAt(i);
    if (c < 0x20 && c !== 0x09 && c !== 0x0a && c !== 0x0d)
      return `A text may not hold the control character U+${c.toString(16).padStart(4, '0')} (at ${i + 1}).`;
  }
  return undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.length > longestText
    ? `A text may have at most ${longestText} characters; this one has ${value.length}.`
    : longText(value);
}

function matching(pattern: RegExp, expected: string): PrimitiveCheck {
  return (value) => {
    if (typeof value !== 'string') return notText(value);
    return pattern.test(value) ? undefined : `Expected ${expected}, found ${shown(value)}.`;
  };
}

function whole(low: number, high: number, expected: string): PrimitiveCheck {
  return (value) => {
    if (typeof value !== 'number')
      return `Expected ${expected} (a JSON number, without quotes), found ${shown(value)}.`;
    return Number.isInteger(value) && value >= low && value <= high
      ? undefined
      : `Expected ${expected}, found ${value}.`;
  };
}

const zero = 0x30;
function two(text: string, at: number): number {
  const a = text.charCodeAt(at) - zero;
  const b = text.charCodeAt(at + 1) - zero;
  return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : -1;
}
function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Where the date at the start of a text ends (4, 7 or 10), or -1 where there is none or it is not a real day. */
function dateEnd(text: string): number {
  const century = two(text, 0);
  const rest = two(text, 2);
  const year = century * 100 + rest;
  if (century < 0 || rest < 0 || year === 0) return -1;
  if (text.charAt(4) !== '-') return 4;
  const month = two(text, 5);
  if (month < 1 || month > 12) return -1;
  if (text.charAt(7) !== '-') return 7;
  const day = two(text, 8);
  return day >= 1 && day <= daysIn(year, month) ? 10 : -1;
}

/** Where the time `hh:mm:ss` with any fraction ends, or -1. A leap second is allowed. */
function timeEnd(text: string, at: number): number {
  const hour = two(text, at);
  const minute = two(text, at + 3);
  const second = two(text, at + 6);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1;
  if (text.charAt(at + 2) !== ':' || text.charAt(at + 5) !== ':') return -1;
  let end = at + 8;
  if (text.charAt(end) !== '.') return end;
  end += 1;
  const first = end;
  while (text.charCodeAt(end) >= zero && text.charCodeAt(end) <= zero + 9) end += 1;
  return end === first ? -1 : end;
}

/** Whether `Z` or an offset of at most 14:00 stands at the end. */
function isZone(text: string, at: number): boolean {
  const sign = text.charAt(at);
  if (sign === 'Z') return text.length === at + 1;
  if (sign !== '+' && sign !== '-') return false;
  const hour = two(text, at + 1);
  const minute = two(text, at + 4);
  return (
    text.length === at + 6 &&
    text.charAt(at + 3) === ':' &&
    ((hour >= 0 && hour <= 13 && minute >= 0 && minute <= 59) || (hour === 14 && minute === 0))
  );
}

const date: PrimitiveCheck = (value) => {
  if (typeof value !== 'string') return notText(value);
  const end = dateEnd(value);
  return end > 0 && end === value.length
    ? undefined
    : `Expected a real date such as 1980-05-31, 1980-05 or 1980, found ${shown(value)}.`;
};

const dateTime: PrimitiveCheck = (value) => {
  if (typeof value !== 'string') return notText(value);
  const end = dateEnd(value);
  if (end > 0 && end === value.length) return undefined;
  if (end === 10 && value.charAt(10) === 'T') {
    const zone = timeEnd(value, 11);
    if (zone > 0 && isZone(value, zone)) return undefined;
    if (zone === value.length)
      return `A time needs its zone, such as ${value}Z or ${value}+01:00.`.slice(0, 200);
  }
  return `Expected a real date, or a date and time with seconds and zone such as 2024-03-01T09:30:00Z, found ${shown(value)}.`;
};

const instant: PrimitiveCheck = (value) => {
  if (typeof value !== 'string') return notText(value);
  if (dateEnd(value) === 10 && value.charAt(10) === 'T') {
    const zone = timeEnd(value, 11);
    if (zone > 0 && isZone(value, zone)) return undefined;
  }
  return `Expected an instant: a real date and time with seconds and zone such as 2024-03-01T09:30:00.000Z, found ${shown(value)}.`;
};

const time: PrimitiveCheck = (value) => {
  if (typeof value !== 'string') return notText(value);
  return timeEnd(value, 0) === value.length
    ? undefined
    : `Expected a time such as 09:30:00, without a zone, found ${shown(value)}.`;
};

const base64Text = /^[A-Za-z0-9+/]+={0,2}$/;
const base64Binary: PrimitiveCheck = (value) => {
  if (typeof value !== 'string') return notText(value);
  const dense = /\s/.test(value) ? value.replace(/\s+/g, '') : value;
  return dense.length % 4 === 0 && base64Text.test(dense)
    ? undefined
    : `Expected base64 (groups of four of A–Z a–z 0–9 + / with = at the end), found ${shown(value)}.`;
};

const uuid = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const oid = /^urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+$/;
// In a uri the letters may be of either case (RFC 4122 §3), and a canonical may go on with a version or fragment.
const uuidUri = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:[|#].*)?$/i;
const oidUri = /^urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+(?:[|#].*)?$/;
// White space as XML Schema's patterns know it: the space and the ASCII controls, not U+00A0.
const blank = /[\t-\r ]/;
function uri(value: unknown): string | undefined {
  if (typeof value !== 'string') return notText(value);
  if (value.length === 0) return 'A URI may not be empty: leave the property out.';
  if (value.startsWith('urn:uuid:') && !uuidUri.test(value))
    return `Expected a UUID such as urn:uuid:c757873d-ec9a-4326-a141-556f43239520, found ${shown(value)}.`;
  if (value.startsWith('urn:oid:') && !oidUri.test(value))
    return `Expected an OID such as urn:oid:1.2.840.113619, found ${shown(value)}.`;
  if (blank.test(value) && !hasInnerBlank(value))
    return `A URI may not begin or end with a space, found ${shown(value)}.`;
  return undefined;
}

/** A URI with white space inside but not around it: wrong, yet in real use, so it is told and not refused. */
export const hasInnerBlank = (uri: string): boolean => blank.test(uri) && uri === uri.trim();

const codePattern = /^[^\t-\r ]+(?:[\t-\r ][^\t-\r ]+)*$/;
const code: PrimitiveCheck = (value) => {
  if (typeof value !== 'string') return notText(value);
  return codePattern.test(value)
    ? undefined
    : `Expected a code: no spaces at its ends and no two together, found ${shown(value)}.`;
};

const highest = 2_147_483_647;

/** By the name of the type. */
export const primitiveChecks: Readonly<Record<string, PrimitiveCheck>> = {
  boolean: (value) =>
    typeof value === 'boolean'
      ? undefined
      : `Expected true or false (without quotes), found ${shown(value)}.`,
  integer: whole(-2_147_483_648, highest, 'a whole number of at most 32 bits'),
  unsignedInt: whole(0, highest, 'a whole number, 0 or more'),
  positiveInt: whole(1, highest, 'a whole number, 1 or more'),
  decimal: (value) =>
    typeof value === 'number' && Number.isFinite(value)
      ? undefined
      : `Expected a number (without quotes), found ${shown(value)}.`,
  string: text,
  markdown: text,
  xhtml: (value) => longText(value) ?? narrativeFault(value as string), // longText() accepts strings only
  code,
  id: matching(/^[A-Za-z0-9\-.]{1,64}$/, 'an id: 1 to 64 of A–Z, a–z, 0–9, - and .'),
  uri,
  url: uri,
  canonical: uri,
  oid: matching(oid, 'an OID such as urn:oid:1.2.840.113619'),
  uuid: matching(uuid, 'a UUID such as urn:uuid:c757873d-ec9a-4326-a141-556f43239520, in lower case'),
  date,
  dateTime,
  instant,
  time,
  base64Binary,
};
