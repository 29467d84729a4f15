import assert from 'node:assert/strict';
import test from 'node:test';
import type { RelatedPerson } from '@medplum/fhirtypes';
import { carePeople } from './care-people.ts';

const relative = (name: string, more: Partial<RelatedPerson>): RelatedPerson => ({
  ...{ resourceType: 'RelatedPerson', patient: { reference: 'Patient/x' }, name: [{ text: name }], ...more },
});
const account = { identifier: [{ system: 'https://throughline.example/account', value: 'a' }] };
const family = (relatives: readonly RelatedPerson[]) =>
  carePeople(
    {
      ...{ teams: [], encounters: [], roles: [], relatives },
      person: { resourceType: 'Patient', id: 'x', name: [{ given: ['Ella'], family: 'Ashworth' }] },
    },
    Object.assign(() => '', { resourceOf: () => undefined }),
  ).flatMap(({ people }) => people);

test('a mother who acts for her child stands once, with what she is and what she may', () => {
  assert.deepEqual(
    family([
      relative('Mrs Megan Ashworth', { ...account, relationship: [{ text: 'Parent' }] }),
      relative('Megan Ashworth', {
        relationship: [{ text: 'Mother' }],
        telecom: [{ system: 'phone', value: '01632 960109' }],
      }),
    ]).map(({ name, lines }) => [name, lines.map(({ label, text }) => `${label}: ${text}`)]),
    [
      [
        'Megan Ashworth',
        ['Relation: Mother', 'In this service: Acts for Ella Ashworth', 'Phone: 01632 960109'],
      ],
    ],
  );
});

test('whoever acts and is in the record by nothing else is named too, until it ends', () => {
  const proxy = relative('Mr Sol Reed', { ...account, relationship: [{ text: 'Carer' }] });
  assert.deepEqual(
    family([proxy]).map(({ name }) => name),
    ['Mr Sol Reed'],
  );
  assert.deepEqual(family([{ ...proxy, active: false }]), []);
});
