import assert from 'node:assert/strict';
import test from 'node:test';
import { Problem } from '../../platform/problem.ts';
import { isUnchanged, noVersion, readIfMatch } from './etags.ts';

test('If-Match takes a weak or a strong tag, or any', () => {
  assert.equal(readIfMatch('W/"3"'), 3);
  assert.equal(readIfMatch('"12"'), 12);
  assert.equal(readIfMatch(' W/"3" '), 3);
  assert.equal(readIfMatch('*'), '*');
  assert.equal(readIfMatch(undefined), undefined);
});

test('a tag that was never given matches nothing', () => {
  for (const tag of ['W/"abc"', '"0"', 'W/"-1"', '"01"', '""', '"99999999999999999999"'])
    assert.equal(readIfMatch(tag), noVersion, tag);
});

test('a malformed If-Match is refused and named', () => {
  for (const tag of ['3', 'W/3', 'w/"3"', '"3', 'W/"1", W/"2"', '']) {
    assert.throws(
      () => readIfMatch(tag),
      (error) =>
        error instanceof Problem && error.status === 400 && error.faults[0]?.where === 'http.header.If-Match',
      tag,
    );
  }
});

test('If-None-Match decides, and If-Modified-Since only without it', () => {
  const updated = Date.parse('2026-01-01T10:00:00.900Z');
  const same = 'Thu, 01 Jan 2026 10:00:00 GMT';
  const before = 'Thu, 01 Jan 2026 09:59:59 GMT';
  const of = (tags?: string, since?: string) =>
    isUnchanged({ 'if-none-match': tags, 'if-modified-since': since }, 2, updated);
  assert.equal(of('W/"2"'), true);
  assert.equal(of('W/"1", "2"'), true);
  assert.equal(of('*'), true);
  assert.equal(of('W/"1"'), false);
  assert.equal(of('W/"1"', same), false);
  assert.equal(of(undefined, same), true);
  assert.equal(of(undefined, before), false);
  assert.equal(of(undefined, 'yesterday'), false);
  assert.equal(of(), false);
});
