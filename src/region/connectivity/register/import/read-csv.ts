/** Rows of a CSV file as they come, however long it is: its separator and encoding are found out, its faults have a row. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { problem } from '../../../../platform/problem.ts';

/** Opens the content from its beginning, as often as needed. */
export type Source = () => AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>;

export interface CsvRow {
  /** As a spreadsheet counts: the headings are row 1. */
  readonly number: number;
  /** In the order of the headings. */
  readonly values: readonly string[];
}

/** No register of a region is longer; a longer file is cut in two by whoever sends it. */
export const mostRows = 100_000;
const longestRow = 200_000;

type Encoding = 'utf-8' | 'utf-16le' | 'windows-1252';

/** UTF-8 unless it is not; then the encoding that spreadsheets of the West write. */
async function encodingOf(source: Source): Promise<Encoding> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let isFirst = true;
  try {
    for await (const piece of await source()) {
      if (isFirst && piece[0] === 0xff && piece[1] === 0xfe) return 'utf-16le';
      isFirst = false;
      decoder.decode(piece, { stream: true });
    }
    decoder.decode();
    return 'utf-8';
  } catch (error) {
    if (error instanceof TypeError) return 'windows-1252';
    throw error;
  }
}

async function* textOf(source: Source, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const piece of await source()) yield decoder.decode(piece, { stream: true });
  yield decoder.decode();
}

const separators = [',', ';', '\t', '|', '¬'] as const;

/** The one that stands most often in the headings. */
export function separatorOf(head: string): string {
  const line = head.split(/\r?\n/).find((one) => one.trim() !== '') ?? '';
  const times = (separator: string) => line.split(separator).length;
  return [...separators].sort((a, b) => times(b) - times(a))[0] ?? ',';
}

/** Beginning of the text, enough for its headings. */
export async function headOf(source: Source, most = 65_536): Promise<string> {
  let head = '';
  for await (const text of textOf(source, await encodingOf(source))) {
    head += text;
    if (head.length >= most) break;
  }
  return head.replace(/^\uFEFF/, '');
}

/** Every row with the headings first. Throws a Problem: no CSV, or too long. Never holds more than some rows. */
export async function* readCsv(source: Source): AsyncGenerator<CsvRow> {
  const encoding = await encodingOf(source);
  const delimiter = separatorOf(await headOf(source));
  const parser = parse({
    ...{ bom: true, delimiter, relax_column_count: true, skip_empty_lines: true, trim: true },
    max_record_size: longestRow,
  });
  let number = 0;
  try {
    // What goes wrong comes out of the parser, which is read here.
    pipeline(Readable.from(textOf(source, encoding)), parser).catch(() => {});
    for await (const values of parser as AsyncIterable<string[]>) {
      number += 1;
      if (number > mostRows + 1)
        throw problem(
          'too-long',
          `The file has more than ${mostRows.toLocaleString('en-GB')} rows. Nothing of it was loaded: cut it into smaller files, each with the headings, and load them one after the other.`,
          { status: 422 },
        );
      yield { number, values };
    }
  } catch (error) {
    if (error instanceof CsvError)
      throw problem('structure', `Row ${Number(error['records']) + 1} cannot be read: ${reasonOf(error)}`, {
        status: 422,
        cause: error,
      });
    throw error;
  } finally {
    parser.destroy();
  }
}

const reasonOf = ({ code }: CsvError): string => {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quotation mark is opened and never closed.';
  if (code === 'CSV_MAX_RECORD_SIZE')
    return 'it is longer than any row can be. A quotation mark may be opened and not closed.';
  return 'its quotation marks are not as CSV has them. A quotation mark inside a quoted cell is written twice.';
};
