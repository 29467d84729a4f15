import assert from 'node:assert/strict';
import test from 'node:test';
import { ageRule, ageRules, nextReview, type ProxyBasis } from './age-rules.ts';

const on = (text: string): number => Date.parse(text);

test('the rule changes on the 11th and on the 16th birthday', () => {
  for (const [birthDate, at, rule] of [
    ['2015-11-22', '2026-11-21T23:59:59.999Z', 'child'],
    ['2015-11-22', '2026-11-22T00:00:00Z', 'young-person'],
    ['2010-11-22', '2026-11-21T23:59:59.999Z', 'young-person'],
    ['2010-11-22', '2026-11-22T00:00:00Z', 'adult'],
    ['2026-11-22', '2026-11-22T00:00:00Z', 'child'],
    ['1940-01-01', '2026-11-22T00:00:00Z', 'adult'],
    ['2030-01-01', '2026-11-22T00:00:00Z', 'child'],
  ] as const)
    assert.equal(ageRule(birthDate, on(at)).id, rule, `${birthDate} at ${at}`);
});

test('someone born on 29 February is older on 1 March where the year has no such day', () => {
  assert.equal(ageRule('2016-02-29', on('2027-02-28T23:59:59Z')).id, 'child');
  assert.equal(ageRule('2016-02-29', on('2027-03-01')).id, 'young-person');
  assert.equal(ageRule('2016-02-29', on('2032-02-29')).id, 'adult');
});

test('a birth date known to the year counts from its first day, and an unknown one as an adult’s', () => {
  assert.equal(ageRule('2015', on('2026-01-01')).id, 'young-person');
  assert.equal(ageRule('2015-06', on('2026-05-31')).id, 'child');
  assert.equal(ageRule('2015-06', on('2026-06-01')).id, 'young-person');
  assert.equal(ageRule(undefined, on('2026-01-01')).id, 'adult');
  assert.equal(ageRule('yesterday', on('2026-01-01')).id, 'adult');
});

test('what was decided is looked at again on the birthday on which the rule changes', () => {
  assert.equal(nextReview('2018-05-01', on('2026-01-01')), on('2029-05-01'));
  assert.equal(nextReview('2014-05-01', on('2026-01-01')), on('2030-05-01'));
  assert.equal(nextReview('1990-05-01', on('2026-01-01')), undefined);
  assert.equal(nextReview(undefined, on('2026-01-01')), undefined);
});

test('parental responsibility is a ground until 11, and never after', () => {
  const grounds = (basis: ProxyBasis) =>
    ageRules.filter(({ bases }) => bases.includes(basis)).map(({ id }) => id);
  assert.deepEqual(grounds('parental-responsibility'), ['child']);
  assert.deepEqual(grounds('young-person-agrees'), ['young-person']);
  assert.deepEqual(grounds('own-consent'), ['adult']);
  assert.deepEqual(grounds('power-of-attorney'), ['adult']);
});

test('the rules follow on each other, and each names its source', () => {
  ageRules.forEach(({ from, to, source, text }, index) => {
    assert.equal(from, ageRules[index - 1]?.to ?? 0);
    assert.equal(to, ageRules[index + 1]?.from);
    assert.ok(source.length > 20 && text.endsWith('.'));
  });
});
