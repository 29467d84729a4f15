import assert from 'node:assert/strict';
import test from 'node:test';
import { Problem } from '../platform/problem.ts';
import { parseSearch } from './parse-search.ts';
import type { SearchQuery } from './search-query.ts';

const baseUrl = 'http://here.example/fhir';

function parse(
  type: string | undefined,
  query: string,
  handling: 'strict' | 'lenient' = 'strict',
): SearchQuery {
  return parseSearch(type, query, { handling, baseUrl });
}

/** What is said of a search that is refused. */
function faults(type: string | undefined, query: string, handling: 'strict' | 'lenient' = 'strict'): Problem {
  try {
    parse(type, query, handling);
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return error;
  }
  return assert.fail(`${type ?? ''}?${query} was taken`);
}

test('unknown and unsupported parameters are refused together when strict, with the name that was meant', () => {
  const refused = faults(
    'Patient',
    'nmae=x&_srot=name&_filter=x&subject.name=x&_has:Observation:patiant:code=x&near=x',
  );
  assert.equal(refused.status, 400);
  assert.deepEqual(
    refused.faults.map((fault) => [fault.kind, fault.where]),
    [
      ['not-supported', 'http.query.nmae'],
      ['not-supported', 'http.query._srot'],
      ['not-supported', 'http.query._filter'],
      ['not-supported', 'http.query.subject.name'],
      ['not-supported', 'http.query._has:Observation:patiant:code'],
      ['not-supported', 'http.query.near'],
    ],
  );
  assert.match(refused.faults[0]?.message ?? '', /Did you mean name\?/);
  assert.match(refused.faults[1]?.message ?? '', /Did you mean _sort\?/);
  assert.match(refused.faults[4]?.message ?? '', /Did you mean patient\?/);
});

test('unknown and unsupported parameters are left out with a warning when lenient', () => {
  const query = parse('Location', 'name=x&nmae=y&near=1|2|3|km&_query=q&_list=$current-allergies', 'lenient');
  assert.deepEqual(query.understood, [['name', 'x']]);
  assert.equal(query.filters.length, 1);
  assert.deepEqual(
    query.warnings.map((fault) => [fault.severity, fault.where]),
    [
      ['warning', 'http.query.nmae'],
      ['warning', 'http.query.near'],
      ['warning', 'http.query._query'],
      ['warning', 'http.query._list'],
    ],
  );
});

test('what is known and badly written is refused, strict or lenient', () => {
  for (const [type, query, message] of [
    ['Patient', 'name=', /no value/],
    ['Patient', 'name', /no value/],
    ['Patient', 'name=a,,b', /empty/],
    ['Patient', '=x', /no name/],
    ['Patient', 'name=%CC%81', /to search for/],
    ['Patient', 'name:exakt=x', /:exact/],
    ['Patient', 'name:not=x', /does not go with name/],
    ['Patient', 'birthdate:exact=2024', /does not go with birthdate/],
    ['Patient', 'birthdate=24-1-1', /YYYY-MM-DD/],
    ['Patient', 'birthdate=2024-02-30', /not a date/],
    ['Patient', 'birthdate=xx2024', /unknown prefix/],
    ['Patient', 'birthdate=GE2024', /small letters/],
    ['Patient', 'birthdate=ge', /not a date/],
    ['Observation', 'date=2024-01-01T10:00:00+01:00', /%2B/],
    ['RiskAssessment', 'probability=half', /unknown prefix/],
    ['RiskAssessment', 'probability=1,5e', /not a number/],
    ['Observation', 'value-quantity=5|mg', /number\|system\|code/],
    ['Observation', 'value-quantity=|http://unitsofmeasure.org|mg', /not a number/],
    ['Observation', 'code-value-quantity=a', /1 part; this parameter takes 2/],
    ['Observation', 'code-value-quantity=a$1,b', /not a number/],
    ['Observation', 'code-value-quantity=a$', /empty/],
    ['Observation', 'code-value-quantity=a$x', /not a number/],
    ['Patient', 'identifier=|', /neither a system nor a code/],
    ['Patient', 'identifier=a|b|c', /more than one/],
    ['Patient', 'identifier:of-type=a|b', /system\|code\|value/],
    ['Patient', 'active:missing=maybe', /neither true nor false/],
    ['Observation', 'subject=Pat/1', /not a FHIR R4 resource type/],
    ['Observation', 'subject=a b', /not a reference/],
    ['Observation', 'subject=%23contained', /not a reference/],
    ['Observation', 'subject:Medication=1', /never points at Medication/],
    ['Observation', 'subject:Pateint=1', /does not go with subject/],
    ['Observation', 'code.name=x', /only a reference/],
    ['Observation', 'subject:Patient.=x', /reference\.parameter/],
    ['Observation', 'subject:Medication.code=x', /never points at Medication/],
    ['Observation', 'subject.birthdate=x', /not a date/],
    ['Patient', '_has:Observation:patient=x', /_has:Type:reference:parameter/],
    ['Patient', '_has:Observation=x', /_has:Type:reference:parameter/],
    ['Patient', '_has:Nothing:patient:code=x', /not a FHIR R4 resource type/],
    ['Patient', '_has:Observation:code:code=x', /not a reference/],
    ['Patient', '_has:Encounter:location:status=x', /never points at Patient/],
    ['Patient', '_id=a b', /not an id/],
    ['Patient', '_id:exact=a', /does not go with _id/],
    ['Patient', '_text=-', /no word/],
    ['Patient', '_sort=nothing', /no search parameter/],
    ['Patient', '_sort=name,', /empty/],
    ['Patient', '_sort=-', /empty/],
    ['Observation', '_sort=code-value-quantity', /no order/],
    ['Patient', '_sort=name&_sort=family', /more than once/],
    ['Patient', '_sort:desc=name', /no modifier/],
    ['Patient', '_count=-1', /whole number/],
    ['Patient', '_count=ten', /whole number/],
    ['Patient', '_count=99999999999', /whole number/],
    ['Patient', '_total=exact', /none, estimate, accurate/],
    ['Patient', '_summary=all', /true, text, data, count, false/],
    ['Patient', '_elements=name.family', /root/],
    ['Patient', '_contained=yes', /true, false, both/],
    ['Patient', '_include=Patient', /Type:reference/],
    ['Patient', '_include=Patient:nothing', /to include by/],
    ['Patient', '_include=Patient:name', /only references/],
    ['Patient', '_include=Patient:organization:Medication', /never points at/],
    ['Patient', '_include=Nothing:organization', /not a FHIR R4 resource type/],
    ['Patient', '_include:often=Patient:organization', /:iterate only/],
    ['Patient', '_revinclude=*', /needs a type/],
    [undefined, '_include=*', /needs a type/],
    [undefined, '_type=Patient,Nothing', /not a FHIR R4 resource type/],
    [undefined, '_type=Patient,Observation&_sort=date', /no search parameter/],
    [undefined, '_type=Patient,Practitioner&_sort=family', /several types/],
  ] as const) {
    for (const handling of ['strict', 'lenient'] as const) {
      const refused = faults(type, query, handling);
      assert.equal(refused.status, 400, query);
      assert.match(refused.faults[0]?.message ?? '', message, query);
      assert.match(refused.faults[0]?.where ?? '', /^http\.query\./, query);
    }
  }
});

test('every fault of a search is told at once', () => {
  const refused = faults('Patient', 'birthdate=x&_count=x&nmae=x', 'lenient');
  assert.deepEqual(
    refused.faults.map((fault) => fault.where),
    ['http.query.birthdate', 'http.query._count'],
  );
});

test('a parameter that one of several types lacks is not known to the search', () => {
  assert.match(
    faults(undefined, '_type=Patient,Observation&family=x').message,
    /Observation has no search parameter/,
  );
  assert.match(faults(undefined, 'family=x').message, /Name types with _type/);
  assert.match(faults('Patient', '_type=Patient').message, /over all types/);
});

test('a type that does not exist is not found', () => {
  assert.equal(faults('Nothing', '').status, 404);
});

test('a search that asks too much is refused as too costly', () => {
  for (const [type, query] of [
    ['Patient', 'name=a&'.repeat(201)],
    ['Patient', `name=${'a,'.repeat(1000)}a`],
    ['Patient', `name=${'a'.repeat(70_000)}`],
    ['Organization', `${'partof.'.repeat(9)}name=x`],
    ['Patient', `${'_has:Patient:link:'.repeat(9)}name=x`],
    ['AuditEvent', 'entity.entity.entity.entity.entity.entity.patient.name=x'],
    ['Provenance', 'target.subject.subject.patient.general-practitioner.identifier=x'],
    ['Observation', `code-value-concept=${'a,'.repeat(99)}a$${'b,'.repeat(99)}b`],
    ['Patient', `_sort=${Array.from({ length: 11 }, () => 'name').join(',')}`],
  ] as const) {
    assert.equal(faults(type, query, 'lenient').faults[0]?.kind, 'too-costly', query.slice(0, 80));
  }
});
