import assert from 'node:assert/strict';
import test from 'node:test';
import { exampleFiles, readExample } from '../../../test/support/official-examples.ts';
import { keptOf } from '../../fhir/subset.ts';
import { validate } from '../../fhir/validate.ts';
import { subsetText } from './subset-text.ts';

const observation = {
  resourceType: 'Observation',
  id: '1',
  meta: { versionId: '1', tag: [{ system: 'http://t', code: 'x' }] },
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' },
  status: 'final',
  _status: { extension: [{ url: 'http://x', valueString: 'y' }] },
  code: { text: 'c' },
  valueQuantity: { value: 1 },
  note: [{ text: 'n' }],
  component: [{ code: { text: 'd' }, valueString: 's', referenceRange: [{ text: 'r' }] }],
};
const text = JSON.stringify(observation).replace('"value":1}', '"value":1.00}');
const keys = (json: string): string[] => Object.keys(JSON.parse(json));

test('_summary=true keeps what the definitions mark, inside elements too, and every digit', () => {
  const cut = subsetText(text, 'Observation', { summary: 'true' });
  assert.deepEqual(keys(cut), [
    'resourceType',
    'id',
    'meta',
    'status',
    '_status',
    'code',
    'valueQuantity',
    'component',
  ]);
  assert.ok(cut.includes('"value":1.00'));
  assert.deepEqual(JSON.parse(cut).component, [{ code: { text: 'd' }, valueString: 's' }]);
});

test('_summary=text keeps the narrative and what must be there', () => {
  const cut = subsetText(text, 'Observation', { summary: 'text' });
  assert.deepEqual(keys(cut), ['resourceType', 'id', 'meta', 'text', 'status', '_status', 'code']);
});

test('_summary=data leaves out the narrative only', () => {
  const cut = subsetText(text, 'Observation', { summary: 'data' });
  assert.deepEqual(
    keys(cut),
    Object.keys(observation).filter((key) => key !== 'text'),
  );
});

test('_elements keeps what was named and what must be there; a choice by either name', () => {
  for (const name of ['value', 'valueQuantity'])
    assert.deepEqual(keys(subsetText(text, 'Observation', { elements: [name] })), [
      ...['resourceType', 'id', 'meta', 'status', '_status', 'code', 'valueQuantity'],
    ]);
});

test('a part of a resource is tagged, beside the tags that it has', () => {
  const tags = (json: string) => JSON.parse(json).meta.tag.map((tag: { code: string }) => tag.code);
  assert.deepEqual(tags(subsetText(text, 'Observation', { summary: 'true' })), ['x', 'SUBSETTED']);
  assert.deepEqual(tags(subsetText('{"resourceType":"Basic","meta":{}}', 'Basic', { summary: 'data' })), [
    'SUBSETTED',
  ]);
  assert.deepEqual(tags(subsetText('{"resourceType":"Basic"}', 'Basic', { summary: 'data' })), ['SUBSETTED']);
});

test('of every kind of official example each part is JSON that is part of the whole', () => {
  const seen = new Set<string>();
  for (const file of exampleFiles) {
    const example = readExample(file);
    const { resourceType } = example;
    if (seen.has(resourceType)) continue;
    seen.add(resourceType);
    const whole = JSON.stringify(example);
    for (const part of [
      { summary: 'true' },
      { summary: 'text' },
      { summary: 'data' },
      { elements: ['name'] },
    ] as const) {
      const cut = JSON.parse(subsetText(whole, resourceType, part));
      const { meta: _, ...rest } = cut;
      contains(example, rest, file);
      const missing = (faults: ReturnType<typeof validate>) =>
        faults.filter((fault) => fault.kind === 'required').length;
      assert.equal(missing(validate(cut)), missing(validate(example)), `${file} ${JSON.stringify(part)}`);
    }
  }
  assert.ok(seen.size > 100, String(seen.size));
});

function contains(whole: unknown, part: unknown, file: string): void {
  if (typeof part !== 'object' || part === null) {
    assert.equal(part, whole, file);
    return;
  }
  for (const [key, value] of Object.entries(part))
    contains((whole as Record<string, unknown>)[key], value, file);
}

test('an element that was never heard of is not kept', () => {
  assert.equal(keptOf('Patient', { elements: ['constructor'] }).has('constructor'), false);
  assert.deepEqual(keys(subsetText('{"resourceType":"Patient","foo":1}', 'Patient', { summary: 'true' })), [
    'resourceType',
    'meta',
  ]);
});
