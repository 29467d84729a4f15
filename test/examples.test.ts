/** Every official example of R4: kept, given back as it came, and found by what it says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import type { Resource } from '@medplum/fhirtypes';
import { extract } from '../src/fhir/extract.ts';
import { parseSearch } from '../src/fhir/parse-search.ts';
import { escapeValue } from '../src/fhir/search-escapes.ts';
import { searchParametersOf } from '../src/fhir/search-parameters.ts';
import type { SearchParameter, SearchValue, SearchValues } from '../src/fhir/search-values.ts';
import { validate } from '../src/fhir/validate.ts';
import { Problem } from '../src/platform/problem.ts';
import type { CareRecord } from '../src/record/care-record.ts';
import { matches } from './support/naive-matching.ts';
import { exampleFiles } from './support/official-examples.ts';
import { testBaseUrl, tester, testRecord } from './support/record.ts';
import { now } from './support/search-tables.ts';

const folder = new URL('../node_modules/hl7.fhir.r4.examples/', import.meta.url);

interface Example {
  readonly file: string;
  readonly type: string;
  readonly id: string;
  readonly text: string;
}

/** JSON with the digits of its numbers, without what the server itself writes. */
function content(text: string): unknown {
  const parsed = JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' ? `number ${context?.source}` : value,
  ) as { meta?: { versionId?: unknown; lastUpdated?: unknown } }; // an object, as all resources are
  const { versionId: _version, lastUpdated: _updated, ...meta } = parsed.meta ?? {};
  const { meta: _meta, ...rest } = parsed;
  return Object.keys(meta).length > 0 ? { ...rest, meta } : rest;
}

/** Examples in pieces of at most some megabytes; those that name a resource named before come later, as it was sent. */
function* batches(): Generator<Example[]> {
  const seen = new Set<string>();
  let batch: Example[] = [];
  let size = 0;
  for (const file of exampleFiles) {
    const text = readFileSync(new URL(file, folder), 'utf8').replace(/^\uFEFF/, '');
    const { resourceType: type, id } = JSON.parse(text) as { resourceType: string; id?: string };
    const name = `${type}/${id}`;
    if (id === undefined || seen.has(name)) continue;
    seen.add(name);
    batch.push({ file, type, id, text });
    size += text.length;
    if (batch.length >= 64 || size > 2_000_000) {
      yield batch;
      batch = [];
      size = 0;
    }
  }
  yield batch;
}

/** Writes them together, or where one is refused by halves, until it is alone; gives those refused with the reason. */
async function put(record: CareRecord, examples: readonly Example[]): Promise<Map<Example, Problem>> {
  try {
    await record.commit(
      tester,
      examples.map(({ type, id, text }) => ({ kind: 'update', type, id, text })),
    );
    return new Map();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const [only] = examples;
    if (examples.length === 1 && only) return new Map([[only, error]]);
    const half = Math.ceil(examples.length / 2);
    return new Map([
      ...(await put(record, examples.slice(0, half))),
      ...(await put(record, examples.slice(half))),
    ]);
  }
}

/** A search parameter with a value that finds the value of a resource. */
function searchFor(
  parameter: SearchParameter,
  value: SearchValue,
): readonly [name: string, value: string] | undefined {
  const { code } = parameter;
  const coded = (system: string | undefined, text: string): string =>
    `${system === undefined ? '' : escapeValue(system)}|${escapeValue(text)}`;
  const ends = ({ low, high }: { low: number; high: number }, write: (end: number) => string) =>
    Number.isFinite(low) ? `ge${write(low)}` : Number.isFinite(high) ? `le${write(high)}` : undefined;
  const named = (text: string | undefined) => (text === undefined ? undefined : ([code, text] as const));
  switch (value.kind) {
    case 'token':
      if (value.code !== undefined) return [code, coded(value.system, value.code)];
      return value.text === undefined ? undefined : [`${code}:text`, escapeValue(value.text.slice(0, 30))];
    case 'identifier':
      return [code, coded(value.system, value.value)];
    case 'string':
      return value.part || parameter.type === 'composite'
        ? [code, escapeValue(value.value)]
        : [`${code}:exact`, escapeValue(value.value)];
    case 'date':
      return named(ends(value, (end) => new Date(end).toISOString()));
    case 'number':
      return named(value.low === value.high ? String(value.value) : ends(value, String));
    case 'quantity': {
      const unit =
        value.code === undefined ? '' : `|${escapeValue(value.system ?? '')}|${escapeValue(value.code)}`;
      return named(
        value.low === value.high ? `${value.value}${unit}` : ends(value, (end) => `${end}${unit}`),
      );
    }
    case 'reference':
      if (value.type && value.id) return [code, `${value.type}/${value.id}`];
      // A canonical that is not absolute cannot be told from an id.
      if (value.url !== undefined)
        return value.url.includes(':') ? [code, escapeValue(value.url)] : undefined;
      return (
        value.identifier && [`${code}:identifier`, coded(value.identifier.system, value.identifier.value)]
      );
    case 'uri':
      return [code, escapeValue(value.value)];
    case 'composite': {
      // A part is compared as it is: its name is the composite's.
      const parts = value.parts.map(
        (values) => values.map((part) => searchFor(parameter, part)).find((pair) => pair?.[0] === code)?.[1],
      );
      return parts.includes(undefined) ? undefined : [code, parts.join('$')];
    }
  }
}

/** The one value that is not found by itself: of its 17 digits, converting units keeps no more than 16. */
const tooPrecise = '66.89999999999999|';

/** At most this many examples are asked for by each parameter of their type. */
const perParameter = 3;

test('every official example is kept, comes back equal, and is found by each of its values', async (t) => {
  const { record } = await testRecord(t);
  /** What the accepted ones can be found by. */
  const stored = new Map<string, { readonly id: string; readonly values: SearchValues }[]>();
  let accepted = 0;
  for (const batch of batches()) {
    const refused = await put(record, batch);
    for (const [{ file, text }, { faults }] of refused) {
      // The reasons are told beside the validator: src/fhir/validate-examples.test.ts.
      const wrong = validate(JSON.parse(text) as Resource).some(({ severity }) => severity === 'error');
      assert.ok(wrong, `${file} was refused without need: ${faults[0]?.message}`);
    }
    await Promise.all(
      batch.map(async (example) => {
        if (refused.has(example)) return;
        const { file, type, id, text } = example;
        const read = await record.read(tester, type, id);
        assert.deepEqual(content(read?.body?.toString('utf8') ?? '{}'), content(text), file);
        const values = extract({ ...(JSON.parse(text) as Resource), id });
        stored.set(type, [...(stored.get(type) ?? []), { id, values }]);
        accepted += 1;
      }),
    );
  }
  assert.ok(accepted > 5000, `${accepted} accepted`);

  let searches = 0;
  const faults: string[] = [];
  for (const [type, resources] of stored) {
    for (const parameter of searchParametersOf(type).values()) {
      if (parameter.code === '_id') continue;
      const valuesOf = ({ values }: { values: SearchValues }): readonly SearchValue[] =>
        parameter.paths.flatMap((path) => values.get(path.key) ?? []);
      const having = resources.filter((one) => valuesOf(one).length > 0);
      const step = Math.max(1, Math.floor(having.length / perParameter));
      for (const one of having.filter((_, i) => i % step === 0).slice(0, perParameter)) {
        const asked = valuesOf(one)
          .map((value) => searchFor(parameter, value))
          .find((pair) => pair !== undefined);
        if (!asked || asked[1].includes(tooPrecise)) continue;
        searches += 1;
        const query = new URLSearchParams([[...asked]]).toString();
        const total = async (more: string): Promise<number | undefined> =>
          (await record.search(tester, type, `${query}${more}&_summary=count`)).total;
        const told = `${type}?${asked.join('=')}`;
        try {
          assert.equal(await total(`&_id=${one.id}`), 1, 'finds itself');
          const [filter] = parseSearch(type, query, { handling: 'strict', baseUrl: testBaseUrl }).filters;
          if (filter?.kind !== 'value' || filter.modifier === 'text') continue;
          const { operands, modifier } = filter;
          const expected = resources.filter((other) =>
            operands.some((operand) =>
              valuesOf(other).some((value) => matches(operand, modifier, value, now)),
            ),
          );
          assert.equal(await total(''), expected.length, 'finds as many as have the value');
        } catch (error) {
          if (!(error instanceof Error)) throw error;
          faults.push(`${told} (${one.id}): ${error.message.replace(/\s+/g, ' ')}`);
        }
      }
    }
  }
  assert.deepEqual(faults, []);
  assert.ok(searches > 1000, `${searches} searches`);
});
