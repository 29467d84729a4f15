import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { defineForm } from './define-form.ts';
import { choicesField, dateField, requiredText, textField } from './fields.ts';

const colours = ['red', 'green'] as const;
const form = defineForm({
  fields: {
    name: requiredText('full-name', { missing: 'Enter a name', what: 'Name', most: 10 }),
    colours: choicesField('colour', z.array(z.enum(colours, 'Select a colour')).min(1, 'Select a colour')),
    from: dateField('from', 'First day'),
    count: textField('count', z.coerce.number('Enter a number').int('Enter a whole number')),
  },
  check: ({ from, count }) =>
    from === '2026-01-01' && count > 1 ? [{ field: 'count', text: 'Only one that day' }] : [],
});
const right = {
  'full-name': ' Ann ',
  colour: ['red', 'green', 'red'],
  'from-day': '1',
  'from-month': '2',
  'from-year': '2026',
  count: '3',
};

test('right answers become typed values', () => {
  assert.deepEqual(form.parse(right), {
    value: { name: 'Ann', colours: ['red', 'green'], from: '2026-02-01', count: 3 },
  });
});

test('all that is wrong is said in the order of the page, each leading to an input that is there', () => {
  const parsed = form.parse({
    colour: 'blue',
    'from-day': '31',
    'from-month': '2',
    'from-year': '2026',
    count: 'x',
  });
  assert.ok('errors' in parsed);
  assert.deepEqual(
    parsed.errors.map(({ field }) => field),
    ['full-name', 'colour', 'from-day', 'count'],
  );
  for (const { field } of parsed.errors) assert.ok(form.inputs.includes(field), field);
});

test('what no field can tell alone is asked when every field is right', () => {
  assert.deepEqual(form.parse({ ...right, 'from-month': '1' }), {
    errors: [{ field: 'count', text: 'Only one that day' }],
  });
});

test('whatever is sent, it is shown again or taken, and nothing throws', () => {
  const anything = fc.dictionary(
    fc.constantFrom(...form.inputs, '__proto__', 'other'),
    fc.oneof(fc.string(), fc.array(fc.string()), fc.constant(null), fc.integer(), fc.object()),
  );
  fc.assert(
    fc.property(anything, (body) => {
      const typed = form.typedOf(body);
      assert.equal(typeof typed.name, 'string');
      const parsed = form.parse(body);
      assert.ok('errors' in parsed ? parsed.errors.length > 0 : parsed.value.name.length > 0);
    }),
    { numRuns: 200 },
  );
});
