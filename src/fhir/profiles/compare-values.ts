/** Fixed values and patterns. Source: FHIR R4 ElementDefinition.fixed[x], pattern[x]. */

/** The same value, member for member. */
export function sameValue(value: unknown, wanted: unknown): boolean {
  if (value === wanted) return true;
  if (Array.isArray(value))
    return (
      Array.isArray(wanted) &&
      value.length === wanted.length &&
      value.every((item, i) => sameValue(item, wanted[i]))
    );
  if (!isObject(value) || !isObject(wanted) || Array.isArray(wanted)) return false;
  const names = Object.keys(value);
  return (
    names.length === Object.keys(wanted).length && names.every((name) => sameValue(value[name], wanted[name]))
  );
}

/** All that the pattern says is there; more may be. Of a list each item of the pattern is met by some item. */
export function fitsPattern(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern))
    return Array.isArray(value) && pattern.every((wanted) => value.some((item) => fitsPattern(item, wanted)));
  if (!isObject(pattern)) return value === pattern;
  if (!isObject(value)) return false;
  return Object.entries(pattern).every(([name, wanted]) => fitsPattern(value[name], wanted));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
