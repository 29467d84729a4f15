import type { Key } from './keys.ts';
import { StoredText } from './stored-text.ts';
import { typeName } from './type-numbers.ts';

/** A stored version with the place it lives in. */
export class Hit extends StoredText {
  readonly person: Key;
  readonly pk: string;

  /** From the parts of a packed column, of which the first so many are not its own. */
  constructor(parts: readonly string[], from: number, body: string | null | undefined) {
    const type = typeName(Number(parts[from + 2]));
    super(type, parts[from + 3]!, Number(parts[from + 4]), Number(parts[from + 5]), body);
    this.person = parts[from]!;
    this.pk = parts[from + 1]!;
  }
}

/**
 * SQL of the two columns that hold a row of `resource` or `history`: its short columns in one, then the body as it lies.
 * Few values a row, because taking a row apart in this process is a good part of what a search costs. `before`: SQL of
 * further short texts without spaces, in front.
 */
export const packed = (alias: string, before: readonly string[] = []): string =>
  `concat_ws(' ', ${[...before, ...['person', 'pk', 'type', 'id', 'version', 'updated'].map((name) => `${alias}.${name}`)].join(', ')}) as head, ${alias}.body`;

/** Columns of a row as they come. */
export type Row = readonly (string | null)[];

/** The row back from those columns. */
export const unpack = ([head, body]: Row): Hit => new Hit(partsOf(head), 0, body);

/** The same where one text is in front. */
export const unpackBehind = ([head, body]: Row): Hit => new Hit(partsOf(head), 1, body);

const partsOf = (head: string | null | undefined): string[] => head!.split(' ');

/** A row of a page: a hit, and where it stands. */
export interface PageRow {
  readonly hit: Hit;
  /** What the statement saw. */
  readonly seen: string;
  /** The one sort key, `-` where there is none. */
  readonly key: string;
  /** Computed sort keys. */
  readonly keys: Row;
}

const noKeys: Row = [];

/**
 * A row whose packed column has the turn among searches run together, what was seen and the sort key in front;
 * computed keys are columns of their own, after the body.
 */
export function pageRow(row: Row, keys: number): PageRow {
  const parts = partsOf(row[0]);
  return {
    hit: new Hit(parts, 3, row[1]),
    seen: parts[1]!,
    key: parts[2]!,
    keys: keys === 0 ? noKeys : row.slice(2, 2 + keys),
  };
}
