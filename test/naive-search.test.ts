/** The oracle itself, against what R4's prose says of each type of parameter. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { finds, found, resource } from './support/search-tables.ts';

/** Observations whose ids say their date. */
const dated = [
  { id: 'year', effectiveDateTime: '2013' },
  { id: 'month', effectiveDateTime: '2013-01' },
  { id: 'day', effectiveDateTime: '2013-01-14' },
  { id: 'minute', effectiveDateTime: '2013-01-14T10:00:00Z' },
  { id: 'next', effectiveDateTime: '2013-01-15' },
  { id: 'ended', effectivePeriod: { end: '2013-01-10' } },
  { id: 'going', effectivePeriod: { start: '2013-01-21' } },
  { id: 'across', effectivePeriod: { start: '2013-01-13', end: '2013-01-15' } },
  { id: 'undated' },
].map((rest) => resource({ resourceType: 'Observation', status: 'final', code: { text: 'x' }, ...rest }));

test('dates are compared as the times they cover', () => {
  finds(dated, 'Observation', [
    ['date=2013-01-14', 'day minute'],
    ['date=eq2013-01', 'across day minute month next'],
    ['date=2013', 'across day minute month next year'],
    ['date=2013-01-14T10:00:00Z', 'minute'],
    ['date=2013-01-14T10:00', 'minute'],
    ['date=ne2013-01-14', 'across ended going month next year'],
    ['date=gt2013-01-14', 'across going month next year'],
    ['date=lt2013-01-14', 'across ended month year'],
    ['date=ge2013-01-14', 'across day going minute month next year'],
    ['date=le2013-01-14', 'across day ended minute month year'],
    ['date=sa2013-01-14', 'going next'],
    ['date=eb2013-01-14', 'ended'],
    ['date=ge2013-01-15', 'going month next year'],
    ['date=sa2013-03-14', ''],
    ['date=eb2013-03-14', 'across day ended minute month next'],
    ['date=ge2013-01-14&date=lt2013-01-15', 'across day minute month year'],
    ['date:missing=true', 'undated'],
    ['date:missing=false', 'across day ended going minute month next year'],
  ]);
});

test('an approximate date reaches a tenth of the way to now on each side', () => {
  // From 2024-05-22 to 2024-06-01 is ten days: one day each side.
  const days = ['2024-05-20', '2024-05-21', '2024-05-22', '2024-05-23', '2024-05-24'].map(
    (effectiveDateTime) =>
      resource({ resourceType: 'Observation', id: effectiveDateTime, effectiveDateTime }),
  );
  finds(days, 'Observation', [['date=ap2024-05-22', '2024-05-21 2024-05-22 2024-05-23']]);
});

const weights = [
  { id: 'mg5.4', value: 5.4, system: 'http://unitsofmeasure.org', code: 'mg', unit: 'mg' },
  { id: 'g.0054', value: 0.0054, system: 'http://unitsofmeasure.org', code: 'g', unit: 'g' },
  { id: 'mg5.44', value: 5.44, system: 'http://unitsofmeasure.org', code: 'mg', unit: 'milligram' },
  { id: 'mg5.5', value: 5.5, system: 'http://unitsofmeasure.org', code: 'mg', unit: 'mg' },
  { id: 'text5.4', value: 5.4, unit: 'mg' },
  { id: 'bare5.4', value: 5.4 },
].map(({ id, ...valueQuantity }) => resource({ resourceType: 'Observation', id, valueQuantity }));

test('quantities are compared in their units, converted where UCUM knows them', () => {
  finds(weights, 'Observation', [
    ['value-quantity=5.4', 'bare5.4 mg5.4 mg5.44 text5.4'],
    ['value-quantity=5.40', 'bare5.4 mg5.4 text5.4'],
    ['value-quantity=5.4|http://unitsofmeasure.org|mg', 'g.0054 mg5.4 mg5.44'],
    ['value-quantity=5.40e-3|http://unitsofmeasure.org|g', 'g.0054 mg5.4'],
    ['value-quantity=5.4||mg', 'mg5.4 mg5.44 text5.4'],
    ['value-quantity=5.4||milligram', 'mg5.44'],
    ['value-quantity=gt5.4|http://unitsofmeasure.org|mg', 'mg5.44 mg5.5'],
    ['value-quantity=ge5.4|http://unitsofmeasure.org|mg', 'g.0054 mg5.4 mg5.44 mg5.5'],
    ['value-quantity=le5.4|http://unitsofmeasure.org|mg', 'g.0054 mg5.4'],
    ['value-quantity=ne5.4', 'g.0054 mg5.5'],
    ['value-quantity=ap6||mg', 'mg5.4 mg5.44 mg5.5 text5.4'],
    ['value-quantity=5.4|urn:other|mg', ''],
    ['value-quantity=5.4|http://unitsofmeasure.org|mL', ''],
  ]);
});

const chances = [0.8, 0.75, 0.84, 0.85, 100, 99.5, 100.4, 100.5].map((probabilityDecimal) =>
  resource({
    resourceType: 'RiskAssessment',
    id: String(probabilityDecimal),
    prediction: [{ probabilityDecimal }],
  }),
);

test('numbers are compared to the precision that is written', () => {
  finds(chances, 'RiskAssessment', [
    ['probability=100', '100 100.4 99.5'],
    ['probability=100.00', '100'],
    ['probability=1e2', '100 100.4 100.5 99.5'],
    ['probability=0.8', '0.75 0.8 0.84'],
    ['probability=gt0.8', '0.84 0.85 100 100.4 100.5 99.5'],
    ['probability=lt0.8', '0.75'],
    ['probability=ge0.8&probability=le0.84', '0.8 0.84'],
    ['probability=sa100', '100.4 100.5'],
    ['probability=eb0.8', '0.75'],
    ['probability=ap0.8', '0.75 0.8 0.84 0.85'],
    ['probability=ne100', '0.75 0.8 0.84 0.85 100.5'],
  ]);
});

const people = [
  { id: 'eve', name: [{ given: ['Eve'], family: 'Carter' }], gender: 'female' },
  { id: 'evelyn', name: [{ given: ['Evelyn'], family: 'O’Brien' }], gender: 'male' },
  { id: 'severine', name: [{ given: ['Séverine', 'Ann'], family: 'de la Cruz' }] },
  { id: 'nameless', gender: 'female', active: true },
].map((rest) => resource({ resourceType: 'Patient', ...rest }));

test('strings are compared from their beginning, without case and accents', () => {
  finds(people, 'Patient', [
    ['given=eve', 'eve evelyn'],
    ['given=EVE', 'eve evelyn'],
    ['given:contains=eve', 'eve evelyn severine'],
    ['given:exact=Eve', 'eve'],
    ['given:exact=eve', ''],
    ['given=severine', 'severine'],
    ["family=o'brien", 'evelyn'],
    ['name=ann', 'severine'],
    ['family=cruz', 'severine'],
    ['family=DE  LA', 'severine'],
    ['family:exact=Cruz', ''],
    ['family:exact=de la Cruz', 'severine'],
    ['given=eve,ann', 'eve evelyn severine'],
    ['given=sev&given=ann', 'severine'],
    ['name:missing=true', 'nameless'],
  ]);
});

const coded = [
  { id: 'loinc', code: { coding: [{ system: 'http://loinc.org', code: 'A1', display: 'Head ache' }] } },
  { id: 'local', code: { coding: [{ code: 'a1' }] } },
  {
    id: 'both',
    code: {
      coding: [
        { system: 'http://loinc.org', code: 'B2' },
        { system: 'urn:x', code: 'A1' },
      ],
      text: 'Severe headache',
    },
  },
  { id: 'words', code: { text: 'Headache' } },
  { id: 'none' },
].map((rest) => resource({ resourceType: 'Condition', ...rest }));

test('tokens are compared by system and code', () => {
  finds(coded, 'Condition', [
    ['code=A1', 'both local loinc'],
    ['code=http://loinc.org|A1', 'loinc'],
    ['code=http://loinc.org|a1', 'loinc'],
    ['code=|A1', 'local'],
    ['code=http://loinc.org|', 'both loinc'],
    ['code=http://loinc.org|B2,|a1', 'both local'],
    ['code=http://loinc.org|B2&code=urn:x|A1', 'both'],
    ['code:not=http://loinc.org|A1', 'both local none words'],
    ['code:not=http://loinc.org|A1,urn:x|A1', 'local none words'],
    ['code:text=headache', 'both words'],
    ['code:text=head', 'both loinc words'],
    ['code:missing=true', 'none'],
  ]);
});

test('value sets and hierarchies stand for their codes', () => {
  const codes = (): { system: string; code: string }[] => [{ system: 'http://loinc.org', code: 'B2' }];
  const ids = (query: string): string => found(coded, 'Condition', query, { codes }).sort().join(' ');
  assert.equal(ids('code:in=http://vs'), 'both');
  assert.equal(ids('code:not-in=http://vs'), 'local loinc none words');
  assert.equal(ids('code:below=http://loinc.org|A'), 'both');
});

const identified = [
  {
    id: 'mr',
    identifier: [{ system: 'urn:h', value: '12345', type: { coding: [{ system: 'urn:t', code: 'MR' }] } }],
  },
  { id: 'other', identifier: [{ system: 'urn:g', value: '12345' }] },
  { id: 'systemless', identifier: [{ value: '12345' }] },
].map((rest) => resource({ resourceType: 'Patient', ...rest }));

test('identifiers are found by value, by system, and by the type they are of', () => {
  finds(identified, 'Patient', [
    ['identifier=12345', 'mr other systemless'],
    ['identifier=urn:h|12345', 'mr'],
    ['identifier=|12345', 'systemless'],
    ['identifier=urn:h|', 'mr'],
    ['identifier:of-type=urn:t|MR|12345', 'mr'],
    ['identifier:of-type=urn:t|MR|1234', ''],
    ['identifier:of-type=urn:t|EXT|12345', ''],
  ]);
});

const components = resource({
  resourceType: 'Observation',
  id: 'bp',
  component: [
    { code: { coding: [{ system: 'urn:l', code: 'sys' }] }, valueQuantity: { value: 120 } },
    { code: { coding: [{ system: 'urn:l', code: 'dia' }] }, valueQuantity: { value: 80 } },
  ],
});

test('the parts of a composite hold for one element', () => {
  finds([components], 'Observation', [
    ['component-code-value-quantity=urn:l|sys$120', 'bp'],
    ['component-code-value-quantity=urn:l|sys$lt100', ''],
    ['component-code-value-quantity=dia$lt100', 'bp'],
    ['combo-code-value-quantity=dia$80', 'bp'],
    ['code-value-quantity=dia$80', ''],
    ['component-code=sys&component-value-quantity=lt100', 'bp'],
  ]);
});

const sets = [
  'http://acme.org/fhir',
  'http://acme.org/fhir/ValueSet/123',
  'http://acme.org/fhirs',
  'urn:oid:1.2',
].map((url, i) => resource({ resourceType: 'ValueSet', id: `v${i}`, url }));

test('URIs are compared whole, or by the steps of their path', () => {
  finds(sets, 'ValueSet', [
    ['url=http://acme.org/fhir', 'v0'],
    ['url=http://acme.org', ''],
    ['url:below=http://acme.org/fhir', 'v0 v1'],
    ['url:below=http://acme.org/fhir/', 'v1'],
    ['url:above=http://acme.org/fhir/ValueSet/123/_history/5', 'v0 v1'],
    ['url:below=urn:oid:1', ''],
  ]);
});

const sortable = [
  { id: 'a', name: [{ family: 'Öztürk' }], birthDate: '1980' },
  { id: 'b', name: [{ family: 'Adams' }, { family: 'Zane' }], birthDate: '1990-01-01' },
  { id: 'c', name: [{ family: 'oman' }] },
  { id: 'd', birthDate: '1980' },
].map((rest) => resource({ resourceType: 'Patient', ...rest }));

test('sorting goes by the smallest value upwards and the largest downwards, and puts what has none last', () => {
  for (const [query, order] of [
    ['_sort=family', 'b c a d'],
    ['_sort=-family', 'b a c d'],
    ['_sort=birthdate,-_id', 'd a b c'],
    ['_sort=-birthdate,_id', 'b a d c'],
    ['_sort=-_id', 'd c b a'],
  ] as const) {
    assert.equal(found(sortable, 'Patient', query).join(' '), order, query);
  }
});

test('the time of the last change and words are searched', () => {
  const world = [
    resource({
      resourceType: 'Condition',
      id: 'x',
      meta: { lastUpdated: '2024-02-01T10:00:00.000Z' },
      text: { status: 'generated', div: '<div>Acute chest pain</div>' },
      note: [{ text: 'with cough' }],
    }),
    resource({ resourceType: 'Condition', id: 'y', meta: { lastUpdated: '2024-03-01T10:00:00.000Z' } }),
  ];
  finds(world, 'Condition', [
    ['_lastUpdated=ge2024-02-01&_lastUpdated=lt2024-03', 'x'],
    ['_lastUpdated=2024', 'x y'],
    ['_text=pain chest', 'x'],
    ['_text="pain chest"', ''],
    ['_text=pain -chest', ''],
    ['_text=cough', ''],
    ['_content=cough', 'x'],
    ['_text=fever or pain', 'x'],
  ]);
});

test('contained resources are found as what holds them, or as themselves', () => {
  const world = [
    resource({
      resourceType: 'MedicationRequest',
      id: 'mr',
      contained: [
        { resourceType: 'Medication', id: 'm', status: 'active', code: { coding: [{ code: 'x' }] } },
      ],
    }),
    resource({ resourceType: 'Medication', id: 'n', status: 'active', code: { coding: [{ code: 'x' }] } }),
  ];
  finds(world, 'Medication', [
    ['code=x', 'n'],
    ['code=x&_contained=true', 'mr'],
    ['code=x&_contained=both', 'mr n'],
    ['code=x&_contained=both&_containedType=contained', 'm n'],
  ]);
});
