/**
 * Who may see and change what, as the words of src/record/sight.ts and of FHIR R4 Consent say it: plainly evaluated over all
 * resources in memory, one by one. What the record answers to an actor must be what it would answer if the rest did not exist.
 */
import type { Coding, Consent, ConsentProvision, Period, Resource } from '@medplum/fhirtypes';
import { dateRange } from '../../src/fhir/dates.ts';
import { extract } from '../../src/fhir/extract.ts';
import { parseSearch } from '../../src/fhir/parse-search.ts';
import { compartmentParameters, patientOf, patientsOf } from '../../src/fhir/search-parameters.ts';
import { homePaths } from '../../src/record/home.ts';
import { shardKey } from '../../src/record/keys.ts';
import { relationsOf } from '../../src/record/relation-rules.ts';
import type { ConsentAsked, Grant, Sight } from '../../src/record/sight.ts';
import { naiveSearch } from './naive-search.ts';
import { kindSystem, labelText } from './policy-world.ts';
import { testBaseUrl } from './record.ts';

/** One version that was ever stored. */
export interface KeptVersion {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  /** Ms since 1970 UTC. */
  readonly updated: number;
  /** Undefined: this version is a deletion. */
  readonly resource: Resource | undefined;
}

/** All that there is, at a moment. */
export interface Known {
  readonly now: number;
  /** Current resources by `Type/id`. */
  readonly current: ReadonlyMap<string, Resource>;
  /** Every version, in the order they were stored. */
  readonly versions: readonly KeptVersion[];
}

export const nameOf = ({ resourceType, id }: Resource): string => `${resourceType}/${id ?? ''}`;

/** Never anyone's: organisations, people who work there, places. Tasks are someone's, though R4's compartment has none. */
const isNobodys = (type: string): boolean =>
  !['Patient', 'Binary'].includes(type) &&
  compartmentParameters('Patient', type).length === 0 &&
  homePaths(type).size === 0;

const homes = new WeakMap<Resource, { readonly person: string | undefined }>();

/** The person in whose record a resource lives, by id; undefined where it is nobody's, or names no one. */
export function homeOf(resource: Resource): string | undefined {
  let home = homes.get(resource);
  if (!home) {
    home = { person: readHome(resource) };
    homes.set(resource, home);
  }
  return home.person;
}

function readHome(resource: Resource): string | undefined {
  const paths = homePaths(resource.resourceType);
  if (resource.resourceType === 'Patient') return resource.id;
  if (resource.resourceType === 'Binary') {
    const [type, id, ...more] = resource.securityContext?.reference?.split('/') ?? [];
    return type === 'Patient' && more.length === 0 ? id : undefined;
  }
  if (paths.size === 0) return patientOf(resource);
  const values = extract(resource);
  for (const path of paths)
    for (const value of values.get(path) ?? [])
      if (value.kind === 'reference' && value.type === 'Patient' && value.id) return value.id;
  return undefined;
}

/** Those whose record a resource is part of: where it lives, and who else took part. */
export const peopleOf = (resource: Resource): readonly (string | undefined)[] => [
  homeOf(resource),
  ...patientsOf(resource),
];

const covers = (period: Period | undefined, now: number): boolean => {
  const low = period?.start === undefined ? undefined : dateRange(period.start)?.low;
  const high = period?.end === undefined ? undefined : dateRange(period.end)?.high;
  return (low === undefined || low <= now) && (high === undefined || now < high);
};

const carries = (resource: Resource, coding: Coding): boolean =>
  (resource.meta?.security ?? []).some(
    (label) => label.system === coding.system && label.code === coding.code,
  );

/** Whether one of the parties has a relationship with the person now. */
function isRelated(known: Known, person: string, parties: readonly string[]): boolean {
  const keys = new Set(
    parties.map((party) => {
      const [type = '', id = ''] = party.split('/');
      return shardKey(type, id);
    }),
  );
  return [...known.current.values()]
    .filter((resource) => homeOf(resource) === person)
    .some((resource) =>
      relationsOf(resource).some(
        ({ party, low, high }) => keys.has(party) && low <= known.now && known.now < high,
      ),
    );
}

function applies(
  provision: ConsentProvision,
  resource: Resource,
  { parties }: ConsentAsked,
  now: number,
): boolean {
  const { actor, securityLabel, data, class: classes } = provision;
  const names = (reference: string | undefined): boolean =>
    reference !== undefined && parties.includes(reference);
  return (
    covers(provision.period, now) &&
    (!actor ||
      actor.some(
        ({ reference }) =>
          names(reference?.reference) ||
          (reference?.identifier?.system === kindSystem && names(`kind:${reference.identifier.value}`)),
      )) &&
    (!securityLabel || securityLabel.some((label) => carries(resource, label))) &&
    (!data || data.some(({ reference }) => reference?.reference === nameOf(resource))) &&
    (!classes ||
      classes.some(
        ({ system, code }) =>
          system === 'http://hl7.org/fhir/resource-types' && code === resource.resourceType,
      ))
  );
}

/** Whether this Consent keeps the resource from those who ask. Source: FHIR R4 §6.2 (Consent). */
export function forbids(consent: Consent, resource: Resource, asked: ConsentAsked, now: number): boolean {
  const { provision, scope, status } = consent;
  const codes = (scope.coding ?? [])
    .filter(({ system }) => system === 'http://terminology.hl7.org/CodeSystem/consentscope')
    .map(({ code }) => code);
  const counts =
    codes.includes('patient-privacy') || (codes.includes('research') && asked.use === 'secondary');
  return (
    status === 'active' &&
    counts &&
    provision?.type === 'deny' &&
    applies(provision, resource, asked, now) &&
    !(provision.provision ?? []).some(
      (inner) => inner.type === 'permit' && applies(inner, resource, asked, now),
    )
  );
}

function consentForbids(known: Known, resource: Resource, person: string, asked: ConsentAsked): boolean {
  return [...known.current.values()].some(
    (consent) =>
      consent.resourceType === 'Consent' &&
      homeOf(consent) === person &&
      forbids(consent, resource, asked, known.now),
  );
}

function isOfThosePeople(known: Known, { of }: Grant, resource: Resource): boolean {
  const home = homeOf(resource);
  switch (of.kind) {
    case 'nobody':
      return isNobodys(resource.resourceType);
    case 'everyone':
      return true;
    case 'persons':
      return home !== undefined && of.ids.includes(home);
    case 'related':
      return home !== undefined && (of.among?.includes(home) ?? true) && isRelated(known, home, of.parties);
  }
}

function isWithinBounds({ only }: Grant, resource: Resource): boolean {
  const searches =
    only && Object.hasOwn(only, resource.resourceType) ? only[resource.resourceType] : undefined;
  return (
    !searches ||
    searches.some((query) => {
      const parsed = parseSearch(resource.resourceType, query, { handling: 'strict', baseUrl: '' });
      return naiveSearch([resource], parsed, { now: 0 }).total > 0;
    })
  );
}

/** The grant names the type, the person and what the resource is: all but labels and consent. */
const fits = (known: Known, grant: Grant, resource: Resource): boolean =>
  grant.types.includes(resource.resourceType) &&
  isOfThosePeople(known, grant, resource) &&
  isWithinBounds(grant, resource);

function shows(known: Known, grant: Grant, resource: Resource): boolean {
  return (
    fits(known, grant, resource) &&
    isOpen(known, grant, resource) &&
    (resource.resourceType !== 'Binary' || isFileShown(known, grant, resource))
  );
}

/** Kept back with the documents that hold it, where the grant keeps anything back. */
function isFileShown(known: Known, grant: Grant, file: Resource): boolean {
  if (grant.withheld.length === 0 && !grant.consent && !grant.only) return true;
  const holding = (isName: (url: string) => boolean) =>
    [...known.current.values()].filter(
      (one) =>
        one.resourceType === 'DocumentReference' &&
        homeOf(one) !== undefined &&
        homeOf(one) === homeOf(file) &&
        one.content.some(({ attachment }) => attachment.url !== undefined && isName(attachment.url)),
    );
  const name = nameOf(file);
  // A document that names it otherwise opens it to nobody, but keeps it back as well.
  const plain = (url: string) => url.replace(`${testBaseUrl}/`, '').replace(/\/_history\/.+$/, '');
  return (
    holding((url) => url === name).length > 0 &&
    holding((url) => plain(url) === name).every(
      (one) => isOpen(known, grant, one) && isWithinBounds(grant, one),
    )
  );
}

/** No label and no consent keeps it back. */
function isOpen(known: Known, grant: Grant, resource: Resource): boolean {
  if (
    (resource.meta?.security ?? []).some(({ system = '', code = '' }) =>
      grant.withheld.includes(labelText({ system, code })),
    )
  )
    return false;
  const home = homeOf(resource);
  return !grant.consent || home === undefined || !consentForbids(known, resource, home, grant.consent);
}

/** Whether an actor with the sight sees the resource. */
export function sees(known: Known, sight: Sight, resource: Resource): boolean {
  return sight === 'everything' || sight.grants.some((grant) => shows(known, grant, resource));
}

/** The resource before the deletion, where it is deleted now. */
export function lastBefore(known: Known, type: string, id: string): Resource | undefined {
  if (known.current.has(`${type}/${id}`)) return undefined;
  return known.versions.findLast((one) => one.type === type && one.id === id && one.resource)?.resource;
}

/**
 * Whether the history of what was deleted is seen: nothing tells any longer which labels, consents and bounds would hold, so only
 * a grant without any of these shows it.
 */
export function seesDeleted(known: Known, sight: Sight, last: Resource): boolean {
  return (
    sight === 'everything' ||
    sight.grants.some(
      (grant) =>
        grant.withheld.length === 0 &&
        !grant.consent &&
        !grant.only &&
        grant.types.includes(last.resourceType) &&
        isOfThosePeople(known, grant, last),
    )
  );
}

/**
 * Whether the sight lets a resource come to have this content: labels and consent say who reads it, not who writes, so that one
 * may mark as confidential what one then no longer sees.
 */
export function mayBecome(known: Known, sight: Sight, made: Resource): boolean {
  return (
    sight === 'everything' ||
    sight.grants.some((grant) => grant.writes.includes(made.resourceType) && fits(known, grant, made))
  );
}

/** Whether the sight lets what stands be changed or deleted: it shows it, and lets it be written. */
export function mayChange(known: Known, sight: Sight, standing: Resource): boolean {
  return (
    sight === 'everything' ||
    sight.grants.some(
      (grant) => grant.writes.includes(standing.resourceType) && shows(known, grant, standing),
    )
  );
}

/** Everything that an actor with the sight sees. */
export function visible(known: Known, sight: Sight): readonly Resource[] {
  return [...known.current.values()].filter((resource) => sees(known, sight, resource));
}

/**
 * Every version that an actor with the sight sees: those of what is seen now, as far as nothing but the present state decides that.
 * A version that lived with another person, or bore a label that has been taken away, is not shown; nor is the deletion of what
 * lived with another person.
 */
export function visibleVersions(known: Known, sight: Sight): readonly KeptVersion[] {
  if (sight === 'everything') return known.versions;
  const seen = new Map<string, Resource | undefined>();
  const before = new Map<string, Resource>();
  return known.versions.filter(({ type, id, resource }) => {
    const name = `${type}/${id}`;
    if (!seen.has(name)) seen.set(name, seenOrGone(known, sight, type, id));
    const state = seen.get(name);
    if (resource) before.set(name, resource);
    if (state === undefined) return false;
    const deleted = before.get(name);
    return resource ? isLike(resource, state) : deleted !== undefined && homeOf(deleted) === homeOf(state);
  });
}

/** What stands, or stood before it was deleted, where its history is seen. */
function seenOrGone(known: Known, sight: Sight, type: string, id: string): Resource | undefined {
  const standing = known.current.get(`${type}/${id}`);
  if (standing) return sees(known, sight, standing) ? standing : undefined;
  const last = lastBefore(known, type, id);
  return last && seesDeleted(known, sight, last) ? last : undefined;
}

const isLike = (earlier: Resource, state: Resource): boolean =>
  homeOf(earlier) === homeOf(state) && (earlier.meta?.security ?? []).every((label) => carries(state, label));
