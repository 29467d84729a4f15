/** The PDF of a record: all its words, its tags, and no more memory for many pages than for few. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { printable } from '../../web/pdf-letters.ts';
import { textOfPdf } from './pdf-text.ts';
import { recordPdf } from './record-pdf.ts';
import type { Block } from './record-sections.ts';
import type { Told } from './told.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const told = (title: string, lines: Told['lines'], tag = ''): Told => ({
  ...{ id: '', title, written: '', tag, tagColour: 'grey', lines, clinician: [] },
});
const pdf = (sections: readonly { readonly title: string; readonly blocks: readonly Block[] }[]) =>
  recordPdf({
    ...{ title: 'Health record of Zoë Łucka', about: ['Born 5 May 1960.'], foot: 'Health record', now },
    sections: sections.map(({ title, blocks }, index) => ({
      ...{ key: `s${index}`, title, read: async () => blocks },
    })),
  });

describe('the PDF of a record', () => {
  it('holds the words of its sections, its contents and what is empty', async () => {
    const file = await buffer(
      pdf([
        {
          title: 'Conditions',
          blocks: [
            {
              heading: 'Now',
              told: [
                told('High blood pressure', [{ label: 'Since', text: '3 March 2020' }], 'Not certain yet'),
              ],
              empty: '',
            },
            { heading: 'In the past', told: [], empty: '' },
          ],
        },
        { title: 'Allergies', blocks: [{ heading: 'Now', told: [], empty: 'No allergies are recorded.' }] },
      ]),
    );
    const words = textOfPdf(file);
    for (const wanted of [
      ...['Health record of Zoë Lucka', 'Born 5 May 1960.', 'Contents', 'Conditions', 'Allergies', 'Page 3'],
      ...['High blood pressure (Not certain yet)', 'Since: 3 March 2020', 'No allergies are recorded.'],
    ])
      assert.ok(words.includes(wanted), `${wanted} in ${words}`);
    assert.doesNotMatch(words, /In the past/);
  });

  it('is tagged, in its language, with its title shown, an outline and links from its contents', async () => {
    const file = (await buffer(pdf([{ title: 'Conditions', blocks: [] }]))).toString('latin1');
    for (const wanted of [
      ...['/MarkInfo', '/StructTreeRoot', '/Lang (en-GB)', '/DisplayDocTitle true', '/Outlines'],
      ...['/S /Document', '/S /H1', '/S /H2', '/S /L\n', '/S /LI', '/S /LBody', '/S /Link', '/S /GoTo'],
    ])
      assert.ok(file.includes(wanted), wanted);
  });

  it('of many pages goes out as it is written', async () => {
    const entries = Array.from({ length: 800 }, (_, n) =>
      told(`Test ${n}`, [
        ...Array.from({ length: 3 }, (__, m) => ({ label: `Day ${m}`, text: `Reading ${n}.${m}` })),
      ]),
    );
    const stream = pdf([{ title: 'Results', blocks: [{ heading: 'Tests', told: entries, empty: '' }] }]);
    let bytes = 0;
    let largest = 0;
    const slow = new Writable({
      highWaterMark: 16_384,
      write(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        largest = Math.max(largest, stream.readableLength);
        setImmediate(done);
      },
    });
    await pipeline(stream, slow);
    assert.ok(bytes > 50_000, `${bytes}`);
    assert.ok(largest < 2 * 1024 * 1024, `${largest} bytes waited`);
  });

  it('ends with an error, never as if it were whole, when its record cannot be read', async () => {
    const stream = recordPdf({
      ...{ title: 'T', about: [], foot: 'F', now },
      sections: [{ key: 'a', title: 'A', read: () => Promise.reject(new Error('the line is gone')) }],
    });
    stream.resume();
    const [error] = await once(stream, 'error');
    assert.match(String(error), /the line is gone/);
  });
});

describe('letters of a PDF', () => {
  it('keep what the fonts have and find a likeness for the rest', () => {
    for (const [text, wanted] of [
      ['Zoë – “£5” 37 °C µg', 'Zoë – “£5” 37 °C µg'],
      ['Łukasz Dvořák', 'Lukasz Dvorák'],
      ['ﬁt ½ ≥ 3', 'fit ½ at least  3'],
      ['اسم', '???'],
      ['a\u0000b\tc', 'ab c'],
    ] as const)
      assert.equal(printable(text), wanted);
  });

  it('are always ones that the fonts have', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = printable(text);
        assert.doesNotMatch(shown, /[^\n\x20-\x7e\xa0-\xff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/u);
        assert.equal(printable(shown), shown);
      }),
    );
  });
});
