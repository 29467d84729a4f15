/** The value of a reference parameter: an id, type/id, or a URL. Source: FHIR R4 §3.1.1.4.12. */
import { problem } from '../platform/problem.ts';
import { quoted } from './message-text.ts';
import { isResourceType } from './resource-types.ts';
import type { ReferenceOperand } from './search-query.ts';

const idPattern = /^[A-Za-z0-9.-]{1,64}$/;
const literalPattern = /^([A-Z][A-Za-z]*)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/([A-Za-z0-9.-]{1,64}))?$/;
const versionedUrl = /^(.+)\/_history\/([A-Za-z0-9.-]{1,64})$/;
/** RFC 3986 §3.1: a scheme, then anything without white space. */
const urlPattern = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$/;

export function isId(text: string): boolean {
  return idPattern.test(text);
}

/**
 * Reads a reference. `1` takes its type from the parameter where that has one target only; a URL below the base URL is the same
 * as what follows the base. Throws a Problem (400).
 */
export function parseReference(
  text: string,
  context: { readonly where: string; readonly baseUrl: string; readonly targets: readonly string[] },
): ReferenceOperand {
  const { targets, where } = context;
  const local = text.startsWith(`${context.baseUrl}/`) ? text.slice(context.baseUrl.length + 1) : text;
  const literal = literalPattern.exec(local);
  if (literal) {
    const [, type = '', id = '', version] = literal;
    if (isResourceType(type)) {
      return { kind: 'reference', type, id, ...(version === undefined ? {} : { version }) };
    }
    throw problem('invalid', `${type} is not a FHIR R4 resource type.`, { where });
  }
  if (isId(text)) {
    const [only] = targets;
    return { kind: 'reference', ...(targets.length === 1 && only ? { type: only } : {}), id: text };
  }
  if (urlPattern.test(text)) {
    const versioned = versionedUrl.exec(text);
    if (versioned?.[1] && versioned[2])
      return { kind: 'reference', url: versioned[1], version: versioned[2] };
    const bar = text.lastIndexOf('|');
    const url = bar < 0 ? text : text.slice(0, bar);
    const version = bar < 0 ? '' : text.slice(bar + 1);
    if (url !== '') return { kind: 'reference', url, ...(version === '' ? {} : { version }) };
  }
  throw problem(
    'invalid',
    `${quoted(text)} is not a reference. Write an id, Type/id, Type/id/_history/version or a whole URL.`,
    { where },
  );
}
