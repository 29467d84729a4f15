import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Urgency, urgencies } from '../../fhir/primary-care.ts';
import type { Draft, Stop } from './draft.ts';
import { formByKey } from './forms/all-forms.ts';
import type { Answers } from './questionnaire/enable-when.ts';
import { taskOf } from './request.ts';
import { urgencyOf, urgencyRules } from './urgency.ts';

const cough = formByKey('cough')!;
const stop = (advice: Stop['advice'], answer?: Stop['answer']): Stop => ({
  ...{ rule: `${advice}@1`, id: advice, advice, by: 'words', denied: false, at: 0 },
  ...(answer ? { answer } : {}),
});
const draftOf = (parts: Partial<Draft>): Draft => ({
  ...{ id: 'd', form: 'cough', cameBy: 'page', answers: {}, typed: {}, photos: [], stops: [], begun: 0 },
  ...parts,
});
const course = (code: string): Answers => ({ worse: [{ valueCoding: { code } }] });
const aged = (years: number): Answers => ({ 'known-years': [{ valueInteger: years }] });

const cases: readonly (readonly [string, Partial<Draft>, Urgency])[] = [
  ['nothing said', {}, 'routine'],
  ['told 999, goes on', { stops: [stop('emergency', 'on')] }, 'stat'],
  ['told 999, will do it, sends it all the same', { stops: [stop('emergency', 'go')] }, 'stat'],
  ['told 999, does not have it', { stops: [stop('emergency', 'not-this')] }, 'asap'],
  ['told A&E, goes on', { stops: [stop('department', 'on')] }, 'stat'],
  ['told 111, goes on', { stops: [stop('111', 'on')] }, 'asap'],
  ['told 111, does not have it', { stops: [stop('111', 'not-this')] }, 'urgent'],
  ['named a pharmacist', { stops: [stop('pharmacist', 'on')] }, 'routine'],
  ['getting worse fast', { answers: course('fast') }, 'asap'],
  ['getting worse slowly', { answers: course('worse') }, 'urgent'],
  ['getting better', { answers: course('better') }, 'routine'],
  ['a baby', { answers: aged(0) }, 'asap'],
  ['a child of 4', { answers: aged(4) }, 'urgent'],
  ['a child of 5', { answers: aged(5) }, 'routine'],
  ['a baby told 999 and gone on', { answers: aged(0), stops: [stop('emergency', 'on')] }, 'stat'],
];
for (const [what, parts, urgency] of cases)
  test(`${what}: ${urgency}`, () => assert.equal(urgencyOf(draftOf(parts), cough).urgency, urgency));

test('a sign that should be looked at within days is', () => {
  const option = cough.form.item?.flatMap(({ item }) => item ?? []).find(({ linkId }) => linkId === 'worries')
    ?.answerOption?.[0]?.valueCoding;
  assert.ok(option);
  assert.equal(
    urgencyOf(draftOf({ answers: { worries: [{ valueCoding: option }] } }), cough).urgency,
    'urgent',
  );
});

test('one stop more never makes a request less urgent', () => {
  const anyStop = fc
    .tuple(
      fc.constantFrom('emergency', 'department', '111', 'pharmacist'),
      fc.constantFrom('on', 'go', 'not-this'),
    )
    .map(([advice, answer]) => stop(advice, answer));
  const order = (stops: readonly Stop[]) => urgencies.indexOf(urgencyOf(draftOf({ stops }), cough).urgency);
  fc.assert(
    fc.property(
      fc.array(anyStop, { maxLength: 4 }),
      anyStop,
      (stops, one) => order([...stops, one]) <= order(stops),
    ),
  );
});

test('rules have names with versions, words and sources, and go with the task', () => {
  for (const { name, words, source } of urgencyRules)
    assert.ok(/^[a-z0-9-]+@\d+$/.test(name) && words && source, name);
  const task = taskOf({
    ...{
      draft: draftOf({ stops: [stop('111', 'on')], person: 'p' }),
      form: cough,
      practice: { id: 'x', name: 'X' },
    },
    ...{ person: { id: 'p', name: 'P' }, asker: {}, photos: [], now: 0 },
  });
  assert.equal(task.extension?.[0]?.valueString, '111-overridden@1');
  assert.equal(task.priority, 'asap');
});
