import assert from 'node:assert/strict';
import test from 'node:test';
import { tester, testRecord } from '../../../test/support/record.ts';
import { finds, put } from '../../../test/support/searching.ts';

const snomed = 'http://snomed.info/sct';
const local = 'http://example.org/codes';
const condition = (id: string, system: string, code: string) => ({
  resourceType: 'Condition',
  id,
  subject: { reference: 'Patient/1' },
  code: { coding: [{ system, code }] },
});
const valueSet = (id: string, rest: object) => ({
  resourceType: 'ValueSet',
  id,
  status: 'active',
  url: `http://example.org/sets/${id}`,
  ...rest,
});
/** heart > valve > mitral and aortic; lung; mitral also below repair, by a property. */
const system = {
  resourceType: 'CodeSystem',
  id: 'codes',
  status: 'active',
  content: 'complete',
  url: local,
  concept: [
    {
      code: 'heart',
      concept: [
        {
          code: 'valve',
          concept: [
            { code: 'mitral', property: [{ code: 'parent', valueCode: 'repair' }] },
            { code: 'aortic' },
          ],
        },
      ],
    },
    { code: 'lung' },
    { code: 'repair' },
  ],
  property: [{ code: 'parent', type: 'code' }],
};
const conditions = [
  ...['heart', 'valve', 'mitral', 'aortic', 'lung', 'repair'].map((code) => condition(code, local, code)),
  condition('elsewhere', snomed, 'mitral'),
  { resourceType: 'Condition', id: 'none', subject: { reference: 'Patient/1' } },
];

test('codes are found with those above and below them in a stored code system', async (t) => {
  const { record } = await testRecord(t);
  await put(record, system, ...conditions);
  await finds(record, [
    [`Condition?code:below=${local}|valve`, 'aortic mitral valve'],
    [`Condition?code:below=${local}|repair`, 'mitral repair'],
    [`Condition?code:above=${local}|mitral`, 'heart mitral repair valve'],
    [`Condition?code:below=${local}|lung,${local}|aortic`, 'aortic lung'],
    [`Condition?code:below=${local}|unheard`, ''],
  ]);
  const refused = ['Condition?code:below=mitral', `Condition?code:below=${snomed}|mitral`];
  for (const search of refused)
    await assert.rejects(
      record.search(tester, 'Condition', search.split('?')[1] ?? ''),
      { status: 400 },
      search,
    );
});

test('the members of a stored value set are found by its URL, version or id', async (t) => {
  const { record } = await testRecord(t);
  await put(
    record,
    system,
    ...conditions,
    valueSet('listed', {
      version: '1',
      compose: { include: [{ system: local, concept: [{ code: 'lung' }, { code: 'heart' }] }] },
    }),
    valueSet('whole', {
      compose: { include: [{ system: local }], exclude: [{ system: local, concept: [{ code: 'lung' }] }] },
    }),
    valueSet('tree', {
      compose: {
        include: [{ system: local, filter: [{ property: 'concept', op: 'is-a', value: 'valve' }] }],
      },
    }),
    valueSet('narrow', {
      compose: {
        include: [
          { system: local, valueSet: ['http://example.org/sets/tree', 'http://example.org/sets/whole'] },
          { system: snomed, concept: [{ code: 'mitral' }] },
        ],
        exclude: [{ valueSet: ['http://example.org/sets/expanded'] }],
      },
    }),
    valueSet('expanded', {
      expansion: {
        timestamp: '2024-01-01',
        contains: [
          { system: local, code: 'valve', abstract: true, contains: [{ system: local, code: 'aortic' }] },
        ],
      },
    }),
    valueSet('circle', { compose: { include: [{ valueSet: ['http://example.org/sets/circle'] }] } }),
    valueSet('regular', {
      compose: { include: [{ system: local, filter: [{ property: 'concept', op: 'regex', value: '.*' }] }] },
    }),
  );
  const sets = 'http://example.org/sets';
  await finds(record, [
    [`Condition?code:in=${sets}/listed`, 'heart lung'],
    [`Condition?code:in=${sets}/listed|1`, 'heart lung'],
    ['Condition?code:in=ValueSet/listed', 'heart lung'],
    [`Condition?code:in=${sets}/whole`, 'aortic heart mitral repair valve'],
    [`Condition?code:in=${sets}/tree`, 'aortic mitral valve'],
    [`Condition?code:in=${sets}/narrow`, 'elsewhere mitral valve'],
    [`Condition?code:in=${sets}/expanded`, 'aortic'],
    [`Condition?code:not-in=${sets}/whole`, 'elsewhere lung none'],
    ['Condition?clinical-status:in=http://hl7.org/fhir/ValueSet/condition-clinical', ''],
  ]);
  for (const set of ['circle', 'regular', 'unknown', 'listed|2'])
    await assert.rejects(record.search(tester, 'Condition', `code:in=${sets}/${set}`), { status: 400 }, set);
});
