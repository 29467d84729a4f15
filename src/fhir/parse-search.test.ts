import assert from 'node:assert/strict';
import test from 'node:test';
import { parseSearch } from './parse-search.ts';
import type { Filter, Operand, SearchQuery } from './search-query.ts';

const baseUrl = 'http://here.example/fhir';

function parse(
  type: string | undefined,
  query: string,
  handling: 'strict' | 'lenient' = 'strict',
): SearchQuery {
  return parseSearch(type, query, { handling, baseUrl });
}

function onlyFilter(type: string | undefined, query: string): Filter {
  const { filters } = parse(type, query);
  assert.equal(filters.length, 1);
  return filters[0]!;
}

function operands(type: string, query: string): readonly Operand[] {
  const filter = onlyFilter(type, query);
  assert.ok(filter.kind === 'value' || filter.kind === 'last-updated');
  return filter.operands;
}

/** A filter in short, for tables: `subject->Patient(name)`. */
function sketch(filter: Filter): string {
  switch (filter.kind) {
    case 'value':
      return `${filter.parameter.code}${filter.modifier ? `:${filter.modifier}` : ''}`;
    case 'missing':
      return `${filter.missing ? 'no' : 'some'} ${filter.parameter.code}`;
    case 'chain':
      return filter.targets
        .map((t) => `${filter.parameter.code}->${t.type}(${sketch(t.filter)})`)
        .join(' or ');
    case 'has':
      return `${filter.type}.${filter.parameter.code}<-(${sketch(filter.filter)})`;
    case 'id':
      return `${filter.not ? 'not ' : ''}id ${filter.ids.join(',')}`;
    case 'any':
      return filter.filters.map(sketch).join(' or ');
    case 'words':
      return `${filter.where} “${filter.words}”`;
    case 'list':
      return `in list ${filter.id}`;
    case 'last-updated':
      return 'updated';
  }
}

test('each type of parameter reads its values', () => {
  const utc = Date.UTC;
  for (const [type, query, expected] of [
    ['Patient', 'gender=male', { kind: 'token', code: 'male' }],
    ['Patient', 'identifier=urn:a|1', { kind: 'token', system: 'urn:a', code: '1' }],
    ['Patient', 'identifier=urn:a|', { kind: 'token', system: 'urn:a' }],
    ['Patient', 'identifier=|1', { kind: 'token', system: null, code: '1' }],
    ['Patient', 'identifier=a%5C|b%5C,c%5C%5Cd', { kind: 'token', code: 'a|b,c\\d' }],
    [
      'Patient',
      'identifier:of-type=http://s|MR|1',
      { kind: 'of-type', system: 'http://s', type: 'MR', value: '1' },
    ],
    ['Patient', 'name=Ann+Lee', { kind: 'string', value: 'Ann Lee' }],
    [
      'Patient',
      'birthdate=2024-02',
      { kind: 'date', prefix: 'eq', low: utc(2024, 1, 1), high: utc(2024, 2, 1) },
    ],
    [
      'Patient',
      'birthdate=ge2024',
      { kind: 'date', prefix: 'ge', low: utc(2024, 0, 1), high: utc(2025, 0, 1) },
    ],
    [
      'Observation',
      'date=sa2024-01-02T10:00:00%2B01:00',
      { kind: 'date', prefix: 'sa', low: utc(2024, 0, 2, 9), high: utc(2024, 0, 2, 9, 0, 1) },
    ],
    [
      'RiskAssessment',
      'probability=gt0.8',
      { kind: 'number', prefix: 'gt', value: 0.8, low: 0.75, high: 0.85 },
    ],
    ['RiskAssessment', 'probability=1e2', { kind: 'number', prefix: 'eq', value: 100, low: 95, high: 105 }],
    [
      'Observation',
      'value-quantity=5.4',
      { kind: 'quantity', prefix: 'eq', value: 5.4, low: 5.35, high: 5.45 },
    ],
    [
      'Observation',
      'value-quantity=ap5||mg',
      { kind: 'quantity', prefix: 'ap', value: 5, low: 4.5, high: 5.5, code: 'mg' },
    ],
    [
      'Observation',
      'value-quantity=5|urn:x|TAB',
      { kind: 'quantity', prefix: 'eq', value: 5, low: 4.5, high: 5.5, system: 'urn:x', code: 'TAB' },
    ],
    [
      'Observation',
      'value-quantity=5|http://unitsofmeasure.org|mg',
      {
        ...{ kind: 'quantity', prefix: 'eq', value: 5, low: 4.5, high: 5.5 },
        ...{ system: 'http://unitsofmeasure.org', code: 'mg' },
        canonical: { value: 0.005, low: 0.0045, high: 0.0055, unit: 'g' },
      },
    ],
    ['Observation', 'subject=Patient/1', { kind: 'reference', type: 'Patient', id: '1' }],
    ['Observation', 'subject=1', { kind: 'reference', id: '1' }],
    ['Observation', 'specimen=1', { kind: 'reference', type: 'Specimen', id: '1' }],
    ['Observation', 'subject:Patient=1', { kind: 'reference', type: 'Patient', id: '1' }],
    ['Observation', `subject=${baseUrl}/Patient/1`, { kind: 'reference', type: 'Patient', id: '1' }],
    [
      'Observation',
      'subject=Patient/1/_history/3',
      { kind: 'reference', type: 'Patient', id: '1', version: '3' },
    ],
    ['Observation', 'subject=http://else/Patient/1', { kind: 'reference', url: 'http://else/Patient/1' }],
    ['Observation', 'subject=urn:uuid:c757873d', { kind: 'reference', url: 'urn:uuid:c757873d' }],
    ['Observation', 'subject:identifier=urn:a|1', { kind: 'token', system: 'urn:a', code: '1' }],
    [
      'QuestionnaireResponse',
      'questionnaire=http://q%7C2.0',
      { kind: 'reference', url: 'http://q', version: '2.0' },
    ],
    ['ValueSet', 'url:below=http://a/b', { kind: 'uri', value: 'http://a/b' }],
    ['Observation', 'code:in=http://vs', { kind: 'uri', value: 'http://vs' }],
    ['Observation', 'code:below=http://s|1', { kind: 'token', system: 'http://s', code: '1' }],
    ['Observation', 'code:text=weight', { kind: 'string', value: 'weight' }],
    [
      'Observation',
      'code-value-quantity=http://loinc.org|1$lt5',
      {
        kind: 'composite',
        parts: [
          { kind: 'token', system: 'http://loinc.org', code: '1' },
          { kind: 'quantity', prefix: 'lt', value: 5, low: 4.5, high: 5.5 },
        ],
      },
    ],
    ['Patient', '_tag=urn:a|1', { kind: 'token', system: 'urn:a', code: '1' }],
    [
      'Patient',
      '_lastUpdated=lt2024',
      { kind: 'date', prefix: 'lt', low: utc(2024, 0, 1), high: utc(2025, 0, 1) },
    ],
  ] as const) {
    assert.deepEqual(operands(type, query), [expected], query);
  }
});

test('a comma gives alternatives, a repeated parameter a further condition', () => {
  const { filters } = parse('Patient', 'name=ann,b%5C,c&name=lee');
  assert.deepEqual(
    filters.map((filter) => (filter.kind === 'value' ? filter.operands : [])),
    [
      [
        { kind: 'string', value: 'ann' },
        { kind: 'string', value: 'b,c' },
      ],
      [{ kind: 'string', value: 'lee' }],
    ],
  );
});

test('alternatives in a composite are whole values, or alternatives of its parts', () => {
  const pairs = (query: string): unknown =>
    operands('Observation', query).map((operand) =>
      operand.kind === 'composite' ? operand.parts.map((part) => ('code' in part ? part.code : '')) : operand,
    );
  assert.deepEqual(pairs('code-value-concept=a$x,b$y'), [
    ['a', 'x'],
    ['b', 'y'],
  ]);
  assert.deepEqual(pairs('code-value-concept=a,b$x'), [
    ['a', 'x'],
    ['b', 'x'],
  ]);
  assert.deepEqual(pairs('code-value-concept=a,b$x,y'), [
    ['a', 'x'],
    ['a', 'y'],
    ['b', 'x'],
    ['b', 'y'],
  ]);
});

test('modifiers, chains, _has and the parameters of every type become filters', () => {
  for (const [type, query, expected] of [
    ['Patient', 'name:exact=x', 'name:exact'],
    ['Patient', 'name:contains=x', 'name:contains'],
    ['Patient', 'gender:not=male', 'gender:not'],
    ['Patient', 'gender:missing=true', 'no gender'],
    ['Patient', '_profile:missing=false', 'some _profile'],
    ['Patient', '_id=a,b', 'id a,b'],
    ['Patient', '_id:not=a', 'not id a'],
    ['Patient', '_text=chest pain, -cough', 'text “chest pain, -cough”'],
    ['Patient', '_content=x', 'content “x”'],
    ['Patient', '_list=1,List/2', 'in list 1 or in list 2'],
    ['Observation', 'subject:Patient.name=x', 'subject->Patient(name)'],
    ['Observation', 'subject.name=x', 'subject->Patient(name) or subject->Location(name)'],
    ['Observation', 'subject.gender:not=male', 'subject->Patient(gender:not)'],
    ['Observation', 'encounter.subject:Patient._id=1', 'encounter->Encounter(subject->Patient(id 1))'],
    [
      'Observation',
      'subject:Patient.organization.name:exact=x',
      'subject->Patient(organization->Organization(name:exact))',
    ],
    ['Patient', '_has:Observation:patient:code=x', 'Observation.patient<-(code)'],
    ['Patient', '_has:Observation:patient:code:not=x', 'Observation.patient<-(code:not)'],
    [
      'Patient',
      '_has:Observation:patient:_has:AuditEvent:entity:agent=x',
      'Observation.patient<-(AuditEvent.entity<-(agent))',
    ],
    [
      'Patient',
      '_has:Observation:patient:performer:Practitioner.name=x',
      'Observation.patient<-(performer->Practitioner(name))',
    ],
    ['Encounter', 'subject:Patient._has:Group:member:_id=1', 'subject->Patient(Group.member<-(id 1))'],
    [undefined, '_type=Patient,Practitioner&family=x', 'family or family'],
    [undefined, '_tag=x', '_tag'],
  ] as const) {
    assert.equal(sketch(onlyFilter(type, query)), expected, query);
  }
});

test('a value of another type than the modifier names matches nothing, and is no error', () => {
  assert.deepEqual(operands('Observation', 'subject:Device=Patient/1'), []);
  assert.equal(operands('Observation', 'subject:Device=Patient/1,Device/2').length, 1);
});

test('in a search of several types each reads the parameter in its own way', () => {
  const filter = onlyFilter(undefined, '_type=Patient,Practitioner&family=x');
  assert.ok(filter.kind === 'any');
  assert.deepEqual(
    filter.filters.map((inner) => (inner.kind === 'value' ? inner.parameter.resourceType : '')),
    ['Patient', 'Practitioner'],
  );
});

test('the shape of the answer is read', () => {
  const query = parse(
    'Patient',
    '_sort=-birthdate,family,_id&_count=0&_total=accurate&_summary=data&_elements=id,name&_elements=active&_contained=both&_containedType=contained&_page=abc&_format=json&_pretty=true',
  );
  assert.deepEqual(
    query.sort.map((key) => [key.parameter.code, key.descending]),
    [
      ['birthdate', true],
      ['family', false],
      ['_id', false],
    ],
  );
  const { count, total, summary, elements, contained, containedType, cursor } = query;
  assert.deepEqual(
    { count, total, summary, elements, contained, containedType, cursor },
    {
      ...{ count: 0, total: 'accurate', summary: 'data', elements: ['id', 'name', 'active'] },
      ...{ contained: 'both', containedType: 'contained', cursor: 'abc' },
    },
  );
});

test('includes are read with their direction, target and repetition', () => {
  const query = parse(
    'Observation',
    '_include=Observation:subject:Patient&_include=Observation:*&_include=*&_include:iterate=Patient:organization&_include:recurse=Organization:partof&_revinclude=Provenance:target',
  );
  assert.deepEqual(
    query.includes.map((i) => [i.reverse, i.iterate, i.source, i.parameter?.code, i.target]),
    [
      [false, false, 'Observation', 'subject', 'Patient'],
      [false, false, 'Observation', undefined, undefined],
      [false, false, 'Observation', undefined, undefined],
      [false, true, 'Patient', 'organization', undefined],
      [false, true, 'Organization', 'partof', undefined],
      [true, false, 'Provenance', 'target', undefined],
    ],
  );
  assert.deepEqual(query.warnings, []);
});

test('an include that can add nothing is told of', () => {
  const { includes, warnings } = parse(
    'Observation',
    '_include=Patient:organization&_revinclude=Encounter:subject',
  );
  assert.equal(includes.length, 2);
  assert.match(warnings[0]?.message ?? '', /_include:iterate/);
  assert.equal(warnings[1]?.where, 'http.query._revinclude');
});

test('chains may have eight links', () => {
  const filter = onlyFilter('Organization', `${'partof.'.repeat(8)}name=x`);
  assert.equal(filter.kind, 'chain');
});
