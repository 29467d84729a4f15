import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Questionnaire, QuestionnaireResponse } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { validate } from '../../../fhir/validate.ts';
import { demoAsks } from '../demonstration-texts.ts';
import { allForms, formByKey } from '../forms/all-forms.ts';
import { choice, day, line, lines, number, page, whenIs, words, yesNo } from './build-items.ts';
import { askedAnswers } from './enable-when.ts';
import { prefilled } from './prefill.ts';
import { parseRaw, rawOf, readRaw } from './read-answers.ts';
import { responseItems } from './response.ts';
import { shownItems } from './shown-items.ts';

const items = [
  page('one', 'One', [
    yesNo('hot', 'Are you hot?', { required: true }),
    number('degrees', 'How hot?', { unit: 'C', least: 34, most: 43 }, { when: [whenIs('hot', true)] }),
    choice('signs', 'Signs', 'some', [
      { code: 'a', text: 'A' },
      { code: 'none', text: 'None', alone: true },
    ]),
    choice('which', 'Which?', 'open', [{ code: 'x', text: 'X' }]),
    day('on', 'When?'),
    lines('list', 'List'),
    words('say', 'Say', { most: 10 }),
  ]),
  page('two', 'Two', [line('only', 'Only if hot')], { when: [whenIs('hot', true)] }),
];
const read = (body: Record<string, string | string[]>) =>
  parseRaw([items[0]!], readRaw([items[0]!], body), {});

test('answers come as they were meant, or with what is wrong with each', () => {
  const good = read({
    hot: 'yes',
    degrees: '38,5',
    signs: ['a'],
    'which-other': 'Y',
    'on-day': '1',
    'on-month': '2',
    'on-year': '2026',
    list: ['p', '', 'q'],
    say: 'hello',
  });
  assert.ok('answers' in good);
  assert.deepEqual(good.answers['degrees'], [{ valueQuantity: { value: 38.5, unit: 'C' } }]);
  assert.deepEqual(good.answers['which'], [{ valueString: 'Y' }]);
  assert.deepEqual(good.answers['on'], [{ valueDate: '2026-02-01' }]);
  assert.deepEqual(good.answers['list'], [{ valueString: 'p' }, { valueString: 'q' }]);
  const bad = read({
    degrees: '38',
    signs: ['a', 'none'],
    which: 'z',
    'on-day': '31',
    'on-month': '2',
    'on-year': '2026',
    say: 'much too long',
  });
  assert.ok('errors' in bad);
  assert.deepEqual(
    bad.errors.map(({ field }) => field),
    ['hot', 'signs', 'which', 'on-day', 'say'],
  );
  const outside = read({ hot: 'yes', degrees: '98' });
  assert.ok('errors' in outside && /from 34 to 43/.test(outside.errors[0]?.text ?? ''));
});

test('a question that is not called for has no answer, on its page and in the response', () => {
  const cold = read({ hot: 'no', degrees: '39' });
  assert.ok('answers' in cold && cold.answers['degrees'] === undefined);
  const answers = { hot: [{ valueBoolean: false }], only: [{ valueString: 'left over' }] };
  assert.equal(askedAnswers(items, answers)['only'], undefined);
  assert.doesNotMatch(JSON.stringify(responseItems(items, answers)), /left over/);
  const shown = shownItems(items[0]?.item, {}, {});
  assert.match(
    shown.find(({ id }) => id === 'degrees')?.onlyIf ?? '',
    /you answered “yes” to “Are you hot\?”/,
  );
});

test('what was answered stands in the form as it was typed', () => {
  const body = {
    hot: 'yes',
    degrees: '38.5',
    signs: ['a'],
    which: 'x',
    'on-day': '1',
    'on-month': '2',
    'on-year': '2026',
    list: ['p', 'q'],
    say: 'hi',
  };
  const first = read(body);
  assert.ok('answers' in first);
  const again = parseRaw([items[0]!], rawOf([items[0]!], first.answers), {});
  assert.deepEqual(again, first);
});

test('any body at all is taken or refused in words, and never throws', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom(
          'hot',
          'degrees',
          'signs',
          'which',
          'which-other',
          'on-day',
          'on-year',
          'list',
          'say',
          '__proto__',
        ),
        fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 3 }), fc.constant(7 as never)),
      ),
      (body) => {
        const found = read(body as Record<string, string>);
        assert.ok('answers' in found || found.errors.every(({ text }) => text.length > 0));
      },
    ),
  );
});

test('what is known is filled in, from what was given alone', () => {
  const form = formByKey('registration')!.form;
  const patient = {
    resourceType: 'Patient',
    birthDate: '1990-02-01',
    telecom: [{ system: 'phone', value: '01632 960000' }],
    address: [{ line: ['1 Quay'], city: 'Sandmouth' }],
  };
  const known = prefilled(form, { patient });
  assert.deepEqual(known['reg-born'], [{ valueDate: '1990-02-01' }]);
  assert.deepEqual(known['reg-phone'], [{ valueString: '01632 960000' }]);
  assert.deepEqual(known['reg-line'], [{ valueString: '1 Quay' }]);
  assert.deepEqual(prefilled(form, {}), {});
});

const faultsOf = (one: Questionnaire | QuestionnaireResponse) =>
  validate(one).filter(({ severity }) => severity === 'error' || severity === 'fatal');

test('every form is a valid Questionnaire with ids of its own, and each text of the demonstration has its form', () => {
  for (const { key, form } of allForms) {
    assert.deepEqual(faultsOf(form), [], key);
    const ids: string[] = [];
    const walk = (list: Questionnaire['item']): void => {
      for (const one of list ?? []) {
        ids.push(one.linkId ?? '');
        walk(one.item);
      }
    };
    walk(form.item);
    assert.equal(new Set(ids).size, ids.length, key);
  }
  for (const { form } of demoAsks) assert.ok(formByKey(form), form);
});
