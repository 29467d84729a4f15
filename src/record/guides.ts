/** The profiles of implementation guides, as the record holds resources to them. Source: FHIR R4, Validating Resources. */
import type { Resource } from '@medplum/fhirtypes';
import { openProfiles, type ProfileSet } from '../fhir/profiles/profile-set.ts';
import { type Fault, Problem } from '../platform/problem.ts';
import { jsonOf, resourceOf, type Stored } from './care-record.ts';

/**
 * What a write has to do with the profiles that the resource claims: nothing; it is stored, and who sent it is told; or
 * one that breaks a profile is refused.
 */
export type ProfileCheck = 'off' | 'warn' | 'refuse';

export interface Guides {
  readonly profiles: ProfileSet;
  readonly check: ProfileCheck;
}

/** What a thread or process needs to open the same guides. */
export interface GuideSources {
  readonly sources: readonly string[];
  readonly check: ProfileCheck;
}

/** Undefined where there are none. Throws a Problem where one cannot be read. */
export function openGuides({ sources, check }: GuideSources): Guides | undefined {
  return sources.length === 0 ? undefined : { profiles: openProfiles(sources), check };
}

/** Faults of a resource that breaks what it claims, where such are refused; else none. */
export function brokenProfiles(resource: Resource, guides: Guides | undefined): readonly Fault[] {
  if (guides?.check !== 'refuse') return [];
  const faults = guides.profiles.check(resource);
  return faults.some(({ severity }) => severity === 'error') ? faults : [];
}

/** R4: 422 where a resource breaks a profile. */
export function profilesBroken(faults: readonly Fault[]): Problem {
  return new Problem(faults, { status: 422 });
}

/** What is to be told of a version that was stored just now. */
export function adviceOn(
  stored: Stored | undefined,
  outcome: string,
  guides: Guides | undefined,
): readonly Fault[] {
  if (!guides || guides.check === 'off' || !stored || jsonOf(stored) === undefined) return [];
  if (outcome !== 'created' && outcome !== 'updated') return [];
  return guides.profiles.check(resourceOf(stored));
}
