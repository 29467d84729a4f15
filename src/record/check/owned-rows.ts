import type { Transaction } from '../../platform/database.ts';
import type { Key } from '../keys.ts';

/** Where the rows of one resource stand: the keys that every table shares. */
export interface Owner {
  readonly person: Key;
  readonly pk: number;
}

const at = (owner: Owner): bigint => BigInt(owner.person);
const before = (a: Owner, b: Owner): boolean => (a.person === b.person ? a.pk < b.pk : at(a) < at(b));

const fetched = 2000;

/**
 * The rows of a table in the order of their owners, read by a cursor, so that tables of any size are gone through side by
 * side. All columns come as text.
 */
export class OwnedRows {
  readonly #sql: Transaction;
  readonly #name: string;
  #rows: readonly (string | null)[][] = [];
  #next = 0;
  #ended = false;

  private constructor(sql: Transaction, name: string) {
    this.#sql = sql;
    this.#name = name;
  }

  /** `columns` are SQL over the table, given as `t`. */
  static async open(sql: Transaction, table: string, columns: readonly string[]): Promise<OwnedRows> {
    const name = `rows_of_${table}`;
    const given = ['person', 'pk', ...columns]
      .map((column) => `${column.includes('(') ? column : `t.${column}`}::text`)
      .join(', ');
    await sql.unsafe(
      `declare ${name} no scroll cursor for select ${given} from ${table} t order by t.person, t.pk`,
    );
    return new OwnedRows(sql, name);
  }

  /** The owner of the next row; undefined at the end. */
  async owner(): Promise<Owner | undefined> {
    if (this.#next >= this.#rows.length && !this.#ended) {
      this.#rows = await this.#sql.unsafe(`fetch ${fetched} from ${this.#name}`).values();
      this.#next = 0;
      this.#ended = this.#rows.length < fetched;
    }
    const row = this.#rows[this.#next];
    return row && { person: row[0] ?? '0', pk: Number(row[1]) };
  }

  /** All rows of the owner, without their first two columns. `orphan` is told of those before it, one by one. */
  async of(
    owner: Owner | undefined,
    orphan: (owner: Owner, row: readonly (string | null)[]) => Promise<void> | void,
  ): Promise<(readonly (string | null)[])[]> {
    const mine: (string | null)[][] = [];
    for (;;) {
      const next = await this.owner();
      if (!next) return mine;
      const same = owner !== undefined && next.person === owner.person && next.pk === owner.pk;
      if (!same && owner !== undefined && !before(next, owner)) return mine;
      const row = this.#rows[this.#next]!.slice(2);
      this.#next += 1;
      if (same) mine.push(row);
      else await orphan(next, row);
    }
  }
}
