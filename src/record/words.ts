import type { Resource } from '@medplum/fhirtypes';
import { normaliseString } from '../fhir/normalise.ts';

/**
 * Types that machines write in great numbers and that hold next to no prose. They have a row of words only where they
 * have a narrative or a note; without one, `_content` reads their text as the search runs.
 */
export const terseTypes: ReadonlySet<string> = new Set([
  'AuditEvent',
  'Claim',
  'ClaimResponse',
  'Coverage',
  'Encounter',
  'ExplanationOfBenefit',
  'Immunization',
  'MedicationAdministration',
  'Observation',
  'Provenance',
  'Slot',
]);

const prose = new Set([
  'div',
  'note',
  'comment',
  'description',
  'conclusion',
  'valueString',
  'valueMarkdown',
]);
const wordKeys = new Set([
  ...['display', 'text', 'title', 'name', 'family', 'given', 'prefix', 'suffix', 'line', 'city', 'district'],
  ...['state', 'postalCode', 'country', 'alias', 'publisher', 'summary', 'purpose', 'label', 'question'],
]);
/** Strings that are never words: links, and content in base 64. */
const silent = new Set([
  'reference',
  'url',
  'system',
  'id',
  'data',
  'hash',
  'fullUrl',
  'profile',
  'implicitRules',
]);
const tags = /<[^>]*>/g;
const entities = /&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);/g;

/** The longest text that is indexed: a tsvector holds at most 1 MB. */
const longest = 200_000;

function collect(value: unknown, key: string, into: string[]): void {
  if (typeof value === 'string') {
    if (key === 'div') into.push(value.replace(tags, ' ').replace(entities, ' '));
    else if (wordKeys.has(key) || (!silent.has(key) && value.includes(' '))) into.push(value);
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, key, into);
  } else if (value !== null && typeof value === 'object') {
    for (const [name, inner] of Object.entries(value)) if (!silent.has(name)) collect(inner, name, into);
  }
}

/** Normalised words for full-text search, or undefined where the resource has no row of words. */
export function wordsOf(resource: Resource): { story: string; content: string } | undefined {
  const type = resource.resourceType;
  if (terseTypes.has(type)) {
    const keys = Object.keys(resource);
    if (!keys.includes('text') && !keys.some((key) => prose.has(key))) return undefined;
  }
  const story: string[] = [];
  const narrative = (resource as { text?: { div?: unknown } }).text; // every DomainResource has one
  if (narrative) collect(narrative.div, 'div', story);
  const content: string[] = [];
  // Stored resources have their meta first, wherever it was sent: the words of either are in one order.
  const { meta, ...rest } = resource;
  collect(meta, 'meta', content);
  collect(rest, '', content);
  if (content.length === 0) return undefined;
  return { story: clean(story), content: clean(content) };
}

const clean = (parts: readonly string[]): string => normaliseString(parts.join(' \n').slice(0, longest));
