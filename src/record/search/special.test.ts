/** Parameters of every type, lists and full text. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { testBaseUrl, tester, testRecord } from '../../../test/support/record.ts';
import { finds, put } from '../../../test/support/searching.ts';

const patient = (id: string, rest: object = {}) => ({ resourceType: 'Patient', id, ...rest });
const narrative = (words: string) => ({
  text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml"><p>${words}</p></div>` },
});

test('tags, security labels, profiles and sources are found in every type', async (t) => {
  const { record } = await testRecord(t);
  const meta = {
    tag: [{ system: 'urn:tags', code: 'Checked' }],
    security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }],
    profile: ['http://example.org/profile/a/b'],
    source: 'http://example.org/feeds/lab#7',
  };
  await put(record, patient('p', { meta }), patient('q', { meta: { tag: [{ code: 'checked' }] } }), {
    resourceType: 'Organization',
    id: 'o',
    name: 'Trust',
    meta,
  });
  await finds(record, [
    ['Patient?_tag=urn:tags|checked', 'p'],
    ['Patient?_tag=checked', 'p q'],
    ['Patient?_tag=|checked', 'q'],
    ['Patient?_tag:not=urn:tags|checked', 'q'],
    ['?_tag=urn:tags|', 'o p'],
    ['Organization?_security=R', 'o'],
    ['Patient?_security:missing=true', 'q'],
    ['?_type=Patient,Organization&_security:missing=true', 'q'],
    ['?_security:missing=false', 'o p'],
    ['Patient?_profile=http://example.org/profile/a/b', 'p'],
    ['Patient?_profile:below=http://example.org/profile/a', 'p'],
    ['Patient?_profile:below=http://example.org/pro', ''],
    ['Patient?_source=http://example.org/feeds/lab%237', 'p'],
    ['?_source:below=http://example.org/feeds', 'o p'],
    ['Patient?_id=p,o', 'p'],
    ['?_id=p,o', 'o p'],
    ['Patient?_id:not=p', 'q'],
  ]);
});

test('a list gives its items, of the type searched, not those elsewhere', async (t) => {
  const { record } = await testRecord(t);
  const item = (reference: string, rest: object = {}) => ({ item: { reference }, ...rest });
  await put(
    record,
    patient('a'),
    patient('b'),
    patient('c'),
    { resourceType: 'Organization', id: 'a', name: 'Trust' },
    {
      resourceType: 'List',
      id: 'l',
      status: 'current',
      mode: 'changes',
      entry: [
        item('Patient/a'),
        item('Patient/b/_history/1', { deleted: true }),
        item('Organization/a'),
        item('http://elsewhere.example/fhir/Patient/c'),
      ],
    },
    { resourceType: 'List', id: 'm', status: 'current', mode: 'working', entry: [item('Patient/c')] },
  );
  await finds(record, [
    ['Patient?_list=l', 'a b'],
    ['Patient?_list=List/l&_id=b', 'b'],
    ['Organization?_list=l', 'a'],
    ['?_list=l', 'a a b'],
    ['?_type=Patient,Organization&_list=m', 'c'],
    ['Patient?_list=l,m', 'a b c'],
    ['Patient?_list=nowhere', ''],
  ]);
});

test('words are found in the narrative, and in all that is written for people', async (t) => {
  const { record } = await testRecord(t);
  await put(
    record,
    patient('narrated', {
      ...narrative('Severe <b>asthma</b> since childhood'),
      name: [{ family: 'Müller' }],
    }),
    patient('named', { name: [{ family: 'Asthma-Jones' }], contact: [{ name: { text: 'Aunt Zoë' } }] }),
    { resourceType: 'Organization', id: 'clinic', name: 'Asthma clinic', ...narrative('A clinic') },
    {
      resourceType: 'Observation',
      id: 'terse',
      status: 'final',
      code: { text: 'Peak flow in asthma' },
    },
    {
      resourceType: 'Observation',
      id: 'noted',
      status: 'final',
      code: { text: 'Peak flow' },
      note: [{ text: 'Asthma is well controlled' }],
    },
  );
  await finds(record, [
    ['Patient?_text=asthma', 'narrated'],
    ['Patient?_text=ASTHMA childhood', 'narrated'],
    ['Patient?_text="since childhood"', 'narrated'],
    ['Patient?_text="childhood since"', ''],
    ['Patient?_text=asthma -childhood', ''],
    ['Patient?_content=asthma', 'named narrated'],
    ['Patient?_content=muller', 'narrated'],
    ['Patient?_content=zoe or muller', 'named narrated'],
    ['Organization?_content=asthma', 'clinic'],
    ['Organization?_text=asthma', ''],
    ['Observation?_content=asthma', 'noted terse'],
    ['Observation?_content=asthma&status=final&_id=terse', 'terse'],
    ['?_type=Patient,Observation&_content=asthma', 'named narrated noted terse'],
    ['?_content=asthma', 'clinic named narrated noted terse'],
    ['?_text=clinic', 'clinic'],
  ]);
  assert.equal((await record.search(tester, 'Patient', '_content=asthma&_summary=count')).total, 2);
  assert.equal((await record.search(tester, 'Organization', '_content=asthma&_summary=count')).total, 1);
});

test('contained resources are not searched, and who asks is told', async (t) => {
  const { record } = await testRecord(t);
  for (const contained of ['true', 'both'])
    await assert.rejects(record.search(tester, 'Patient', `_contained=${contained}`), {
      status: 400,
      message: /contained/,
    });
  await finds(record, [['Patient?_contained=false', '']]);
});

test('a reference by the server’s own address is the same as a relative one', async (t) => {
  const { record } = await testRecord(t);
  const put = { resourceType: 'Patient', id: 'own' };
  await record.commit(tester, [{ kind: 'update', type: 'Patient', id: 'own', text: JSON.stringify(put) }]);
  const text = JSON.stringify({
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'x' },
    subject: { reference: `${testBaseUrl}/Patient/own` },
  });
  await record.commit(tester, [{ kind: 'create', text }]);
  assert.equal((await record.search(tester, 'Observation', 'patient=own')).matches.length, 1);
});
