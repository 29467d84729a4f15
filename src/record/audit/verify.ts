import { type Database, inTransaction, type Transaction } from '../../platform/database.ts';
import { comparePart, type PresentRow, type RowFault } from './compare-block.ts';
import { type Head, type HeadsFile, isSigned, storedHeads } from './heads.ts';
import { hashOfSeal, type Seal } from './seal.ts';

export type AuditFaultKind = RowFault['kind'] | 'block' | 'tail' | 'head' | 'guard';

export interface AuditFault {
  readonly kind: AuditFaultKind;
  /** The block's number, where it is one's. */
  readonly block?: number;
  /** What is wrong, where. Names rows by number and time, never by what they say. */
  readonly message: string;
}

/** Where to begin or end: a block's number, or a time (ms) at which it was sealed. */
export type Bound = { readonly number: number } | { readonly time: number };

export interface VerifyOptions {
  readonly database: Pick<Database, 'pool'>;
  /** Default: the first block. What is before is taken as sound. */
  readonly from?: Bound;
  /** Default: the end. */
  readonly to?: Bound;
  /** Heads kept outside the database: whatever they prove must still be here. */
  readonly kept?: HeadsFile;
  readonly signal?: AbortSignal;
  readonly watch?: (done: number, total: number) => void;
}

export interface VerifyResult {
  /** The first so many; `count` tells of all. */
  readonly faults: readonly AuditFault[];
  readonly count: number;
  readonly blocks: number;
  readonly rows: number;
  /** Rows after the last block: none older than moments while a server runs. */
  readonly unsealed: number;
  /** The time of the oldest of them. */
  readonly unsealedSince: number | undefined;
  readonly retired: readonly { readonly month: number; readonly count: number }[];
  readonly stopped: boolean;
}

const mostFaults = 1000;
const rowsAtOnce = 5000;
const sealsAtOnce = 50;

/**
 * Works the chain out anew from the rows themselves, as they stand at one moment, and holds it against the blocks, the
 * blocks against each other, and both against the signed heads. Trusts no function of the database that someone could
 * have replaced: digests are asked for in so many words.
 */
export function verifyAudit(options: VerifyOptions): Promise<VerifyResult> {
  return inTransaction(
    options.database,
    async (sql) => {
      await sql`select set_config('statement_timeout', '0', true)`;
      return new Verification(sql, options).run();
    },
    { mode: 'isolation level repeatable read read only', retries: 0 },
  );
}

interface StoredSeal extends Seal {
  readonly members: Buffer;
}

class Verification {
  readonly #sql: Transaction;
  readonly #options: VerifyOptions;
  readonly #faults: AuditFault[] = [];
  #count = 0;
  #ahead: PresentRow[] = [];
  #next = 0;
  #noMore = false;
  #rows = 0;
  /** Rows missing from one block may lie in another. */
  readonly #missing = new Map<string, number>();
  readonly #added = new Map<string, { row: PresentRow; block: number }>();

  constructor(sql: Transaction, options: VerifyOptions) {
    this.#sql = sql;
    this.#options = options;
  }

  #fault(kind: AuditFaultKind, message: string, block?: number): void {
    this.#count += 1;
    if (this.#faults.length < mostFaults)
      this.#faults.push({ kind, message, ...(block === undefined ? {} : { block }) });
  }

  async run(): Promise<VerifyResult> {
    const sql = this.#sql;
    const { signal, watch } = this.#options;
    const [first, last] = await this.#bounds();
    const [total] = await sql`
      select coalesce(sum((select sum(c) from unnest(counts) as u(c))), 0) as rows, min(from_xid)::text as low, max(to_xid)::text as high
      from audit_seal where number between ${first} and ${last}`;
    const all = Number(total?.['rows']);
    const retired = (await sql`select month, count from audit_retired order by month`).map((row) => ({
      month: Number(row['month']),
      count: Number(row['count']),
    }));
    const gone = new Set(retired.map(({ month }) => month));
    await sql.unsafe(rowCursor(total?.['low'] ?? '0', total?.['high'] ?? '0'));

    let before = await this.#sealBefore(first);
    let number = first;
    let blocks = 0;
    const hashes = new Map<number, Buffer>();
    const heads = await this.#heads();
    const wanted = new Set([...heads.stored, ...heads.kept].map((head) => head.number));
    while (number <= last && !signal?.aborted) {
      const seals = await this.#seals(number, last);
      if (seals.length === 0) break;
      for (const seal of seals) {
        if (signal?.aborted) break;
        await this.#block(seal, before, number, gone);
        if (wanted.has(seal.number)) hashes.set(seal.number, seal.hash);
        before = seal;
        number = seal.number + 1;
        blocks += 1;
        watch?.(this.#rows, all);
      }
    }
    const stopped = signal?.aborted === true;
    this.#settleMoves();
    if (!stopped) {
      this.#checkHeads(heads.stored, hashes, first, last, 'in the database');
      this.#checkHeads(heads.kept, hashes, first, last, 'in the file of heads');
      await this.#guards();
    }
    const toTheEnd = this.#options.to === undefined;
    const [after] = toTheEnd
      ? await sql`select count(*) as count, min(at) as since from audit
          where xid > coalesce((select to_xid from audit_seal order by number desc limit 1), '0'::xid8)`
      : [];
    return {
      faults: this.#faults,
      count: this.#count,
      blocks,
      rows: this.#rows,
      unsealed: Number(after?.['count'] ?? 0),
      unsealedSince: after?.['since'] == null ? undefined : Number(after['since']),
      retired,
      stopped,
    };
  }

  async #bounds(): Promise<[number, number]> {
    const { from, to } = this.#options;
    const sql = this.#sql;
    let first = 1;
    if (from && 'number' in from) first = from.number;
    else if (from) {
      const [row] = await sql`select min(number) as number from audit_seal where sealed >= ${from.time}`;
      first = row?.['number'] == null ? Number.MAX_SAFE_INTEGER : Number(row['number']);
    }
    const [row] =
      to && 'time' in to
        ? await sql`select max(number) as number from audit_seal where sealed <= ${to.time}`
        : await sql`select max(number) as number from audit_seal`;
    const end = Number(row?.['number'] ?? 0);
    return [first, to && 'number' in to ? Math.min(to.number, end) : end];
  }

  async #heads(): Promise<{ stored: readonly Head[]; kept: readonly Head[] }> {
    const stored = await storedHeads(this.#sql);
    const { kept } = this.#options;
    for (const head of stored.heads)
      if (!isSigned(head, stored.keys))
        this.#fault(
          'head',
          `The head of block ${head.number} in the database is not signed by the key it names.`,
        );
    for (const head of kept?.heads ?? [])
      if (!isSigned(head, kept?.keys ?? []))
        this.#fault(
          'head',
          `The head of block ${head.number} in the file is not signed by the key it names.`,
        );
    return { stored: stored.heads, kept: kept?.heads ?? [] };
  }

  #checkHeads(
    heads: readonly Head[],
    hashes: ReadonlyMap<number, Buffer>,
    first: number,
    last: number,
    where: string,
  ): void {
    for (const head of heads) {
      const beyond = head.number > last;
      if (head.number < first || (beyond && this.#options.to !== undefined)) continue;
      const found = hashes.get(head.number);
      const signed = `The head signed at ${time(head.at)} ${where}`;
      if (beyond)
        this.#fault(
          'tail',
          `${signed} is of block ${head.number}, and the log ends with block ${last}: the end was cut off.`,
        );
      else if (!found?.equals(head.hash))
        this.#fault(
          'head',
          `${signed} is of another block ${head.number} than the one here: the chain was made anew.`,
          head.number,
        );
    }
  }

  async #sealBefore(first: number): Promise<StoredSeal | undefined> {
    if (first <= 1) return undefined;
    return (await this.#seals(first - 1, first - 1))[0];
  }

  async #seals(first: number, last: number): Promise<StoredSeal[]> {
    const rows = await this.#sql`
      select number, from_xid::text, to_xid::text, sealed, form, months, counts, hash, members,
        array(select encode(c, 'hex') from unnest(contents) with ordinality as u(c, n) order by n) as contents
      from audit_seal where number between ${first} and ${last} order by number limit ${sealsAtOnce}`;
    return rows.map((row) => ({
      number: Number(row['number']),
      fromXid: row['from_xid'],
      toXid: row['to_xid'],
      sealed: Number(row['sealed']),
      form: Number(row['form']),
      months: (row['months'] as unknown[]).map(Number),
      counts: (row['counts'] as unknown[]).map(Number),
      contents: (row['contents'] as string[]).map((text) => Buffer.from(text, 'hex')),
      hash: row['hash'],
      members: row['members'],
    }));
  }

  async #block(
    seal: StoredSeal,
    before: StoredSeal | undefined,
    expected: number,
    retired: ReadonlySet<number>,
  ): Promise<void> {
    const { number } = seal;
    const when = `sealed at ${time(seal.sealed)}`;
    if (number !== expected) {
      const last = number - 1;
      const which = expected === last ? `Block ${last} is` : `Blocks ${expected} to ${last} are`;
      this.#fault('block', `${which} missing before block ${number}, ${when}.`, expected);
      await this.#take(seal.fromXid); // nothing is left that could prove these
    } else {
      const soFar = before?.hash ?? Buffer.alloc(0);
      if (!hashOfSeal(soFar, seal).equals(seal.hash) || seal.fromXid !== (before?.toXid ?? '0'))
        this.#fault(
          'block',
          `Block ${number}, ${when}, was changed, or is not the one that came after block ${number - 1}.`,
          number,
        );
    }
    if (seal.form !== 1)
      this.#fault(
        'block',
        `Block ${number} has rows in form ${seal.form}, which this release does not know.`,
        number,
      );

    const rows = await this.#take(seal.toXid);
    this.#rows += rows.length;
    const parts = new Map(seal.months.map((month, i) => [month, i]));
    for (const row of rows)
      if (!parts.has(row.month) || retired.has(row.month)) this.#added.set(row.seq, { row, block: number });
    let offset = 0;
    for (const [month, i] of parts) {
      const count = seal.counts[i] ?? 0;
      const members = seal.members.subarray(offset, offset + 16 * count);
      offset += 16 * count;
      if (retired.has(month)) continue;
      const part = { month, count, members, content: seal.contents[i] ?? Buffer.alloc(0) };
      const found = comparePart(
        part,
        rows.filter((row) => row.month === month),
      );
      if (found.listChanged)
        this.#fault(
          'block',
          `The list of rows of block ${number}, ${when}, was changed; the rows are as they were sealed.`,
          number,
        );
      if (found.unnamed)
        this.#fault(
          'changed',
          `The rows of block ${number}, ${when}, are not those that were sealed; its list was changed too.`,
          number,
        );
      for (const fault of found.rows) this.#row(fault, number, when);
    }
  }

  #row({ kind, seq, row }: RowFault, block: number, when: string): void {
    if (kind === 'missing') this.#missing.set(seq, block);
    else if (kind === 'added' && row) this.#added.set(seq, { row, block });
    else if (row) {
      const what = kind === 'moved' ? 'was moved to another place' : 'was changed';
      this.#fault(kind, `${place(row)} ${what} after it was sealed in block ${block}, ${when}.`, block);
    }
  }

  /** A row that is missing in one place and too many in another was moved. */
  #settleMoves(): void {
    for (const [seq, block] of this.#missing) {
      const other = this.#added.get(seq);
      this.#added.delete(seq);
      if (other)
        this.#fault(
          'moved',
          `${place(other.row)} was moved: it was sealed in block ${block} and lies in the range of block ${other.block}.`,
          block,
        );
      else this.#fault('missing', `Row ${seq}, which block ${block} sealed, is missing.`, block);
    }
    for (const { row, block } of this.#added.values())
      this.#fault(
        'added',
        `${place(row)} lies in the range of block ${block} and was not there when it was sealed.`,
        block,
      );
  }

  /** Rows up to and with this transaction that were not taken yet. */
  async #take(xid: string): Promise<PresentRow[]> {
    const until = Number(xid); // counts transactions: far below 2^53
    const taken: PresentRow[] = [];
    for (;;) {
      for (; this.#next < this.#ahead.length; this.#next += 1) {
        const row = this.#ahead[this.#next]!;
        if (Number(row.xid) > until) return taken;
        taken.push(row);
      }
      if (this.#noMore) return taken;
      const rows = await this.#sql.unsafe(`fetch ${rowsAtOnce} from audit_rows`);
      this.#noMore = rows.length < rowsAtOnce;
      this.#next = 0;
      this.#ahead = rows.map((row) => ({
        xid: row['xid'],
        seq: row['seq'],
        at: Number(row['at']),
        month: monthOf(Number(row['at'])),
        digest: row['digest'],
      }));
    }
  }

  /** The triggers that refuse changes, on the log and every part of it. */
  async #guards(): Promise<void> {
    const off = await this.#sql`
      select c.relname as name from pg_class c
      where (c.oid in (select relid from pg_partition_tree('audit')) or c.relname in ('audit_seal', 'audit_head', 'audit_key', 'audit_retired'))
        and not exists (
          select from pg_trigger g join pg_proc p on p.oid = g.tgfoid
          where g.tgrelid = c.oid and g.tgenabled in ('O', 'A') and p.proname in ('audit_is_final', 'audit_stays'))
      order by 1`;
    for (const row of off)
      this.#fault(
        'guard',
        `The trigger that refuses changes is missing or switched off on the table ${row['name']}.`,
      );
  }
}

const time = (at: number): string => new Date(at).toISOString();
const place = (row: PresentRow): string =>
  `Row ${row.seq} of transaction ${row.xid}, written at ${time(row.at)},`;

function monthOf(at: number): number {
  const date = new Date(at);
  return date.getUTCFullYear() * 100 + date.getUTCMonth() + 1;
}

/** Rows of form 1 in the order of the chain. Its bounds come from the database as numbers. */
const rowCursor = (low: string, high: string): string => `
declare audit_rows no scroll cursor for
  select xid::text, seq::text, at::text, sha256(convert_to(row(at, seq, person, xid, persons, version, type, outcome,
    action, id, query, actor, actor_name, role, organisation, purpose, via, request, event, note)::text, 'UTF8')) as digest
  from audit where xid > '${low}'::xid8 and xid <= '${high}'::xid8 order by audit.xid, audit.seq`;
