import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Encounter, Task } from '@medplum/fhirtypes';
import {
  atStage,
  contactModeExtension,
  contactModes,
  input,
  outputOf,
  taskCode,
} from '../../fhir/primary-care.ts';
import { contactFact, modeOfEncounter, personFact, requestFact, slotFact, useFact } from './facts.ts';

const request = (more: Partial<Task> = {}): Task => ({
  ...{ resourceType: 'Task', id: 't1', intent: 'order', ...atStage('closed') },
  ...{ code: taskCode('help', 'Help'), owner: { reference: 'Organization/o1' } },
  ...{ for: { reference: 'Patient/p1' }, authoredOn: '2026-11-02T09:00:00Z' },
  executionPeriod: { start: '2026-11-02T10:00:00Z', end: '2026-11-02T11:30:00Z' },
  input: [input('came-by', { valueCode: 'page' }), input('mode', { valueCode: 'telephone' })],
  ...more,
});
const encounter = (more: Partial<Encounter> = {}): Encounter => ({
  ...{ resourceType: 'Encounter', id: 'e1', status: 'finished', class: { code: 'VR' } },
  ...{ subject: { reference: 'Patient/p1' }, serviceProvider: { reference: 'Organization/o1' } },
  period: { start: '2026-11-02T09:00:00Z' },
  ...more,
});

describe('what the figures keep of a request', () => {
  it('is ids, times and kinds, and nothing of why someone came', () => {
    const fact = requestFact(request({ description: 'Chest pain', note: [{ text: 'Chest pain' }] }));
    assert.doesNotMatch(JSON.stringify(fact), /chest/i);
    assert.equal(fact?.answered, Date.parse('2026-11-02T10:00:00Z'));
    assert.equal(fact?.ended, Date.parse('2026-11-02T11:30:00Z'));
  });
  it('counts no answer where the person withdrew it', () => {
    assert.equal(requestFact(request(atStage('withdrawn')))?.answered, undefined);
  });
  it('is a consultation by message where a message alone closed it', () => {
    const told = [outputOf('Communication/c1', 'Message')];
    assert.equal(requestFact(request({ output: told }))?.byMessage, true);
    for (const more of ['Encounter/e1', 'Appointment/a1', 'Task/t2'])
      assert.equal(
        requestFact(request({ output: [...told, outputOf(more, 'More')] }))?.byMessage,
        false,
        more,
      );
    assert.equal(requestFact(request({ ...atStage('opened'), output: told }))?.byMessage, false);
  });
  it('leaves out what is no request to a team, or was entered in error', () => {
    assert.equal(requestFact(request({ code: taskCode('book', 'Book') })), undefined);
    assert.equal(requestFact(request({ owner: { reference: 'Patient/p1' } })), undefined);
    assert.equal(requestFact(request({ status: 'entered-in-error' })), undefined);
    assert.equal(requestFact(request({ authoredOn: 'soon' })), undefined);
  });
  it('is use of an online service only where they sent it themselves', () => {
    assert.equal(useFact(request())?.person, 'p1');
    assert.equal(useFact(request({ input: [input('came-by', { valueCode: 'telephone' })] })), undefined);
    const message = { resourceType: 'Communication', status: 'completed', sent: '2026-11-02T09:00:00Z' };
    const of = (sender: string) =>
      useFact({ ...message, subject: { reference: 'Patient/p1' }, sender: { reference: sender } } as never); // whole enough
    assert.equal(of('Patient/p1')?.person, 'p1');
    assert.equal(of('Organization/o1'), undefined);
  });
});

describe('how a consultation was held', () => {
  it('is what its extension says, whatever the rest', () => {
    for (const mode of contactModes)
      assert.equal(modeOfEncounter(encounter({ extension: [contactModeExtension(mode)] })), mode);
  });
  const cases: readonly (readonly [string, Partial<Encounter>, string | undefined])[] = [
    ['a SNOMED CT concept', { type: [{ coding: [{ code: '185317003' }] }] }, 'telephone'],
    ['words of a type', { type: [{ text: 'Online consultation' }] }, 'message'],
    ['words of another', { type: [{ text: 'Video consultation' }] }, 'video'],
    ['an ambulatory class', { class: { code: 'AMB' } }, 'in-person'],
    ['home health', { class: { code: 'HH' } }, 'home-visit'],
    ['nothing but that it was virtual', {}, undefined],
  ];
  for (const [of, more, mode] of cases)
    it(`is read from ${of}`, () => assert.equal(modeOfEncounter(encounter(more)), mode));
  it('counts once it is finished and the practice is known', () => {
    assert.equal(contactFact(encounter())?.practice, 'Organization/o1');
    assert.equal(contactFact(encounter({ status: 'planned' })), undefined);
    assert.equal(contactFact({ ...encounter(), serviceProvider: { display: 'Somewhere' } }), undefined);
  });
});

describe('what the figures keep of people and diaries', () => {
  it('leaves out who has died, has left, or is registered nowhere', () => {
    const patient = {
      resourceType: 'Patient' as const,
      id: 'p1',
      generalPractitioner: [{ reference: 'Organization/o1' }],
    };
    assert.deepEqual(personFact(patient), {
      ...{ person: 'p1', practice: 'Organization/o1', usual: undefined },
      ...{ reachable: false, foreignLanguage: false },
    });
    assert.equal(personFact({ ...patient, deceasedDateTime: '2026-01-01' }), undefined);
    assert.equal(personFact({ ...patient, active: false }), undefined);
    assert.equal(personFact({ resourceType: 'Patient', id: 'p1' }), undefined);
  });
  it('takes no time for capacity that was taken out of the diary', () => {
    const slot = {
      ...{ resourceType: 'Slot' as const, id: 's1', start: '2026-11-02T09:00:00Z' },
      ...{ end: '2026-11-02T09:15:00Z', schedule: { reference: 'Schedule/d1' as const } },
    };
    assert.equal(slotFact({ ...slot, status: 'free' })?.taken, false);
    assert.equal(slotFact({ ...slot, status: 'busy' })?.taken, true);
    assert.equal(slotFact({ ...slot, status: 'busy-unavailable' }), undefined);
  });
});
