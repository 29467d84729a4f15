/** Checks of single data types that are plain code rather than rules in FHIRPath. */
import { isNhsNumber, nhsNumberSystem } from '../nhs-number.ts';
import { type Members, report, shown, type Walk } from './walk.ts';

/** By the name of the type; the object has been checked against its definition. */
export const typeChecks: Readonly<Record<string, (value: unknown, walk: Walk) => void>> = {
  Attachment: (value, walk) => checkAttachment(value as Members, walk),
  'Bundle.entry': (value, walk) => needAbsolute(value as Members, 'fullUrl', walk),
  Coding: (value, walk) => needAbsolute(value as Members, 'system', walk),
  Extension: (value, walk) => checkExtension(value as Members, walk),
  Identifier: (value, walk) => checkIdentifier(value as Members, walk),
  'ValueSet.compose.include': (value, walk) => needAbsolute(value as Members, 'system', walk),
  Quantity: (value, walk) => needAbsolute(value as Members, 'system', walk),
};

const scheme = /^[a-z][a-z0-9+.-]*:/i;

/** A name that must mean the same everywhere: an absolute URI, or (for a system) a fragment of what is contained. */
export function needAbsolute(node: Members, member: string, walk: Walk): void {
  const uri = node[member];
  if (typeof uri !== 'string' || scheme.test(uri) || uri.startsWith('#')) return;
  report(walk, 'value', `Expected an absolute URI, such as http://… or urn:…, found ${shown(uri)}.`, {
    member,
  });
}

/** Attachment.size is the number of bytes before base64. Source: FHIR R4 Attachment. */
function checkAttachment(node: Members, walk: Walk): void {
  const { data, size } = node;
  if (typeof data !== 'string' || typeof size !== 'number') return;
  const bytes = Buffer.byteLength(data.replace(/\s+/g, ''), 'base64');
  if (bytes !== size)
    report(walk, 'value', `The size says ${size} bytes, but the data has ${bytes}.`, { member: 'size' });
}

/** ext-1: a value or extensions, not both and not neither. Source: FHIR R4, Extensibility. */
function checkExtension(node: Members, walk: Walk): void {
  const around = walk.names[walk.depth - 1];
  // Extensions within one are named relative to it.
  if (around !== 'extension' && around !== 'modifierExtension') needAbsolute(node, 'url', walk);
  let value = false;
  for (const name in node) {
    // `value…` or `_value…`.
    if (name.charCodeAt(0) === 0x76 || (name.charCodeAt(0) === 0x5f && name.charCodeAt(1) === 0x76))
      value = true;
  }
  if (value !== Object.hasOwn(node, 'extension')) return;
  report(
    walk,
    'invariant',
    value
      ? 'An extension has a value or extensions of its own, not both (ext-1).'
      : 'An extension must have a value, such as valueString, or extensions of its own (ext-1).',
  );
}

function checkIdentifier(node: Members, walk: Walk): void {
  needAbsolute(node, 'system', walk);
  const { system, value } = node;
  if (system !== nhsNumberSystem || typeof value !== 'string' || isNhsNumber(value)) return;
  const digits = value.replace(/\s/g, '');
  const hint = isNhsNumber(digits) ? ' Write it without spaces.' : ' Check it against the source.';
  report(
    walk,
    'value',
    `${shown(value)} is not an NHS number: ten digits, the last of which is the check digit by modulus 11.${hint}`,
    { member: 'value' },
  );
}
