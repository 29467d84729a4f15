/** The oracle of policy itself, against what the words of a sight and of FHIR R4 Consent say. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Consent, Resource } from '@medplum/fhirtypes';
import type { ConsentAsked, Grant } from '../src/record/sight.ts';
import { forbids, homeOf, mayBecome, mayChange, sees } from './support/policy-oracle.ts';
import { now, resource } from './support/search-tables.ts';

const patient = { reference: 'Patient/p' };
const world = [
  resource({ resourceType: 'Patient', id: 'p', active: true }),
  resource({
    resourceType: 'Patient',
    id: 'q',
    generalPractitioner: [{ reference: 'Organization/surgery' }],
  }),
  resource({ resourceType: 'Organization', id: 'surgery', name: 'Surgery' }),
  resource({ resourceType: 'Task', id: 'of-p', for: patient, owner: { reference: 'Practitioner/gone' } }),
  resource({ resourceType: 'Task', id: 'of-nobody', owner: { reference: 'Organization/surgery' } }),
  resource({
    resourceType: 'Observation',
    id: 'o',
    subject: patient,
    category: [{ coding: [{ code: 'lab' }] }],
  }),
  resource({ resourceType: 'Observation', id: 'by-p', performer: [patient] }),
  resource({
    resourceType: 'Observation',
    id: 'sensitive',
    subject: patient,
    meta: { security: [{ system: 'urn:label', code: 'R' }] },
  }),
  resource({
    resourceType: 'EpisodeOfCare',
    id: 'now',
    status: 'active',
    patient,
    managingOrganization: { reference: 'Organization/community' },
    period: { start: '2024-01-01' },
  }),
  resource({
    resourceType: 'EpisodeOfCare',
    id: 'long-ago',
    status: 'finished',
    patient,
    managingOrganization: { reference: 'Organization/former' },
    period: { start: '2020', end: '2021' },
  }),
  resource({
    resourceType: 'Appointment',
    id: 'of-two',
    status: 'booked',
    start: '2024-06-02T09:00:00Z',
    end: '2024-06-02T09:10:00Z',
    participant: [
      { actor: patient, status: 'accepted' },
      { actor: { reference: 'Patient/q' }, status: 'accepted' },
      { actor: { reference: 'Practitioner/midwife' }, status: 'accepted' },
    ],
  }),
];
const known = {
  now,
  current: new Map(world.map((one) => [`${one.resourceType}/${one.id}`, one])),
  versions: [],
};
const one = (name: string): Resource => {
  const found = known.current.get(name);
  assert.ok(found, name);
  return found;
};
const types = ['Patient', 'Organization', 'Task', 'Observation', 'EpisodeOfCare', 'Appointment'];
const grant = (of: Grant['of'], more: Partial<Grant> = {}): Grant => ({
  types,
  writes: types,
  of,
  withheld: [],
  ...more,
});
const seenBy = (...grants: Grant[]): string =>
  [...known.current]
    .filter(([, it]) => sees(known, { grants }, it))
    .map(([name]) => name)
    .sort()
    .join(' ');

test('a resource lives with one person, or with none', () => {
  for (const [name, home] of [
    ['Patient/p', 'p'],
    ['Observation/o', 'p'],
    ['Observation/by-p', undefined],
    ['Task/of-p', 'p'],
    ['Task/of-nobody', undefined],
    ['Appointment/of-two', 'p'],
    ['Organization/surgery', undefined],
  ] as const)
    assert.equal(homeOf(one(name)), home, name);
});

test('whose says which people are seen, and what is no one’s', () => {
  const ofQ = 'Patient/q';
  const ofP =
    'Appointment/of-two EpisodeOfCare/long-ago EpisodeOfCare/now Observation/o Observation/sensitive Patient/p Task/of-p';
  assert.equal(seenBy(grant({ kind: 'nobody' })), 'Organization/surgery');
  assert.equal(seenBy(grant({ kind: 'persons', ids: ['q'] })), ofQ);
  assert.equal(seenBy(grant({ kind: 'persons', ids: ['p'] })), ofP);
  assert.equal(seenBy(grant({ kind: 'related', parties: ['Organization/surgery'] })), ofQ);
  assert.equal(seenBy(grant({ kind: 'related', parties: ['Organization/community'] })), ofP);
  assert.equal(seenBy(grant({ kind: 'related', parties: ['Organization/former'] })), '');
  const ofOthers = { kind: 'related', parties: ['Organization/community'], among: ['q'] } as const;
  assert.equal(seenBy(grant(ofOthers)), '');
  assert.equal(seenBy(grant({ kind: 'related', parties: ['Practitioner/midwife'] })), ofP);
  assert.equal(seenBy(grant({ kind: 'everyone' })).split(' ').length, world.length);
  assert.equal(seenBy(), '');
});

test('types, labels and searches bound a grant, and any grant may show', () => {
  const labelled = { withheld: ['urn:label|R'], types: ['Observation'] };
  const ofP = { kind: 'persons', ids: ['p'] } as const;
  assert.equal(seenBy(grant(ofP, labelled)), 'Observation/o');
  assert.equal(
    seenBy(grant(ofP, { ...labelled, withheld: ['urn:other|R'] })),
    'Observation/o Observation/sensitive',
  );
  const lab = { only: { Observation: ['category=lab'] } };
  assert.equal(seenBy(grant(ofP, { ...lab, types: ['Observation', 'Patient'] })), 'Observation/o Patient/p');
  assert.equal(
    seenBy(
      grant(ofP, labelled),
      grant(ofP, { types: ['Observation'], only: { Observation: ['_id=sensitive'] } }),
    ),
    'Observation/o Observation/sensitive',
  );
});

const consent = (provision: object, more: object = {}): Consent =>
  resource({
    resourceType: 'Consent',
    status: 'active',
    scope: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
    },
    patient,
    provision: { type: 'deny', ...provision },
    ...more,
  }) as Consent;

test('a consent forbids what its provision applies to, as FHIR says', () => {
  const asked: ConsentAsked = { parties: ['Organization/x', 'kind:pharmacy'], use: 'care' };
  const kind = (system: string, value: string) => [{ reference: { identifier: { system, value } } }];
  const research = {
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'research' }] },
  };
  const o = one('Observation/o');
  const table: readonly (readonly [string, Consent, boolean, Resource?, ConsentAsked?])[] = [
    ['all', consent({}), true],
    ['not in force', consent({}, { status: 'inactive' }), false],
    ['a permit', consent({ type: 'permit' }), false],
    ['the party', consent({ actor: [{ reference: { reference: 'Organization/x' } }] }), true],
    ['another party', consent({ actor: [{ reference: { reference: 'Organization/y' } }] }), false],
    ['the kind', consent({ actor: kind('https://throughline.example/organisation-kind', 'pharmacy') }), true],
    [
      'another kind',
      consent({ actor: kind('https://throughline.example/organisation-kind', 'hospital') }),
      false,
    ],
    ['another system', consent({ actor: kind('urn:else', 'pharmacy') }), false],
    ['over', consent({ period: { end: '2024-05-31' } }), false],
    ['its last day', consent({ period: { start: '2024', end: '2024-06-01' } }), true],
    ['to come', consent({ period: { start: '2024-06-02' } }), false],
    ['a label it lacks', consent({ securityLabel: [{ system: 'urn:label', code: 'R' }] }), false],
    [
      'a label it has',
      consent({ securityLabel: [{ system: 'urn:label', code: 'R' }] }),
      true,
      one('Observation/sensitive'),
    ],
    ['itself', consent({ data: [{ reference: { reference: 'Observation/o' } }] }), true],
    [
      'another',
      consent({ data: [{ reference: { reference: 'Observation/o' } }] }),
      false,
      one('Observation/sensitive'),
    ],
    [
      'its type',
      consent({ class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }] }),
      true,
    ],
    [
      'another type',
      consent({ class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Patient' }] }),
      false,
    ],
    [
      'all but the party',
      consent({ provision: [{ type: 'permit', actor: [{ reference: { reference: 'Organization/x' } }] }] }),
      false,
    ],
    [
      'all but another',
      consent({ provision: [{ type: 'permit', actor: [{ reference: { reference: 'Organization/y' } }] }] }),
      true,
    ],
    ['the opt-out, in care', consent({}, research), false],
    ['the opt-out, elsewhere', consent({}, research), true, o, { ...asked, use: 'secondary' }],
  ];
  for (const [name, made, expected, of = o, by = asked] of table)
    assert.equal(forbids(made, of, by, now), expected, name);
});

test('what is changed must be seen; what is made must be of the people seen, whatever its label', () => {
  const sight = { grants: [grant({ kind: 'persons', ids: ['p'] }, { withheld: ['urn:label|R'] })] };
  assert.ok(mayChange(known, sight, one('Observation/o')));
  assert.ok(!mayChange(known, sight, one('Observation/sensitive')));
  assert.ok(mayBecome(known, sight, one('Observation/sensitive')));
  assert.ok(!mayBecome(known, sight, one('Patient/q')));
  assert.ok(!mayBecome(known, { grants: [grant({ kind: 'everyone' }, { writes: [] })] }, one('Patient/q')));
});
