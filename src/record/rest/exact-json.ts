/**
 * JSON parsed and written again with the digits of its numbers kept: `1.00` is not `1.0` (FHIR R4, Datatypes, decimal), and
 * plain JSON.parse would lose it. A number that JavaScript would write otherwise is kept as a raw piece of JSON.
 */

interface RawJson {
  readonly rawJSON: string;
}

// Newer than TypeScript's own description of JSON: https://github.com/tc39/proposal-json-parse-with-source
const { rawJSON, isRawJSON } = JSON as unknown as {
  rawJSON: (text: string) => RawJson;
  isRawJSON: (value: unknown) => value is RawJson;
};

export function parseExact(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value !== 'number') return value;
    const source = context?.source;
    return source === undefined || String(value) === source ? value : rawJSON(source);
  });
}

export const writeExact = (value: unknown): string => JSON.stringify(value);

/** The number that a parsed value is, whatever its digits; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return isRawJSON(value) ? Number(value.rawJSON) : undefined;
}
