/** Rows as CSV (RFC 4180), in a way that a spreadsheet shows and never runs. */
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

export type CsvValue = string | number | undefined;

/** What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection), full-width forms included. */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;

/** One line. A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers. */
export function csvLine(values: readonly CsvValue[]): string {
  const cells = values.map((value) => {
    const text = String(value ?? '');
    const safe = typeof value !== 'number' && formula.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${cells.join(',')}\r\n`;
}

export interface CsvAnswer {
  /** Of the file, without its ending. */
  readonly name: string;
  /** Lines, written as they come. */
  readonly lines: AsyncIterable<string> | Iterable<string>;
  /** A byte order mark first, by which Excel knows that the text is UTF-8; other programs may show it as a letter. */
  readonly mark?: boolean;
}

/** Sends the lines as a file to keep. */
export function sendCsv(reply: FastifyReply, { name, lines, mark = false }: CsvAnswer): FastifyReply {
  const file = `${name.replaceAll(/[^\w-]+/g, '-')}.csv`;
  return reply
    .header('content-disposition', `attachment; filename="${file}"`)
    .type('text/csv; charset=utf-8')
    .send(Readable.from(mark ? marked(lines) : lines));
}

async function* marked(lines: CsvAnswer['lines']): AsyncGenerator<string> {
  yield '\uFEFF';
  yield* lines;
}
