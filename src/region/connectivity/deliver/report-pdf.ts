/**
 * The board’s report as a PDF that a screen reader can read: tagged, with its language, title, headings and tables whose heads
 * are heads. Source: ISO 32000-1 §14.8 (tagged PDF), ISO 14289-1 (PDF/UA-1), of which it lacks embedded fonts.
 */
import type { Readable } from 'node:stream';
import PDFDocument from 'pdfkit';
import { printable } from '../../../web/pdf-letters.ts';
import type { ReportCell, ReportSection, ReportTable } from './board-report.ts';

export interface ReportPdf {
  readonly title: string;
  readonly about: readonly string[];
  /** ms since 1970 UTC. */
  readonly at: number;
  readonly sections: readonly ReportSection[];
}

const margin = 50;
const footHeight = 36;
const regular = 'Helvetica';
const bold = 'Helvetica-Bold';
const ink = '#212b32';
const faint = '#4c6272';
const sizes = { H1: 21, H2: 15, H3: 11.5, P: 10, cell: 8.5 } as const;

const cellText = ({ text, flag, note }: ReportCell): string =>
  [`${text}${flag ? ` (${flag})` : ''}`, ...(note ? [note] : [])].join('\n');

export function reportPdf({ title, about, at, sections }: ReportPdf): Readable {
  const document = new PDFDocument({
    ...{ size: 'A4', tagged: true, displayTitle: true, lang: 'en-GB', pdfVersion: '1.7' },
    margins: { top: margin, left: margin, right: margin, bottom: margin + footHeight },
    info: { Title: printable(title), Producer: 'Throughline', CreationDate: new Date(at) },
    autoFirstPage: false,
  });
  let page = 0;
  document.on('pageAdded', () => {
    page += 1;
    const { x, y } = document;
    const { bottom } = document.page.margins;
    document.page.margins.bottom = 0;
    document.markContent('Artifact', { type: 'Pagination', attached: ['Bottom'] });
    document.font(regular).fontSize(8.5).fillColor(faint);
    const line = document.page.height - margin - 8;
    document.text(printable(title), margin, line, { lineBreak: false });
    document.text(`Page ${page}`, margin, line, { align: 'right', width: document.page.width - 2 * margin });
    document.endMarkedContent();
    document.page.margins.bottom = bottom;
    document.font(regular).fontSize(sizes.cell).fillColor(ink);
    document.x = x;
    document.y = y;
  });
  document.addPage();
  const root = document.struct('Document');
  document.addStructure(root);
  const put = (tag: 'H1' | 'H2' | 'H3' | 'P', text: string) => {
    const size = sizes[tag];
    // A heading never stands alone at the foot of a page.
    if (tag !== 'P' && document.y > document.page.height - document.page.margins.bottom - 3 * size - 40)
      document.addPage();
    const element = document.struct(tag, {}, () => {
      document
        .font(tag === 'P' ? regular : bold)
        .fontSize(size)
        .fillColor(ink);
      document.text(printable(text), margin, document.y, { paragraphGap: tag === 'P' ? 4 : 6 });
    });
    root.add(element);
    element.end();
  };
  const table = ({ caption, head, rows }: ReportTable) => {
    put('H3', caption);
    document.font(regular).fontSize(sizes.cell).fillColor(ink);
    const [first, ...others] = head;
    const widths = columnWidths(head, rows, document.page.width - 2 * margin);
    const headCell = (text: string) => ({
      ...{ text: printable(text) || ' ', type: 'TH' as const, scope: 'Column', backgroundColor: '#e8edee' },
      font: { src: bold, size: sizes.cell },
    });
    document.table({
      ...{ position: { x: margin, y: document.y }, columnStyles: widths, structParent: root },
      defaultStyle: { border: [0, 0, 0.5, 0], borderColor: '#aeb7bd', padding: [3, 4] },
      data: [
        [headCell(first ?? ''), ...others.map(headCell)],
        ...rows.map((row) =>
          row.map((cell, i) => ({
            text: printable(cellText(cell)) || ' ',
            ...(i === 0 ? { type: 'TH' as const, scope: 'Row' } : {}),
          })),
        ),
      ],
    });
    document.x = margin;
    document.moveDown(0.8);
  };

  put('H1', title);
  for (const line of about) put('P', line);
  for (const { title: heading, said, tables } of sections) {
    document.moveDown(0.5);
    document.outline.addItem(printable(heading));
    put('H2', heading);
    for (const line of said) put('P', line);
    for (const one of tables) table(one);
  }
  root.end();
  document.end();
  return document;
}

/** By the longest word and the most text of each column, so that no word is broken where there is room. */
function columnWidths(head: readonly string[], rows: ReportTable['rows'], width: number): number[] {
  const wanted = head.map((text, i) => {
    const texts = [text, ...rows.map((row) => (row[i] ? cellText(row[i]) : ''))];
    const word = Math.max(...texts.flatMap((one) => one.split(/\s/)).map(({ length }) => length));
    const most = Math.max(...texts.map(({ length }) => length));
    return Math.max(word, Math.min(most, 40)) + 3;
  });
  const all = wanted.reduce((sum, one) => sum + one, 0);
  return wanted.map((one) => (one / all) * width);
}
