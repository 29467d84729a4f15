import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Communication, Task } from '@medplum/fhirtypes';
import { type HomeParts, messagesOf, toDo } from './home.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const parts = (more: Partial<HomeParts>): HomeParts => ({
  ...{
    person: 'x',
    tasks: [],
    requests: [],
    medicines: [],
    plans: [],
    recommendations: [],
    appointments: [],
    unread: 0,
  },
  now,
  ...more,
});
const task = (more: Partial<Task>): Task => ({
  ...{ resourceType: 'Task', status: 'requested', intent: 'order', description: 'Fill in a form' },
  owner: { reference: 'Patient/x' },
  ...more,
});
const titles = (more: Partial<HomeParts>): string[] =>
  toDo(parts(more)).map(({ title, late }) => (late ? `late: ${title}` : title));

describe('what needs doing', () => {
  it('is nothing where nothing is', () => assert.deepEqual(titles({}), []));

  it('says that there are new messages', () => {
    assert.deepEqual(titles({ unread: 1 }), ['Read 1 new message']);
    assert.deepEqual(titles({ unread: 3 }), ['Read 3 new messages']);
  });

  it('names open tasks of the person’s own, the late first', () => {
    assert.deepEqual(
      titles({
        tasks: [
          task({ description: 'Later', restriction: { period: { end: '2026-12-24' } } }),
          task({ description: 'Before', restriction: { period: { end: '2026-11-01' } } }),
          task({ description: 'Done', status: 'completed' }),
          task({ description: 'Somebody’s', owner: { reference: 'Practitioner/p' } }),
        ],
      }),
      ['late: Before', 'Later'],
    );
  });

  it('names plans to be looked at again within two weeks', () => {
    const plan = (title: string, end: string, status: 'active' | 'completed' = 'active') => ({
      ...{ resourceType: 'CarePlan' as const, status, intent: 'plan' as const, title },
      ...{ subject: { reference: 'Patient/x' }, period: { end } },
    });
    assert.deepEqual(
      titles({
        plans: [
          plan('Soon', '2026-11-29'),
          plan('Passed', '2026-11-20'),
          plan('Far', '2027-05-01'),
          plan('Over', '2026-11-01', 'completed'),
        ],
      }),
      ['late: Passed: time to look at it again', 'Soon: time to look at it again'],
    );
  });

  it('names invitations, vaccinations due and appointments to answer', () => {
    assert.deepEqual(
      titles({
        requests: [
          {
            ...{ resourceType: 'CommunicationRequest', status: 'active' },
            payload: [{ contentString: 'Book your eye screening' }],
          },
        ],
        recommendations: [
          {
            ...{
              resourceType: 'ImmunizationRecommendation',
              patient: { reference: 'Patient/x' },
              date: '2026-10-01',
            },
            recommendation: [
              {
                vaccineCode: [{ text: 'Flu' }],
                forecastStatus: { coding: [{ code: 'due' }] },
                dateCriterion: [{ code: { coding: [{ code: '30980-7' }] }, value: '2026-10-01' }],
              },
              {
                vaccineCode: [{ text: 'Shingles' }],
                forecastStatus: { coding: [{ code: 'due' }] },
                dateCriterion: [{ code: { coding: [{ code: '30980-7' }] }, value: '2030-10-01' }],
              },
            ],
          },
        ],
        appointments: [
          {
            ...{ resourceType: 'Appointment', status: 'proposed', description: 'Eye clinic' },
            participant: [{ actor: { reference: 'Patient/x' }, status: 'needs-action' }],
          },
        ],
      }),
      ['Answer: Eye clinic', 'Book your eye screening', 'Vaccination due: Flu'],
    );
  });
});

describe('messages', () => {
  const message = (id: string, more: Partial<Communication>): Communication => ({
    ...{
      resourceType: 'Communication',
      id,
      status: 'completed',
      topic: { text: id },
      sent: '2026-11-20T10:00:00Z',
    },
    sender: { reference: 'Practitioner/p', display: 'Noor Haddad' },
    recipient: [{ reference: 'Patient/x' }],
    payload: [{ contentString: 'Hello' }],
    ...more,
  });
  const nameOf = (reference: { display?: string } | undefined): string => reference?.display ?? '';
  const read = (reader: string, ...all: Communication[]) => messagesOf('x', all, nameOf, now, reader);

  it('are new until they are received, answered or a month old', () => {
    const found = read(
      'Patient/x',
      message('new', {}),
      message('received', { received: '2026-11-20T11:00:00Z' }),
      message('old', { sent: '2026-08-01T10:00:00Z' }),
      message('answered', {}),
      message('answer', {
        sender: { reference: 'Patient/x' },
        recipient: [{ reference: 'Practitioner/p' }],
        inResponseTo: [{ reference: 'Communication/answered' }],
      }),
      message('wrong', { status: 'entered-in-error' }),
    );
    assert.deepEqual(
      found.filter(({ isNew }) => isNew).map(({ id }) => id),
      ['new'],
    );
    assert.ok(!found.some(({ id }) => id === 'wrong'));
  });

  it('call whoever reads them you, and nobody else', () => {
    const own = message('own', { sender: { reference: 'Patient/mother' } });
    assert.equal(read('Patient/mother', own)[0]?.from, 'You');
    assert.equal(read('Patient/x', own)[0]?.from, 'Family or carer');
    assert.equal(
      read('Patient/mother', message('m', { sender: { reference: 'Patient/x' } }))[0]?.from,
      'The person themself',
    );
  });
});
