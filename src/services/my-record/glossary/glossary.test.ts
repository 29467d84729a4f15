import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GlossaryKind } from './entry.ts';
import { entriesNamed, glossary, meaningOf, meaningOfWords, plainCondition } from './lookup.ts';

const snomed = (code: string, display: string) => ({
  coding: [{ system: 'http://snomed.info/sct', code, display }],
});
const loinc = (code: string, display: string) => ({
  coding: [{ system: 'http://loinc.org', code, display }],
});
const all: readonly GlossaryKind[] = ['test', 'condition', 'medicine', 'term'];

describe('the glossary', () => {
  it('has entries enough, each with an id of its own', () => {
    assert.ok(glossary.length >= 150, String(glossary.length));
    assert.equal(new Set(glossary.map(({ id }) => id)).size, glossary.length);
    for (const { id } of glossary) assert.match(id, /^[a-z0-9-]+$/);
  });

  it('gives a code one meaning', () => {
    const codes = glossary.flatMap((entry) => entry.codes);
    const twice = codes.filter((code, i) => codes.indexOf(code) !== i);
    assert.deepEqual(twice, []);
    for (const code of codes)
      assert.match(code, /^http:\/\/(loinc\.org\|\d+-\d|snomed\.info\/sct\|\d{6,18})$/);
  });

  it('names a page of nhs.uk for each', () => {
    for (const { id, page } of glossary) assert.match(page, /^[a-z0-9-]+\/(?:[a-z0-9-]+\/)*$/, id);
  });

  it('speaks in short sentences', () => {
    for (const { id, says } of glossary) {
      assert.match(says, /[.!?]$/, id);
      for (const sentence of says.split(/(?<=[.!?])\s+/))
        assert.ok(sentence.split(/\s+/).length <= 20, `${id}: ${sentence}`);
    }
  });

  it('can be read at the age of 9 to 11: few long words, save the names that it explains', () => {
    const named = new Set(
      glossary.flatMap(({ name, also }) =>
        [name, ...also]
          .join(' ')
          .toLowerCase()
          .split(/[^a-z]+/),
      ),
    );
    for (const { id, says } of glossary) {
      const words = says.match(/[A-Za-z’-]+/g) ?? [];
      const long = words.filter(
        (word) => !named.has(word.toLowerCase()) && (word.toLowerCase().match(/[aeiouy]+/g)?.length ?? 0) > 3,
      );
      assert.ok(long.length <= Math.max(2, words.length / 12), `${id}: ${long.join(', ')}`);
    }
  });

  it('never advises on a treatment', () => {
    for (const { id, says } of glossary)
      assert.doesNotMatch(
        says,
        /\b(?:stop taking|start taking|take (?:more|less|it)|you should|you must|increase|reduce your)\b/i,
        id,
      );
  });
});

describe('what words and codes mean', () => {
  const cases: readonly (readonly [string, Parameters<typeof meaningOf>[0], string | undefined, boolean?])[] =
    [
      ['a code of SNOMED CT', snomed('38341003', 'Hypertensive disorder'), 'High blood pressure', true],
      [
        'a code of LOINC',
        loinc('4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood'),
        'Average blood sugar (HbA1c)',
        true,
      ],
      ['words without a code', { text: 'Type 2 Diabetes Mellitus' }, 'Type 2 diabetes', true],
      ['an American name', { text: 'Anemia (disorder)' }, 'Anaemia', true],
      ['words that hold an entry’s', { text: 'Asthma, well controlled' }, 'Asthma', false],
      [
        'the longer of two names',
        { text: 'Iron deficiency anaemia in pregnancy' },
        'Low iron (anaemia)',
        false,
      ],
      ['a part of a word', { text: 'Prediabetes' }, 'Risk of diabetes (prediabetes)', true],
      ['what is ruled out', { text: 'No evidence of asthma' }, undefined],
      ['what a relative has', { text: 'Family history of breast cancer' }, undefined],
      ['a word that is not there', { text: 'Zygomatic thing' }, undefined],
      ['a code that is not known', snomed('1', 'Unheard of'), undefined],
      ['nothing', undefined, undefined],
      ['an empty concept', {}, undefined],
    ];
  for (const [name, concept, wanted, exact = false] of cases)
    it(name, () => {
      const found = meaningOf(concept, all);
      assert.equal(found?.entry.name, wanted);
      if (wanted !== undefined) assert.equal(found?.exact, exact);
    });

  it('looks only among the kinds that are asked for', () => {
    assert.equal(meaningOfWords('metformin 500 mg tablets', ['medicine'])?.entry.name, 'Metformin');
    assert.equal(meaningOfWords('metformin 500 mg tablets', ['condition']), undefined);
  });

  it('makes the name of a condition plain only where it is just that', () => {
    assert.equal(plainCondition('Hypertension'), 'High blood pressure');
    assert.equal(plainCondition('Hypertension of the lungs'), 'Hypertension of the lungs');
  });

  it('finds entries by the beginning of a word', () => {
    assert.ok(entriesNamed('chol').some(({ name }) => name === 'Total cholesterol'));
    assert.ok(entriesNamed('high blood pressure').some(({ name }) => name === 'High blood pressure'));
    assert.deepEqual(entriesNamed(''), []);
    assert.deepEqual(entriesNamed('xx'), []);
  });
});
