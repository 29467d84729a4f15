/**
 * Validation of FHIR R4 resources: structure, cardinality, primitive types, required codes, references, contained
 * resources, narrative and the rules (invariants) of the standard. Source: FHIR R4, Validating Resources.
 */
import type { Fault } from '../platform/problem.ts';
import { isResourceType } from './resource-types.ts';
import { checkResource } from './validation/plans.ts';
import { type Members, newWalk } from './validation/walk.ts';

/** A profile made ready: what a resource must fulfil besides the standard. */
export interface CompiledProfile {
  readonly url: string;
  /** The resource type that it constrains. */
  readonly type: string;
  /** Faults of a resource that fulfils the standard, with `where` from the resource type on. */
  readonly check: (resource: Readonly<Record<string, unknown>>) => readonly Fault[];
}

export interface ValidateOptions {
  /** Checked after the standard, and only where that finds no error. */
  readonly profiles?: readonly CompiledProfile[];
  /** Accept `Patient?identifier=…` as a reference: for entries of a transaction or batch, before they are resolved. */
  readonly conditionalReferences?: boolean;
  /** Give the standard's best-practice warnings too (dom-6: a narrative should be there). */
  readonly bestPractice?: boolean;
}

/**
 * What is wrong with a resource; empty when nothing is. Errors mean that R4 forbids it; warnings that it advises against.
 * `where` is FHIRPath with indexes (`Patient.name[0].given[1]`). At most 100 faults, and a note where there are more.
 * Takes any value and never throws.
 */
export function validate(resource: unknown, options: ValidateOptions = {}): Fault[] {
  const type =
    typeof resource === 'object' && resource !== null ? (resource as Members)['resourceType'] : undefined; // any object may be asked
  const walk = newWalk(resource as Members, isResourceType(type) ? type : 'Resource', {
    conditionalReferences: options.conditionalReferences ?? false,
    bestPractice: options.bestPractice ?? false,
  });
  checkResource(resource, walk);
  const { faults } = walk;
  if (options.profiles && faults.every((fault) => fault.severity !== 'error'))
    for (const profile of options.profiles)
      if (profile.type === type) faults.push(...profile.check(resource as Members)); // its type was read, so it is an object
  return faults;
}
