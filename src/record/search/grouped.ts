import type { Database } from '../../platform/database.ts';
import { asProblem } from '../../platform/sql-error.ts';
import { Group } from '../group.ts';
import { type AuditRow, auditArrays } from '../statement.ts';
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

/** One search: its parameters, and what is to be logged of it. Rows come back with their columns as bytes. */
interface Asked {
  readonly values: readonly string[];
  readonly audit: AuditRow;
}
/** What searches of one shape have in common. */
interface Shape {
  /** The select of one search; it has the columns `place` (its order) and `person` (for the audit log). */
  readonly text: string;
  /** Types of its parameters. */
  readonly types: readonly string[];
  /** The columns that come back. */
  readonly columns: readonly string[];
}

export type Rows = readonly (Buffer | null)[][];

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

  ask(shape: Shape, asked: Asked): Promise<Rows> {
    let group = this.#shapes.get(shape.text);
    if (!group) {
      if (this.#shapes.size > 500) this.#shapes = new Map(); // those in flight keep theirs
      group = new Group((items) => this.#run(shape, items), { largest: 32 });
      this.#shapes.set(shape.text, group);
    }
    return group.add(asked);
  }

  async #run(
    { text: one, types, columns: wanted }: Shape,
    items: readonly Asked[],
  ): Promise<readonly Rows[]> {
    const columns = types.map((_, i) => arrayOf(items.map((item) => item.values[i]!)));
    const { names, arrays } = auditArrays(items.map((item) => item.audit));
    const at = (index: number): string => `$${index + 1}`;
    const asked = ['n', ...types.map((_, i) => `p${i + 1}`)];
    const askedTypes = ['int4', ...types];
    const logged = names.map(([name]) => name);
    const text = `with asked as (
        select * from unnest(${askedTypes.map((type, i) => `${at(i)}::${type}[]`).join(',')}) as a(${asked.join(',')})
      ), found as (
        select asked.n, x.* from asked cross join lateral (${one}) x
      ), entries as (
        select * from unnest(${at(0)}::int4[],${names.map(([, type], i) => `${at(askedTypes.length + i)}::${type}[]`).join(',')}) as e(n,${logged.join(',')})
      ), logged as (
        insert into audit (${logged.join(',')},person,persons)
        select ${logged.map((name) => (name === 'action' ? 'e.action::"char"' : `e.${name}`)).join(',')},
          case when cardinality(f.people) = 1 then f.people[1] else 0 end,
          case when cardinality(f.people) > 1 then f.people end
        from entries e left join (select n, array_agg(distinct person) as people from found group by n) f on f.n = e.n
      )
      select n, ${wanted.join(', ')} from found order by n, place`;
    const values = [`{${items.map((_, i) => i).join(',')}}`, ...columns, ...arrays];
    let rows: (Buffer | null)[][];
    try {
      rows = (await this.#database.lane.unsafe(text, values, { prepare: true }).raw()) as (Buffer | null)[][]; // raw: bytes of each column
    } catch (error) {
      throw asProblem(error);
    }
    const answers: (Buffer | null)[][][] = items.map(() => []);
    for (const row of rows) answers[Number(row[0]!.toString('latin1'))]!.push(row.slice(1));
    return answers;
  }
}

const special = /["\\{},\s]/;
const arrayOf = (values: readonly string[]): string =>
  `{${values.map((value) => (value === '' || value === 'NULL' || special.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value)).join(',')}}`;

/** True for searches whose cost is bounded whatever the data: one person's slice, or an all but unique value. */
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
  return (
    lead.source.kind === 'rows' &&
    lead.source.few &&
    plan.conditions.length === 1 &&
    plan.order.kind === 'place'
  );
}
