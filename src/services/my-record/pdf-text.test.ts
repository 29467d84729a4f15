import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import PDFDocument from 'pdfkit';
import { textOfPdf } from './pdf-text.ts';

const pdfOf = (write: (document: PDFKit.PDFDocument) => void): Promise<Buffer> =>
  new Promise((resolve) => {
    const document = new PDFDocument();
    const parts: Buffer[] = [];
    document.on('data', (part: Buffer) => parts.push(part));
    document.on('end', () => resolve(Buffer.concat(parts)));
    write(document);
    document.end();
  });

describe('the words of a PDF', () => {
  it('are those of its lines, from top to bottom', async () => {
    const file = await pdfOf((document) => {
      document.text('Dear Dr Fischer,').text('Thank you for seeing Zoë (aged 9): “no change” – 50 % better.');
    });
    assert.equal(
      textOfPdf(file),
      'Dear Dr Fischer,\nThank you for seeing Zoë (aged 9): “no change” – 50 % better.',
    );
  });

  it('are none of what is no PDF, or broken', async () => {
    const file = await pdfOf((document) => {
      document.text('Words');
    });
    assert.equal(textOfPdf(Buffer.from('hello')), '');
    assert.equal(textOfPdf(Buffer.from('%PDF-1.4\n%%EOF\n')), '');
    const broken = Buffer.from(file);
    const stream = broken.indexOf('stream\n') + 9;
    broken.fill(0xff, stream, stream + 20);
    assert.equal(textOfPdf(broken), '');
  });

  it('are looked for in time that grows with the file, whatever it holds', () => {
    const stream = (content: string) => `%PDF-1.3\n1 0 obj\n<< >>\nstream\n${content}\nendstream\nendobj\n`;
    for (const content of ['BT ', '[', '(', '<', '1', 'BT [', '<<', 'BT (a', 'BT 1 '])
      assert.equal(typeof textOfPdf(Buffer.from(stream(content.repeat(100_000)))), 'string');
    // A file of a kilobyte that holds a megabyte of strings without an end.
    for (const content of ['\\(', '(\\', '(\\)', '[(a) ', '<a ']) {
      const packed = deflateSync(`BT ${content.repeat(900_000 / content.length)}`);
      const head = Buffer.from('%PDF-1.3\n1 0 obj\n<< /Filter /FlateDecode >>\nstream\n');
      assert.equal(textOfPdf(Buffer.concat([head, packed, Buffer.from('\nendstream\nendobj\n')])), '');
    }
  });

  it('are those between brackets, however these are written', () => {
    const content =
      "(no) Tj BT /F1 12 Tf % (not this) Tj\n1 0 0 1 72 700 Tm (Dose \\(mg\\) (twice)) Tj 0 -14 Td [(a)-20(b)] TJ 0 -14 Td <43> Tj (D)' ET";
    const file = `%PDF-1.3\n1 0 obj\n<< >>\nstream\n${content}\nendstream\nendobj\n`;
    assert.equal(textOfPdf(Buffer.from(file)), 'Dose (mg) (twice)\nab\nC\nD');
  });

  it('never fails on bytes of any kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        assert.equal(typeof textOfPdf(Buffer.concat([Buffer.from('%PDF-1.3\n'), bytes])), 'string');
      }),
    );
  });
});
