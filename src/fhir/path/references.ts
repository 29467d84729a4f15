/** What a Reference tells of its target, without fetching it: what `resolve()` gives here. */
import { isObject, type JsonObject, type Nodes, rawValue, resourceTypes } from './nodes.ts';

const literal =
  /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?(?:[|#].*)?$/;

/** The resource type that a literal reference names: `Patient/1`, `https://a/fhir/Patient/1/_history/2`. */
export function typeOfReference(reference: string): string | undefined {
  const type = literal.exec(reference)?.[1];
  return type !== undefined && resourceTypes.has(type) ? type : undefined;
}

/**
 * The target of a Reference, canonical or uri: the contained resource itself, or else a resource of which
 * only the type is known, from the reference's text or its `type`. Undefined when neither tells.
 */
export function resolveReference(node: unknown, resource: unknown): unknown {
  const value = rawValue(node);
  const reference = isObject(value) ? rawValue(value['reference']) : value;
  if (typeof reference === 'string') {
    if (reference.startsWith('#')) return containedIn(resource, reference.slice(1));
    const type = typeOfReference(reference);
    if (type !== undefined) return { resourceType: type };
  }
  const type = isObject(value) ? rawValue(value['type']) : undefined;
  return typeof type === 'string' && resourceTypes.has(type) ? { resourceType: type } : undefined;
}

function containedIn(resource: unknown, id: string): unknown {
  if (!isObject(resource)) return undefined;
  if (id === '') return resource;
  const contained = resource['contained'];
  if (!Array.isArray(contained)) return undefined;
  return contained.find((item: unknown): item is JsonObject => isObject(item) && item['id'] === id);
}

export function resolveAll(nodes: Nodes, resource: unknown): Nodes {
  return nodes.map((node) => resolveReference(node, resource)).filter((target) => target !== undefined);
}
