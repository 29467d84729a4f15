import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseTyped, typedFields } from './person-search.ts';

const parse = (query: Record<string, unknown>) =>
  parseTyped(typedFields(query), 2026, Object.keys(query).length > 0);

describe('finding a person', () => {
  it('asks for nothing before the form was sent, and for one detail after', () => {
    assert.deepEqual(parse({}), { state: 'empty' });
    const sent = parse({ name: ' ', year: '' });
    assert.equal(sent.state === 'wrong' && sent.errors[0]?.field, 'name');
  });

  const searches: [string, Record<string, unknown>, [string, string][]][] = [
    [
      'each word of a name',
      { name: 'Ashworth, Margaret' },
      [
        ['name', 'Ashworth'],
        ['name', 'Margaret'],
      ],
    ],
    [
      'an NHS number with spaces',
      { 'nhs-number': '999 000 0018' },
      [['identifier', 'https://fhir.nhs.uk/Id/nhs-number|9990000018']],
    ],
    ['another number, its marks escaped', { identifier: 'A|1,2' }, [['identifier', 'A\\|1\\,2']]],
    ['a whole date of birth', { day: '8', month: '3', year: '1952' }, [['birthdate', '1952-03-08']]],
    ['a month of birth', { month: '03', year: '1952' }, [['birthdate', '1952-03']]],
    ['a year of birth', { year: '1952' }, [['birthdate', '1952']]],
    [
      'a UK postcode however it is spaced',
      { postcode: 'ls62jp' },
      [['address-postalcode', 'LS6 2JP,LS62JP']],
    ],
    ['another postcode as it is', { postcode: '01040' }, [['address-postalcode', '01040']]],
    ['a field that was sent twice, once', { name: ['Ann', 'Bob'] }, [['name', 'Ann']]],
  ];
  for (const [what, typed, query] of searches) {
    it(`searches by ${what}`, () => assert.deepEqual(parse(typed), { state: 'ready', query }));
  }

  const mistakes: [Record<string, string>, string, RegExp][] = [
    [{ 'nhs-number': '999 000 001' }, 'nhs-number', /10 digits/],
    [{ 'nhs-number': '9990000019' }, 'nhs-number', /not a valid one/],
    [{ day: '31', month: '2', year: '1980' }, 'day', /from 1 to 29/],
    [{ day: '3', year: '1980' }, 'month', /month/],
    [{ day: '3', month: '3' }, 'year', /include a year/],
    [{ year: '2099' }, 'year', /future/],
    [{ name: ',,' }, 'name', /letter/],
    [{ name: 'x'.repeat(101) }, 'name', /100 characters/],
    [{ name: 'a b c d e f g h i' }, 'name', /8 words/],
  ];
  for (const [typed, field, message] of mistakes) {
    it(`says what is wrong with ${JSON.stringify(typed).slice(0, 60)}`, () => {
      const parsed = parse(typed);
      assert.ok(parsed.state === 'wrong');
      assert.equal(parsed.errors[0]?.field, field);
      assert.match(parsed.errors[0]?.text ?? '', message);
    });
  }
});
