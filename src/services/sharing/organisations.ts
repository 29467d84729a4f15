/** Organisations that a person may choose about: those in their record, and any other by name. */
import type {
  CareTeam,
  Encounter,
  EpisodeOfCare,
  MedicationRequest,
  Organization,
  Patient,
  Reference,
  ServiceRequest,
} from '@medplum/fhirtypes';
import { Problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';

export interface KnownOrganisation {
  readonly id: string;
  readonly name: string;
}

/** How many of the newest entries of each type are looked through. */
const newest = 200;

/** Where each type names an organisation that cares for the person. */
const places: Readonly<Record<string, { sort: string; of: (resource: never) => (Reference | undefined)[] }>> =
  {
    Encounter: { sort: '-date', of: ({ serviceProvider }: Encounter) => [serviceProvider] },
    EpisodeOfCare: { sort: '-date', of: ({ managingOrganization }: EpisodeOfCare) => [managingOrganization] },
    ServiceRequest: { sort: '-authored', of: ({ performer }: ServiceRequest) => performer ?? [] },
    MedicationRequest: {
      sort: '-authoredon',
      of: ({ dispenseRequest }: MedicationRequest) => [dispenseRequest?.performer],
    },
    CareTeam: { sort: '-date', of: ({ managingOrganization }: CareTeam) => managingOrganization ?? [] },
  };

const idOf = (reference: Reference | undefined): string | undefined =>
  /^Organization\/([A-Za-z0-9.-]{1,64})$/.exec(reference?.reference ?? '')?.[1];

/** Nothing where the reader may not see such entries. */
async function seen<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return undefined;
    throw error;
  }
}

/** The person's own general practices: ids. */
export async function practicesOf(record: CareRecord, actor: Actor, patient: string): Promise<string[]> {
  const stored = await seen(() => record.read(actor, 'Patient', patient));
  const { generalPractitioner = [] } = stored?.body ? resourceOf<Patient>(stored) : {};
  return generalPractitioner.map(idOf).filter((id) => id !== undefined);
}

/** Those that the person's record names, the practice first, then by name. */
export async function organisationsOf(
  record: CareRecord,
  actor: Actor,
  patient: string,
): Promise<readonly KnownOrganisation[]> {
  const practices = await practicesOf(record, actor, patient);
  const ids = new Set(practices);
  for (const [type, { sort, of }] of Object.entries(places)) {
    const query = `patient=Patient/${encodeURIComponent(patient)}&_sort=${sort}&_count=${newest}`;
    const page = await seen(() => record.search(actor, type, query));
    for (const stored of page?.matches ?? [])
      for (const reference of of(resourceOf(stored) as never)) {
        const id = idOf(reference);
        if (id !== undefined) ids.add(id);
      }
  }
  const named = await namesOf(record, actor, [...ids]);
  const rank = ({ id }: KnownOrganisation) => (practices.includes(id) ? 0 : 1);
  return [...named].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en-GB'));
}

const known = (organisation: Organization): KnownOrganisation => ({
  id: organisation.id ?? '',
  name: organisation.name ?? 'Organisation without a name',
});

async function namesOf(
  record: CareRecord,
  actor: Actor,
  ids: readonly string[],
): Promise<readonly KnownOrganisation[]> {
  const found: KnownOrganisation[] = [];
  for (let at = 0; at < ids.length; at += 100) {
    const query = `_id=${ids.slice(at, at + 100).join(',')}&_count=100`;
    const page = await seen(() => record.search(actor, 'Organization', query));
    found.push(...(page?.matches ?? []).map((stored) => known(resourceOf<Organization>(stored))));
  }
  return found;
}

/** Undefined where there is none that the reader may see. */
export async function organisationOf(
  record: CareRecord,
  actor: Actor,
  id: string,
): Promise<KnownOrganisation | undefined> {
  if (!/^[A-Za-z0-9.-]{1,64}$/.test(id)) return undefined;
  return (await namesOf(record, actor, [id]))[0];
}

/** By the beginning of a name; at most 50. */
export async function organisationsNamed(
  record: CareRecord,
  actor: Actor,
  name: string,
): Promise<readonly KnownOrganisation[]> {
  const value = encodeURIComponent(name.replaceAll(/[\\,|$]/g, '\\$&'));
  const page = await record.search(actor, 'Organization', `name=${value}&_sort=name&_count=50`);
  return page.matches.map((stored) => known(resourceOf<Organization>(stored)));
}
