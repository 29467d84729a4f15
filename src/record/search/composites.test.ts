import test from 'node:test';
import { testRecord } from '../../../test/support/record.ts';
import { finds, put } from '../../../test/support/searching.ts';

const ucum = 'http://unitsofmeasure.org';

test('both parts of a composite must stand in one component', async (t) => {
  const { record } = await testRecord(t);
  const pressure = (id: string, systolic: number, diastolic: number) => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '85354-9' }] },
    component: [
      ['8480-6', systolic],
      ['8462-4', diastolic],
    ].map(([code, value]) => ({
      code: { coding: [{ system: 'http://loinc.org', code }] },
      valueQuantity: { value, unit: 'mmHg', system: ucum, code: 'mm[Hg]' },
    })),
  });
  await put(record, pressure('low', 100, 60), pressure('high', 150, 95));
  await finds(record, [
    ['Observation?component-code-value-quantity=8480-6$gt120', 'high'],
    [
      'Observation?component-code-value-quantity=http://loinc.org|8462-4$lt70|http://unitsofmeasure.org|mm[Hg]',
      'low',
    ],
    ['Observation?component-code-value-quantity=8462-4$gt120', ''],
    ['Observation?component-code-value-quantity=8462-4$13.3||kPa', ''],
    ['Observation?component-code-value-quantity=8480-6$gt120,8462-4$lt70', 'high low'],
    ['Observation?combo-code-value-quantity=8480-6$100', 'low'],
    ['Observation?component-code-value-quantity=8480-6$ap20|http://unitsofmeasure.org|kPa', 'high'],
  ]);
});

test('composites of the whole resource join a code with a date, a text or a concept', async (t) => {
  const { record } = await testRecord(t);
  const observation = (id: string, code: string, value: object) => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ code }] },
    ...value,
  });
  await put(
    record,
    observation('date', 'due', { valueDateTime: '2024-03-05' }),
    observation('period', 'due', { valuePeriod: { start: '2024-01-01', end: '2024-12-31' } }),
    observation('text', 'colour', { valueString: 'Bleu foncé' }),
    observation('concept', 'colour', {
      valueCodeableConcept: { coding: [{ system: 'urn:x', code: 'blue' }] },
    }),
  );
  await finds(record, [
    ['Observation?code-value-date=due$2024-03', 'date'],
    ['Observation?code-value-date=due$ge2024-06', 'period'],
    ['Observation?code-value-date=due$2024', 'date period'],
    ['Observation?code-value-string=colour$bleu', 'text'],
    ['Observation?code-value-string=due$bleu', ''],
    ['Observation?code-value-concept=colour$urn:x|blue', 'concept'],
    ['Observation?code-value-concept=colour$|blue', ''],
  ]);
});

test('contexts are found by a code with a quantity, a range or a concept', async (t) => {
  const { record } = await testRecord(t);
  const questionnaire = (id: string, ...useContext: object[]) => ({
    resourceType: 'Questionnaire',
    id,
    status: 'active',
    useContext,
  });
  const age = { system: 'http://terminology.hl7.org/CodeSystem/usage-context-type', code: 'age' };
  const focus = { ...age, code: 'focus' };
  await put(
    record,
    questionnaire('range', {
      code: age,
      valueRange: {
        low: { value: 18, system: ucum, code: 'a' },
        high: { value: 60, system: ucum, code: 'a' },
      },
    }),
    questionnaire('amount', { code: age, valueQuantity: { value: 5, system: ucum, code: 'a' } }),
    questionnaire(
      'concepts',
      { code: focus, valueCodeableConcept: { coding: [{ system: 'urn:x', code: 'heart' }] } },
      { code: age, valueCodeableConcept: { coding: [{ system: 'urn:x', code: 'adult' }] } },
    ),
  );
  await finds(record, [
    ['Questionnaire?context-type-quantity=age$gt50|http://unitsofmeasure.org|a', 'range'],
    ['Questionnaire?context-type-quantity=age$lt20|http://unitsofmeasure.org|a', 'amount range'],
    ['Questionnaire?context-type-quantity=age$60|http://unitsofmeasure.org|mo', 'amount'],
    ['Questionnaire?context-type-value=focus$heart', 'concepts'],
    ['Questionnaire?context-type-value=age$heart', ''],
    ['Questionnaire?context-type-value=age$urn:x|adult', 'concepts'],
    ['Questionnaire?context-type-value=age$urn:x|', 'concepts'],
  ]);
});

test('a composite of three parts holds all three together', async (t) => {
  const { record } = await testRecord(t);
  const sequence = (id: string, code: string, windowStart: number, windowEnd: number) => ({
    resourceType: 'MolecularSequence',
    id,
    coordinateSystem: 0,
    referenceSeq: { genomeBuild: 'GRCh38', chromosome: { coding: [{ code }] }, windowStart, windowEnd },
    variant: [
      { start: windowStart, end: windowStart + 1 },
      { start: windowEnd - 1, end: windowEnd },
    ],
  });
  await put(record, sequence('a', '1', 100, 200), sequence('b', '1', 100, 300), sequence('c', '2', 100, 200));
  await finds(record, [
    ['MolecularSequence?chromosome-window-coordinate=1$100$200', 'a'],
    ['MolecularSequence?chromosome-window-coordinate=1$ge100$gt200', 'b'],
    ['MolecularSequence?chromosome-window-coordinate=2$lt150$lt250', 'c'],
    ['MolecularSequence?chromosome-variant-coordinate=1$100$101', 'a b'],
    ['MolecularSequence?chromosome-variant-coordinate=1$100$200', ''],
    ['MolecularSequence?chromosome-variant-coordinate=1$gt150$lt250', 'a'],
  ]);
});

test('documents are found by what they relate to and how', async (t) => {
  const { record } = await testRecord(t);
  const document = (id: string, ...relatesTo: object[]) => ({
    resourceType: 'DocumentReference',
    id,
    status: 'current',
    content: [{ attachment: { url: 'http://example.org/letter' } }],
    relatesTo,
  });
  await put(
    record,
    document('new', { code: 'replaces', target: { reference: 'DocumentReference/old' } }),
    document(
      'both',
      { code: 'appends', target: { reference: 'DocumentReference/old' } },
      { code: 'replaces', target: { reference: 'DocumentReference/other' } },
    ),
  );
  await finds(record, [
    ['DocumentReference?relationship=DocumentReference/old$replaces', 'new'],
    ['DocumentReference?relationship=old$appends', 'both'],
    ['DocumentReference?relationship=DocumentReference/other$appends', ''],
  ]);
});
