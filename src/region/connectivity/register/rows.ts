/** The register's things as rows of its tables, and back. Absent is null there, and absent here. */
import type { Circuit, LineProvider, LineSite, Speeds } from '../model.ts';

type Row = Readonly<Record<string, unknown>>;

/** Leaves out what is undefined or null: what is not known is absent. */
export const known = <T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
    // The keys are those of T; only absent ones were left out.
  ) as { [K in keyof T]?: NonNullable<T[K]> };

export const rowOfSite = (site: LineSite): Row => ({
  ...{ id: site.id, ods: site.ods ?? null, name: site.name, kind: site.kind },
  organisation: site.organisation?.id ?? null,
  organisation_name: site.organisation?.name ?? null,
  ...{ ics: site.ics ?? null, latitude: site.at?.latitude ?? null, longitude: site.at?.longitude ?? null },
  ...{ address: site.address ?? null, postcode: site.postcode ?? null, rural: site.rural ?? null },
  ...{ deprivation: site.deprivation ?? null, users: site.users ?? null, list_size: site.listSize ?? null },
  ...{ open: site.open, services: site.services, activity: site.activity },
  ...{ exchange: site.exchange ?? null, closed: site.closed },
});

/** Of a row that `rowOfSite` made, which the types of the columns keep whole. */
export function siteOfRow(row: Row): LineSite {
  const organisation = row['organisation'] as string | null;
  const latitude = row['latitude'] as number | null;
  const longitude = row['longitude'] as number | null;
  return {
    ...(known({
      ods: row['ods'],
      organisation:
        organisation === null ? null : { id: organisation, name: row['organisation_name'] ?? organisation },
      ics: row['ics'],
      at: latitude === null || longitude === null ? null : { latitude, longitude },
      address: row['address'],
      postcode: row['postcode'],
      rural: row['rural'],
      deprivation: row['deprivation'],
      users: row['users'],
      listSize: row['list_size'],
      exchange: row['exchange'],
    }) as Partial<LineSite>),
    id: row['id'] as string,
    name: row['name'] as string,
    kind: row['kind'] as LineSite['kind'],
    open: row['open'] as LineSite['open'],
    services: row['services'] as string[],
    activity: row['activity'] as LineSite['activity'],
    closed: row['closed'] as boolean,
  };
}

export const rowOfProvider = ({ id, name, asn, telephone, email }: LineProvider): Row => ({
  ...{ id, name, asn: asn ?? null, telephone: telephone ?? null, email: email ?? null },
});

export const providerOfRow = (row: Row): LineProvider => ({
  ...(known({
    asn: row['asn'] === null ? null : Number(row['asn']),
    telephone: row['telephone'],
    email: row['email'],
  }) as Partial<LineProvider>),
  id: row['id'] as string,
  name: row['name'] as string,
});

export const rowOfCircuit = (one: Circuit): Row => ({
  ...{ id: one.id, reference: one.reference ?? null, site: one.site, provider: one.provider },
  ...{ technology: one.technology, role: one.role, state: one.state },
  ...{ sold_down: one.sold?.down ?? null, sold_up: one.sold?.up ?? null },
  ...{ guaranteed_down: one.guaranteed?.down ?? null, guaranteed_up: one.guaranteed?.up ?? null },
  ...{ contract: one.contract ?? null, monthly: one.monthly ?? null },
  ...{ installed: one.installed ?? null, term_ends: one.termEnds ?? null, ceased: one.ceased ?? null },
  ...{ router: one.router ?? null, metered: one.metered ?? null, route: one.route ?? null },
  terminations: one.terminations,
});

const speeds = (down: unknown, up: unknown): Speeds | null =>
  typeof down === 'number' && typeof up === 'number' ? { down, up } : null;

export const circuitOfRow = (row: Row): Circuit => ({
  ...(known({
    reference: row['reference'],
    sold: speeds(row['sold_down'], row['sold_up']),
    guaranteed: speeds(row['guaranteed_down'], row['guaranteed_up']),
    contract: row['contract'],
    monthly: row['monthly'],
    installed: row['installed'],
    termEnds: row['term_ends'],
    ceased: row['ceased'],
    router: row['router'],
    metered: row['metered'],
    route: row['route'],
  }) as Partial<Circuit>),
  id: row['id'] as string,
  site: row['site'] as string,
  provider: row['provider'] as string,
  technology: row['technology'] as Circuit['technology'],
  role: row['role'] as Circuit['role'],
  state: row['state'] as Circuit['state'],
  terminations: row['terminations'] as Circuit['terminations'],
});
