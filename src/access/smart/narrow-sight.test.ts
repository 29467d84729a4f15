import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Grant, Limits, Sight } from '../../record/sight.ts';
import { grantsOf, type Interaction, interactionOf } from './narrow-sight.ts';
import { parseDataScope, parseScopes } from './scopes.ts';

/** A resource as far as policy looks at it. `found`: the searches that find it. */
interface Thing {
  readonly type: string;
  /** Id of the Patient in whose compartment it is. */
  readonly person?: string;
  readonly labels: readonly string[];
  readonly related: readonly string[];
  readonly found: readonly string[];
}

function belongs(grant: Grant, { person, related }: Thing): boolean {
  switch (grant.of.kind) {
    case 'nobody':
      return person === undefined;
    case 'everyone':
      return true;
    case 'persons':
      return person !== undefined && grant.of.ids.includes(person);
    case 'related':
      return (
        person !== undefined &&
        (grant.of.among?.includes(person) ?? true) &&
        grant.of.parties.some((party) => related.includes(party))
      );
  }
}

/** All parts of a search must find it. */
const finds = (search: string, thing: Thing): boolean =>
  search.split('&').every((part) => thing.found.includes(part));

const shows = (grant: Grant, thing: Thing): boolean =>
  grant.types.includes(thing.type) &&
  belongs(grant, thing) &&
  !grant.withheld.some((label) => thing.labels.includes(label)) &&
  (grant.only?.[thing.type]?.some((search) => finds(search, thing)) ?? true);

const sees = (sight: Sight, thing: Thing): boolean =>
  sight === 'everything' || sight.grants.some((grant) => shows(grant, thing));
/** As the record decides on what is newly written: by type and person, since labels and searches are not known yet. */
const writes = (sight: Sight, thing: Thing): boolean =>
  sight === 'everything' ||
  sight.grants.some((grant) => belongs(grant, thing) && grant.writes.includes(thing.type));

const types = ['Patient', 'Observation', 'Condition', 'Organization'];
const persons = ['p1', 'p2', 'p3'];
const searches = ['category=laboratory', 'code=1'];
const someOf = (values: readonly string[]) => fc.subarray([...values]);

const grants: fc.Arbitrary<Grant> = fc
  .record({
    types: someOf(types),
    writing: someOf(types),
    of: fc.oneof(
      fc.constant({ kind: 'nobody' } as const),
      fc.constant({ kind: 'everyone' } as const),
      someOf(persons).map((ids) => ({ kind: 'persons', ids }) as const),
      someOf(['a', 'b']).map((parties) => ({ kind: 'related', parties }) as const),
      someOf(persons).map((among) => ({ kind: 'related', parties: ['a'], among }) as const),
    ),
    withheld: someOf(['secret']),
    consent: fc.option(fc.constant({ parties: ['a'], use: 'care' } as const), { nil: undefined }),
    only: fc.option(fc.dictionary(fc.constantFrom(...types), fc.subarray(searches, { minLength: 1 })), {
      nil: undefined,
    }),
  })
  .map(({ writing, consent, only, ...grant }) => ({
    ...grant,
    writes: writing.filter((type) => grant.types.includes(type)),
    ...(consent ? { consent } : {}),
    ...(only ? { only } : {}),
  }));
const bases: fc.Arbitrary<Sight> = fc.oneof(
  { weight: 1, arbitrary: fc.constant('everything' as const) },
  { weight: 6, arbitrary: fc.array(grants, { maxLength: 4 }).map((all): Limits => ({ grants: all })) },
);
const scopes = fc
  .record({
    level: fc.constantFrom('patient', 'user', 'system'),
    type: fc.constantFrom('*', ...types),
    letters: fc.subarray(['c', 'r', 'u', 'd', 's'], { minLength: 1 }),
    query: fc.option(fc.constantFrom('?category=laboratory', '?code=1'), { nil: '' }),
  })
  .map(({ level, type, letters, query }) => {
    const bound = type === 'Observation' ? query : '';
    return `${level}/${type}.${letters.join('')}${bound}`;
  });
const things: fc.Arbitrary<Thing> = fc
  .record({
    type: fc.constantFrom(...types),
    person: fc.constantFrom(...persons),
    labels: someOf(['secret']),
    related: someOf(['a', 'b']),
    found: someOf(searches),
  })
  .map(({ person, ...thing }) =>
    thing.type === 'Organization' ? { ...thing, related: [] } : { ...thing, person },
  );
const interactions = fc.constantFrom<Interaction>(
  'read',
  'search',
  'create',
  'update',
  'patch',
  'delete',
  'any',
);
const contexts = fc.record({
  as: fc.constantFrom('person' as const, 'system' as const),
  patient: fc.constantFrom(...persons),
  interaction: interactions,
});
const inputs = fc.tuple(
  fc.array(scopes, { maxLength: 4 }),
  bases,
  contexts,
  fc.array(things, { minLength: 1 }),
);

test('scopes never show or change more than the base does', () => {
  fc.assert(
    fc.property(inputs, ([texts, base, context, all]) => {
      const narrowed = grantsOf(parseScopes(texts.join(' ')), base, context);
      for (const thing of all) {
        assert.ok(!sees(narrowed, thing) || sees(base, thing), 'seen beyond the base');
        assert.ok(!writes(narrowed, thing) || writes(base, thing), 'changed beyond the base');
      }
    }),
    { numRuns: 3000 },
  );
});

test('every grant keeps the labels withheld and the consent asked of one that it comes from', () => {
  fc.assert(
    fc.property(inputs, ([texts, base, context]) => {
      if (base === 'everything') return;
      for (const grant of grantsOf(parseScopes(texts.join(' ')), base, context).grants)
        assert.ok(
          base.grants.some(
            (one) =>
              one.consent === grant.consent &&
              one.withheld === grant.withheld &&
              grant.types.every((type) => one.types.includes(type)) &&
              grant.writes.every((type) => one.writes.includes(type) && grant.types.includes(type)),
          ),
        );
    }),
    { numRuns: 1000 },
  );
});

test('patient scopes show nobody’s data but the patient’s and what is nobody’s', () => {
  fc.assert(
    fc.property(inputs, ([texts, base, context, all]) => {
      const patientOnly = parseScopes(texts.join(' ')).filter(({ level }) => level === 'patient');
      const narrowed = grantsOf(patientOnly, base, { ...context, as: 'person' });
      for (const thing of all)
        if (sees(narrowed, thing) || writes(narrowed, thing))
          assert.ok(thing.person === undefined || thing.person === context.patient);
    }),
    { numRuns: 2000 },
  );
});

/** What a scope allows by its letters alone, told another way: one scope, one letter, one thing. */
test('each thing shown was asked for by the letters of what is being done', () => {
  const letters: Readonly<Record<Interaction, string>> = {
    read: 'r',
    search: 's',
    create: 'c',
    update: 'cu',
    patch: 'ru',
    delete: 'd',
    any: 'rs',
  };
  fc.assert(
    fc.property(inputs, ([texts, base, context, all]) => {
      const parsed = texts.flatMap((text) => parseDataScope(text) ?? []);
      const narrowed = grantsOf(parsed, base, context);
      for (const thing of all) {
        if (!sees(narrowed, thing)) continue;
        for (const letter of letters[context.interaction])
          assert.ok(
            parsed.some(
              (scope) =>
                (scope.level === 'system') === (context.as === 'system') &&
                (scope.type === '*' || scope.type === thing.type) &&
                scope.letters.some((one) => one === letter) &&
                (scope.query === undefined || thing.found.includes(scope.query)),
            ),
            `${letter} of ${thing.type} was not asked for`,
          );
      }
    }),
    { numRuns: 2000 },
  );
});

test('what scopes ask for within the base is shown', () => {
  const base: Limits = {
    grants: [{ types, writes: ['Observation'], of: { kind: 'related', parties: ['a'] }, withheld: [] }],
  };
  const lab = {
    type: 'Observation',
    person: 'p1',
    labels: [],
    related: ['a'],
    found: ['category=laboratory'],
  };
  const sight = (text: string, interaction?: Interaction) =>
    grantsOf(parseScopes(text), base, {
      as: 'person',
      patient: 'p1',
      ...(interaction ? { interaction } : {}),
    });
  assert.ok(sees(sight('patient/*.rs'), lab));
  assert.ok(sees(sight('patient/Observation.rs?category=laboratory'), lab));
  assert.ok(!sees(sight('patient/Observation.rs?category=laboratory'), { ...lab, found: [] }));
  assert.ok(!sees(sight('patient/*.rs'), { ...lab, person: 'p2' }));
  assert.ok(sees(sight('user/*.rs'), { ...lab, person: 'p2' }));
  assert.ok(!sees(sight('patient/*.rs'), { ...lab, related: [] }));
  assert.ok(!sees(sight('patient/*.r'), lab), 'reading alone does not let a Bundle search');
  assert.ok(sees(sight('patient/*.r', 'read'), lab));
  assert.ok(!sees(sight('patient/*.r', 'search'), lab));
  assert.ok(writes(sight('patient/Observation.cruds'), lab));
  assert.ok(writes(sight('patient/Observation.c', 'create'), lab));
  assert.ok(!writes(sight('patient/Observation.c', 'update'), lab));
  assert.ok(!writes(sight('patient/Condition.cruds'), { ...lab, type: 'Condition' }));
});

test('a request’s doing is told from its method and path', () => {
  const cases: readonly (readonly [string, string, Interaction])[] = [
    ['GET', '/Patient/1', 'read'],
    ['HEAD', '/Patient/1', 'read'],
    ['GET', '/Patient/1/_history', 'read'],
    ['GET', '/Patient/1/_history/2', 'read'],
    ['GET', '/Patient?name=x', 'search'],
    ['GET', '/Patient/_history', 'search'],
    ['GET', '/Patient/1/Observation', 'search'],
    ['POST', '/Patient/_search', 'search'],
    ['POST', '/Patient', 'create'],
    ['PUT', '/Patient/1', 'update'],
    ['PUT', '/Patient?identifier=1', 'any'],
    ['PATCH', '/Patient/1', 'patch'],
    ['DELETE', '/Patient/1', 'delete'],
    ['DELETE', '/Patient?name=x', 'any'],
    ['POST', '/', 'any'],
    ['GET', '/?_type=Patient', 'any'],
    ['GET', '/_history', 'any'],
    ['GET', '/Patient/1/$everything', 'any'],
    ['GET', '/Patient/1/%24everything', 'any'],
    ['POST', '/Patient/$validate', 'any'],
    ['GET', '/Patient/%5Fhistory', 'search'],
    ['GET', '/Patient/1/%5fhistory', 'read'],
    ['POST', '/Patient/%5Fsearch', 'search'],
    ['GET', '/Patient/%255Fhistory', 'any'],
    ['GET', '/Patient%2F1', 'any'],
    ['GET', '/Patient/%', 'any'],
  ];
  for (const [method, path, wanted] of cases)
    assert.equal(interactionOf(method, path), wanted, `${method} ${path}`);
  assert.equal(interactionOf('POST', '/Patient', { 'if-none-exist': 'identifier=1' }), 'any');
});

test('a scope with a search lets nothing new be written, which the record could not hold against it', () => {
  const scope = {
    text: 'user/Observation.cruds?category=laboratory',
    level: 'user',
    type: 'Observation',
    letters: ['c', 'r', 'u', 'd', 's'],
    query: 'category=laboratory',
  } as const;
  for (const interaction of ['create', 'update', 'patch', 'any'] as const)
    for (const grant of grantsOf([scope], 'everything', { as: 'person', interaction }).grants)
      assert.deepEqual(grant.writes, [], interaction);
});
