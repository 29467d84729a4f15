/** One resource of a person's record as a readable page: its fields, documents and what it refers to. */
import type { Resource } from '@medplum/fhirtypes';
import { isPatientReported } from '../../fhir/patient-reported.ts';
import { problem } from '../../platform/problem.ts';
import type { Stored } from '../../record/care-record.ts';
import { resourceOf } from '../../record/care-record.ts';
import { type ShownDocument, shownDocuments } from '../../web/attachments.ts';
import { tokenOf } from '../../web/coded.ts';
import { formatMoment } from '../../web/dates.ts';
import { dateOf, type Loose, loose, statusOf, titleOf, whenText } from '../../web/entry.ts';
import { safeNarrative } from '../../web/narrative.ts';
import { type Reading, readNow } from '../../web/record-reading.ts';
import { typeName } from '../../web/type-names.ts';
import { type Refer, readableFields, referencesOf, type ShownField } from './readable.ts';
import { trendHref } from './summary.ts';

export interface ContainedItem {
  readonly anchor: string;
  readonly title: string;
  readonly fields: readonly ShownField[];
}

export interface Item {
  readonly kind: string;
  readonly heading: string;
  readonly status: string;
  readonly when: string;
  readonly fields: readonly ShownField[];
  readonly contained: readonly ContainedItem[];
  readonly documents: readonly ShownDocument[];
  /** Where the changes of this measurement over time are; empty when it has no code. */
  readonly trend: string;
  /** Safe HTML; empty when the resource has no narrative. */
  readonly narrative: string;
  readonly version: number;
  readonly updated: string;
}

const local = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/;

/** How many of the things that a page refers to are looked up for their names. */
const mostLookedUp = 24;

/** Refuses a resource that is about somebody else: its address under this person would mislead. */
export function checkOwner(resource: Loose, person: string): void {
  const people = [...referencesOf(resource)]
    .map((reference) => local.exec(reference))
    .filter((found) => found?.[1] === 'Patient');
  const isOther =
    resource.resourceType === 'Patient'
      ? resource.id !== person
      : people.length > 0 && people.every((found) => found?.[2] !== person);
  if (isOther) throw problem('not-found', 'This entry is not part of this person’s record.');
}

const anchorOf = (id: string): string => `contained-${id.replaceAll(/[^A-Za-z0-9.-]/g, '')}`;

/** Names and addresses of what the resource refers to. */
async function referrer(reading: Reading, resource: Loose, person: string): Promise<Refer> {
  const found = [...referencesOf(resource)]
    .map((reference) => local.exec(reference))
    .filter((match) => match !== null);
  const wanted = [
    ...new Map(found.map(([, type, id]) => [`${type}/${id}`, { type: type!, id: id! }])).values(),
  ];
  const names = new Map<string, string>();
  await Promise.all(
    wanted.slice(0, mostLookedUp).map(async ({ type, id }) => {
      const target = await readNow(reading, type, id);
      if (target) names.set(`${type}/${id}`, titleOf(target));
    }),
  );
  const contained = new Map(containedOf(resource).map((one) => [one.id ?? '', titleOf(one)]));
  return (reference) => {
    if (reference.startsWith('#')) {
      const id = reference.slice(1);
      const text = contained.get(id);
      return text === undefined ? {} : { href: `#${anchorOf(id)}`, text };
    }
    const [, type, id] = local.exec(reference) ?? [];
    if (!type || !id) return {};
    const href = type === 'Patient' ? `/people/${id}` : `/people/${person}/items/${type}/${id}`;
    return { href, text: names.get(`${type}/${id}`) ?? `${typeName(type)} ${id}` };
  };
}

const containedOf = (resource: Loose): Loose[] =>
  Array.isArray(resource['contained']) ? (resource['contained'] as Resource[]).map(loose) : [];

export async function itemOf(reading: Reading, stored: Stored, person: string): Promise<Item> {
  const whole = resourceOf(stored);
  const resource = loose(whole);
  checkOwner(resource, person);
  const refer = await referrer(reading, resource, person);
  const token = typeof resource.code === 'object' ? tokenOf(resource.code) : '';
  const narrative = resource['text'] as { div?: unknown } | undefined; // Narrative; looked at by safeNarrative
  return {
    kind: typeName(resource.resourceType),
    heading: titleOf(resource),
    status: [statusOf(resource), isPatientReported(whole) ? 'Reported by the patient' : '']
      .filter(Boolean)
      .join('. '),
    when: dateOf(resource) ? whenText(dateOf(resource)) : '',
    fields: readableFields(resource, refer),
    contained: containedOf(resource).map((one) => ({
      anchor: anchorOf(one.id ?? ''),
      title: `${typeName(one.resourceType)}: ${titleOf(one)}`,
      fields: readableFields(one, refer),
    })),
    documents: await shownDocuments(reading, resource, `/people/${person}/items/${stored.type}/${stored.id}`),
    trend: resource.resourceType === 'Observation' && token ? trendHref(person, token) : '',
    narrative: safeNarrative(narrative?.div),
    version: stored.version,
    updated: formatMoment(stored.updated),
  };
}
