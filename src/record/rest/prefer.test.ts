import assert from 'node:assert/strict';
import test from 'node:test';
import { readPrefer } from './prefer.ts';

test('without a preference the resource comes back, and what is not known is let by', () => {
  const { return: back, handling, asked } = readPrefer(undefined);
  assert.deepEqual([back, handling, asked], ['representation', 'lenient', false]);
});

test('preferences are read in one header or several, and the first counts', () => {
  assert.equal(readPrefer('return=minimal').return, 'minimal');
  assert.equal(readPrefer('return="OperationOutcome"').return, 'OperationOutcome');
  assert.equal(readPrefer('handling=strict').handling, 'strict');
  const both = readPrefer('respond-async, return=minimal; foo=bar, handling=strict');
  assert.deepEqual([both.return, both.handling], ['minimal', 'strict']);
  assert.equal(readPrefer(['return=minimal', 'return=representation']).return, 'minimal');
});

test('what is no preference of ours is passed over', () => {
  const read = readPrefer('return=everything, handling=, =, ;;,x');
  assert.deepEqual([read.return, read.handling, read.asked], ['representation', 'lenient', false]);
});
