import assert from 'node:assert/strict';
import test from 'node:test';
import type { Bundle } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { validate } from '../../fhir/validate.ts';
import { asciiJson, historyText, searchsetText } from './bundle-text.ts';

const baseUrl = 'http://a.example/fhir';
const body = (id: string, more = '') =>
  Buffer.from(
    `{"resourceType":"Basic","id":"${id}","code":{"text":"ü €1.00"},"extension":[{"url":"http://x","valueDecimal":1.00}]${more}}`,
  );
const parse = (text: string | Buffer): Bundle => JSON.parse(text.toString('utf8'));
const errors = (resource: unknown) => validate(resource).filter((fault) => fault.severity === 'error');

test('a searchset holds the stored bytes untouched, matches before what they include', () => {
  const text = searchsetText({
    baseUrl,
    links: [{ relation: 'self', url: `${baseUrl}/Basic?code=é"` }],
    at: 0,
    total: 1,
    matches: [{ type: 'Basic', id: '1', body: body('1') }],
    included: [{ type: 'Basic', id: '2', body: body('2') }],
    outcome: {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'warning', code: 'not-supported', diagnostics: 'Ärger “x”' }],
    },
  });
  assert.ok(Buffer.from(text).includes(body('1')), 'the bytes are copied');
  const bundle = parse(text);
  assert.equal(bundle.total, 1);
  assert.equal(bundle.link?.[0]?.url, `${baseUrl}/Basic?code=é"`);
  assert.deepEqual(
    bundle.entry?.map((entry) => [entry.search?.mode, entry.fullUrl]),
    [
      ['match', `${baseUrl}/Basic/1`],
      ['include', `${baseUrl}/Basic/2`],
      ['outcome', undefined],
    ],
  );
  assert.deepEqual(errors(bundle), []);
});

test('a very long searchset is the same in bytes', () => {
  const matches = Array.from({ length: 10 }, (_, i) => {
    const json = body(String(i), `,"note":"${'–'.repeat(60_000)}"`);
    return { type: 'Basic', id: String(i), body: i % 2 === 0 ? json : json.toString() };
  });
  const most = searchsetText({ baseUrl, links: [], at: 0, matches, included: [] });
  assert.ok(Buffer.isBuffer(most));
  const bundle = parse(most);
  assert.deepEqual(
    bundle.entry?.map((entry) => entry.resource),
    matches.map(({ body: json }) => JSON.parse(json.toString())),
  );
});

test('a searchset without results has no entry element', () => {
  const bundle = parse(searchsetText({ baseUrl, links: [], at: 0, total: 0, matches: [], included: [] }));
  assert.equal('entry' in bundle, false);
});

test('a history bundle tells the request behind each version, and is valid', () => {
  const versions = [
    { type: 'Basic', id: '1', version: 3, updated: 3000, body: undefined, method: 'DELETE' },
    { type: 'Basic', id: '1', version: 2, updated: 2000, body: body('1'), method: 'PUT' },
    { type: 'Basic', id: '1', version: 1, updated: 1000, body: body('1'), method: 'POST' },
  ] as const;
  const bundle = parse(
    historyText({ baseUrl, links: [{ relation: 'self', url: baseUrl }], at: 0, total: 3, versions }),
  );
  assert.deepEqual(
    bundle.entry?.map((entry) => [entry.request?.method, entry.request?.url, entry.response?.status]),
    [
      ['DELETE', 'Basic/1', '204 No Content'],
      ['PUT', 'Basic/1', '200 OK'],
      ['POST', 'Basic', '201 Created'],
    ],
  );
  assert.equal(bundle.entry?.[0]?.resource, undefined);
  assert.equal(bundle.entry?.[1]?.response?.etag, 'W/"2"');
  assert.deepEqual(errors(bundle), []);
});

test('ASCII JSON is JSON of the same value', () => {
  fc.assert(
    fc.property(fc.json(), fc.string({ unit: 'binary' }), (json, text) => {
      const value = [JSON.parse(json), text];
      const written = asciiJson(value);
      assert.ok([...written].every((c) => c < '\u007f'));
      assert.deepEqual(JSON.parse(written), value);
    }),
  );
});
