/**
 * References: their form, the types they may point at, and local ones to contained resources.
 * Source: FHIR R4, Resource References, rules ref-1 and dom-3.
 */
import { isResourceType } from '../resource-types.ts';
import { type Members, report, shown, type Walk } from './walk.ts';

const relative = /^([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;
const conditional = /^([A-Z][A-Za-z]+)\?./;
const absolute = /^[a-z][a-z0-9+.-]*:\S+$/i;
const restful = /\/([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

const wantedForm =
  'Type/id (such as Patient/123), an absolute URL, urn:uuid:…, urn:oid:… or #id of a contained resource';

/** Checks one Reference against the types that its element may point at (undefined: any). */
export function checkReference(node: Members, targets: ReadonlySet<string> | undefined, walk: Walk): void {
  const { reference, type } = node;
  const pointed = typeof reference === 'string' ? pointedType(reference, walk) : undefined;
  if (pointed !== undefined && pointed !== '' && targets && !targets.has(pointed))
    report(
      walk,
      'structure',
      `This may point at ${listed(targets)}, but ${shown(reference)} is of type ${pointed}.`,
      { member: 'reference' },
    );
  if (typeof type !== 'string') return;
  if (pointed !== undefined && pointed !== '' && isResourceType(type) && type !== pointed)
    report(walk, 'value', `The type says ${type}, but ${shown(reference)} is of type ${pointed}.`, {
      member: 'type',
    });
  else if (targets && isResourceType(type) && !targets.has(type))
    report(walk, 'structure', `This may point at ${listed(targets)}, not at ${type}.`, { member: 'type' });
}

function listed(targets: ReadonlySet<string>): string {
  return [...targets].join(', ').replace(/, ([^,]*)$/, ' or $1');
}

/** The type that a literal reference names, '' where it cannot be told. Undefined: faulty, and reported. */
function pointedType(reference: string, walk: Walk): string | undefined {
  const direct = relative.exec(reference)?.[1];
  if (direct !== undefined) {
    if (isResourceType(direct)) return direct;
    report(walk, 'value', `${shown(reference)} names no resource type of R4.`, { member: 'reference' });
    return undefined;
  }
  if (reference.startsWith('#')) return localType(reference, walk, 'reference');
  const query = conditional.exec(reference)?.[1];
  if (query !== undefined && isResourceType(query)) {
    if (walk.conditionalReferences) return query;
    report(
      walk,
      'value',
      `A conditional reference (${shown(reference)}) may stand only in a transaction or batch, where it is resolved.`,
      { member: 'reference' },
    );
    return undefined;
  }
  if (absolute.test(reference)) {
    const named = restful.exec(reference)?.[1];
    return isResourceType(named) ? named : '';
  }
  report(walk, 'value', `Expected ${wantedForm}, found ${shown(reference)}.`, { member: 'reference' });
  return undefined;
}

/** Follows `#id`, and notes that something points there. Undefined: there is none, and it is reported. */
export function localType(reference: string, walk: Walk, member?: string): string | undefined {
  const { container } = walk;
  if (reference === '#') {
    // The container itself, which counts as a use of the contained resource that says so (dom-3).
    if (container && container.position >= 0) container.pointsBack.add(container.position);
    return String(walk.rootResource['resourceType'] ?? '');
  }
  const id = reference.slice(1);
  const type = container?.contained.get(id);
  if (container && type !== undefined) {
    container.used.add(id);
    return type;
  }
  report(
    walk,
    'not-found',
    `${shown(reference)} points at a contained resource, and there is none with this id (ref-1).`,
    member === undefined ? {} : { member },
  );
  return undefined;
}

/** Notes a use of a contained resource by a canonical, uri or url; these need not resolve. */
export function noteLocalUri(value: string, walk: Walk): void {
  const { container } = walk;
  if (!container) return;
  if (value !== '#') container.used.add(value.slice(1));
  else if (container.position >= 0) container.pointsBack.add(container.position);
}
