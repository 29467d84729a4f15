import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  Appointment,
  Communication,
  DocumentReference,
  MedicationDispense,
  Resource,
} from '@medplum/fhirtypes';
import { emergencyTopic } from '../../access/emergency/emergency-notice.ts';
import { newsOfChange } from './news-of-change.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const change = (resource: Resource, before?: Resource) => ({
  ...{ resource, before, patient: 'nia', now },
  self: ['Patient/nia', 'Patient/mum'],
});
const kindsOf = (resource: Resource, before?: Resource) =>
  newsOfChange(change(resource, before)).news.map(({ kind }) => kind);

const nia = { reference: 'Patient/nia' };
const message: Communication = {
  ...{ resourceType: 'Communication', id: 'c1', status: 'completed', subject: nia, recipient: [nia] },
  ...{ sender: { reference: 'Practitioner/asha' }, sent: '2026-11-22T11:59:00Z' },
};
const booking: Appointment = {
  ...{ resourceType: 'Appointment', id: 'a1', status: 'booked', start: '2026-11-25T09:00:00Z' },
  participant: [{ actor: nia, status: 'accepted' }],
};

describe('news of a change', () => {
  it('is a message to the person, once it is sent', () => {
    assert.deepEqual(kindsOf(message), ['message']);
    assert.deepEqual(kindsOf(message, { ...message, status: 'preparation' }), ['message']);
    assert.deepEqual(kindsOf(message, message), []);
    assert.deepEqual(kindsOf({ ...message, status: 'preparation' }), []);
  });

  it('is not what they, or whoever is told for them, sent themselves, nor what goes to others', () => {
    for (const reference of ['Patient/nia', 'Patient/mum'])
      assert.deepEqual(kindsOf({ ...message, sender: { reference } }), []);
    assert.deepEqual(kindsOf({ ...message, recipient: [{ reference: 'Organization/gp' }] }), []);
  });

  it('is not what was written long before it came', () => {
    assert.deepEqual(kindsOf({ ...message, sent: '2019-05-01T10:00:00Z' }), []);
    const report = {
      resourceType: 'DiagnosticReport',
      id: 'r',
      status: 'final',
      code: { text: 'x' },
    } as const;
    assert.deepEqual(kindsOf({ ...report, issued: '2019-05-01T10:00:00Z' }), []);
    assert.deepEqual(kindsOf({ ...report, issued: '2026-11-22T10:00:00Z' }), ['result']);
  });

  it('names emergency access, and no kind at all where the resource is restricted', () => {
    const emergency: Communication = { ...message, topic: { text: emergencyTopic } };
    assert.deepEqual(kindsOf(emergency), ['emergency-access']);
    const system = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
    assert.deepEqual(kindsOf({ ...emergency, meta: { security: [{ system, code: 'R' }] } }), ['news']);
  });

  it('is a result when it becomes final, and not again when it is corrected', () => {
    const report = (status: 'preliminary' | 'final' | 'corrected') =>
      ({ resourceType: 'DiagnosticReport', id: 'r', status, code: { text: 'x' } }) as const;
    assert.deepEqual(kindsOf(report('preliminary')), []);
    assert.deepEqual(kindsOf(report('final'), report('preliminary')), ['result']);
    assert.deepEqual(kindsOf(report('corrected'), report('final')), []);
  });

  it('is a letter when it is ready', () => {
    const letter: DocumentReference = {
      ...{ resourceType: 'DocumentReference', id: 'd', status: 'current', content: [{ attachment: {} }] },
    };
    assert.deepEqual(kindsOf(letter), ['letter']);
    assert.deepEqual(kindsOf({ ...letter, docStatus: 'preliminary' }), []);
    assert.deepEqual(kindsOf({ ...letter, author: [nia] }), []);
    assert.deepEqual(kindsOf({ ...letter, status: 'entered-in-error' }), []);
  });

  it('is a medicine that is ready to collect, a task for the person, someone who may act for them', () => {
    const dispense: MedicationDispense = {
      ...{ resourceType: 'MedicationDispense', id: 'm', status: 'in-progress' },
      ...{ whenPrepared: '2026-11-22T10:00:00Z', medicationCodeableConcept: { text: 'x' } },
    };
    assert.deepEqual(kindsOf(dispense), ['medicine-ready']);
    assert.deepEqual(kindsOf({ ...dispense, whenHandedOver: '2026-11-22T11:00:00Z' }), []);
    const task = { resourceType: 'Task', id: 't', status: 'requested', intent: 'order', owner: nia } as const;
    assert.deepEqual(kindsOf(task), ['form']);
    assert.deepEqual(kindsOf({ ...task, owner: { reference: 'Organization/gp' } }), []);
    assert.deepEqual(kindsOf({ ...task, requester: nia }), []);
    const related = { resourceType: 'RelatedPerson', id: 'p', active: true, patient: nia } as const;
    assert.deepEqual(kindsOf(related), []);
    const identifier = [{ system: 'https://throughline.example/account', value: 'x' }];
    assert.deepEqual(kindsOf({ ...related, identifier }), ['acting-agreed']);
    assert.deepEqual(kindsOf({ ...related, identifier }, { ...related, identifier }), []);
  });
});

describe('news of an appointment', () => {
  it('is that it is booked, and a day before a reminder', () => {
    const { news } = newsOfChange(change(booking));
    assert.deepEqual(
      news.map(({ kind, due }) => [kind, due]),
      [
        ['appointment-booked', undefined],
        ['appointment-reminder', Date.parse('2026-11-24T09:00:00Z')],
      ],
    );
  });

  it('brings no reminder where it is soon', () => {
    assert.deepEqual(kindsOf({ ...booking, start: '2026-11-23T15:00:00Z' }), ['appointment-booked']);
  });

  it('is that it moved, with the reminder of the former time withdrawn', () => {
    const { news, withdraw } = newsOfChange(change({ ...booking, start: '2026-11-26T09:00:00Z' }, booking));
    assert.deepEqual(
      news.map(({ kind, about }) => [kind, about]),
      [
        ['appointment-changed', 'Appointment/a1@2026-11-26T09:00:00Z'],
        ['appointment-reminder', 'Appointment/a1@2026-11-26T09:00:00Z'],
      ],
    );
    assert.deepEqual(withdraw, {
      aboutBegins: 'Appointment/a1@',
      except: 'Appointment/a1@2026-11-26T09:00:00Z',
    });
  });

  it('is that it is cancelled, and nothing when it has been kept or is over', () => {
    const off = newsOfChange(change({ ...booking, status: 'cancelled' }, booking));
    assert.deepEqual(
      off.news.map(({ kind }) => kind),
      ['appointment-cancelled'],
    );
    assert.equal(off.withdraw?.except, '');
    assert.deepEqual(kindsOf({ ...booking, status: 'fulfilled' }, booking), []);
    const past = { ...booking, start: '2026-11-01T09:00:00Z' };
    assert.deepEqual(kindsOf(past), []);
    assert.deepEqual(kindsOf({ ...past, status: 'cancelled' }, past), []);
  });

  it('is nothing where something else of it changed, or it is another person’s', () => {
    const same = newsOfChange(change({ ...booking, comment: 'Bring water' }, booking));
    assert.deepEqual(
      same.news.map(({ kind }) => kind),
      ['appointment-reminder'],
    );
    const other = [{ actor: { reference: 'Patient/bob' }, status: 'accepted' as const }];
    assert.deepEqual(kindsOf({ ...booking, participant: other }), []);
  });
});
