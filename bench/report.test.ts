import assert from 'node:assert/strict';
import { test } from 'node:test';
import { page } from './report.ts';
import type { BenchResult, CaseResult, SizeResult } from './results.ts';
import type { Rounds } from './summary.ts';

const rounds = (perSecond: number, p50: number): Rounds => ({
  perSecond: { min: perSecond - 100, median: perSecond, max: perSecond + 100 },
  p50,
  p95: p50 * 2,
  p99: p50 * 3,
  requests: 10,
  errors: 0,
  generatorCpu: 0.25,
});

const caseOf = (p50: number, differs?: string): CaseResult => ({
  name: 'identifier',
  title: 'Patient?identifier=a|b',
  connections: 16,
  target: { share: 0.5 },
  product: rounds(3000, p50),
  bare: rounds(4000, 1),
  share: 0.75,
  met: differs === undefined,
  ...(differs === undefined ? {} : { differs }),
  rounds: { product: [], bare: [] },
});

const sizeOf = (resources: number, result: CaseResult): SizeResult => ({
  size: resources,
  order: 'patient',
  resources,
  bytes: resources * 1000,
  cases: [result],
});

const result = (sizes: readonly SizeResult[]): BenchResult => ({
  date: '2026-01-02T03:04:05.000Z',
  command: 'npm run bench',
  machine: {
    cpu: 'Some CPU',
    cores: 2,
    memory: 24 * 2 ** 30,
    system: 'Linux',
    node: 'v26.0.0',
    postgres: '18.4',
    settings: { fsync: 'on' },
    revision: 'abc',
  },
  effort: { rounds: 3, seconds: 3, warmUp: 1 },
  sizes,
  imports: [],
});

test('a case stands in one row with its range, share and verdict', () => {
  const text = page([{ file: 'run.json', result: result([sizeOf(1000, caseOf(2))]) }]);
  assert.ok(
    text.includes(
      String.raw`| Patient?identifier=a\|b | 16 | 3,000 (2,900–3,100) | 2.00 | 4.00 | 6.00 | 4,000 (3,900–4,100) | 1.00 | 0.75 | share ≥ 0.50 | yes |`,
    ),
    text,
  );
  assert.ok(text.includes('Some CPU, 2 cores, 24 GiB'));
  assert.ok(!text.includes('### Growth'));
});

test('growth compares the medians of the smallest and the largest size', () => {
  const sizes = [sizeOf(1_000_000, caseOf(3.2)), sizeOf(100_000, caseOf(2))];
  const text = page([{ file: 'run.json', result: result(sizes) }]);
  assert.ok(
    text.includes(String.raw`| Patient?identifier=a\|b | 16 | 2.00 | 3.20 | 1.60 | no | 1.00 |`),
    text,
  );
});

test('answers that differ from the bare ones are told and not taken as met', () => {
  const text = page([
    { file: 'run.json', result: result([sizeOf(1000, caseOf(2, '/x: 1 resources, bare 2'))]) },
  ]);
  assert.ok(text.includes('answers differ: /x: 1 resources, bare 2'));
  assert.ok(text.includes('| no |'));
});
