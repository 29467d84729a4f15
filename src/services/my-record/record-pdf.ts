/**
 * A record as a PDF that a screen reader can read: tagged, with its language, title, headings, lists, contents and outline.
 * Written section by section and sent as it is written. Source: ISO 32000-1 §14.8 (tagged PDF), ISO 14289-1 (PDF/UA-1), of
 * which it lacks embedded fonts: the standard fonts are in every reader.
 */
import type { Readable } from 'node:stream';
import { setImmediate as others, setTimeout as pause } from 'node:timers/promises';
import PDFDocument from 'pdfkit';
import { printable } from '../../web/pdf-letters.ts';
import type { Block } from './record-sections.ts';
import type { Told } from './told.ts';

export interface PdfSection {
  readonly key: string;
  readonly title: string;
  readonly read: () => Promise<readonly Block[]>;
}

export interface RecordPdf {
  readonly title: string;
  /** Lines below the title: whose it is, when it was made, what it holds. */
  readonly about: readonly string[];
  /** At the foot of each page, before its number. */
  readonly foot: string;
  /** ms since 1970 UTC. */
  readonly now: number;
  readonly sections: readonly PdfSection[];
}

const margin = 56;
const footHeight = 40;
/** Bytes that may wait to be sent before more is written. */
const mostWaiting = 512 * 1024;

const regular = 'Helvetica';
const bold = 'Helvetica-Bold';
const sizes = { h1: 22, h2: 17, h3: 13, h4: 11, text: 10.5, small: 9 } as const;
const ink = '#212b32';
const faint = '#4c6272';

type Tag = 'H1' | 'H2' | 'H3' | 'H4' | 'P';

/** The document as a stream, which begins to flow at once. Errors of reading end it as a stream’s errors do. */
export function recordPdf(of: RecordPdf): Readable {
  const document = new PDFDocument({
    ...{ size: 'A4', tagged: true, displayTitle: true, lang: 'en-GB', pdfVersion: '1.7' },
    margins: { top: margin, left: margin, right: margin, bottom: margin + footHeight },
    info: { Title: printable(of.title), Producer: 'Throughline', CreationDate: new Date(of.now) },
    autoFirstPage: false,
  });
  let page = 0;
  document.on('pageAdded', () => {
    page += 1;
    const { x, y } = document;
    const { bottom } = document.page.margins;
    document.page.margins.bottom = 0;
    document.markContent('Artifact', { type: 'Pagination', attached: ['Bottom'] });
    document.font(regular).fontSize(sizes.small).fillColor(faint);
    const line = document.page.height - margin - 12;
    document.text(printable(of.foot), margin, line, { lineBreak: false });
    document.text(`Page ${page}`, margin, line, { align: 'right', width: document.page.width - 2 * margin });
    document.endMarkedContent();
    document.page.margins.bottom = bottom;
    document.x = x;
    document.y = y;
  });

  const write = async () => {
    document.addPage();
    const root = document.struct('Document');
    document.addStructure(root);
    const styled = (font: string, size: number, colour = ink) =>
      document.font(font).fontSize(size).fillColor(colour);
    const put = (tag: Tag, text: string, size: number, options: PDFKit.Mixins.TextOptions = {}) => {
      const font = tag === 'P' ? regular : bold;
      const shown = printable(text).trim();
      if (shown === '') return;
      // A heading never stands alone at the foot of a page.
      if (tag !== 'P' && document.y > document.page.height - document.page.margins.bottom - 3 * size - 24)
        document.addPage();
      const element = document.struct(tag, {}, () => {
        styled(font, size).text(shown, margin, document.y, { paragraphGap: tag === 'P' ? 4 : 6, ...options });
      });
      root.add(element);
      element.end();
    };

    const addItem = (list: PDFKit.PDFStructureElement, body: PDFKit.PDFStructureElement) => {
      const item = document.struct('LI', {}, [body]);
      list.add(item);
      item.end();
    };

    put('H1', of.title, sizes.h1);
    for (const line of of.about) put('P', line, sizes.text);
    document.moveDown(0.5);
    put('H2', 'Contents', sizes.h2);
    const contents = document.struct('L');
    root.add(contents);
    for (const { key, title } of of.sections) {
      const link = document.struct('Link', {}, () => {
        styled(regular, sizes.text, '#005eb8').text(printable(title), margin, document.y, {
          ...{ goTo: key, underline: true, paragraphGap: 4 },
        });
      });
      addItem(contents, document.struct('LBody', {}, [link]));
    }
    contents.end();

    const entry = (told: Told) => {
      put('H4', told.tag ? `${told.title} (${told.tag})` : told.title, sizes.h4, { paragraphGap: 2 });
      const list = document.struct('L');
      root.add(list);
      const lines = [
        ...(told.written ? [{ label: 'In the record', text: told.written }] : []),
        ...told.lines.filter(({ text }) => text.trim() !== ''),
      ];
      for (const { label, text } of lines) {
        const body = document.struct('LBody', {}, () => {
          styled(bold, sizes.text).text(printable(`${label}: `), margin + 10, document.y, {
            continued: true,
          });
          styled(regular, sizes.text).text(printable(text).trim() || ' ', { paragraphGap: 2 });
        });
        addItem(list, body);
      }
      list.end();
      document.x = margin;
      document.moveDown(0.4);
    };

    for (const { key, title, read } of of.sections) {
      const blocks = await read();
      if (document.destroyed) return; // nobody waits for the rest
      document.addPage();
      document.addNamedDestination(key);
      document.outline.addItem(printable(title));
      put('H2', title, sizes.h2);
      for (const { heading, told, empty } of blocks) {
        if (told.length === 0 && empty === '') continue;
        put('H3', heading, sizes.h3);
        if (told.length === 0) put('P', empty, sizes.text);
        for (const [index, one] of told.entries()) {
          entry(one);
          if (index % 10 === 9) await sent();
        }
      }
      await sent();
    }
    root.end();
    document.end();
  };

  /** Lets others be served, and waits until what was written has been taken: a slow line must not fill the memory. */
  const sent = async () => {
    await others();
    while (document.readableLength > mostWaiting && !document.destroyed) await pause(20);
  };

  write().catch((error: unknown) =>
    document.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return document;
}
