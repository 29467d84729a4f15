/** String values. Source: FHIR R4 §3.1.1.4.8. */
import type { StringValue } from '../search-values.ts';
import { asObject, items, text } from './json-members.ts';

type Out = Pick<StringValue[], 'push'>;

export function stringOf(node: unknown, out: Out): void {
  const value = text(node);
  if (value !== undefined) out.push({ kind: 'string', value });
}

/** A family name of several words is found by each: "Carreno" or "Quinones" find "Carreno Quinones". */
export function familyName(node: unknown, out: Out): void {
  const value = text(node);
  if (value === undefined) return;
  out.push({ kind: 'string', value });
  laterWords(value, out);
}

/** Longer than any family name: what is beyond is found by its beginning only, and costs no more than its length. */
const longestFamily = 200;
const mostLaterWords = 8;

function laterWords(value: string, out: Out): void {
  if (value.length > longestFamily) return;
  let words = 0;
  for (const match of value.matchAll(/[\s-]+(?=[^\s-])/g)) {
    if (++words > mostLaterWords) return;
    out.push({ kind: 'string', value: value.slice(match.index + match[0].length), part: true });
  }
}

const nameParts = ['text', 'family', 'given', 'prefix', 'suffix'];
const addressParts = ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country'];

/** Every string of a HumanName, and the whole name as it is spoken where it has no text. */
export function humanName(node: unknown, out: Out): void {
  const name = asObject(node);
  if (!name) return;
  parts(name, nameParts, out);
  const family = text(name['family']);
  if (family !== undefined) laterWords(family, out);
  if (text(name['text']) !== undefined) return;
  const spoken = [...items(name['given']), family].map(text).filter((word) => word !== undefined);
  if (spoken.length > 1) out.push({ kind: 'string', value: spoken.join(' ') });
}

export function address(node: unknown, out: Out): void {
  const whole = asObject(node);
  if (whole) parts(whole, addressParts, out);
}

function parts(object: Readonly<Record<string, unknown>>, names: readonly string[], out: Out): void {
  for (const name of names) for (const item of items(object[name])) stringOf(item, out);
}
