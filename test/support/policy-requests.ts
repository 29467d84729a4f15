/** Requests to ask of the record for an actor of limited sight: every way in which one resource may tell of another. */
import fc from 'fast-check';
import { parseSearch } from '../../src/fhir/parse-search.ts';
import { compartmentParameters } from '../../src/fhir/search-parameters.ts';
import type { Change, EverythingOptions, HistoryOptions } from '../../src/record/care-record.ts';
import { arbitraryQuery } from './arbitrary-queries.ts';
import { ids } from './arbitrary-resources.ts';
import { arbitraryPolicyResource, labels, labelText, policyTypes } from './policy-world.ts';

export type PolicyRequest =
  | { readonly kind: 'read'; readonly type: string; readonly id: string }
  | { readonly kind: 'version'; readonly type: string; readonly id: string; readonly version: number }
  | {
      readonly kind: 'search';
      readonly type: string | undefined;
      readonly query: string;
      readonly compartment?: { readonly type: string; readonly id: string };
    }
  | {
      readonly kind: 'history';
      readonly type?: string;
      readonly id?: string;
      readonly options: HistoryOptions;
    }
  | { readonly kind: 'everything'; readonly id: string; readonly options: EverythingOptions };

const some = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const type = some(policyTypes);
/** Types with people, and what leads to them, more often than the others. */
const searchedType = fc.oneof(
  type,
  some(['Patient', 'Observation', 'Encounter', 'Appointment', 'Task', 'Consent']),
);
const id = fc.oneof({ weight: 12, arbitrary: some(ids) }, { weight: 1, arbitrary: fc.constant('never-was') });
type Pair = readonly [name: string, value: string];

/** References that lead from one person's record to another's, to nobody's, and back. */
const links: readonly (readonly [source: string, code: string, target: string])[] = [
  ['Patient', 'general-practitioner', 'Organization'],
  ['Patient', 'general-practitioner', 'PractitionerRole'],
  ['Patient', 'organization', 'Organization'],
  ['Encounter', 'subject', 'Patient'],
  ['Encounter', 'location', 'Location'],
  ['Encounter', 'participant', 'PractitionerRole'],
  ['Observation', 'patient', 'Patient'],
  ['Observation', 'encounter', 'Encounter'],
  ['Observation', 'performer', 'Patient'],
  ['Condition', 'subject', 'Patient'],
  ['Task', 'focus', 'Observation'],
  ['Task', 'patient', 'Patient'],
  ['Task', 'owner', 'CareTeam'],
  ['MedicationRequest', 'intended-dispenser', 'Organization'],
  ['Appointment', 'actor', 'Patient'],
  ['Appointment', 'patient', 'Patient'],
  ['Appointment', 'location', 'Location'],
  ['PractitionerRole', 'practitioner', 'Practitioner'],
  ['PractitionerRole', 'organization', 'Organization'],
  ['Location', 'organization', 'Organization'],
  ['EpisodeOfCare', 'patient', 'Patient'],
  ['EpisodeOfCare', 'organization', 'Organization'],
  ['EpisodeOfCare', 'care-manager', 'Practitioner'],
  ['CareTeam', 'subject', 'Patient'],
  ['CareTeam', 'participant', 'Patient'],
  ['CareTeam', 'participant', 'CareTeam'],
  ['ServiceRequest', 'subject', 'Patient'],
  ['ServiceRequest', 'performer', 'Organization'],
  ['ServiceRequest', 'requester', 'Practitioner'],
  ['Consent', 'patient', 'Patient'],
  ['Consent', 'actor', 'Organization'],
  ['List', 'subject', 'Patient'],
  ['List', 'item', 'Observation'],
  ['List', 'item', 'Patient'],
  ['List', 'item', 'Appointment'],
  ['Communication', 'subject', 'Patient'],
  ['Communication', 'recipient', 'Patient'],
  ['Communication', 'sender', 'Practitioner'],
  ['Provenance', 'target', 'Observation'],
  ['Provenance', 'target', 'Patient'],
  ['Provenance', 'patient', 'Patient'],
];

const leaf: fc.Arbitrary<Pair> = fc.oneof(
  some(ids).map((one): Pair => ['_id', one]),
  fc.constant<Pair>(['_id', ids.join(',')]),
  fc.subarray([...ids], { minLength: 2, maxLength: 3 }).map((many): Pair => ['_id', many.join(',')]),
  some(ids).map((one): Pair => ['_id:not', one]),
  some(labels).map((label): Pair => ['_security', labelText(label)]),
  some(labels).map(({ code }): Pair => ['_security', code]),
  some(labels).map((label): Pair => ['_security:not', labelText(label)]),
  some(['true', 'false']).map((value): Pair => ['_security:missing', value]),
  some(['ge2024-03', 'lt2024-03', 'gt2023']).map((value): Pair => ['_lastUpdated', value]),
);

const linkValue = (code: string, target: string): fc.Arbitrary<Pair> =>
  fc.oneof(
    some(ids).map((one): Pair => [code, `${target}/${one}`]),
    fc.constant<Pair>([code, ids.map((one) => `${target}/${one}`).join(',')]),
    some(ids).map((one): Pair => [`${code}:${target}`, one]),
    some(['true', 'false']).map((value): Pair => [`${code}:missing`, value]),
  );

function filter(of: string, depth: number): fc.Arbitrary<Pair> {
  const out = links.filter(([source]) => source === of);
  const into = links.filter(([, , target]) => target === of);
  const choices: fc.WeightedArbitrary<Pair>[] = [
    { weight: 2, arbitrary: leaf },
    { weight: 1, arbitrary: some(ids).map((one): Pair => ['_list', one]) },
  ];
  if (out.length > 0)
    choices.push({ weight: 3, arbitrary: some(out).chain(([, code, target]) => linkValue(code, target)) });
  if (depth > 0 && out.length > 0)
    choices.push({
      weight: 6,
      arbitrary: fc
        .tuple(some(out), fc.boolean())
        .chain(([[, code, target], typed]) =>
          inner(target, depth).map(
            ([name, value]): Pair => [`${code}${typed ? `:${target}` : ''}.${name}`, value],
          ),
        ),
    });
  if (depth > 0 && into.length > 0)
    choices.push({
      weight: 6,
      arbitrary: some(into).chain(([source, code]) =>
        inner(source, depth).map(([name, value]): Pair => [`_has:${source}:${code}:${name}`, value]),
      ),
    });
  return fc.oneof(...choices);
}

/** What nearly everything passes, so that a link alone decides. */
const wide: fc.Arbitrary<Pair> = fc.oneof(
  fc.constant<Pair>(['_id', ids.join(',')]),
  fc.constant<Pair>(['_id:not', 'never-was']),
  some(labels).map((label): Pair => ['_security:not', labelText(label)]),
);

/** `_list` has no place inside a chain. */
const inner = (of: string, depth: number): fc.Arbitrary<Pair> =>
  fc.oneof(
    wide,
    filter(of, depth - 1).map((pair): Pair => (pair[0] === '_list' ? ['_id', pair[1]] : pair)),
  );

function include(of: string): fc.Arbitrary<Pair> {
  const out = links.filter(([source]) => source === of);
  const into = links.filter(([, , target]) => target === of);
  const any = some(links);
  const choices: fc.Arbitrary<Pair>[] = [
    any.map(([source, code]): Pair => ['_include:iterate', `${source}:${code}`]),
    any.map(([source, code]): Pair => ['_revinclude:iterate', `${source}:${code}`]),
  ];
  if (out.length > 0)
    choices.push(
      some(out).map(([source, code, target]): Pair => ['_include', `${source}:${code}:${target}`]),
      fc.constant<Pair>(['_include', `${of}:*`]),
    );
  if (into.length > 0)
    choices.push(
      some(into).map(([source, code]): Pair => ['_revinclude', `${source}:${code}`]),
      some(into).map(([source, code]): Pair => ['_revinclude', `${source}:${code}`]),
    );
  return fc.oneof(...choices);
}

const sort = fc
  .uniqueArray(some(['_id', '-_id', '_lastUpdated', '-_lastUpdated']), {
    minLength: 1,
    maxLength: 2,
    selector: (key) => key.replace('-', ''),
  })
  .map((keys): Pair => ['_sort', keys.join(',')]);

const encode = (pairs: readonly Pair[]): string =>
  pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');

interface Asked {
  readonly type: string;
  readonly query: string;
}

/** A search that looks through the worlds' links. */
const linkedQuery: fc.Arbitrary<Asked> = searchedType.chain((of) =>
  fc
    .tuple(
      fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        { weight: 5, arbitrary: filter(of, 2).map((one) => [one]) },
        { weight: 1, arbitrary: fc.tuple(filter(of, 1), filter(of, 1)) },
      ),
      fc.option(sort, { nil: undefined, freq: 1 }),
      fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      fc.array(include(of), { maxLength: 2 }),
    )
    .map(([filters, order, count, includes]) => ({
      type: of,
      query: encode([
        ...filters,
        ...(order ? [order] : []),
        ...(count === undefined ? [] : [['_count', String(count)] as const]),
        ...includes,
      ]),
    })),
);

const oneType = fc.oneof({ weight: 3, arbitrary: linkedQuery }, { weight: 2, arbitrary: arbitraryQuery });

const isRead = (of: string | undefined, query: string): boolean => {
  try {
    parseSearch(of, query, { handling: 'strict', baseUrl: '' });
    return true;
  } catch {
    return false;
  }
};

const oneTypeSearch = oneType.map(
  ({ type: of, query }): PolicyRequest => ({ kind: 'search', type: of, query }),
);

/** Over several types, or all. */
const manyTypesSearch = fc
  .tuple(oneType, fc.subarray([...policyTypes], { maxLength: 3 }), fc.nat(3))
  .map(([{ type: of, query }, more, all]): PolicyRequest => {
    const types = `_type=${[...new Set([of, ...more])].join(',')}`;
    const whole = all === 0 && query !== '' ? query : query === '' ? types : `${types}&${query}`;
    return { kind: 'search', type: undefined, query: isRead(undefined, whole) ? whole : types };
  });

const compartmentSearch = fc
  .tuple(oneType, some(['Patient', 'Patient', 'Patient', 'Practitioner', 'Encounter']), id)
  .map(([{ type: of, query }, owner, one]): PolicyRequest => {
    const isMember = of === owner || compartmentParameters(owner, of).length > 0;
    return {
      kind: 'search',
      type: of,
      query,
      ...(isMember ? { compartment: { type: owner, id: one } } : {}),
    };
  });

const historyOptions = fc.record(
  { count: fc.integer({ min: 1, max: 9 }), since: some([Date.UTC(2024, 1, 1), Date.UTC(2024, 4, 1)]) },
  { requiredKeys: [] },
);

export const arbitraryRequest: fc.Arbitrary<PolicyRequest> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('read' as const), type, id }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('version' as const),
      type,
      id,
      version: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 9, arbitrary: oneTypeSearch },
  { weight: 2, arbitrary: manyTypesSearch },
  { weight: 2, arbitrary: compartmentSearch },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('history' as const), type, id, options: historyOptions }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('history' as const), type, options: historyOptions }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('history' as const), options: historyOptions }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('everything' as const),
      id,
      options: fc.record(
        {
          count: fc.integer({ min: 1, max: 6 }),
          types: fc.subarray([...policyTypes], { minLength: 1, maxLength: 5 }),
        },
        { requiredKeys: [] },
      ),
    }),
  },
);

const withoutId = ({ id: _, ...rest }: { id?: string }): object => rest;

/** Conditions such as writers set: by identifier, by id, through a link. */
const condition = (of: string): fc.Arbitrary<string> =>
  fc
    .oneof({ weight: 2, arbitrary: leaf }, { weight: 3, arbitrary: filter(of, 1) })
    .map((pair) => encode([pair]));

export const arbitraryChange: fc.Arbitrary<Change> = type.chain((of) => {
  const resource = arbitraryPolicyResource(of);
  const plain = fc.oneof(
    resource.map((one): Change => ({ kind: 'create', text: JSON.stringify(withoutId(one)) })),
    fc.tuple(resource, fc.boolean()).map(([one, fresh]): Change => {
      const target = fresh ? 'never-was' : (one.id ?? '');
      return { kind: 'update', type: of, id: target, text: JSON.stringify({ ...one, id: target }) };
    }),
    resource.map(
      (one): Change => ({ kind: 'update', type: of, id: one.id ?? '', text: JSON.stringify(one) }),
    ),
    fc.tuple(resource, fc.integer({ min: 1, max: 3 })).map(
      ([one, ifMatch]): Change => ({
        kind: 'update',
        type: of,
        id: one.id ?? '',
        text: JSON.stringify(one),
        ifMatch,
      }),
    ),
    id.map((one): Change => ({ kind: 'delete', type: of, id: one })),
  );
  const conditional = fc.oneof(
    fc.tuple(resource, condition(of)).map(
      ([one, query]): Change => ({
        kind: 'create',
        text: JSON.stringify(withoutId(one)),
        ifNoneExist: query,
      }),
    ),
    fc.tuple(resource, condition(of)).map(
      ([one, query]): Change => ({
        kind: 'update-where',
        type: of,
        query,
        text: JSON.stringify(withoutId(one)),
      }),
    ),
    fc
      .tuple(resource, condition(of))
      .map(([one, query]): Change => ({ kind: 'update-where', type: of, query, text: JSON.stringify(one) })),
    condition(of).map((query): Change => ({ kind: 'delete-where', type: of, query })),
  );
  return fc.oneof({ weight: 3, arbitrary: plain }, { weight: 2, arbitrary: conditional });
});
