import assert from 'node:assert/strict';
import test from 'node:test';
import type { Resource } from '@medplum/fhirtypes';
import { tester, testRecord } from '../../test/support/record.ts';
import type { Actor } from './actor.ts';
import { isKeptWithPeople, personOfFile } from './home.ts';

const file = (securityContext?: string): Resource => ({
  ...{ resourceType: 'Binary', id: 'f', contentType: 'text/plain', data: 'aGVsbG8=' },
  ...(securityContext === undefined ? {} : { securityContext: { reference: securityContext } }),
});

test('a file lives with the Patient that its securityContext names, and with nobody else', () => {
  assert.equal(personOfFile(file('Patient/a')), 'a');
  for (const other of [
    undefined,
    'Patient/a/_history/1',
    'Group/a',
    'https://else.example/Patient/a',
    'Patient/',
    '',
  ])
    assert.equal(personOfFile(file(other)), undefined, String(other));
  assert.equal(personOfFile({ resourceType: 'Patient', id: 'a' }), undefined);
  assert.ok(isKeptWithPeople('Binary') && isKeptWithPeople('Task') && !isKeptWithPeople('Organization'));
});

const of = (patient: string, withheld: readonly string[] = []): Actor => ({
  ...tester,
  sight: {
    grants: [
      {
        ...{ types: ['Binary', 'DocumentReference'], writes: ['Binary'], withheld },
        of: { kind: 'persons', ids: [patient] },
      },
    ],
  },
});

test('a file is part of the person’s record once, and moves with its securityContext', async (t) => {
  const { record } = await testRecord(t);
  const put = (actor: Actor, resource: Resource & { id?: string }) =>
    record.commit(actor, [
      { kind: 'update', type: resource.resourceType, id: resource.id ?? '', text: JSON.stringify(resource) },
    ]);
  await put(tester, { resourceType: 'Patient', id: 'a' });
  await put(tester, { resourceType: 'Patient', id: 'b' });
  await put(tester, {
    ...{ resourceType: 'Provenance', id: 'p', recorded: '2024-05-01T09:00:00Z' },
    ...{ target: [{ reference: 'Patient/a' }, { reference: 'Binary/f' }] },
    agent: [{ who: { reference: 'Patient/a' } }],
  });
  await put(tester, file('Patient/a'));
  const whole = async (patient: string): Promise<string[]> =>
    (await record.everything(tester, patient))!.matches
      .filter(({ type }) => type === 'Binary')
      .map(({ id }) => id);
  assert.deepEqual(await whole('a'), ['f'], 'once, though a resource of the record points at it too');
  assert.deepEqual(await whole('b'), []);
  assert.ok(await record.read(of('a'), 'Binary', 'f'));
  assert.equal(await record.read(of('b'), 'Binary', 'f'), undefined);

  await assert.rejects(put(of('a'), file('Patient/b')), /may not write/, 'into the record of someone else');
  await put(tester, file('Patient/b'));
  assert.deepEqual(
    [await whole('b'), (await record.read(of('a'), 'Binary', 'f')) === undefined],
    [['f'], true],
  );
});

test('a file is kept back where a label keeps back any document that holds it', async (t) => {
  const { record } = await testRecord(t);
  const document = (id: string, security?: string): Resource => ({
    ...{ resourceType: 'DocumentReference', id, status: 'current', subject: { reference: 'Patient/a' } },
    ...(security ? { meta: { security: [{ system: 'urn:label', code: security }] } } : {}),
    content: [{ attachment: { url: 'Binary/f' } }],
  });
  const put = (...all: Resource[]) =>
    record.commit(
      tester,
      all.map((one) => ({
        ...{ kind: 'update', type: one.resourceType, id: one.id ?? '' },
        text: JSON.stringify(one),
      })),
    );
  const sees = async (withheld: readonly string[]): Promise<boolean> =>
    (await record.search(of('a', withheld), 'Binary', '')).matches.length > 0;
  await put({ resourceType: 'Patient', id: 'a' }, file('Patient/a'));
  assert.equal(await sees([]), true, 'nothing is kept from them');
  assert.equal(await sees(['urn:label|X']), false, 'held by no document');
  await put(document('open'));
  assert.equal(await sees(['urn:label|X']), true);
  await put(document('kept', 'X'));
  assert.equal(await sees(['urn:label|X']), false);
  assert.equal(await sees(['urn:label|Y']), true);
  assert.equal((await record.history(of('a', ['urn:label|X']), 'Binary', 'f'))?.versions.length ?? 0, 0);
});
