import assert from 'node:assert/strict';
import test from 'node:test';
import type { Communication } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { communicationOf, type Message } from '../../fhir/primary-care.ts';
import { assigned, closed, reopened } from './deeds.ts';
import { threadOf } from './thread.ts';

const team = { reference: 'Organization/t', display: 'Team' } as const;
const patient = { reference: 'Patient/p' } as const;
const label = { code: 'NOPAT' };
const base = { kind: 'patient', person: 'p', topic: 'Topic', text: 'Words' } as const;
type More = Partial<Message>;
const asked = (id: string, sent: number, more: More = {}): Communication =>
  communicationOf({ ...base, id, sent, from: patient, to: [team], ...more }, label);
const answered = (id: string, sent: number, more: More = {}): Communication =>
  communicationOf({ ...base, id, sent, from: team, to: [patient], ...more }, label);
const later = { thread: 'a' };

test('a patient waits from the first of their messages that nobody has answered', () => {
  assert.equal(threadOf([asked('a', 10), asked('b', 20, later)])?.waiting, 10);
  const answer = answered('c', 30, { ...later, answers: 'b' });
  assert.equal(threadOf([asked('a', 10), asked('b', 20, later), answer])?.waiting, undefined);
  assert.equal(threadOf([asked('a', 10), asked('b', 20, later), answer, asked('d', 40, later)])?.waiting, 40);
});

test('an answer does not count for what its writer had not seen, though it was sent later', () => {
  const all = [asked('a', 10), asked('b', 20, later), answered('c', 30, { ...later, answers: 'a' })];
  assert.equal(threadOf(all)?.waiting, 20);
});

test('an answer that names none of theirs counts for what came before it', () => {
  const all = [answered('a', 5), asked('b', 20, later), answered('c', 30, { ...later, answers: 'a' })];
  assert.equal(threadOf(all)?.waiting, undefined);
});

test('a thread is closed as far as whoever closed it had read, and no further', () => {
  const head = closed(asked('a', 10), 'answered', 'a');
  assert.equal(threadOf([head])?.closed, true);
  assert.equal(threadOf([head])?.waiting, undefined);
  const more = threadOf([head, asked('b', 20, later)]);
  assert.equal(more?.closed, false);
  assert.equal(more?.waiting, 10);
  assert.equal(threadOf([reopened(head)])?.closed, false);
  assert.equal(threadOf([closed(answered('a', 10), 'no-answer', '')])?.closed, true);
});

test('what a patient has not read is for a call until someone called', () => {
  const message = answered('a', 10);
  assert.equal(threadOf([message])?.unread, 10);
  assert.equal(threadOf([{ ...message, received: '2026-01-01T00:00:00Z' }])?.unread, undefined);
  const call: Communication = {
    ...communicationOf(
      { ...base, ...later, id: 'n', kind: 'team', sent: 20, from: patient, to: [team] },
      label,
    ),
    medium: [{ coding: [{ code: 'PHONE' }] }],
  };
  assert.equal(threadOf([message, call])?.unread, undefined);
  assert.equal(threadOf([message, call, answered('z', 30, later)])?.unread, 30);
});

test('a thread is urgent while something urgent in it waits', () => {
  const all = [asked('a', 10), asked('b', 20, { ...later, urgent: true })];
  assert.equal(threadOf(all)?.urgent, true);
  assert.equal(threadOf([...all, answered('c', 30, { ...later, answers: 'b' })])?.urgent, false);
});

test('what was taken back, and what is about someone else, is no part of it', () => {
  const all = [asked('a', 10), { ...asked('b', 20, later), status: 'entered-in-error' as const }];
  assert.equal(threadOf(all)?.messages.length, 1);
  assert.equal(threadOf([...all, asked('x', 30, { ...later, person: 'q' })])?.messages.length, 1);
});

test('whose work it is can be said and taken back, and leaves no trace in the rest', () => {
  const head = asked('a', 10);
  const given = assigned(head, { reference: 'Practitioner/x', name: 'Dr X' });
  assert.deepEqual(threadOf([given])?.assigned, { reference: 'Practitioner/x', name: 'Dr X' });
  assert.deepEqual(assigned(given, undefined), head);
});

test('the order in which messages are read changes nothing', () => {
  const kinds = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 50 }), fc.boolean()), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(kinds, fc.infiniteStream(fc.nat()), (made, order) => {
      const all = [
        asked('a', 0),
        ...made.map(([isAsked, sent, urgent], i) =>
          isAsked
            ? asked(`m${i}`, sent, { ...later, urgent })
            : answered(`m${i}`, sent, { ...later, answers: `m${i - 1}` }),
        ),
      ];
      const mixed = all
        .map((one) => ({ one, at: order.next().value }))
        .sort((x, y) => x.at - y.at)
        .map(({ one }) => one);
      const [one, other] = [threadOf(all), threadOf(mixed)];
      assert.deepEqual(
        [other?.waiting, other?.unread, other?.urgent, other?.messages.map(({ id }) => id)],
        [one?.waiting, one?.unread, one?.urgent, one?.messages.map(({ id }) => id)],
      );
    }),
  );
});
