import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { returnAddress, returnQuery } from './return-address.ts';

test('a path of this site is kept', () => {
  for (const path of ['/', '/people', '/people/1?x=a%20b&y=1#top', '/a/b/'])
    assert.equal(returnAddress(path), path);
  assert.equal(returnAddress(['/people', '/other']), '/people');
  assert.equal(returnQuery('/people?x=1'), '?return=%2Fpeople%3Fx%3D1');
  assert.equal(returnQuery('/'), '');
});

test('what could lead to another site goes to the start page', () => {
  const attacks = [
    ...[undefined, 7, {}, '', 'people', 'https://evil.example/', 'HTTPS:evil.example', 'javascript:alert(1)'],
    ...[
      '//evil.example',
      '///evil.example',
      '/\\evil.example',
      '\\/evil.example',
      '/\t/evil.example',
      '/\n/evil.example',
    ],
    ...[
      '/.//evil.example',
      '/..//evil.example',
      '/a/..//evil.example',
      '/%2e%2e//evil.example',
      ' /people',
      '/pe ople',
    ],
    ...[
      '/people\r\nset-cookie: a=b',
      `/${'a'.repeat(3000)}`,
      '/\u2028/evil',
      'data:text/html,x',
      '@evil.example',
    ],
  ];
  for (const attack of attacks) assert.equal(returnAddress(attack), '/', String(attack));
});

test('whatever is given, a browser stays on this site', () => {
  const piece = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    ':',
    '@',
    '//',
    'evil.example',
    '%2f',
    '%5c',
    '\t',
    '\n',
    '?',
    '#',
    'a',
    'https:',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const address = returnAddress(pieces.join(''));
      return new URL(address, 'https://ours.example/sign-in').origin === 'https://ours.example';
    }),
  );
});
