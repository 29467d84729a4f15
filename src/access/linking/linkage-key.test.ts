import assert from 'node:assert/strict';
import test from 'node:test';
import { newAccountId, newLinkageKey, parseAccountId, parseLinkageKey, parseOdsCode } from './linkage-key.ts';

test('what is made can be read back as people type it', () => {
  for (let n = 0; n < 200; n += 1) {
    const [key, id] = [newLinkageKey(), newAccountId()];
    const plain = key.replaceAll('-', '');
    assert.match(key, /^(\w{4}-){3}\w{4}$/);
    for (const typed of [
      key,
      plain,
      key.toLowerCase(),
      ` ${key.replaceAll('-', ' ')} `,
      key.replaceAll('-', '–'),
    ])
      assert.equal(parseLinkageKey(typed), plain);
    assert.equal(parseAccountId(id), id);
    assert.equal(parseAccountId(`${id.slice(0, 4)} ${id.slice(4)}`), id);
  }
});

test('what cannot be one is refused before anything is looked up', () => {
  for (const wrong of ['', 'H7KM', 'AEIO-2WQX-9TRB-C4DF', 'H7KM-2WQX-9TRB-C4DFF', '0000-1111-0000-1111'])
    assert.equal(parseLinkageKey(wrong), undefined, wrong);
  for (const wrong of ['', '0123456789', '12345', '12345678901', '１２３４５６７８９０'])
    assert.equal(parseAccountId(wrong), undefined, wrong);
  assert.equal(parseOdsCode(' a81 001 '), 'A81001');
  for (const wrong of ['', 'A8', "A81001';--", 'A810012345678'])
    assert.equal(parseOdsCode(wrong), undefined, wrong);
});
