/** The state of one validation: where it is, what it found, and what local references may point at. */
import type { Fault, ProblemKind } from '../../platform/problem.ts';

export type Members = Record<string, unknown>;

/** What a resource with contained ones knows of them, so that `#id` can be followed. */
export interface Container {
  /** Id to resource type; '' where the type is not a text. */
  readonly contained: ReadonlyMap<string, string>;
  /** Ids that something points at. */
  readonly used: Set<string>;
  /** Contained resources (by position) that point back at their container by `#`. */
  readonly pointsBack: Set<number>;
  /** Position of the contained resource that is being walked, -1 outside. */
  position: number;
}

export interface Walk {
  /** Element names from the root, the first `depth + 1` in use. */
  readonly names: string[];
  /** Beside each name its index, or -1 where the element does not repeat. */
  readonly indexes: number[];
  depth: number;
  readonly faults: Fault[];
  errors: number;
  warnings: number;
  /** How many values had the wrong shape. The rules of an object that holds one are not asked: their answer would mislead. */
  misshapen: number;
  /** The innermost resource that is not contained (FHIRPath %rootResource), and the innermost of all (%resource). */
  rootResource: Members;
  resource: Members;
  /** Undefined where the resource has none contained. */
  container: Container | undefined;
  /** `Patient?identifier=…` may stand where a reference is expected: in a transaction or batch. */
  conditionalReferences: boolean;
  readonly bestPractice: boolean;
}

/** As many errors are listed, and as many warnings, so that advice never crowds out an error. */
export const mostFaults = 100;

export function newWalk(
  resource: Members,
  name: string,
  options: { readonly conditionalReferences: boolean; readonly bestPractice: boolean },
): Walk {
  return {
    names: [name],
    indexes: [-1],
    depth: 0,
    faults: [],
    errors: 0,
    warnings: 0,
    misshapen: 0,
    rootResource: resource,
    resource,
    container: undefined,
    conditionalReferences: options.conditionalReferences,
    bestPractice: options.bestPractice,
  };
}

/** The place of the walk as FHIRPath with indexes: `Patient.name[0].given[1]`. */
export function place(walk: Walk): string {
  let out = '';
  for (let i = 0; i <= walk.depth; i += 1) {
    const index = walk.indexes[i] ?? -1;
    out += `${i === 0 ? '' : '.'}${walk.names[i]}${index < 0 ? '' : `[${index}]`}`;
  }
  return out;
}

/** Notes a fault at the place of the walk, or at a member of it. */
export function report(
  walk: Walk,
  kind: ProblemKind,
  message: string,
  options: { readonly severity?: 'error' | 'warning'; readonly member?: string } = {},
): void {
  const severity = options.severity ?? 'error';
  if (kind === 'structure') walk.misshapen += 1;
  const listed = severity === 'error' ? walk.errors : walk.warnings;
  if (listed > mostFaults) return;
  if (severity === 'error') walk.errors += 1;
  else walk.warnings += 1;
  if (listed === mostFaults) {
    walk.faults.push({
      kind: 'informational',
      severity: 'information',
      message: `Only the first ${mostFaults} ${severity}s are listed. Mend these and send it again.`,
    });
    return;
  }
  const where = options.member === undefined ? place(walk) : `${place(walk)}.${options.member}`;
  // What was quoted may have been cut in the middle of a character.
  walk.faults.push({ kind, severity, message: message.toWellFormed(), where: where.toWellFormed() });
}

/** What was sent, short enough for a message. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    const short = value.length > 60 ? `${value.slice(0, 60)}…` : value;
    return `'${short.toWellFormed()}'`;
  }
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : String(value);
}
