import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { Problem } from './problem.ts';
import { secretKeys } from './secret-keys.ts';

test('a demonstration makes its key once and keeps it for its owner', (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'secret-keys-'));
  t.after(() => rmSync(dataDir, { recursive: true }));
  const [first] = secretKeys({ secretsKey: undefined, dataDir });
  const [second] = secretKeys({ secretsKey: undefined, dataDir });
  assert.equal(first?.length, 32);
  assert.deepEqual(second, first);
  assert.equal(statSync(join(dataDir, 'secrets.key')).mode & 0o777, 0o600);
});

test('given keys are taken in order, and short ones refused', () => {
  const key = (letter: string) => Buffer.alloc(32, letter).toString('base64');
  const keys = secretKeys({ secretsKey: `${key('a')}, ${key('b')}`, dataDir: '' });
  assert.deepEqual(
    keys.map((one) => String.fromCharCode(one[0]!)),
    ['a', 'b'],
  );
  assert.throws(() => secretKeys({ secretsKey: 'c2hvcnQ=', dataDir: '' }), Problem);
});
