import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Resource } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { exampleFiles, interpret, readExample } from '../../test/support/official-examples.ts';
import { conversionOf } from './conversions/convert.ts';
import { extract } from './extract.ts';
import { isObject } from './path/nodes.ts';
import { pathsOf, searchParameter } from './search-parameters.ts';
import type { SearchValue } from './search-values.ts';

/** What a parameter finds in a resource; not more of the resource is given than it reads. */
function valuesOf(code: string, resource: { resourceType: string; [name: string]: unknown }): SearchValue[] {
  const values = extract(resource as unknown as Resource);
  const parameter = searchParameter(resource.resourceType, code);
  assert.ok(parameter, code);
  return parameter.paths.flatMap((path) => values.get(path.key) ?? []);
}

const day = 86_400_000;
const loinc = 'http://loinc.org';
const ucum = 'http://unitsofmeasure.org';

describe('extract', () => {
  const cases: [
    what: string,
    code: string,
    resource: { resourceType: string; [name: string]: unknown },
    values: object[],
  ][] = [
    ['the id', '_id', { resourceType: 'Binary', id: 'b1' }, [{ kind: 'token', code: 'b1' }]],
    [
      'a code with the system its binding implies',
      'gender',
      { resourceType: 'Patient', gender: 'male' },
      [{ kind: 'token', system: 'http://hl7.org/fhir/administrative-gender', code: 'male' }],
    ],
    ['a boolean', 'active', { resourceType: 'Patient', active: false }, [{ kind: 'token', code: 'false' }]],
    [
      'a person without a date of death as not deceased',
      'deceased',
      { resourceType: 'Patient' },
      [{ kind: 'token', code: 'false' }],
    ],
    [
      'a date of death as deceased',
      'deceased',
      { resourceType: 'Patient', deceasedDateTime: '2020' },
      [{ kind: 'token', code: 'true' }],
    ],
    [
      'each coding of a concept, and its text where no coding says the same',
      'code',
      {
        resourceType: 'Observation',
        code: {
          coding: [{ system: loinc, code: '8480-6', display: 'Systolic' }, { code: 'x' }, {}],
          text: 'BP',
        },
      },
      [
        { kind: 'token', system: loinc, code: '8480-6', text: 'Systolic' },
        { kind: 'token', code: 'x', text: 'BP' },
        { kind: 'token', text: 'BP' },
      ],
    ],
    [
      'a concept of text alone',
      'code',
      { resourceType: 'Condition', code: { text: 'Cough' } },
      [{ kind: 'token', text: 'Cough' }],
    ],
    [
      'an identifier with its type',
      'identifier',
      {
        resourceType: 'Patient',
        identifier: [
          {
            system: 'urn:s',
            value: '1',
            type: { coding: [{ system: 'urn:t', code: 'MR' }], text: 'Record' },
          },
          { system: 'urn:s' },
        ],
      },
      [
        {
          kind: 'identifier',
          system: 'urn:s',
          value: '1',
          types: [{ system: 'urn:t', code: 'MR' }],
          text: 'Record',
        },
      ],
    ],
    [
      'a telephone number without a system',
      'phone',
      {
        resourceType: 'Patient',
        telecom: [
          { system: 'phone', value: '0113' },
          { system: 'email', value: 'a@b' },
        ],
      },
      [{ kind: 'identifier', value: '0113', types: [] }],
    ],
    [
      'every part of a name, the later words of the family name, and the name as spoken',
      'name',
      {
        resourceType: 'Patient',
        name: [{ prefix: ['Dr'], given: ['Ana', 'Luz'], family: 'Carreno Quinones' }],
      },
      [
        { kind: 'string', value: 'Carreno Quinones' },
        { kind: 'string', value: 'Ana' },
        { kind: 'string', value: 'Luz' },
        { kind: 'string', value: 'Dr' },
        { kind: 'string', value: 'Quinones', part: true },
        { kind: 'string', value: 'Ana Luz Carreno Quinones' },
      ],
    ],
    [
      'the later words of a double-barrelled family name',
      'family',
      { resourceType: 'Patient', name: [{ family: 'Smith-Jones' }] },
      [
        { kind: 'string', value: 'Smith-Jones' },
        { kind: 'string', value: 'Jones', part: true },
      ],
    ],
    [
      'every part of an address, each once',
      'address',
      {
        resourceType: 'Patient',
        address: [{ line: ['1 High St', 'Leeds'], city: 'Leeds', postalCode: 'LS1 1AA', use: 'home' }],
      },
      [
        { kind: 'string', value: '1 High St' },
        { kind: 'string', value: 'Leeds' },
        { kind: 'string', value: 'LS1 1AA' },
      ],
    ],
    [
      'a date as its day',
      'birthdate',
      { resourceType: 'Patient', birthDate: '1970-01-02' },
      [{ kind: 'date', low: day, high: 2 * day }],
    ],
    [
      'a period without an end',
      'date',
      { resourceType: 'Encounter', period: { start: '1970-01-02' } },
      [{ kind: 'date', low: day, high: Number.POSITIVE_INFINITY }],
    ],
    [
      'the outer limits of a timing',
      'date',
      {
        resourceType: 'Observation',
        effectiveTiming: {
          event: ['1970-01-05', '1970-01-02'],
          repeat: { boundsPeriod: { start: '1970-01-03', end: '1970-01-04' } },
        },
      },
      [{ kind: 'date', low: day, high: 5 * day }],
    ],
    ['a choice by the type it has', 'date', { resourceType: 'Procedure', performedString: '1970' }, []],
    [
      'a quantity in its unit and in base units',
      'value-quantity',
      { resourceType: 'Observation', valueQuantity: { value: 5, unit: 'mg', system: ucum, code: 'mg' } },
      [
        {
          kind: 'quantity',
          value: 5,
          low: 5,
          high: 5,
          system: ucum,
          code: 'mg',
          unit: 'mg',
          canonical: { value: 0.005, low: 0.005, high: 0.005, unit: 'g' },
        },
      ],
    ],
    [
      'a quantity below a limit as all that is below',
      'value-quantity',
      { resourceType: 'Observation', valueQuantity: { value: 5, comparator: '<', unit: 'tablets' } },
      [{ kind: 'quantity', value: 5, low: Number.NEGATIVE_INFINITY, high: 5, unit: 'tablets' }],
    ],
    [
      'sampled data by its least and greatest',
      'value-quantity',
      {
        resourceType: 'Observation',
        valueSampledData: {
          origin: { value: 10, unit: 'x' },
          factor: 2,
          data: '1 E 3 U -2',
          dimensions: 1,
          period: 1,
        },
      },
      [{ kind: 'quantity', value: 6, low: 6, high: 16, unit: 'x' }],
    ],
    [
      'money by its currency',
      'totalnet',
      { resourceType: 'Invoice', totalNet: { value: 12.5, currency: 'GBP' } },
      [{ kind: 'quantity', value: 12.5, low: 12.5, high: 12.5, system: 'urn:iso:std:iso:4217', code: 'GBP' }],
    ],
    [
      'a number',
      'probability',
      { resourceType: 'RiskAssessment', prediction: [{ probabilityDecimal: 0.25 }] },
      [{ kind: 'number', value: 0.25, low: 0.25, high: 0.25 }],
    ],
    [
      'references of every kind but those into the resource',
      'general-practitioner',
      {
        resourceType: 'Patient',
        generalPractitioner: [
          { reference: 'Practitioner/1' },
          { reference: 'Organization/2/_history/3' },
          { reference: 'https://a.example/fhir/Organization/9' },
          { reference: 'urn:uuid:3fdc72f4-a11d-4a9d-9260-a9f745779e1d' },
          { reference: '#contained' },
          { type: 'Practitioner', identifier: { system: 'urn:gmc', value: '7' } },
          { display: 'Dr Who' },
        ],
      },
      [
        { kind: 'reference', type: 'Practitioner', id: '1' },
        { kind: 'reference', type: 'Organization', id: '2', version: '3' },
        { kind: 'reference', url: 'https://a.example/fhir/Organization/9' },
        { kind: 'reference', url: 'urn:uuid:3fdc72f4-a11d-4a9d-9260-a9f745779e1d' },
        { kind: 'reference', type: 'Practitioner', identifier: { system: 'urn:gmc', value: '7' } },
      ],
    ],
    [
      'a patient among subjects only where the subject is one',
      'patient',
      { resourceType: 'Observation', subject: { reference: 'Group/1' } },
      [],
    ],
    [
      'a canonical with its version apart',
      'instantiates-canonical',
      { resourceType: 'CarePlan', instantiatesCanonical: ['http://a/PlanDefinition/p|2.0'] },
      [{ kind: 'reference', url: 'http://a/PlanDefinition/p', version: '2.0' }],
    ],
    [
      'the resource in a document bundle',
      'composition',
      { resourceType: 'Bundle', entry: [{ resource: { resourceType: 'Composition', id: 'c' } }] },
      [{ kind: 'reference', type: 'Composition', id: 'c' }],
    ],
    [
      'a profile',
      '_profile',
      { resourceType: 'Patient', meta: { profile: ['http://p|1'] } },
      [{ kind: 'uri', value: 'http://p|1' }],
    ],
    [
      'an extension by its url',
      'mothersMaidenName',
      {
        resourceType: 'Patient',
        extension: [
          { url: 'http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName', valueString: 'Green' },
          { url: 'http://other', valueString: 'Blue' },
        ],
      },
      [{ kind: 'string', value: 'Green' }],
    ],
    [
      'the parts of a composite from one component each time',
      'component-code-value-concept',
      {
        resourceType: 'Observation',
        component: [
          { code: { coding: [{ code: 'a' }] }, valueCodeableConcept: { coding: [{ code: 'x' }] } },
          { code: { coding: [{ code: 'b' }] }, valueString: 'none' },
        ],
      },
      [{ kind: 'composite', parts: [[{ kind: 'token', code: 'a' }], [{ kind: 'token', code: 'x' }]] }],
    ],
    [
      'nothing of a primitive that has only an extension',
      'birthdate',
      { resourceType: 'Patient', _birthDate: { extension: [{ url: 'http://u', valueCode: 'unknown' }] } },
      [],
    ],
  ];
  for (const [what, code, resource, values] of cases) {
    it(`reads ${what} (${resource.resourceType}?${code})`, () =>
      assert.deepEqual(valuesOf(code, resource), values));
  }

  it('gives what converting the nodes of the interpreter gives, for every path on the official examples', () => {
    const examples = exampleFiles.filter((file) => file !== 'Observation-decimal.json').map(readExample);
    let compared = 0;
    for (const resource of examples) {
      const values = extract(resource as unknown as Resource); // an official example
      for (const { key, type, from } of pathsOf(resource.resourceType)) {
        if (type === 'composite') continue;
        const expected: SearchValue[] = [];
        for (const source of from) {
          const convert = conversionOf(type, source);
          for (const node of interpret(source[0], resource)) convert(node, expected);
        }
        const unique = [...new Map(expected.map((value) => [JSON.stringify(value), value])).values()];
        assert.deepEqual(
          values.get(key) ?? [],
          unique,
          `${resource.resourceType}/${String(resource['id'])} ${key}`,
        );
        compared += unique.length;
      }
    }
    assert.ok(compared > 10_000, `${compared} values`);
  });

  it('never throws, whatever is done to an example', () => {
    const samples = exampleFiles.filter((_, i) => i % 40 === 0);
    const junk = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(null, '', [], {}, [null], -0, 1e308, 'Patient/1', '#'),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(fc.tuple(fc.nat(), junk), { minLength: 1, maxLength: 6 }),
        (file, changes) => {
          const resource = readExample(file);
          for (const [at, value] of changes) mutate(resource, at, structuredClone(value));
          extract(resource as unknown as Resource);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('makes no more of a monstrous name than its length is worth', () => {
    const name = [{ family: 'a '.repeat(100_000) }, { family: 'b-'.repeat(90) }];
    assert.ok(valuesOf('family', { resourceType: 'Patient', name }).length <= 12);
  });

  it('has no values for what is no resource of R4', () => {
    assert.equal(extract({ resourceType: 'Nonsense', meta: {} } as unknown as Resource).size, 0);
  });
});

/** Puts a value in one place below the root, its type left as it is. */
function mutate(root: unknown, at: number, value: unknown): void {
  const places: [holder: Record<string, unknown>, key: string][] = [];
  const visit = (node: unknown): void => {
    if (!isObject(node)) return;
    for (const [key, child] of Object.entries(node)) {
      if (key !== 'resourceType') places.push([node as Record<string, unknown>, key]);
      visit(child);
    }
  };
  visit(root);
  const place = places[at % Math.max(1, places.length)];
  if (place) place[0][place[1]] = value;
}
