import type { Database } from '../../platform/database.ts';
import { asProblem } from '../../platform/sql-error.ts';
import { Group } from '../group.ts';
import type { Row } from '../packed-row.ts';
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

/** What searches of one shape have in common. */
interface Shape {
  /** The select of one search, with `asked.n` as the first word of its first column. */
  readonly text: string;
  /** Types of its parameters. */
  readonly types: readonly string[];
  /** Reads a page or two of an index: many go in one statement. Others go a few at a time, side by side. */
  readonly quick: boolean;
}

/**
 * Searches that many ask at once in the same shape, run together: one statement answers all that wait, so that a search
 * costs a share of a round trip. Only for searches that read a handful of index pages, since all in a group wait for the
 * slowest.
 */
export class GroupedSearches {
  readonly #database: Database;
  #shapes = new Map<string, Group<readonly string[], readonly Row[]>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Rows of one search with these values, in no order. */
  ask(shape: Shape, values: readonly string[]): Promise<readonly Row[]> {
    let group = this.#shapes.get(shape.text);
    if (!group) {
      if (this.#shapes.size > 500) this.#shapes = new Map(); // those in flight keep theirs
      group = new Group(
        (items) => this.#run(shape, items),
        shape.quick ? { slots: 2, largest: 32 } : { slots: 8, largest: 2 },
      );
      this.#shapes.set(shape.text, group);
    }
    return group.add(values);
  }

  async #run(
    { text, types }: Shape,
    items: readonly (readonly string[])[],
  ): Promise<readonly (readonly Row[])[]> {
    const columns = types.map((_, i) => arrayOf(items.map((item) => item[i]!)));
    const lists = ['int4', ...types].map((type, i) => `$${i + 1}::${type}[]`);
    const names = ['n', ...types.map((_, i) => `p${i + 1}`)];
    const statement = `select x.* from unnest(${lists}) as asked(${names}) cross join lateral (${text}) x`;
    let rows: Row[];
    try {
      rows = await this.#database.lane
        .unsafe(statement, [`{${items.map((_, i) => i).join(',')}}`, ...columns], { prepare: true })
        .values();
    } catch (error) {
      throw asProblem(error);
    }
    const answers: Row[][] = items.map(() => []);
    for (const row of rows) answers[Number.parseInt(row[0]!, 10)]!.push(row); // the first word of a packed column
    return answers;
  }
}

const special = /["\\{},\s]/;
const arrayOf = (values: readonly string[]): string =>
  `{${values.map((value) => (value === '' || value === 'NULL' || special.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value)).join(',')}}`;

/** True for searches whose cost is bounded whatever the data: one person's slice, an all but unique value, a page of words or of one code. */
export function isGroupable(plan: Plan): boolean {
  const lead = plan.lead === undefined ? undefined : plan.conditions[plan.lead];
  if (plan.order.kind === 'linked') return plan.conditions.length === 1;
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
