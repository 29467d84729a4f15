import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ElementDefinition, StructureDefinition, ValueSet } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { validate } from '../validate.ts';
import type { Definitions } from './load-definitions.ts';
import { type ProfileSet, profilesOf } from './profile-set.ts';

const own = 'http://example.org/fhir/StructureDefinition/';
const sets = 'http://example.org/fhir/ValueSet/';

type Element = Omit<ElementDefinition, 'path'> & { readonly id: string };

function structure(
  name: string,
  type: string,
  elements: readonly Element[],
  more: Partial<StructureDefinition> = {},
): StructureDefinition {
  const path = (id: string): string => id.replace(/:[^.]+/g, '');
  return {
    ...{ resourceType: 'StructureDefinition', url: own + name, name, title: name, version: '1.0.0' },
    ...{ status: 'active', abstract: false, kind: 'resource', derivation: 'constraint' },
    ...{ type, baseDefinition: `http://hl7.org/fhir/StructureDefinition/${type}` },
    differential: { element: elements.map((element) => ({ ...element, path: path(element.id) })) },
    ...more,
  } as StructureDefinition; // the parts that the tests need
}

function guide(structures: readonly StructureDefinition[], valueSets: readonly ValueSet[] = []): ProfileSet {
  const definitions: Definitions = {
    structures: new Map(structures.map((one) => [one.url ?? '', one])),
    valueSets: new Map(valueSets.map((one) => [one.url ?? '', one])),
    codeSystems: new Map(),
  };
  return profilesOf(definitions);
}

const colours: ValueSet = {
  ...{ resourceType: 'ValueSet', url: `${sets}colours`, status: 'active' },
  compose: {
    include: [
      { system: 'http://example.org/colours', concept: [{ code: 'red' }, { code: 'blue' }] },
      { system: 'http://snomed.info/sct', filter: [{ property: 'concept', op: 'is-a', value: '263714004' }] },
    ],
  },
};

const extension = (name: string, elements: readonly Element[], more: Partial<StructureDefinition> = {}) =>
  structure(name, 'Extension', [{ id: 'Extension.url', fixedUri: own + name }, ...elements], {
    kind: 'complex-type',
    context: [{ type: 'element', expression: 'Patient' }],
    ...more,
  });

const patient = (more: object): object => ({ resourceType: 'Patient', ...more });
const observation = (more: object): object => ({
  ...{ resourceType: 'Observation', status: 'final', code: { text: 'x' } },
  ...more,
});
const coded = (code: string, system = 'http://example.org/colours'): object => ({
  coding: [{ system, code }],
});
const sliced = (
  type: 'value' | 'pattern' | 'type' | 'exists' | 'profile',
  path: string,
  more: object = {},
) => ({
  slicing: { discriminator: [{ type, path }], rules: 'open' as const, ...more },
});

interface Case {
  readonly says: string;
  readonly type: string;
  readonly elements: readonly Element[];
  readonly good: readonly object[];
  /** What breaks it, and the rule that it breaks. */
  readonly bad: readonly (readonly [resource: object, rule: string])[];
}

const value = (id: string, more: object): Element => ({ id, ...more }) as Element;
const ids = (...systems: string[]): object => ({
  identifier: systems.map((system) => ({ system: `http://example.org/${system}`, value: '1' })),
});
const byId: readonly Element[] = [
  value('Patient.identifier:a', { sliceName: 'a', min: 1, max: '1' }),
  value('Patient.identifier:a.system', { fixedUri: 'http://example.org/a' }),
  value('Patient.identifier:b', { sliceName: 'b' }),
  value('Patient.identifier:b.system', { fixedUri: 'http://example.org/b' }),
];

const cases: readonly Case[] = [
  {
    says: 'an element that is required is there, and none that is not allowed',
    type: 'Patient',
    elements: [value('Patient.name', { min: 1, max: '2' }), value('Patient.photo', { max: '0' })],
    good: [patient({ name: [{ family: 'A' }] })],
    bad: [
      [patient({}), 'Patient.name min'],
      [patient({ name: [{ family: 'A' }, { family: 'B' }, { family: 'C' }] }), 'Patient.name max'],
      [patient({ name: [{ family: 'A' }], photo: [{ title: 'x' }] }), 'Patient.photo max'],
    ],
  },
  {
    says: 'what is required within an element is asked only where the element is',
    type: 'Patient',
    elements: [value('Patient.contact.name', { min: 1 })],
    good: [patient({}), patient({ contact: [{ name: { family: 'A' } }] })],
    bad: [
      [patient({ contact: [{ telecom: [{ system: 'phone', value: '1' }] }] }), 'Patient.contact.name min'],
    ],
  },
  {
    says: 'a fixed value is the same, a pattern is contained',
    type: 'Observation',
    elements: [
      value('Observation.status', { fixedCode: 'final' }),
      value('Observation.code', { patternCodeableConcept: coded('red') }),
    ],
    good: [
      observation({
        code: { coding: [{ system: 'http://example.org/colours', code: 'red', display: 'Red' }], text: 'y' },
      }),
    ],
    bad: [
      [observation({ code: coded('red'), status: 'amended' }), 'Observation.status fixed'],
      [observation({ code: coded('blue') }), 'Observation.code pattern'],
    ],
  },
  {
    says: 'a choice is of a type that the profile leaves',
    type: 'Observation',
    elements: [value('Observation.value[x]', { min: 1, type: [{ code: 'Quantity' }, { code: 'string' }] })],
    good: [observation({ valueString: 'x' }), observation({ valueQuantity: { value: 1 } })],
    bad: [
      [observation({ valueBoolean: true }), 'Observation.value[x] type'],
      [observation({}), 'Observation.value[x] min'],
    ],
  },
  {
    says: 'a code of a required binding is of the value set, as far as that is known',
    type: 'Observation',
    elements: [value('Observation.code', { binding: { strength: 'required', valueSet: colours.url } })],
    good: [observation({ code: coded('blue') }), observation({ code: coded('1', 'http://snomed.info/sct') })],
    bad: [
      [observation({ code: coded('green') }), 'Observation.code binding'],
      [observation({ code: coded('red', 'http://example.org/other') }), 'Observation.code binding'],
      [observation({}), 'Observation.code binding'],
    ],
  },
  {
    says: 'slices are told apart by a value',
    type: 'Patient',
    elements: [value('Patient.identifier', sliced('value', 'system')), ...byId],
    good: [patient(ids('a')), patient(ids('x', 'a', 'b', 'b'))],
    bad: [
      [patient(ids('b')), 'Patient.identifier:a min'],
      [patient(ids('a', 'a')), 'Patient.identifier:a max'],
    ],
  },
  {
    says: 'nothing but its slices may stand in a closed slicing',
    type: 'Patient',
    elements: [value('Patient.identifier', sliced('value', 'system', { rules: 'closed' })), ...byId],
    good: [patient(ids('b', 'a'))],
    bad: [[patient(ids('a', 'x')), 'Patient.identifier slicing closed']],
  },
  {
    says: 'slices stand in their order, and others at the end, where the profile says so',
    type: 'Patient',
    elements: [
      value('Patient.identifier', sliced('value', 'system', { ordered: true, rules: 'openAtEnd' })),
      ...byId,
    ],
    good: [patient(ids('a', 'b', 'x'))],
    bad: [
      [patient(ids('b', 'a')), 'Patient.identifier slicing order'],
      [patient(ids('a', 'x', 'b')), 'Patient.identifier slicing openAtEnd'],
    ],
  },
  {
    says: 'slices are told apart by a pattern around the discriminator',
    type: 'Observation',
    elements: [
      value('Observation.component', sliced('pattern', 'code')),
      value('Observation.component:red', { sliceName: 'red', min: 1 }),
      value('Observation.component:red.code', { patternCodeableConcept: coded('red') }),
      value('Observation.component:red.value[x]', { min: 1, type: [{ code: 'Quantity' }] }),
    ],
    good: [
      observation({
        component: [{ code: coded('blue') }, { code: coded('red'), valueQuantity: { value: 1 } }],
      }),
    ],
    bad: [
      [observation({ component: [{ code: coded('blue') }] }), 'Observation.component:red min'],
      [observation({ component: [{ code: coded('red') }] }), 'Observation.component:red.value[x] min'],
      [
        observation({ component: [{ code: coded('red'), valueString: 'x' }] }),
        'Observation.component:red.value[x] type',
      ],
    ],
  },
  {
    says: 'slices are told apart by a value set',
    type: 'Observation',
    elements: [
      value('Observation.category', sliced('value', '$this')),
      value('Observation.category:colour', {
        ...{ sliceName: 'colour', min: 1 },
        binding: { strength: 'required', valueSet: colours.url },
      }),
    ],
    good: [observation({ category: [{ text: 'x' }, coded('red')] })],
    bad: [[observation({ category: [coded('green')] }), 'Observation.category:colour min']],
  },
  {
    says: 'the slices of a choice are told apart by type, whether or not that is said',
    type: 'Observation',
    elements: [
      value('Observation.value[x]:valueQuantity', {
        sliceName: 'valueQuantity',
        type: [{ code: 'Quantity' }],
      }),
      value('Observation.value[x]:valueQuantity.unit', { min: 1 }),
    ],
    good: [observation({ valueString: 'x' }), observation({ valueQuantity: { value: 1, unit: 'kg' } })],
    bad: [[observation({ valueQuantity: { value: 1 } }), 'Observation.value[x]:valueQuantity.unit min']],
  },
  {
    says: 'references are told apart by the type of their target',
    type: 'Observation',
    elements: [
      value('Observation.performer', sliced('type', 'resolve()')),
      value('Observation.performer:team', {
        ...{ sliceName: 'team', max: '1' },
        type: [{ code: 'Reference', targetProfile: ['http://hl7.org/fhir/StructureDefinition/CareTeam'] }],
      }),
    ],
    good: [observation({ performer: [{ reference: 'CareTeam/1' }, { reference: 'Patient/1' }] })],
    bad: [
      [
        observation({ performer: [{ reference: 'CareTeam/1' }, { reference: 'CareTeam/2' }] }),
        'Observation.performer:team max',
      ],
    ],
  },
  {
    says: 'the entries of a Bundle are told apart by type, or by the profile that they fulfil, and see themselves as %resource',
    type: 'Bundle',
    elements: [
      value('Bundle.entry', sliced('type', 'resource')),
      value('Bundle.entry:author', { sliceName: 'author', min: 1 }),
      value('Bundle.entry:author.resource', { type: [{ code: 'Patient', profile: [`${own}Named`] }] }),
    ],
    good: [
      {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [{ resource: patient({ name: [{ family: 'A' }] }) }],
      },
    ],
    bad: [
      [
        { resourceType: 'Bundle', type: 'collection', entry: [{ resource: patient({}) }] },
        'Patient.name min',
      ],
      [
        {
          resourceType: 'Bundle',
          type: 'collection',
          entry: [{ resource: patient({ name: [{ family: 'Self' }] }) }],
        },
        'x-3',
      ],
      [
        { resourceType: 'Bundle', type: 'collection', entry: [{ resource: observation({}) }] },
        'Bundle.entry:author min',
      ],
    ],
  },
  {
    says: 'slices are told apart by the profile that they fulfil',
    type: 'Observation',
    elements: [
      value('Observation.performer', sliced('profile', 'resolve()')),
      value('Observation.performer:named', {
        ...{ sliceName: 'named', min: 1 },
        type: [{ code: 'Reference', targetProfile: [`${own}Named`] }],
      }),
    ],
    good: [
      observation({
        contained: [{ resourceType: 'Patient', id: 'p', name: [{ family: 'A' }] }],
        performer: [{ reference: '#p' }],
      }),
      observation({ performer: [{ reference: 'Patient/1' }] }),
    ],
    bad: [
      [
        observation({ contained: [{ resourceType: 'Patient', id: 'p' }], performer: [{ reference: '#p' }] }),
        'Observation.performer:named min',
      ],
      [observation({ performer: [{ reference: 'Organization/1' }] }), 'Observation.performer:named min'],
    ],
  },
  {
    says: 'slices are told apart by what is there at all',
    type: 'Patient',
    elements: [
      value('Patient.contact', sliced('exists', 'organization')),
      value('Patient.contact:firm', { sliceName: 'firm' }),
      value('Patient.contact:firm.organization', { min: 1 }),
      value('Patient.contact:firm.name', { max: '0' }),
    ],
    good: [patient({ contact: [{ name: { family: 'A' } }, { organization: { display: 'B' } }] })],
    bad: [
      [
        patient({ contact: [{ name: { family: 'A' }, organization: { display: 'B' } }] }),
        'Patient.contact:firm.name max',
      ],
    ],
  },
  {
    says: 'a slice may be sliced again',
    type: 'Patient',
    elements: [
      value('Patient.identifier', sliced('value', 'system')),
      ...byId,
      value('Patient.identifier:a', { ...sliced('value', 'use'), sliceName: 'a', max: '*' }),
      value('Patient.identifier:a/old', { sliceName: 'a/old', max: '0' }),
      value('Patient.identifier:a/old.use', { fixedCode: 'old' }),
    ],
    good: [patient(ids('a', 'a'))],
    bad: [
      [
        patient({ identifier: [{ use: 'old', system: 'http://example.org/a' }] }),
        'Patient.identifier:a/old max',
      ],
    ],
  },
  {
    says: 'a rule of the profile holds',
    type: 'Patient',
    elements: [
      value('Patient', {
        constraint: [
          { key: 'x-1', severity: 'error', human: 'Alive.', expression: 'deceased.exists().not()' },
        ],
      }),
      value('Patient.birthDate', {
        constraint: [
          { key: 'x-2', severity: 'error', human: 'Long ago.', expression: "$this < '1950-01-01'" },
        ],
      }),
    ],
    good: [patient({ birthDate: '1940-01-01' })],
    bad: [
      [patient({ deceasedBoolean: true }), 'x-1'],
      [patient({ birthDate: '1960-01-01' }), 'x-2'],
    ],
  },
  {
    says: 'a reference points at a type that the profile leaves, and what is contained fulfils its profile',
    type: 'Observation',
    elements: [
      value('Observation.subject', { type: [{ code: 'Reference', targetProfile: [`${own}Named`] }] }),
    ],
    good: [
      observation({ subject: { reference: 'Patient/1' } }),
      observation({ subject: { identifier: { value: '1' } } }),
      observation({
        contained: [{ resourceType: 'Patient', id: 'p', name: [{ family: 'A' }] }],
        subject: { reference: '#p' },
      }),
    ],
    bad: [
      [observation({ subject: { reference: 'Group/1' } }), 'Observation.subject target'],
      [
        observation({ contained: [{ resourceType: 'Patient', id: 'p' }], subject: { reference: '#p' } }),
        'Observation.subject target profile',
      ],
    ],
  },
  {
    says: 'texts and numbers keep within their limits',
    type: 'Observation',
    elements: [
      value('Observation.value[x]:valueString', {
        sliceName: 'valueString',
        type: [{ code: 'string' }],
        maxLength: 3,
      }),
      value('Observation.value[x]:valueInteger', {
        ...{ sliceName: 'valueInteger', type: [{ code: 'integer' }] },
        ...{ minValueInteger: 1, maxValueInteger: 5 },
      }),
    ],
    good: [observation({ valueString: 'abc' }), observation({ valueInteger: 5 })],
    bad: [
      [observation({ valueString: 'abcd' }), 'Observation.value[x]:valueString maxLength'],
      [observation({ valueInteger: 0 }), 'Observation.value[x]:valueInteger minValue'],
      [observation({ valueInteger: 6 }), 'Observation.value[x]:valueInteger maxValue'],
    ],
  },
  {
    says: 'an extension that is required is there, on a primitive too',
    type: 'Patient',
    elements: [
      value('Patient.extension:mark', {
        ...{ sliceName: 'mark', min: 1, max: '1' },
        type: [{ code: 'Extension', profile: [`${own}mark`] }],
      }),
      value('Patient.birthDate.extension:mark', {
        ...{ sliceName: 'mark', max: '0' },
        type: [{ code: 'Extension', profile: [`${own}mark`] }],
      }),
    ],
    good: [patient({ extension: [{ url: `${own}mark`, valueString: 'x' }], birthDate: '2000' })],
    bad: [
      [patient({}), 'Patient.extension:mark min'],
      [
        patient({
          extension: [{ url: `${own}mark`, valueString: 'x' }],
          _birthDate: { extension: [{ url: `${own}mark`, valueString: 'x' }] },
        }),
        'Patient.birthDate.extension:mark max',
      ],
    ],
  },
];

const named = structure('Named', 'Patient', [
  value('Patient.name', {
    min: 1,
    constraint: [
      { key: 'x-3', severity: 'error', human: 'Not Self.', expression: "%resource.name.family != 'Self'" },
    ],
  }),
]);
const mark = extension('mark', [value('Extension.value[x]', { min: 1, type: [{ code: 'string' }] })], {
  context: [{ type: 'element', expression: 'Element' }],
});

for (const { says, type, elements, good, bad } of cases)
  test(says, () => {
    const set = guide([structure('P', type, elements), named, mark], [colours]);
    assert.deepEqual(set.notes(), []);
    const rulesBroken = (resource: object): string[] => {
      const claiming = { ...resource, meta: { profile: [`${own}P`] } };
      assert.deepEqual(
        validate(claiming).filter(({ severity }) => severity === 'error'),
        [],
      );
      return set
        .check(claiming)
        .filter(({ severity }) => severity === 'error')
        .map(({ rule }) => rule);
    };
    for (const resource of good) assert.deepEqual(rulesBroken(resource), [], JSON.stringify(resource));
    for (const [resource, rule] of bad) assert.deepEqual(rulesBroken(resource), [rule]);
  });

test('a fault says where, which profile and which rule, in words', () => {
  const set = guide([structure('P', 'Patient', [value('Patient.contact.name', { min: 1 })])]);
  const [fault, ...others] = set.check({
    ...{ resourceType: 'Patient', meta: { profile: [`${own}P`] } },
    contact: [{ name: { text: 'A' } }, { gender: 'male' }],
  });
  assert.deepEqual(others, []);
  assert.deepEqual(fault, {
    ...{ kind: 'required', severity: 'error', where: 'Patient.contact[1].name' },
    message: 'name is required here and missing. (P: Patient.contact.name min)',
    ...{ profile: `${own}P`, rule: 'Patient.contact.name min' },
  });
});

test('a code outside an extensible binding is a warning, and text alone is none', () => {
  const binding = { strength: 'extensible' as const, valueSet: `${sets}colours` };
  const set = guide([structure('P', 'Observation', [value('Observation.code', { binding })])], [colours]);
  const severities = (code: object) =>
    set.check(observation({ code, meta: { profile: [`${own}P`] } })).map(({ severity }) => severity);
  assert.deepEqual(severities(coded('green')), ['warning']);
  assert.deepEqual(severities({ text: 'green' }), []);
  assert.deepEqual(severities(coded('red')), []);
});

test('a profile asks what those that it is based on ask, and may narrow their slices', () => {
  const base = structure('Base', 'Patient', [
    value('Patient.identifier', sliced('value', 'system')),
    ...byId,
    value('Patient.name', { min: 1 }),
  ]);
  const narrow = structure('Narrow', 'Patient', [value('Patient.identifier:a.use', { min: 1 })], {
    baseDefinition: base.url,
  });
  const set = guide([narrow, base]);
  const rules = set.check(patient({ ...ids('a'), meta: { profile: [narrow.url] } })).map(({ rule }) => rule);
  assert.deepEqual(rules.sort(), ['Patient.identifier:a.use min', 'Patient.name min']);
});

test('a differential without ids is read by its paths', () => {
  const profile = structure('P', 'Patient', []);
  profile.differential = {
    element: [
      { path: 'Patient.identifier', ...sliced('value', 'system') },
      { path: 'Patient.identifier', sliceName: 'a', min: 1 },
      { path: 'Patient.identifier.system', fixedUri: 'http://example.org/a' },
      { path: 'Patient.identifier.value', min: 1 },
      { path: 'Patient.name', min: 1 },
    ],
  } as NonNullable<StructureDefinition['differential']>;
  const set = guide([profile]);
  const rules = set
    .check(patient({ identifier: [{ system: 'http://example.org/a' }], meta: { profile: [profile.url] } }))
    .map(({ rule }) => rule);
  assert.deepEqual(rules, ['Patient.identifier:a.value min', 'Patient.name min']);
});

test('an extension that is known is held to its own definition wherever it stands', () => {
  const rank = extension('rank', [value('Extension.value[x]', { min: 1, type: [{ code: 'positiveInt' }] })], {
    context: [
      { type: 'element', expression: 'Patient.contact' },
      { type: 'element', expression: 'ContactPoint' },
    ],
  });
  const not = extension('not', [value('Extension', { isModifier: true })]);
  const set = guide([rank, not]);
  const rules = (resource: object) => set.check(resource).map(({ rule }) => rule);
  const ranked = { extension: [{ url: `${own}rank`, valuePositiveInt: 1 }] };
  assert.deepEqual(rules(patient({ contact: [ranked], telecom: [ranked] })), []);
  assert.deepEqual(rules(patient(ranked)), ['context']);
  assert.deepEqual(rules(patient({ contact: [{ telecom: [ranked] }] })), []);
  assert.deepEqual(rules(patient({ contact: [{ extension: [{ url: `${own}rank`, valueString: '1' }] }] })), [
    'Extension.value[x] type',
  ]);
  const denied = [{ url: `${own}not`, valueBoolean: true }];
  assert.deepEqual(rules(patient({ modifierExtension: denied })), []);
  assert.deepEqual(rules(patient({ extension: denied })), ['modifier']);
});

test('what resources within a resource claim is checked too, with its place', () => {
  const set = guide([named]);
  const claiming = { resourceType: 'Patient', id: 'p', meta: { profile: [named.url] } };
  const bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: claiming }] };
  const held = { ...observation({ subject: { reference: '#p' } }), contained: [claiming] };
  assert.deepEqual(
    [bundle, held].flatMap((resource) => set.check(resource).map(({ where }) => where)),
    ['Bundle.entry[0].resource.name', 'Observation.contained[0].name'],
  );
});

test('a claim of a profile of another type is an error, one of another version a warning', () => {
  const set = guide([named]);
  const severities = (type: string, url: string) =>
    set
      .check({ resourceType: type, name: [{ family: 'A' }], meta: { profile: [url] } })
      .map(({ rule, severity }) => `${rule} ${severity}`);
  assert.deepEqual(severities('Practitioner', `${own}Named`), ['type error']);
  assert.deepEqual(severities('Patient', `${own}Named|2.0.0`), ['version warning']);
  assert.deepEqual(severities('Patient', `${own}Named|1.0.0`), []);
});

test('a profile on a base that is not known is not used, and that is told', () => {
  const set = guide([structure('P', 'Patient', [], { baseDefinition: `${own}Absent` })]);
  assert.equal(set.find(`${own}P`), undefined);
  assert.match(set.notes().join(), /Absent, which is not known/);
  assert.deepEqual(set.unknownClaims(patient({ meta: { profile: [`${own}P`] } })), [`${own}P`]);
});

test('profiles that ask for themselves, or for each other, of the same value come to an end', () => {
  const asks = (profile: string) => [{ code: 'HumanName', profile: [own + profile] }];
  const name = (id: string, other: string) =>
    structure(
      id,
      'HumanName',
      [
        { id: 'HumanName', type: asks(other) },
        { id: 'HumanName.family', min: 1 },
      ],
      {
        kind: 'complex-type',
      },
    );
  const whole = structure('whole', 'Patient', [
    { id: 'Patient', type: [{ code: 'Patient', profile: [`${own}whole`] }] },
    { id: 'Patient.name', type: asks('one') },
  ]);
  const profiles = guide([whole, name('one', 'other'), name('other', 'one')]);
  const claimed = { meta: { profile: [`${own}whole`] } };
  assert.deepEqual(profiles.check(patient({ ...claimed, name: [{ family: 'Okafor' }] })), []);
  assert.notEqual(profiles.check(patient({ ...claimed, name: [{ text: 'Okafor' }] })).length, 0);
});

test('a rule in FHIRPath that is not known here is told of, and the rest is checked', () => {
  const constraint = [{ key: 'x-9', severity: 'error', human: 'x', expression: "memberOf('http://x')" }];
  const set = guide([
    structure('P', 'Patient', [value('Patient', { constraint }), value('Patient.name', { min: 1 })]),
  ]);
  assert.match(set.notes().join(), /x-9/);
  assert.equal(set.check(patient({ meta: { profile: [`${own}P`] } })).length, 1);
});

test('a profile is found and asked by itself, with or without a version', () => {
  const set = guide([named]);
  assert.deepEqual(
    set.profiles.map(({ url, type }) => [url, type]),
    [[named.url, 'Patient']],
  );
  const profile = set.find(`${own}Named|1.0.0`);
  assert.ok(profile);
  const faults = validate(patient({}), { profiles: [profile] });
  assert.deepEqual(
    faults.map(({ where }) => where),
    ['Patient.name'],
  );
});

test('the order of what is sent changes nothing where slices have none', () => {
  const set = guide([
    structure('P', 'Patient', [value('Patient.identifier', sliced('value', 'system')), ...byId]),
  ]);
  const rules = (systems: readonly string[]) =>
    set
      .check(patient({ ...ids(...systems), meta: { profile: [`${own}P`] } }))
      .map(({ rule }) => rule)
      .sort();
  const systems = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 });
  fc.assert(
    fc.property(systems, (sent) => {
      const some = sent.filter((one) => one === 'a').length;
      const expected =
        some === 0 ? ['Patient.identifier:a min'] : some > 1 ? ['Patient.identifier:a max'] : [];
      assert.deepEqual(rules(sent), expected);
      assert.deepEqual(rules(sent.toSorted()), expected);
    }),
  );
});
