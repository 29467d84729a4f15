import assert from 'node:assert/strict';
import test from 'node:test';
import { createLog, pathOf } from './log.ts';
import { problem } from './problem.ts';

function capture(): { lines: string[]; log: ReturnType<typeof createLog> } {
  const lines: string[] = [];
  return { lines, log: createLog({ level: 'debug', to: { write: (line) => lines.push(line) } }) };
}

test('what people sent does not reach the log, wherever it stands', () => {
  const { lines, log } = capture();
  log.info(
    { url: '/fhir/Patient?name=Jones', req: { query: 'name=Jones', body: { family: 'Jones' } } },
    'asked',
  );
  assert.ok(!lines.join().includes('Jones'));
});

test('an error is logged by kind and place, without its words', () => {
  const { lines, log } = capture();
  const quoting = new SyntaxError('Unexpected token in {"family":"Jones"}');
  log.error({ err: new Error('Jones failed', { cause: quoting }) }, 'could not answer');
  log.error({ err: problem('value', 'Jones is no date') });
  const text = lines.join();
  assert.ok(!text.includes('Jones'));
  assert.match(text, /log\.test\.ts/);
  assert.match(text, /SyntaxError/);
  assert.match(text, /"kind":"value"/);
});

test('an address is logged by its path', () => {
  assert.equal(pathOf('/fhir/Patient?name=Jones'), '/fhir/Patient');
  assert.equal(pathOf('/fhir/Patient#x'), '/fhir/Patient');
});
