import { resourceTypes } from '../path/nodes.ts';
import type { ReferenceValue } from '../search-values.ts';
import { asObject, type Json, text } from './json-members.ts';

const literal = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/([A-Za-z0-9.-]{1,64}))?$/;
const versioned = /^(.+)\/_history\/([A-Za-z0-9.-]{1,64})$/;

/**
 * A Reference, canonical, uri or whole resource as what it points at. `Type/id` is a resource of this server;
 * anything with a scheme is elsewhere and keeps its whole URL. Undefined for references into the resource
 * itself (`#id`) and for those that have nothing but a display. Source: FHIR R4 §3.1.1.4.12.
 */
export function referenceValue(node: unknown): ReferenceValue | undefined {
  if (typeof node === 'string') return pointer(node);
  const object = asObject(node);
  if (!object) return undefined;
  const type = text(object['resourceType']);
  if (type !== undefined) {
    const id = text(object['id']);
    return id === undefined ? undefined : { kind: 'reference', type, id };
  }
  const reference = text(object['reference']);
  const found = reference === undefined ? undefined : pointer(reference);
  const identifier = identifierOf(object['identifier']);
  if (!identifier) return found;
  if (found) return { ...found, identifier };
  const said = text(object['type']);
  return {
    kind: 'reference',
    ...(said !== undefined && resourceTypes.has(said) ? { type: said } : {}),
    identifier,
  };
}

function pointer(reference: string): ReferenceValue | undefined {
  const m = literal.exec(reference);
  if (m && resourceTypes.has(m[1] as string)) {
    const [, type, id, version] = m as unknown as [string, string, string, string | undefined];
    return version === undefined ? { kind: 'reference', type, id } : { kind: 'reference', type, id, version };
  }
  if (reference === '' || reference.startsWith('#')) return undefined;
  const history = versioned.exec(reference);
  if (history?.[1] && history[2]) return { kind: 'reference', url: history[1], version: history[2] };
  const hash = reference.indexOf('#');
  const whole = hash < 0 ? reference : reference.slice(0, hash);
  const bar = whole.lastIndexOf('|');
  if (bar < 0) return { kind: 'reference', url: whole };
  const version = whole.slice(bar + 1);
  const url = whole.slice(0, bar);
  if (url === '') return undefined;
  return version === '' ? { kind: 'reference', url } : { kind: 'reference', url, version };
}

function identifierOf(node: unknown): { readonly system?: string; readonly value: string } | undefined {
  const object: Json | undefined = asObject(node);
  const value = object && text(object['value']);
  if (!object || value === undefined) return undefined;
  const system = text(object['system']);
  return system === undefined ? { value } : { system, value };
}
