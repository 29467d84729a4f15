import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Letter, letterPdf } from './letter-pdf.ts';

const letter: Letter = {
  ...{ title: 'Clinic letter: Zoë’s foot', author: 'Dr Łucja Żak', written: '2026-01-05T10:00:00Z' },
  parts: [
    { kind: 'title', text: 'Clinic letter' },
    { kind: 'text', text: 'Seen (today) at 50\\100.\nThe foot’s ulcer is healing – slowly.' },
  ],
};
const text = (bytes: Buffer): string => bytes.toString('latin1');

/** Objects by number, found as a reader finds them: from the end of the file through its table. */
function objectsOf(pdf: string): Map<number, string> {
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(pdf)?.[1]);
  assert.equal(pdf.slice(start, start + 5), 'xref\n');
  const entries = [...pdf.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)];
  return new Map(
    entries.map(([, at], i) => {
      const object = pdf.slice(Number(at));
      assert.ok(object.startsWith(`${i + 1} 0 obj\n`), `object ${i + 1}`);
      return [i + 1, object.slice(0, object.indexOf('\nendobj'))];
    }),
  );
}

describe('a letter as a PDF', () => {
  it('is found through its table, with whole streams', () => {
    const objects = objectsOf(text(letterPdf(letter)));
    for (const object of objects.values()) {
      const [, length, content] = /<<\/Length (\d+)>>stream\n([\s\S]*)\nendstream$/.exec(object) ?? [];
      if (length !== undefined) assert.equal(content?.length, Number(length));
      for (const [, number] of object.matchAll(/\b(\d+) 0 R\b/g))
        assert.ok(objects.has(Number(number)), `object ${number}`);
    }
  });

  it('says its title, language and order to those who do not see it', () => {
    const pdf = text(letterPdf(letter));
    assert.match(pdf, /\/Lang\(en-GB\)/);
    assert.match(pdf, /\/MarkInfo<<\/Marked true>>/);
    assert.match(pdf, /\/DisplayDocTitle true/);
    const title = /\/Title <feff([0-9a-f]+)>/.exec(pdf)?.[1] ?? '';
    assert.equal(Buffer.from(title, 'hex').swap16().toString('utf16le'), letter.title);
    assert.match(pdf, /\/H1<<\/MCID 0>>BDC[\s\S]*\/P<<\/MCID 1>>BDC/);
  });

  it('writes the words as they are, and letters without a place as near as it can', () => {
    const pdf = text(letterPdf(letter));
    assert.ok(pdf.includes('(Seen \\(today\\) at 50\\\\100.) Tj'));
    assert.ok(pdf.includes('foot\x92s ulcer is healing \x96 slowly'));
    assert.ok(
      text(letterPdf({ ...letter, parts: [{ kind: 'text', text: 'Łódź 漢 Ω' }] })).includes('(L\xf3dz ? ?)'),
    );
  });

  it('breaks long lines, and goes on to another page', () => {
    const parts = Array.from(
      { length: 30 },
      () => ({ kind: 'text', text: 'many words '.repeat(30).trim() }) as const,
    );
    const pdf = text(letterPdf({ ...letter, parts }));
    const lines = [...pdf.matchAll(/\(([^)]*)\) Tj/g)];
    assert.ok(lines.length >= 120);
    for (const [, line = ''] of lines) assert.ok(line.length < 110, line);
    const pages = Number(/\/Count (\d+)/.exec(pdf)?.[1]);
    assert.ok(pages > 1 && pages < 6);
    assert.equal(pdf.match(/\/Type\/Page\//g)?.length, pages);
    objectsOf(pdf);
  });

  it('has the same bytes each time', () => {
    assert.deepEqual(letterPdf(letter), letterPdf(letter));
  });
});
