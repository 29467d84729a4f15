import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { narrativeFault } from './narrative.ts';

const within = (inside: string): string => `<div xmlns="http://www.w3.org/1999/xhtml">${inside}</div>`;

const refused: readonly [div: string, message: RegExp][] = [
  ['plain', /one <div>/],
  ['<p>x</p>', /one <div>/],
  ['<div>x</div>', /xmlns/],
  ['<div xmlns="http://example.org">x</div>', /namespace/],
  ['<div xmlns="http://www.w3.org/1999/xhtml">x</div><div/>', /nothing before or after/],
  ['<div xmlns="http://www.w3.org/1999/xhtml">x', /not closed/],
  [within(' '), /neither text nor an image/],
  [within('<script>alert(1)</script>'), /<script> is not allowed/],
  [within('<SCRIPT>alert(1)</SCRIPT>'), /not allowed/],
  [within('<form>x</form>'), /<form> is not allowed/],
  [within('<iframe src="http://a"></iframe>x'), /<iframe> is not allowed/],
  [within('<svg/>x'), /<svg> is not allowed/],
  [within('<p onclick="a()">x</p>'), /onclick is not allowed/],
  [within('<a href="javascript:alert(1)">x</a>'), /may not run a script/],
  [within('<a href=" java&#10;script&#x3a;alert(1)">x</a>'), /may not run a script/],
  [within('<a href="JaVaScRiPt&colon;alert(1)">x</a>'), /may not run a script/],
  [within('<img src="data:text/html;base64,AAAA" alt="x"/>'), /may not run a script/],
  [within('<p style="width: expression(alert(1))">x</p>'), /style/],
  [within('<p style="background: url(javascript:a)">x</p>'), /style/],
  [within('<p>x'), /well-formed/],
  [within('<b><i>x</b></i>'), /well-formed/],
  [within('<p class=a>x</p>'), /name="value"/],
  [within('<p class="a" class="b">x</p>'), /twice/],
  [within('a & b'), /&amp;/],
  [within('a < b'), /&lt;/],
  [within('<!-- a -- b -->x'), /comment/],
  [within('<?php a ?>x'), /well-formed/],
  [within('<!DOCTYPE html>x'), /well-formed/],
  [within(`${'<b>'.repeat(200)}x${'</b>'.repeat(200)}`), /More than 100 elements/],
];

test('a narrative that is not well-formed, or that could act in a browser, is refused with the reason', () => {
  for (const [div, message] of refused) assert.match(narrativeFault(div) ?? 'accepted', message, div);
});

test('formatted text, tables, images and links are accepted', () => {
  const accepted = [
    within('x'),
    `\n ${within('<p>x</p>')}\n`,
    within('<table border="1" class="grid"><tbody><tr><td colspan="2">1</td></tr></tbody></table>'),
    within('<p title="a &lt; b" style="color: red">1 &lt; 2 &amp; 3 &#8364; &#x20AC; &nbsp;</p>'),
    within('<a href="https://example.org/?a=1&amp;b=2">x</a> <a href="#note">y</a> <a name="note">z</a>'),
    within('<img src="data:image/png;base64,AAAA" alt="a"/>'),
    within('<![CDATA[a < b]]>'),
    within('<!-- a note -->x<br/>'),
    "<div xmlns='http://www.w3.org/1999/xhtml' lang='en-GB'>x</div>",
  ];
  for (const div of accepted) assert.equal(narrativeFault(div), undefined, div);
});

test('no text makes the check throw, and no script passes it', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '/',
    '<p',
    '</p>',
    '<script>',
    'script',
    ' href="',
    'javascript:',
    ' onclick=',
    '"',
    "'",
    '&',
    '&#',
    ';',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '=',
    'a',
    ' ',
    '<b>',
    '</b>',
    '<img src="',
    '\u0000',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const div = within(pieces.join(''));
      if (narrativeFault(div) !== undefined) return;
      const visible = div.replace(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>/g, '');
      assert.doesNotMatch(visible, /<script|<[^>]*\son\w+\s*=\s*["']|<[^>]*=\s*["']\s*javascript:/i);
    }),
    { numRuns: 3000 },
  );
});

test('a long narrative is read in time that grows with its length only', () => {
  for (const piece of ['<', '<p ', '<p a="b" ', '&', '<!--', '<p>'])
    assert.notEqual(narrativeFault(within(piece.repeat(200_000))), undefined);
  assert.equal(narrativeFault(within(`x${' a="'.repeat(200_000)}`)), undefined);
});
