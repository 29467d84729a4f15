import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { parseSearch } from '../src/fhir/parse-search.ts';
import { describeQuery } from '../src/fhir/query-string.ts';
import { Problem } from '../src/platform/problem.ts';
import { arbitraryQuery } from './support/arbitrary-queries.ts';

const strict = { handling: 'strict', baseUrl: 'http://here.example/fhir' } as const;
const lenient = { ...strict, handling: 'lenient' } as const;

test('every well-formed search is understood wholly, and its description reads back as the same search', () => {
  fc.assert(
    fc.property(arbitraryQuery, ({ type, query }) => {
      const parsed = parseSearch(type, query, strict);
      assert.deepEqual(
        parsed.warnings.filter((fault) => fault.kind === 'not-supported'),
        [],
      );
      const described = describeQuery(parsed);
      assert.deepEqual(parseSearch(type, described, strict), parsed);
      assert.equal(describeQuery(parseSearch(type, described, strict)), described);
      assert.deepEqual(parseSearch(type, new URLSearchParams(described), strict), parsed);
    }),
    { numRuns: 300 },
  );
});

const nasty = fc.constantFrom(
  "' OR '1'='1",
  "'; drop table resource; --",
  '(a+)+$',
  '.*',
  '[',
  "Patient.name.where(given = 'x')",
  '%resource',
  '#{7*7}',
  '{{7*7}}',
  '../../etc/passwd',
  '\\',
  '\\\\,',
  '|||',
  '$$$',
  ',',
  '::',
  '..',
  '_has:',
  '_has:Patient:',
  ':missing',
  'ge',
  '1e9999',
  '-0',
  '9'.repeat(400),
  '0000-00-00',
  '9999-12-31T23:59:60.999999999Z',
  '%',
  '%zz',
  '%ff',
  '%ed%a0%80',
  '%00',
  '\0',
  '\ud800',
  '\u202e',
  '𝕏',
  'a'.repeat(5000),
  '_has:Observation:patient:'.repeat(50),
  'subject.'.repeat(500),
  '(('.repeat(2000),
  'http://here.example/fhir/',
  'toString',
  '__proto__',
  'constructor',
);
const names = fc.constantFrom(
  ...[
    'name',
    'birthdate',
    'identifier',
    '_id',
    '_lastUpdated',
    '_sort',
    '_count',
    '_include',
    '_revinclude:iterate',
    '_type',
  ],
  ...[
    'general-practitioner',
    'general-practitioner.name',
    '_has:Observation:patient:value-quantity',
    '_text',
    '_list',
    '_elements',
  ],
  ...[
    '_has:Observation:patient:code-value-quantity',
    'identifier:of-type',
    'organization:identifier',
    '_tag:not',
    '_page',
  ],
);
const part = fc.oneof(
  nasty,
  names,
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ maxLength: 20 }),
);
const mess = fc.array(fc.oneof(part, fc.constantFrom('=', '&', ':', '.', ',', '|', '%20', '+')), {
  maxLength: 12,
});

/** Anything but a Problem fails the test. */
function survives(parse: () => void): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    assert.ok(error.status >= 400 && error.status < 500, error.message);
    for (const fault of error.faults) assert.ok(fault.message.length < 1000);
  }
}

test('whatever is sent as a search gets an answer or a Problem that says what is wrong', () => {
  const type = fc.constantFrom('Patient', 'Observation', undefined, 'Nothing', 'constructor');
  fc.assert(
    fc.property(type, mess, fc.boolean(), (resourceType, parts, isStrict) => {
      survives(() => parseSearch(resourceType, parts.join(''), isStrict ? strict : lenient));
    }),
    { numRuns: 500 },
  );
});

test('whatever is sent as a value of a known parameter gets an answer or a Problem', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(names, part), { maxLength: 4 }), (pairs) => {
      survives(() => parseSearch('Patient', pairs, lenient));
    }),
    { numRuns: 500 },
  );
});

test('broken encoding is refused and says how to write a percent sign', () => {
  for (const query of ['name=%', 'name=%zz', 'na%ffme=x', 'name=%ed%a0%80', 'name=100%']) {
    assert.throws(
      () => parseSearch('Patient', query, lenient),
      (error) => error instanceof Problem && error.status === 400 && error.message.includes('%25'),
      query,
    );
  }
});

test('characters that are none are refused', () => {
  for (const value of ['a\0b', '\ud800']) {
    assert.throws(
      () => parseSearch('Patient', [['name', value]], lenient),
      (error) => error instanceof Problem && error.status === 400,
    );
  }
});
