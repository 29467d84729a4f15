/**
 * Sites as Locations and providers as Organizations of the record: what of them FHIR has a place for. What others wrote there is
 * kept; only what the register knows is set.
 */
import type { Location, LocationHoursOfOperation, Organization, Resource } from '@medplum/fhirtypes';
import type { Actor } from '../../../record/actor.ts';
import { type CareRecord, type Change, resourceOf } from '../../../record/care-record.ts';
import type { LineProvider, LineSite, OpenHours, RegisterChange, SiteKind } from '../model.ts';

const odsSite = 'https://fhir.nhs.uk/Id/ods-site-code';
const odsOrganisation = 'https://fhir.nhs.uk/Id/ods-organization-code';
const hl7 = (system: string): string => `http://terminology.hl7.org/CodeSystem/${system}`;

/** Kinds of building. Source: HL7 v3 RoleCode, ServiceDeliveryLocationRoleType. */
const buildings: Readonly<Partial<Record<SiteKind, string>>> = {
  'general-practice': 'PC',
  hospital: 'HOSP',
  clinic: 'COMM',
  pharmacy: 'PHARM',
  'care-home': 'NCCF',
  'ambulance-station': 'AMB',
  'diagnostic-centre': 'RADDX',
};

/** Before and after, of what the register keeps; only these make the record change. */
export interface PlaceChange {
  readonly change: Exclude<RegisterChange, { kind: 'circuit' }>;
  readonly before: LineSite | LineProvider | undefined;
}

const placeOfSite = (site: LineSite) => [
  ...[site.name, site.ods, site.at, site.address, site.postcode, site.organisation?.id, site.closed],
  site.open,
];
const placeOfProvider = ({ name, telephone, email }: LineProvider) => [name, telephone, email];

const isPlaceChanged = ({ change, before }: PlaceChange): boolean => {
  if (!before) return true;
  const [then, now] =
    change.kind === 'site'
      ? [placeOfSite(before as LineSite), placeOfSite(change.site)] // of the same kind as the change
      : [placeOfProvider(before as LineProvider), placeOfProvider(change.provider)];
  return JSON.stringify(then) !== JSON.stringify(now);
};

const askedAtOnce = 100;

/** Those of these ids that the record has, by id. */
async function found<T extends Resource>(
  record: CareRecord,
  actor: Actor,
  type: T['resourceType'],
  ids: readonly string[],
): Promise<Map<string, T>> {
  const all = new Map<string, T>();
  for (let from = 0; from < ids.length; from += askedAtOnce) {
    const some = ids.slice(from, from + askedAtOnce);
    const page = await record.search(actor, type, `_id=${some.join(',')}&_count=${askedAtOnce}`);
    for (const stored of page.matches) all.set(stored.id, resourceOf<T>(stored));
  }
  return all;
}

/** What the record has to change so that its places are those of the register. */
export async function recordChanges(
  record: CareRecord,
  actor: Actor,
  places: readonly PlaceChange[],
): Promise<readonly Change[]> {
  const changed = places.filter(isPlaceChanged);
  const sites = changed.flatMap(
    ({ change, before }) =>
      change.kind === 'site' ? [{ site: change.site, before: before as LineSite | undefined }] : [], // as above
  );
  const providers = changed.flatMap(({ change }) => (change.kind === 'provider' ? [change.provider] : []));
  const organisations = new Map(sites.flatMap(({ site: { organisation: o } }) => (o ? [[o.id, o]] : [])));
  for (const { id } of providers) organisations.delete(id);
  const locations = await found<Location>(
    record,
    actor,
    'Location',
    sites.map(({ site }) => site.id),
  );
  const named = await found<Organization>(record, actor, 'Organization', [
    ...[...organisations.keys(), ...providers.map(({ id }) => id)],
  ]);
  const put = (resource: Resource & { id: string }): Change => ({
    ...{ kind: 'update', type: resource.resourceType, id: resource.id, text: JSON.stringify(resource) },
  });
  return [
    ...[...organisations.values()].filter(({ id }) => !named.has(id)).map((one) => put(organizationOf(one))),
    ...providers.map((one) => put(supplierOf(one, named.get(one.id)))),
    ...sites.map(({ site, before }) => put(locationOf(site, before, locations.get(site.id)))),
  ];
}

const organizationOf = (one: NonNullable<LineSite['organisation']>): Organization & { id: string } => ({
  ...{ resourceType: 'Organization', id: one.id, active: true, name: one.name },
  ...(one.ods === undefined ? {} : { identifier: [{ system: odsOrganisation, value: one.ods }] }),
});

function supplierOf(provider: LineProvider, old: Organization | undefined): Organization & { id: string } {
  const { id, name, telephone, email } = provider;
  const type = [{ coding: [{ system: hl7('organization-type'), code: 'bus' }], text: 'Supplier' }];
  const base: Organization = old ?? { resourceType: 'Organization', active: true, type };
  const others = (base.telecom ?? []).filter(
    ({ system }) =>
      !(system === 'phone' && telephone !== undefined) && !(system === 'email' && email !== undefined),
  );
  const telecom = [
    ...others,
    ...(telephone === undefined
      ? []
      : [{ system: 'phone' as const, value: telephone, use: 'work' as const }]),
    ...(email === undefined ? [] : [{ system: 'email' as const, value: email, use: 'work' as const }]),
  ];
  return { ...base, id, name, ...(telecom.length > 0 ? { telecom } : {}) };
}

function locationOf(
  site: LineSite,
  before: LineSite | undefined,
  old: Location | undefined,
): Location & { id: string } {
  const { id, name, ods, at, postcode, address, organisation, kind, closed } = site;
  const building = buildings[kind];
  const base: Location = old ?? {
    ...{ resourceType: 'Location', mode: 'instance' },
    ...(building === undefined
      ? {}
      : { type: [{ coding: [{ system: hl7('v3-RoleCode'), code: building }] }] }),
    physicalType: { coding: [{ system: hl7('location-physical-type'), code: 'bu', display: 'Building' }] },
  };
  const others = (base.identifier ?? []).filter(({ system }) => system !== odsSite);
  const isElsewhere =
    address !== undefined || (postcode !== undefined && base.address?.postalCode !== postcode);
  const hours = JSON.stringify(before?.open ?? []) === JSON.stringify(site.open) ? undefined : site.open;
  return {
    ...base,
    ...{ id, name, status: closed ? 'inactive' : 'active' },
    ...(ods === undefined ? {} : { identifier: [...others, { system: odsSite, value: ods }] }),
    ...(isElsewhere
      ? {
          address: {
            ...{ use: 'work' as const, type: 'both' as const, country: 'GBR' },
            ...(address === undefined ? {} : { line: [...address] }),
            ...(postcode === undefined ? {} : { postalCode: postcode }),
          },
        }
      : {}),
    ...(at ? { position: { longitude: at.longitude, latitude: at.latitude } } : {}),
    ...(organisation
      ? {
          managingOrganization: {
            ...{ reference: `Organization/${organisation.id}`, display: organisation.name },
          },
        }
      : {}),
    ...(hours === undefined || (old && !before) ? {} : { hoursOfOperation: hoursOf(hours) }),
  };
}

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Days with the same hours together, as people say them. */
function hoursOf(open: readonly OpenHours[]): LocationHoursOfOperation[] {
  const groups = new Map<string, LocationHoursOfOperation & { daysOfWeek: (typeof days)[number][] }>();
  for (const { day, from, until } of open) {
    const group = groups.get(`${from} ${until}`) ?? {
      daysOfWeek: [],
      ...(from === 0 && until === 1440
        ? { allDay: true }
        : { openingTime: timeOf(from), closingTime: timeOf(until) }),
    };
    groups.set(`${from} ${until}`, group);
    group.daysOfWeek.push(days[day]!);
  }
  return [...groups.values()];
}

/** A day ends at 24:00, which FHIR's time does not know. */
const timeOf = (minutes: number): string => {
  const two = (n: number) => String(n).padStart(2, '0');
  return minutes >= 1440 ? '23:59:59' : `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:00`;
};
