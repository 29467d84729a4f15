import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { safeNarrative } from './narrative.ts';

describe('safe narrative', () => {
  it('keeps text, lists and tables', () => {
    const div =
      '<div xmlns="http://www.w3.org/1999/xhtml"><p>A &amp; B</p><ul><li>x<br/>y</li></ul><table><tr><td colspan="2">1</td></tr></table></div>';
    assert.equal(
      safeNarrative(div),
      '<div><p>A &amp; B</p><ul><li>x<br>y</li></ul><table><tr><td colspan="2">1</td></tr></table></div>',
    );
  });

  const hostile: [string, string][] = [
    ['<div><script>alert(1)</script>a</div>', '<div>a</div>'],
    ['<div><style>p{}</style>a</div>', '<div>a</div>'],
    ['<div onclick="x()" style="color:red" id="maincontent">a</div>', '<div>a</div>'],
    ['<div><a href="javascript:alert(1)">a</a></div>', '<div><span>a</span></div>'],
    ['<div><a href=" jav&#x61;script:alert(1)">a</a></div>', '<div><span>a</span></div>'],
    [
      '<div><a href="https://example.org/?a=1&amp;b=2">a</a></div>',
      '<div><a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer nofollow">a</a></div>',
    ],
    ['<div><img src="https://spy.example/x.png" alt="A scan"/></div>', '<div>A scan</div>'],
    ['<div>&lt;script&gt;alert(1)&lt;/script&gt;</div>', '<div>&lt;script&gt;alert(1)&lt;/script&gt;</div>'],
    ['<div><h1>Title</h1></div>', '<div><p><strong>Title</strong></p></div>'],
    ['<div><b>unclosed', '<div><b>unclosed</b></div>'],
    ['</div></main><b>early end', '<b>early end</b>'],
    ['<form action="/x"><input name="a"/></form>text', 'text'],
    ['<svg><p>x</p></svg>after', 'after'],
    ['<!-- c --><p>a</p><![CDATA[<b>]]>', '<p>a</p>]]&gt;'],
  ];
  for (const [given, wanted] of hostile) {
    it(`makes ${given} harmless`, () => assert.equal(safeNarrative(given), wanted));
  }

  it('is empty for what is no text', () => {
    assert.equal(safeNarrative(undefined), '');
    assert.equal(safeNarrative({ div: 1 }), '');
  });

  it('lets nothing out but the tags and attributes it writes itself, balanced, whatever comes in', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      '/',
      '=',
      'div',
      'p',
      'a',
      'script',
      'img',
      'b',
      ' ',
      'href',
      'onerror',
      'javascript:',
      'https://x.y',
      '&#60;',
      '&lt;',
      '<p>',
      '</p>',
      '<a href="',
      '<b',
      '-->',
      '<!--',
      'style',
    );
    const allowed =
      /^<(?:\/?[a-z]+|br|hr|a href="[^"<>]*" rel="noopener noreferrer nofollow"|t[dh](?: (?:col|row)span="\d{1,3}")*)>$/;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const out = safeNarrative(pieces.join(''));
        const depth: string[] = [];
        for (const [tag] of out.matchAll(/<[^>]*>?/g)) {
          assert.match(tag, allowed);
          const name = /^<\/?([a-z]+)/.exec(tag)?.[1] ?? '';
          assert.ok(!['script', 'img', 'style'].includes(name));
          if (tag.startsWith('</')) assert.equal(depth.pop(), name);
          else if (name !== 'br' && name !== 'hr') depth.push(name);
        }
        assert.deepEqual(depth, []);
      }),
      { numRuns: 500 },
    );
  });
});
