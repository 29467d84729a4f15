/** Resources inside resources: contained ones, and those of Bundle.entry and Parameters. Source: FHIR R4, Resource References (contained), dom-2 to dom-5. */
import { nearestName } from '../nearest-name.ts';
import { isResourceType, resourceTypes } from '../resource-types.ts';
import { type Container, type Members, report, shown, type Walk } from './walk.ts';

/** Checks an object as a resource of a type. Given by plans.ts, which needs this file in turn. */
export type CheckType = (type: string, resource: Members, walk: Walk) => void;

/** Checks a resource that stands at the place of the walk. */
export function checkNested(value: unknown, walk: Walk, checkType: CheckType): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report(walk, 'structure', `Expected a resource (an object with resourceType), found ${shown(value)}.`);
    return;
  }
  const resource = value as Members; // an object that is no array
  // Resources stand in an array named `contained`, or are whole ones of their own.
  if (walk.names[walk.depth] === 'contained') checkContained(resource, walk, checkType);
  else checkWhole(resource, walk, checkType);
}

/** Checks a resource that may hold contained ones of its own. */
function checkWhole(resource: Members, walk: Walk, checkType: CheckType): void {
  const { rootResource, resource: outer, container, conditionalReferences } = walk;
  walk.rootResource = resource;
  walk.resource = resource;
  walk.container = containerOf(resource);
  if (resource['resourceType'] === 'Bundle' && /^(?:transaction|batch)$/.test(String(resource['type'])))
    walk.conditionalReferences = true;
  checkTyped(resource, walk, checkType);
  if (walk.bestPractice) adviseNarrative(resource, walk);
  if (walk.container) checkUse(walk.container, resource, walk);
  walk.rootResource = rootResource;
  walk.resource = outer;
  walk.container = container;
  walk.conditionalReferences = conditionalReferences;
}

/** dom-6. Off by default: machines write most resources without a narrative, and a warning on each would drown the others. */
function adviseNarrative(resource: Members, walk: Walk): void {
  const type = resource['resourceType'];
  if (!isResourceType(type) || type === 'Bundle' || type === 'Binary' || type === 'Parameters') return;
  const text = resource['text'];
  if (typeof text === 'object' && text !== null && Object.hasOwn(text, 'div')) return;
  report(walk, 'invariant', 'A resource should have a narrative for people to read: text.div (dom-6).', {
    severity: 'warning',
  });
}

function containerOf(resource: Members): Container | undefined {
  const list = resource['contained'];
  if (!Array.isArray(list)) return undefined;
  const contained = new Map<string, string>();
  for (const item of list as (Members | null)[]) {
    const id = item?.['id'];
    const type = item?.['resourceType'];
    if (typeof id === 'string') contained.set(id, typeof type === 'string' ? type : '');
  }
  return { contained, used: new Set(), pointsBack: new Set(), position: -1 };
}

function checkContained(resource: Members, walk: Walk, checkType: CheckType): void {
  const { resource: outer, container } = walk;
  const position = walk.indexes[walk.depth] ?? -1;
  walk.resource = resource;
  if (container) container.position = position;
  if (Object.hasOwn(resource, 'contained'))
    report(walk, 'invariant', 'A contained resource may not contain others (dom-2).', {
      member: 'contained',
    });
  const meta = resource['meta'] as Members | null | undefined; // read as an object only where it is one
  if (typeof meta === 'object' && meta !== null) {
    if (meta['versionId'] !== undefined || meta['lastUpdated'] !== undefined)
      report(walk, 'invariant', 'A contained resource has no version or time of its own (dom-4).', {
        member: 'meta',
      });
    if (meta['security'] !== undefined)
      report(walk, 'invariant', 'A contained resource has no security label of its own (dom-5).', {
        member: 'meta',
      });
  }
  checkTyped(resource, walk, checkType);
  walk.resource = outer;
  if (container) container.position = -1;
}

/** dom-3: each contained resource is pointed at, or points at its container. */
function checkUse(container: Container, resource: Members, walk: Walk): void {
  const list = resource['contained'] as (Members | null)[]; // containerOf has seen an array
  const ids = new Set<unknown>();
  list.forEach((item, position) => {
    if (typeof item !== 'object' || item === null) return;
    const id = item['id'];
    const member = `contained[${position}]`;
    if (typeof id !== 'string') {
      report(walk, 'required', 'A contained resource needs an id, so that #id can point at it.', {
        member: `${member}.id`,
      });
    } else if (ids.has(id)) {
      report(walk, 'duplicate', `Two contained resources have the id ${shown(id)}.`, {
        member: `${member}.id`,
      });
    } else if (!container.used.has(id) && !container.pointsBack.has(position)) {
      report(
        walk,
        'invariant',
        `Nothing in this resource points at the contained resource ${shown(id)} by #${id.slice(0, 64)}, nor does it point back by # (dom-3).`,
        { member },
      );
    }
    ids.add(id);
  });
}

function checkTyped(resource: Members, walk: Walk, checkType: CheckType): void {
  const type = resource['resourceType'];
  if (isResourceType(type)) {
    checkType(type, resource, walk);
    return;
  }
  if (type === undefined) {
    report(walk, 'required', 'A resource must say its resourceType, such as "Patient".', {
      member: 'resourceType',
    });
    return;
  }
  const near = typeof type === 'string' ? nearestName(type, resourceTypes) : undefined;
  report(
    walk,
    'structure',
    `${shown(type)} is not a resource type of R4.${near ? ` Did you mean ${near}?` : ''}`,
    {
      member: 'resourceType',
    },
  );
}
