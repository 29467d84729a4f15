/** Names of the people and places that resources point at. */
import type { Organization, Practitioner, PractitionerRole, Reference, Resource } from '@medplum/fhirtypes';
import { conceptText } from '../../web/coded.ts';
import { loose, titleOf } from '../../web/entry.ts';
import { plainName } from '../../web/names.ts';
import { type Reading, searchPage } from '../../web/record-reading.ts';

/** The name of what is pointed at; empty where it has none, or is not for the one who reads. */
export type NameOf = (reference: Reference | undefined) => string;

const named =
  /^(Practitioner|PractitionerRole|Organization|Location|HealthcareService|CareTeam|Condition|RelatedPerson)\/([A-Za-z0-9.-]{1,64})$/;
const mostOfType = 60;

/** Every reference in a resource, with what is beside it. */
export function referencesIn(value: unknown, found: Reference[] = [], depth = 0): readonly Reference[] {
  if (depth > 12 || typeof value !== 'object' || value === null) return found;
  if (Array.isArray(value)) for (const one of value) referencesIn(one, found, depth + 1);
  else {
    if (typeof (value as Reference).reference === 'string') found.push(value as Reference); // looked at
    for (const [key, one] of Object.entries(value))
      if (key !== 'contained') referencesIn(one, found, depth + 1);
  }
  return found;
}

const displayOf = (reference: Reference | undefined): string =>
  typeof reference?.display === 'string' ? reference.display.trim() : '';

const nameOfResource = (resource: Resource): string =>
  resource.resourceType === 'Practitioner' ? plainName(resource.name?.[0]) : titleOf(resource);

/** Reads the names of all that the resources point at and that have none beside them. */
export async function readNames(
  reading: Reading,
  resources: readonly Resource[],
  { always = false }: { readonly always?: boolean } = {},
): Promise<NameOf & { readonly resourceOf: (reference: string) => Resource | undefined }> {
  const wanted = new Map<string, Set<string>>();
  for (const reference of resources.flatMap((one) => referencesIn(one))) {
    const [, type, id] = named.exec(reference.reference ?? '') ?? [];
    // Of a place people want its address too.
    if (!type || !id || (displayOf(reference) && !always && type !== 'Location')) continue;
    wanted.set(type, (wanted.get(type) ?? new Set()).add(id));
  }
  const known = new Map<string, Resource>();
  await Promise.all(
    [...wanted].map(async ([type, ids]) => {
      const list = [...ids].slice(0, mostOfType).join(',');
      const found = await searchPage<Resource>(
        reading,
        type as Resource['resourceType'], // one of the pattern's
        `_id=${list}&_count=${mostOfType}`,
      );
      for (const one of found.resources) known.set(`${type}/${one.id ?? ''}`, one);
    }),
  );
  const contained = new Map(
    resources.flatMap((one) => {
      const inner = loose(one)['contained'];
      return Array.isArray(inner)
        ? (inner as Resource[]).map((part) => [`${one.id ?? ''}#${part.id ?? ''}`, part] as const)
        : [];
    }),
  );
  const nameOf = (reference: Reference | undefined): string => {
    const target = reference?.reference ?? '';
    if (target.startsWith('#')) {
      const inner = [...contained].find(([key]) => key.endsWith(target))?.[1];
      return displayOf(reference) || (inner ? nameOfResource(inner) : '');
    }
    const display = displayOf(reference);
    if (display) return display;
    const resource = known.get(target);
    if (!resource) return '';
    if (resource.resourceType !== 'PractitionerRole') return nameOfResource(resource);
    const role: PractitionerRole = resource;
    return [displayOf(role.practitioner) || conceptText(role.code?.[0]), displayOf(role.organization)]
      .filter(Boolean)
      .join(', ');
  };
  return Object.assign(nameOf, { resourceOf: (reference: string) => known.get(reference) });
}

export type Names = Awaited<ReturnType<typeof readNames>>;
export type Known = Practitioner | PractitionerRole | Organization;
