import type { Resource } from '@medplum/fhirtypes';
import { parseJson } from '../fhir/json.ts';
import { isResourceType } from '../fhir/resource-types.ts';
import { validate } from '../fhir/validate.ts';
import { type Fault, Problem, problem } from '../platform/problem.ts';
import { brokenProfiles, type Guides, profilesBroken } from './guides.ts';
import { type IndexRows, indexRows } from './index-rows.ts';
import { type ResourceText, splitText } from './resource-text.ts';
import { typeNumber } from './type-numbers.ts';

/** A resource that has been read, checked and turned into search rows: all of a write that needs no database. */
export interface Prepared {
  readonly type: string;
  readonly typeNumber: number;
  readonly id: string;
  readonly text: ResourceText;
  readonly rows: IndexRows;
}

const idPattern = /^[A-Za-z0-9\-.]{1,64}$/;
export const isId = (text: string): boolean => idPattern.test(text);

/** The text as a resource of a known type; throws a Problem that says where it is wrong. Not yet validated. */
export function readResource(sent: string, expectedType?: string): Resource {
  const value = parseJson(sent);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw problem('structure', 'A resource is a JSON object with a resourceType.');
  const type = (value as { resourceType?: unknown }).resourceType; // checked below
  if (typeof type !== 'string' || !isResourceType(type))
    throw problem(
      'structure',
      `resourceType must name an R4 resource type${typeof type === 'string' ? `; “${type.slice(0, 64)}” is none` : ''}.`,
      { where: 'resourceType' },
    );
  if (expectedType !== undefined && type !== expectedType)
    throw problem('invalid', `This address takes a ${expectedType}, but the body is a ${type}.`, {
      where: `${type}.resourceType`,
    });
  return value as Resource; // its type is known; validation follows
}

/** Refuses a resource with any error; `where` of each fault gets the prefix. */
export function refuseInvalid(resource: Resource, prefix = '', guides?: Guides): void {
  const placed = (faults: readonly Fault[]) =>
    prefix === '' ? faults : faults.map((fault) => within(fault, prefix));
  const faults = validate(resource);
  if (faults.some((fault) => fault.severity === 'error' || fault.severity === 'fatal'))
    throw new Problem(placed(faults));
  if (guides === undefined) return;
  const broken = brokenProfiles(resource, guides);
  if (broken.length > 0) throw profilesBroken(placed(broken));
}

export function within(fault: Fault, prefix: string): Fault {
  return {
    ...fault,
    where:
      fault.where === undefined
        ? prefix
        : `${prefix}.${fault.where.replace(/^[A-Za-z]+\.?/, '')}`.replace(/\.$/, ''),
  };
}

/** Reads, validates and indexes a resource that is to be stored under the id. */
export function prepare(
  sent: string,
  id: string,
  options: { type?: string; prefix?: string; resource?: Resource; guides?: Guides | undefined } = {},
): Prepared {
  const resource = options.resource ?? readResource(sent, options.type);
  refuseInvalid(resource, options.prefix, options.guides);
  const type = resource.resourceType;
  return {
    type,
    typeNumber: typeNumber(type),
    id,
    text: splitText(sent, type, id),
    rows: indexRows(resource, id),
  };
}
