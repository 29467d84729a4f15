/** What actors may be given to see of the worlds of policy-world.ts: every kind of grant, alone and together. */
import fc from 'fast-check';
import type { Grant, Sight, Whose } from '../../src/record/sight.ts';
import { codes, ids } from './arbitrary-resources.ts';
import { labels, labelText, organisationKinds, parties, policyTypes } from './policy-world.ts';

const some = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const whose: fc.Arbitrary<Whose> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ kind: 'nobody' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'everyone' as const }) },
  {
    weight: 3,
    arbitrary: fc
      .subarray([...ids, 'never-was'], { minLength: 1, maxLength: 2 })
      .map((some) => ({ kind: 'persons' as const, ids: some })),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.subarray([...parties, 'Organization/never-was'], { minLength: 1, maxLength: 4 }),
        fc.option(fc.subarray([...ids], { maxLength: 3 }), { nil: undefined, freq: 1 }),
      )
      .map(([named, among]) => ({
        kind: 'related' as const,
        parties: named,
        ...(among ? { among } : {}),
      })),
  },
);

/** Bounds such as scopes set; none of them looks at another resource. */
const bounds: Readonly<Record<string, readonly string[]>> = {
  Observation: [
    ...codes.slice(0, 2).map((code) => `category=${code}`),
    'category=http://loinc.org|',
    'status=final',
    'code:missing=true',
    'status=final&category:missing=false',
  ],
  Condition: ['clinical-status=active', 'clinical-status:missing=true'],
  Patient: ['gender=female', 'active:missing=true', '_id=1,2'],
  Appointment: ['status=booked,arrived', 'date=ge2024-06'],
  Encounter: ['status=in-progress'],
  Organization: ['_id:not=1', 'name:contains=leeds'],
};

const only: fc.Arbitrary<Record<string, string[]>> = fc
  .uniqueArray(
    some(Object.keys(bounds)).chain((type) =>
      fc.tuple(fc.constant(type), fc.subarray([...bounds[type]!], { minLength: 1, maxLength: 2 })),
    ),
    { minLength: 1, maxLength: 3, selector: ([type]) => type },
  )
  .map((entries) => Object.fromEntries(entries));

const grant: fc.Arbitrary<Grant> = fc
  .record({
    types: fc.oneof(
      { weight: 3, arbitrary: fc.constant([...policyTypes]) },
      { weight: 3, arbitrary: fc.subarray([...policyTypes], { minLength: 4 }) },
    ),
    wanted: fc.oneof(fc.constant([...policyTypes]), fc.subarray([...policyTypes])),
    of: whose,
    withheld: fc.oneof(fc.constant([]), fc.subarray(labels.map(labelText), { maxLength: 2 })),
    consent: fc.option(
      fc.record({
        parties: fc.subarray([...parties, ...organisationKinds.map((kind) => `kind:${kind}`)], {
          maxLength: 6,
        }),
        use: some(['care', 'care', 'secondary'] as const),
      }),
      { nil: undefined, freq: 2 },
    ),
    only: fc.option(only, { nil: undefined, freq: 1 }),
  })
  .map(({ wanted, consent, only: bound, ...rest }) => ({
    ...rest,
    writes: wanted.filter((type) => rest.types.includes(type)),
    ...(consent ? { consent } : {}),
    ...(bound ? { only: bound } : {}),
  }));

/** What an actor sees: seldom all or nothing, mostly what two or three grants show between them. */
export const arbitrarySight: fc.Arbitrary<Sight> = fc.oneof(
  { weight: 1, arbitrary: fc.constant('everything' as const) },
  { weight: 1, arbitrary: fc.constant({ grants: [] }) },
  { weight: 12, arbitrary: fc.array(grant, { minLength: 1, maxLength: 3 }).map((grants) => ({ grants })) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(grant, grant)
      .map(([one, two]) => ({ grants: [one, { ...two, of: { kind: 'nobody' as const } }] })),
  },
);
