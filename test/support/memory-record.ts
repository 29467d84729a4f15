/** A record in memory for tests of pages: the searches that pages make, answered naively over parsed resources. */
import type { Resource } from '@medplum/fhirtypes';
import { dateRange } from '../../src/fhir/dates.ts';
import type { CareRecord, Stored } from '../../src/record/care-record.ts';
import { dateOf } from '../../src/services/chart/entry.ts';

type Json = Record<string, unknown>;
const json = (resource: Resource): Json => resource as unknown as Json; // looked into by name

const list = (value: unknown): Json[] =>
  (Array.isArray(value) ? value : value === undefined ? [] : [value]) as Json[];
const fold = (text: unknown): string =>
  String(text ?? '')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase();

const split = (text: string, mark: string): string[] =>
  text.split(new RegExp(`(?<!\\\\)\\${mark}`)).map((part) => part.replaceAll(/\\(.)/g, '$1'));

const codings = (value: unknown): string[] =>
  list(value).flatMap((concept) =>
    typeof concept === 'string'
      ? [`|${concept}`, concept]
      : list(concept['coding']).flatMap((c) => [`${c['system'] ?? ''}|${c['code']}`, String(c['code'])]),
  );

const strings = (resource: Json, name: string): string[] => {
  if (name === 'address-postalcode') return list(resource['address']).map((a) => fold(a['postalCode']));
  const names = list(resource['name']);
  return names.flatMap((n) =>
    [n['family'], n['text'], ...list(n['given']), ...list(n['prefix'])].filter(Boolean).map(fold),
  );
};

const missing = (resource: Resource, parameter: string): boolean => {
  const one = json(resource);
  if (parameter === 'onset-date')
    return one['onsetDateTime'] === undefined && one['onsetPeriod'] === undefined;
  if (parameter === 'onset') return one['onsetDateTime'] === undefined;
  if (parameter === 'recorded-date') return one['recordedDate'] === undefined;
  if (parameter === 'whenhandedover') return one['whenHandedOver'] === undefined;
  return dateOf(resource) === '';
};

const inDates = (text: string, bound: string): boolean => {
  const value = dateRange(text);
  const [, prefix, date] = /^(lt|ge|gt|le)?(.*)$/.exec(bound) ?? [];
  const asked = dateRange(date ?? '');
  if (!value || !asked) return false;
  if (prefix === 'lt') return value.low < asked.low;
  if (prefix === 'ge') return value.high > asked.low;
  return value.low >= asked.low && value.high <= asked.high;
};

const passes = (resource: Resource, name: string, value: string): boolean => {
  const one = json(resource);
  if (name.startsWith('_')) return true;
  const [parameter = '', modifier] = name.split(':');
  if (modifier === 'missing') return missing(resource, parameter);
  if (parameter === 'patient' || parameter === 'subject') {
    const refs = [one['patient'], one['subject'], ...list(one['participant']).map((p) => p['actor'])] as (
      | Json
      | undefined
    )[];
    return refs.some((ref) => ref?.['reference'] === value);
  }
  if (parameter === 'name' || parameter === 'address-postalcode') {
    return split(value, ',').some((wanted) =>
      strings(one, parameter).some((s) => s.startsWith(fold(wanted))),
    );
  }
  if (parameter === 'identifier') {
    return list(one['identifier']).some(
      (i) => i['value'] === value || `${i['system']}|${i['value']}` === value,
    );
  }
  if (parameter === 'birthdate')
    return typeof one['birthDate'] === 'string' && inDates(one['birthDate'], value);
  if (parameter === 'status') return split(value, ',').includes(String(one['status']));
  if (parameter === 'combo-code') {
    const all = [one['code'], ...list(one['component']).map((c) => c['code'])].flatMap(codings);
    return all.includes(value.replaceAll(/\\(.)/g, '$1'));
  }
  return !missing(resource, parameter) && inDates(dateOf(resource), value);
};

const sortKey = (resource: Resource, key: string): number | string => {
  if (key === 'family') return fold(list(json(resource)['name'])[0]?.['family']);
  return dateRange(dateOf(resource))?.low ?? Number.NEGATIVE_INFINITY;
};

export interface MemoryRecord extends CareRecord {
  /** Adds a version; references by urn:uuid become literal ones. */
  readonly put: (resource: Resource) => void;
}

export function memoryRecord(now = Date.parse('2026-11-22T12:00:00Z')): MemoryRecord {
  const versions = new Map<string, Stored[]>();
  const parsed = new Map<string, Resource>();
  return {
    put: (resource) => {
      const key = `${resource.resourceType}/${resource.id}`;
      const before = versions.get(key) ?? [];
      const body = Buffer.from(JSON.stringify(resource));
      const stored = {
        type: resource.resourceType,
        id: resource.id ?? '',
        version: before.length + 1,
        updated: now,
        body,
      };
      versions.set(key, [stored, ...before]);
      parsed.set(key, resource);
    },
    read: async (_actor, type, id) => versions.get(`${type}/${id}`)?.[0],
    search: async (_actor, type, query) => {
      const pairs = [...new URLSearchParams(query)];
      const get = (name: string): string | undefined => pairs.find(([n]) => n === name)?.[1];
      const found = [...parsed.values()].filter(
        (one) => one.resourceType === type && pairs.every(([name, value]) => passes(one, name, value)),
      );
      const sort = get('_sort')?.split(',')[0];
      if (sort) {
        const way = sort.startsWith('-') ? -1 : 1;
        const name = sort.replace('-', '');
        found.sort((a, b) =>
          sortKey(a, name) < sortKey(b, name) ? -way : sortKey(a, name) > sortKey(b, name) ? way : 0,
        );
      }
      const from = Number(get('_page') ?? 0);
      const to = from + Number(get('_count') ?? 50);
      const matches = found.slice(from, to).map((one) => versions.get(`${one.resourceType}/${one.id}`)![0]!);
      return { matches, included: [], warnings: [], ...(found.length > to ? { next: String(to) } : {}) };
    },
    history: async (_actor, type, id) => versions.get(`${type}/${id}`) ?? [],
    everything: async () => {
      throw new Error('Pages do not ask for everything at once');
    },
    commit: async () => {
      throw new Error('Pages of the chart do not write');
    },
  };
}

/** The resources of a bundle as a record would keep them: references by urn:uuid are made literal. */
export function resourcesOfBundle(text: string): Resource[] {
  const bundle = JSON.parse(text) as { entry: { fullUrl: string; resource: Resource }[] };
  const types = new Map(
    bundle.entry.map(({ fullUrl, resource }) => [fullUrl, `${resource.resourceType}/${resource.id}`]),
  );
  const literal = text.replaceAll(/"urn:uuid:[0-9a-f-]{36}"/g, (quoted) => {
    const target = types.get(quoted.slice(1, -1));
    return target ? `"${target}"` : quoted;
  });
  return (JSON.parse(literal) as typeof bundle).entry.map((entry) => entry.resource);
}
