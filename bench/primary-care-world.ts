/** A made-up world for the benchmark of primary care: practices with a GP and a diary each, their patients, and one long queue. */
import type { Resource, Task } from '@medplum/fhirtypes';
import { atStage, input, taskCode, urgencies } from '../src/fhir/primary-care.ts';
import { organisationKindSystem } from '../src/record/consent-rules.ts';
import { scheduleOf, slotOf } from '../src/services/appointments/diary-resources.ts';
import { planSlots, type SessionTemplate } from '../src/services/appointments/session-template.ts';
import { addDays, localMoment } from '../src/web/dates.ts';

const day = 86_400_000;
/** Days with times to book. */
const daysAhead = 42;

export interface Practice {
  readonly id: string;
  readonly gp: string;
  readonly template: SessionTemplate;
  readonly patients: readonly string[];
}

export interface World {
  readonly practices: readonly Practice[];
  /** The practice whose queue is long. */
  readonly busy: Practice;
  readonly resources: () => Generator<Resource>;
}

export interface WorldSize {
  readonly practices: number;
  readonly patientsEach: number;
  /** Open requests of the busy practice. */
  readonly queue: number;
  readonly now: number;
}

export function worldOf({ practices: count, patientsEach, queue, now }: WorldSize): World {
  const today = localMoment(now).key;
  const practiceOf = (n: number): Practice => {
    const id = `bench-practice-${n}`;
    const gp = `bench-gp-${n}`;
    return {
      ...{ id, gp },
      template: {
        ...{ id: `bench-session-${n}`, organisation: id, practitioner: gp },
        ...{ site: `bench-site-${n}`, practitionerName: `Dr Bench ${n}`, siteName: `Bench Surgery ${n}` },
        ...{ name: 'Surgery', weekdays: [1, 2, 3, 4, 5, 6, 7], everyWeeks: 1, from: '08:00', until: '13:00' },
        ...{ minutes: 10, gap: 0, places: 1, modes: ['telephone', 'in-person'], kinds: ['gp-routine'] },
        ...{
          release: { days: daysAhead, at: '00:00' },
          selfBook: false,
          starts: '2026-01-01',
          atHolidays: true,
        },
      },
      patients: Array.from({ length: patientsEach }, (_, i) => `bench-patient-${n}-${i}`),
    };
  };
  const practices = Array.from({ length: count }, (_, n) => practiceOf(n));
  const busy = practiceOf(count);

  function* resources(): Generator<Resource> {
    for (const one of [...practices, busy]) yield* practiceResources(one, today, now);
    for (let n = 0; n < queue; n += 1)
      yield* openRequest(n, busy, now, busy.patients[n % busy.patients.length]!);
  }
  return { practices, busy, resources };
}

function* practiceResources(
  { id, gp, template, patients }: Practice,
  today: string,
  now: number,
): Generator<Resource> {
  yield {
    ...{ resourceType: 'Organization', id, active: true, name: template.siteName },
    type: [{ coding: [{ system: organisationKindSystem, code: 'general-practice' }] }],
  };
  yield {
    ...{ resourceType: 'Location', id: template.site, status: 'active', name: template.siteName },
    managingOrganization: { reference: `Organization/${id}` },
  };
  yield {
    ...{ resourceType: 'Practitioner', id: gp, active: true },
    name: [{ family: `Bench ${gp.split('-').at(-1)}`, prefix: ['Dr'] }],
  };
  yield {
    ...{ resourceType: 'PractitionerRole', id: gp, active: true, code: [{ text: 'GP' }] },
    practitioner: { reference: `Practitioner/${gp}` },
    organization: { reference: `Organization/${id}` },
  };
  for (const [i, patient] of patients.entries())
    yield {
      ...{ resourceType: 'Patient', id: patient, active: true, gender: i % 2 === 0 ? 'female' : 'male' },
      name: [{ use: 'official', family: `Bench${i}`, given: [`Person${i}`] }],
      birthDate: `${1940 + (i % 70)}-0${1 + (i % 9)}-11`,
      telecom: [{ system: 'phone', value: `07700 900${String(i % 1000).padStart(3, '0')}` }],
      generalPractitioner: [{ reference: `Organization/${id}`, display: template.siteName }],
    };
  yield scheduleOf(template, template.kinds, undefined, { start: now, end: now + daysAhead * day });
  for (let n = 0; n <= daysAhead; n += 1)
    for (const slot of planSlots(template, addDays(today, n)))
      if (slot.start > now) yield slotOf(template, slot, 'free');
}

/** As the room where people ask writes it; spread over days and urgencies. */
function* openRequest(n: number, practice: Practice, now: number, patient: string): Generator<Resource> {
  const id = `bench-open-${n}`;
  const asked = new Date(now - 60_000 - n * 45_000).toISOString();
  const subject = { reference: `Patient/${patient}` };
  yield {
    ...{ resourceType: 'QuestionnaireResponse', id, status: 'completed', subject, authored: asked },
    item: [{ linkId: 'words', text: 'What is the matter?', answer: [{ valueString: `Bench request ${n}` }] }],
  };
  const task: Task = {
    ...{ resourceType: 'Task', id, intent: 'order', ...atStage('waiting'), for: subject },
    priority: urgencies[n % 20 === 0 ? 0 : n % 7 === 0 ? 1 : n % 3 === 0 ? 2 : 3] ?? 'routine',
    code: taskCode('help', 'Help with a health problem'),
    ...{ focus: { reference: `QuestionnaireResponse/${id}` }, authoredOn: asked, lastModified: asked },
    owner: { reference: `Organization/${practice.id}`, display: practice.template.siteName },
    input: [input('came-by', { valueCode: 'page' }), input('mode', { valueCode: 'telephone' })],
  };
  yield task;
}
