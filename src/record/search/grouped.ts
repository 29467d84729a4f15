import type { Database } from '../../platform/database.ts';
import { asProblem } from '../../platform/sql-error.ts';
import { Group } from '../group.ts';
import { type AuditRow, auditArrays, auditInsert } from '../statement.ts';
import type { Parameters } from './parameters.ts';
import type { Plan } from './plan.ts';

/** Parameters of one search among several of the same shape: columns of a list, not `$1`. */
export interface ShapeParameters extends Parameters {
  readonly types: readonly string[];
}

export function shapeParameters(): ShapeParameters {
  const values: string[] = [];
  const types: string[] = [];
  const add = (value: string | number, type: string): string => {
    values.push(String(value));
    types.push(type.endsWith('[]') ? 'text' : type); // unnest would take an array of arrays apart
    return type.endsWith('[]') ? `asked.p${values.length}::${type}` : `asked.p${values.length}`;
  };
  return {
    values,
    types,
    add,
    list: (items, type) => add(`{${items.join(',')}}`, `${type}[]`),
    texts: (items) =>
      add(`{${items.map((item) => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`, 'text[]'),
  };
}

/** One search: its parameters, and what is to be logged of it. */
interface Asked {
  readonly values: readonly string[];
  readonly audit: AuditRow;
}
export type Rows = readonly (readonly (Buffer | null)[])[];

/** What searches of one shape have in common. */
interface Shape {
  /**
   * The select of one search: the packed column (with `asked.n` as its first word), and for the audit log either `person` of
   * each row or `people` of all.
   */
  readonly text: string;
  readonly people: 'by row' | 'together';
  /** A handful of index pages: many in one statement. Others go a few at a time, side by side, to use all cores. */
  readonly quick: boolean;
  /** Types of its parameters. */
  readonly types: readonly string[];
  /** How many sort keys k0, k1 … are columns of their own. */
  readonly keys: number;
}

/**
 * Searches that many ask at once in the same shape, run together: one statement answers all that wait and logs each,
 * so that a search costs a share of a round trip and of a commit. Only for searches that read a handful of index pages,
 * since all in a group wait for the slowest.
 */
export class GroupedSearches {
  readonly #database: Database;
  #shapes = new Map<string, Group<Asked, Rows>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Rows of one search, in no order. */
  ask(shape: Shape, asked: Asked): Promise<Rows> {
    let group = this.#shapes.get(shape.text);
    if (!group) {
      if (this.#shapes.size > 500) this.#shapes = new Map(); // those in flight keep theirs
      group = new Group(
        (items) => this.#run(shape, items),
        shape.quick ? { largest: 64 } : { slots: 4, largest: 4 },
      );
      this.#shapes.set(shape.text, group);
    }
    return group.add(asked);
  }

  async #run(shape: Shape, items: readonly Asked[]): Promise<readonly Rows[]> {
    const { text: one, types, keys } = shape;
    const columns = types.map((_, i) => arrayOf(items.map((item) => item.values[i]!)));
    const askedTypes = ['int4', ...types];
    const values = [`{${items.map((_, i) => i).join(',')}}`, ...columns];
    const asked = `asked as (
        select * from unnest(${askedTypes.map((type, i) => `$${i + 1}::${type}[]`).join(',')}) as a(${['n', ...types.map((_, i) => `p${i + 1}`)].join(',')})
      )`;
    const audits = items.map((item) => item.audit);
    const wanted = ['packed', ...Array.from({ length: keys }, (_, i) => `k${i}`)];
    const text = audits.every((audit) => audit.person !== '0')
      ? `with ${asked}, logged as (${auditInsert(audits, values)})
        select ${wanted.join(', ')} from asked cross join lateral (${one}) x`
      : this.#withPeople(asked, shape, wanted, audits, values);
    let rows: (Buffer | null)[][];
    try {
      rows = (await this.#database.lane.unsafe(text, values, { prepare: true }).raw()) as (Buffer | null)[][]; // raw: bytes of each column
    } catch (error) {
      throw asProblem(error);
    }
    const answers: (Buffer | null)[][][] = items.map(() => []);
    for (const row of rows) answers[turnOf(row[0]!)]!.push(row);
    return answers;
  }

  /** The same where only the rows found tell whose data they are. */
  #withPeople(
    asked: string,
    { text: one, people }: Shape,
    wanted: readonly string[],
    audits: readonly AuditRow[],
    values: string[],
  ): string {
    const { names, arrays } = auditArrays(audits);
    const first = values.length + 1;
    values.push(...arrays);
    const logged = names.map(([name]) => name);
    return `with ${asked}, found as (
        select asked.n, x.${people === 'together' ? 'people' : 'person'}, ${wanted.map((name) => `x.${name}`).join(', ')} from asked cross join lateral (${one}) x
      ), entries as (
        select * from unnest($1::int4[],${names.map(([, type], i) => `$${first + i}::${type}[]`).join(',')}) as e(n,${logged.join(',')})
      ), logged as (
        insert into audit (${logged.join(',')},person,persons)
        select ${logged.map((name) => (name === 'action' ? 'e.action::"char"' : `e.${name}`)).join(',')},
          case when cardinality(f.people) = 1 then f.people[1] else 0 end,
          case when cardinality(f.people) > 1 then f.people end
        from entries e left join ${people === 'together' ? 'found' : '(select n, array_agg(distinct person) as people from found group by n)'} f on f.n = e.n
      )
      select ${wanted.join(', ')} from found`;
  }
}

/** The first word of a packed column. */
function turnOf(bytes: Buffer): number {
  let turn = 0;
  for (let i = 0; bytes[i] !== 0x20; i += 1) turn = turn * 10 + bytes[i]! - 0x30;
  return turn;
}

const special = /["\\{},\s]/;
const arrayOf = (values: readonly string[]): string =>
  `{${values.map((value) => (value === '' || value === 'NULL' || special.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value)).join(',')}}`;

/** True for searches whose cost is bounded whatever the data: one person's slice, an all but unique value, a page of words or of one code. */
export function isGroupable(plan: Plan): boolean {
  const lead = plan.lead === undefined ? undefined : plan.conditions[plan.lead];
  if (!lead?.source || plan.types.length !== 1) return false;
  if (plan.order.kind === 'keys' || plan.order.kind === 'updated') return false;
  if (lead.source.kind === 'persons')
    return (
      lead.source.persons.length === 1 &&
      plan.order.kind === 'date' &&
      plan.conditions.every((one) => one.inSlice)
    );
  // One code since a day: a stretch of one index.
  if (lead.source.kind === 'hashes')
    return (
      lead.source.hashes.length === 1 &&
      !lead.source.mixed &&
      plan.order.kind === 'date' &&
      plan.conditions.every((one, i) => i === plan.lead || one.mainDate !== undefined)
    );
  if (lead.source.kind !== 'rows' || plan.conditions.length !== 1) return false;
  return plan.order.kind === 'place' ? lead.source.few : plan.order.kind === 'text';
}
