/** The oracle itself, against what R4's prose says of references, chains and includes. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { parseSearch } from '../src/fhir/parse-search.ts';
import { naiveIncluded, naiveSearch } from './support/naive-search.ts';
import { finds, found, now, resource } from './support/search-tables.ts';

const linked = [
  resource({ resourceType: 'Organization', id: 'trust', name: 'North Trust' }),
  resource({
    resourceType: 'Organization',
    id: 'ward',
    name: 'Ward',
    partOf: { reference: 'Organization/trust' },
  }),
  resource({
    resourceType: 'Patient',
    id: 'p',
    name: [{ family: 'Ng' }],
    managingOrganization: { reference: 'Organization/ward' },
  }),
  resource({ resourceType: 'Patient', id: 'q', name: [{ family: 'Lee' }] }),
  resource({ resourceType: 'Device', id: 'p', deviceName: [{ name: 'Ng', type: 'user-friendly-name' }] }),
  resource({
    resourceType: 'Observation',
    id: 'o1',
    code: { coding: [{ code: 'a' }] },
    subject: { reference: 'Patient/p' },
  }),
  resource({
    resourceType: 'Observation',
    id: 'o2',
    code: { coding: [{ code: 'b' }] },
    subject: { reference: 'Device/p' },
  }),
  resource({
    resourceType: 'Observation',
    id: 'o3',
    code: { coding: [{ code: 'b' }] },
    subject: { reference: 'Patient/q/_history/2' },
  }),
  resource({
    resourceType: 'Observation',
    id: 'o4',
    subject: { reference: 'http://else.example/fhir/Patient/p' },
  }),
  resource({
    resourceType: 'Observation',
    id: 'o5',
    subject: { identifier: { system: 'urn:h', value: '1' } },
  }),
  resource({
    resourceType: 'AuditEvent',
    id: 'e',
    agent: [{ who: { reference: 'Patient/q' } }],
    entity: [{ what: { reference: 'Observation/o1' } }],
  }),
  resource({
    resourceType: 'List',
    id: 'l',
    entry: [{ item: { reference: 'Observation/o1' } }, { item: { reference: 'Patient/q' } }],
  }),
];

test('references are found by id, by type and id, by URL and by identifier', () => {
  finds(linked, 'Observation', [
    ['subject=p', 'o1 o2'],
    ['subject=Patient/p', 'o1'],
    ['subject=http://here.example/fhir/Patient/p', 'o1'],
    ['subject:Patient=p', 'o1'],
    ['subject:Device=p', 'o2'],
    ['subject:Device=Patient/p', ''],
    ['subject=http://else.example/fhir/Patient/p', 'o4'],
    ['subject=Patient/q', 'o3'],
    ['subject=Patient/q/_history/2', 'o3'],
    ['subject=Patient/q/_history/1', ''],
    ['subject:identifier=urn:h|1', 'o5'],
    ['patient=p', 'o1'],
  ]);
});

test('chains and _has follow references, forwards and backwards, several deep', () => {
  finds(linked, 'Observation', [
    ['subject.name=ng', 'o1'],
    ['subject:Patient.name=ng', 'o1'],
    ['subject:Device.device-name=ng', 'o2'],
    ['subject:Patient.organization.partof.name=north', 'o1'],
    ['subject:Patient.organization.name=north', ''],
    ['subject:Patient.organization:missing=true', 'o3'],
    ['subject._id=p', 'o1 o2'],
    ['_list=l', 'o1'],
    ['_has:AuditEvent:entity:agent=Patient/q', 'o1'],
  ]);
  finds(linked, 'Patient', [
    ['_has:Observation:patient:code=b', 'q'],
    ['_has:Observation:subject:code=a,b', 'p q'],
    ['_has:Observation:patient:_has:AuditEvent:entity:agent=q', 'p'],
    ['_has:Observation:patient:code=a&organization.name=ward', 'p'],
    ['_list=l', 'q'],
  ]);
});

test('several types are searched at once', () => {
  assert.deepEqual(found(linked, undefined, '_type=Patient,Device').sort(), ['p', 'p', 'q']);
  assert.deepEqual(found(linked, undefined, '_id=q,trust').sort(), ['q', 'trust']);
});

test('a negation holds only for resources that the parameter belongs to', () => {
  assert.deepEqual(found(linked, undefined, '_type=Condition,Observation&code:not=b').sort(), [
    'o1',
    'o4',
    'o5',
  ]);
});

test('includes add what the matches point at, and what points at them', () => {
  for (const [type, query, expected] of [
    ['Observation', '_id=o1&_include=Observation:subject', 'Patient/p'],
    ['Observation', '_id=o1&_include=Observation:subject:Device', ''],
    ['Observation', '_id=o1&_include=Observation:*', 'Patient/p'],
    ['Observation', '_id=o3&_include=Observation:subject', 'Patient/q'],
    ['Observation', '_id=o1&_include=Observation:subject&_include=Patient:organization', 'Patient/p'],
    [
      'Observation',
      '_id=o1&_include=Observation:subject&_include:iterate=Patient:organization',
      'Organization/ward Patient/p',
    ],
    [
      'Observation',
      '_id=o1&_include=Observation:subject&_include:iterate=Patient:organization&_include:iterate=Organization:partof',
      'Organization/trust Organization/ward Patient/p',
    ],
    ['Patient', '_id=p&_revinclude=Observation:subject', 'Observation/o1'],
    [
      'Patient',
      '_id=p&_revinclude=Observation:subject&_revinclude:iterate=AuditEvent:entity',
      'AuditEvent/e Observation/o1',
    ],
    [
      'Organization',
      '_id=ward&_include=Organization:partof&_revinclude=Organization:partof',
      'Organization/trust',
    ],
  ] as const) {
    const parsed = parseSearch(type, query, { handling: 'strict', baseUrl: '' });
    const { included } = naiveSearch(linked, parsed, { now });
    assert.equal(
      included
        .map((r) => `${r.resourceType}/${r.id}`)
        .sort()
        .join(' '),
      expected,
      query,
    );
  }
});

test('includes of one page are those of its matches only', () => {
  const { includes } = parseSearch('Observation', '_include=Observation:subject', {
    handling: 'strict',
    baseUrl: '',
  });
  const page = linked.filter((r) => r.id === 'o3');
  assert.deepEqual(
    naiveIncluded(linked, page, includes).map((r) => r.id),
    ['q'],
  );
});
