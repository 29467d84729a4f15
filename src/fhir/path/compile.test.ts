import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SearchParameter, StructureDefinition } from '@medplum/fhirtypes';
import fc from 'fast-check';
import {
  exampleFiles,
  interpret,
  readDefinitions,
  readExample,
} from '../../../test/support/official-examples.ts';
import { compileInvariant, compilePath } from './compile.ts';
import { UnsupportedPath } from './syntax.ts';

const patient = {
  resourceType: 'Patient',
  id: 'p1',
  active: true,
  birthDate: '1982-01-23',
  _birthDate: { extension: [{ url: 'http://a/time', valueDateTime: '1982-01-23T10:00:00Z' }] },
  _gender: { extension: [{ url: 'http://a/unknown', valueCode: 'masked' }] },
  deceasedBoolean: false,
  multipleBirthInteger: 2,
  name: [
    { use: 'official', family: 'Chalmers', given: ['Peter', 'James'] },
    { use: 'usual', given: ['Jim'], period: { start: '2001-05', end: '2002-01-01T10:00:00+01:00' } },
  ],
  telecom: [
    { system: 'phone', value: '1', rank: 2 },
    { system: 'email', value: 'a@b' },
  ],
  contained: [{ resourceType: 'Organization', id: 'o1', name: 'Here' }],
  managingOrganization: { reference: '#o1' },
  generalPractitioner: [
    { reference: 'Practitioner/1' },
    { reference: 'https://elsewhere.example/fhir/Organization/9/_history/2' },
    { reference: 'urn:uuid:3fdc72f4-a11d-4a9d-9260-a9f745779e1d', type: 'Practitioner' },
  ],
  contact: [{ name: { family: 'du Marché' } }],
};

/** 2024-03-10T09:30:00Z */
const clock = { now: () => Date.UTC(2024, 2, 10, 9, 30) };

describe('compilePath', () => {
  const cases: [expression: string, result: unknown[]][] = [
    ['Patient.name.given', ['Peter', 'James', 'Jim']],
    ['name[0].given[1]', ['James']],
    ['name[7].given', []],
    ['Observation.code', []],
    ['Resource.id', ['p1']],
    ['DomainResource.id', ['p1']],
    ['`name`.`family`', ['Chalmers']],
    ["name.where(use = 'usual').given", ['Jim']],
    ["name.exists(use = 'usual')", [true]],
    ["telecom.where(system='phone' and rank > 1).value", ['1']],
    ['deceased', [false]],
    ['deceased.ofType(boolean)', [false]],
    ['deceased.ofType(dateTime)', []],
    ['(Patient.deceased as boolean)', [false]],
    ['deceased is boolean', [true]],
    ['deceased is dateTime', [false]],
    ['multipleBirth is System.Integer', [true]],
    ['deceased.exists() and deceased != false', [false]],
    ['birthDate', ['1982-01-23']],
    ['birthDate.extension.value', ['1982-01-23T10:00:00Z']],
    ["birthDate.extension('http://a/time').value is dateTime", [true]],
    ['gender', []],
    ['gender.exists()', [true]],
    ['gender.hasValue()', [false]],
    ['gender.extension.value', ['masked']],
    ['birthDate < @1990', [true]],
    ['birthDate < @1982', []],
    ['birthDate = @1982-01-23', [true]],
    ['birthDate <= today()', [true]],
    ['now() > @2024-03-10T09:29:59Z', [true]],
    ['name.period.where(start <= end).exists()', [true]],
    ['name.select(given.first())', ['Peter', 'Jim']],
    ['name.given.skip(1).take(1) | name.given.tail().last()', ['James', 'Jim']],
    ['name.given.combine(name.given).distinct().count()', [3]],
    ['name.given.isDistinct()', [true]],
    ["('Jim' | 'Bob').subsetOf(name.given)", [false]],
    ["'Jim' in name.given", [true]],
    ["name.given contains 'Bob'", [false]],
    ['name.given.all($this.length() >= 3)', [true]],
    ['name.given.select($index)', [0, 1, 2]],
    ['name.given.count() + 2 * 3 - 1', [8]],
    ['7 div 2 | 7 mod 2 | 1 / 0', [3, 1]],
    ['-multipleBirth', [-2]],
    ["name.first().family & '/' & name.last().family", ['Chalmers/']],
    ['name.first().family + name.last().family', []],
    ["'a' + 'b'", ['ab']],
    ["'Chalmers'.substring(5) & 'x'.substring(3)", ['ers']],
    ["'Chalmers'.substring(0, 5).upper()", ['CHALM']],
    ["'abc'.indexOf('c') | 'abc'.replace('b', '$&').length()", [2, 4]],
    ["'12'.toInteger() | '1x'.toInteger() | true.toInteger()", [12, 1]],
    ["'abc'.matches('^a.c$') and 'abc'.startsWith('ab') and 'abc'.contains('bc')", [true]],
    [`'a\\u0041\\'\\n'`, ["aA'\n"]],
    ['managingOrganization.resolve().name', ['Here']],
    ['managingOrganization.resolve() is Organization', [true]],
    ['generalPractitioner.where(resolve() is Practitioner).count()', [2]],
    ['generalPractitioner.resolve().ofType(Organization).exists()', [true]],
    ["iif(active, 'yes', 'no') | iif(gender = 'x', 1)", ['yes']],
    ['{} and false', [false]],
    ['{} or true', [true]],
    ['{} implies true', [true]],
    ['{} xor true', []],
    ['({} = 1).empty()', [true]],
    ['true implies false', [false]],
    ["'Peter' ~ 'peter ' and (1 ~ 1.0) and ({} ~ {})", [true]],
    ['contact.name.family.descendants().empty()', [true]],
    ['Patient.contact.descendants().count()', [2]],
    ['repeat(contact).count()', [1]],
    ['children().where($this is Organization).name', ['Here']],
    ['%resource.id = %context.id and %rootResource.exists()', [true]],
    ["%ucum | %'vs-name'", ['http://unitsofmeasure.org', 'http://hl7.org/fhir/ValueSet/name']],
    ["4 'g' = 4000 'mg'", [true]],
    ['3 days < 1 week', [true]],
    ["trace('x').id", ['p1']],
    ['// comment\n id /* here */', ['p1']],
  ];
  for (const [expression, result] of cases) {
    it(`gives ${JSON.stringify(result)} for ${expression}`, () => {
      assert.deepEqual(compilePath(expression, clock)(patient), result);
    });
  }

  for (const expression of [
    'name.memberOf(%vs)',
    'conformsTo(x)',
    'name.aggregate(1)',
    '%unknown',
    'name.',
    '(name',
    "name = 'x",
    '#',
    'name name',
    'today() - 18 years',
    'constructor',
    'Nonsense.name',
    'a.first(1)',
    '1 +',
    '$total',
    'children().ofType(Coding)',
    '('.repeat(500) + ')'.repeat(500),
  ]) {
    it(`refuses ${JSON.stringify(expression.slice(0, 30))} rather than guess`, () => {
      assert.throws(() => compilePath(expression), UnsupportedPath);
    });
  }

  it('never does worse than refuse, whatever the text', () => {
    const words = fc.constantFrom(
      'name',
      '.',
      '(',
      ')',
      "'x'",
      '1',
      ' and ',
      ' is ',
      'Patient',
      '[',
      ']',
      '|',
      '$this',
      'where',
      '%resource',
      '@2024',
      '-',
      '`a`',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
        try {
          compilePath(parts.join(''))(patient);
        } catch (error) {
          assert.ok(error instanceof UnsupportedPath, String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws on JSON of any shape', () => {
    const paths = [
      'Patient.name.given',
      'value.ofType(Quantity)',
      'descendants().as(canonical)',
      'a | b',
      'a = b',
      'a < b',
    ]
      .concat(['a.where(resolve() is Patient)', 'a.hasValue()', 'a.matches(b)', 'a ~ b', 'a.repeat(b)'])
      .map((expression) => compilePath(expression));
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (a, b, extra) => {
        for (const path of paths)
          path({ resourceType: 'Patient', a, b, _a: extra, name: b, valueQuantity: a });
      }),
    );
  });
});

describe('compileInvariant', () => {
  it('says whether the expression is true, and nothing where it has no answer', () => {
    assert.equal(compileInvariant('active')(patient), true);
    assert.equal(compileInvariant('maritalStatus = 1')(patient), undefined);
    assert.equal(compileInvariant('active.not()')(patient), false);
  });

  it('sees the resource that holds the node', () => {
    const invariant = compileInvariant('family.exists() or %resource.active');
    assert.equal(invariant(patient.name[1], patient), true);
    assert.equal(invariant(patient.name[1], { active: false }), false);
  });
});

const searchParameters = readDefinitions<SearchParameter>('SearchParameter');

/** Where the interpreter is known to differ, and why it is not followed. */
const differs: Readonly<Record<string, string>> = {
  'Observation-decimal.json': 'it takes 1e-245 for equal to 1e-22, as it rounds to eight decimals',
};

describe('the compiled paths', () => {
  it('agree with the interpreter for every search parameter on every official example of its type', () => {
    const byType = Map.groupBy(
      searchParameters.flatMap((p) =>
        p.expression ? p.base.map((type) => [type, p.expression as string] as const) : [],
      ),
      ([type]): string => type,
    );
    let compared = 0;
    for (const file of exampleFiles) {
      if (differs[file]) continue;
      const resource = readExample(file);
      const own = [...(byType.get(resource.resourceType) ?? []), ...(byType.get('Resource') ?? [])];
      for (const [, expression] of own) {
        // The published expressions still use `as`, which the interpreter refuses for several items.
        const path = expression
          .replace(/\(([\w.]+) as (\w+)\)/g, '$1.ofType($2)')
          .replace(/\.as\(/g, '.ofType(');
        compared += agree(path, resource, file);
      }
    }
    assert.ok(compared > 10_000, `${compared} compared`);
  });

  it('agree with the interpreter for the invariants on the official examples', () => {
    const invariants = new Map<string, Map<string, string>>();
    for (const { snapshot, derivation } of readDefinitions<StructureDefinition>('StructureDefinition')) {
      if (derivation === 'constraint') continue;
      for (const { path = '', constraint = [] } of snapshot?.element ?? []) {
        const type = path.split('.', 1)[0] as string;
        // Below a choice element, and ele-1 everywhere, would only repeat what the data types show.
        if (path.includes('[x]') || path.split('.').length > 4) continue;
        for (const { key = '', expression } of constraint) {
          if (
            !expression ||
            (key === 'ele-1' && path !== type) ||
            (key === 'ext-1' && !path.endsWith('xtension'))
          )
            continue;
          // `is Boolean` is FHIRPath's own type to the interpreter, which no FHIR boolean then is: que-7
          // could never hold.
          if (key === 'que-7') continue;
          const whole = path === type ? expression : `${path}.select(${expression})`;
          const of = invariants.get(type) ?? new Map<string, string>();
          invariants.set(type, of.set(`${path} ${key}`, whole));
        }
      }
    }
    let compared = 0;
    for (const file of exampleFiles.filter((file, i) => i % 4 === 0 && !differs[file])) {
      const resource = readExample(file);
      for (const [name, expression] of invariants.get(resource.resourceType) ?? []) {
        compared += agree(expression, resource, `${file}: ${name}`);
      }
    }
    assert.ok(compared > 10_000, `${compared} compared`);
  });
});

/**
 * 1 when both gave the same; 0 when the interpreter refuses: `as` on many items (dom-3), a quantity with a
 * comparator.
 */
function agree(expression: string, resource: unknown, where: string): 0 | 1 {
  const found = compilePathOnce(expression)(resource);
  let expected: unknown[];
  try {
    expected = interpret(expression, resource);
  } catch {
    return 0;
  }
  assert.deepEqual(found, expected, `${where}: ${expression}`);
  return 1;
}

const compiledPaths = new Map<string, ReturnType<typeof compilePath>>();

function compilePathOnce(expression: string): ReturnType<typeof compilePath> {
  const path = compiledPaths.get(expression) ?? compilePath(expression);
  compiledPaths.set(expression, path);
  return path;
}
