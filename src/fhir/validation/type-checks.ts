/** Checks of single data types that are plain code rather than rules in FHIRPath. */
import { isNhsNumber, nhsNumberSystem } from '../nhs-number.ts';
import { type Members, report, shown, type Walk } from './walk.ts';

/** By the name of the type; the object has been checked against its definition. */
export const typeChecks: Readonly<Record<string, (value: unknown, walk: Walk) => void>> = {
  Extension: (value, walk) => checkExtension(value as Members, walk),
  Identifier: (value, walk) => checkIdentifier(value as Members, walk),
};

/** ext-1: a value or extensions, not both and not neither. Source: FHIR R4 §2.4 (extensibility). */
function checkExtension(node: Members, walk: Walk): void {
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
