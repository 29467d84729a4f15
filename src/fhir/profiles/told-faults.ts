/** Faults against a profile: told like those against the standard, with the profile and the rule. */
import type { Fault, ProblemKind } from '../../platform/problem.ts';
import { newWalk, report, type Walk } from '../validation/walk.ts';

/** A fault that says which profile was broken, and which of its rules. */
export interface ProfileFault extends Fault {
  /** Canonical URL of the profile. */
  readonly profile: string;
  /** The rule: its element and kind (`Patient.name min`), or the key of an invariant. The same for all who break it. */
  readonly rule: string;
}

/** The profile that is being checked. */
export interface Source {
  readonly url: string;
  /** For people: `UK Core Patient`. */
  readonly title: string;
}

export function tell(
  walk: Walk,
  { url, title }: Source,
  rule: string,
  fault: {
    readonly kind: ProblemKind;
    readonly message: string;
    readonly severity?: 'error' | 'warning';
    readonly member?: string;
  },
): void {
  const { kind, message, ...options } = fault;
  const { length } = walk.faults;
  report(walk, kind, `${message} (${title}: ${rule})`, options);
  const last = walk.faults[length];
  if (last) walk.faults[length] = { ...last, profile: url, rule } as ProfileFault;
}

/** Whether a check finds no error here; what it finds is not told. */
export function holdsQuietly(walk: Walk, check: (quiet: Walk) => void): boolean {
  const quiet = newWalk(walk.rootResource, '', walk);
  quiet.resource = walk.resource;
  quiet.container = walk.container;
  check(quiet);
  return quiet.errors === 0;
}
