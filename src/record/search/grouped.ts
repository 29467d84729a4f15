import type { Database } from '../../platform/database.ts';
import { asProblem } from '../../platform/sql-error.ts';
import { Group } from '../group.ts';
import type { Row } from '../packed-row.ts';
import { type AuditRow, entryColumns, entryLists } from '../statement.ts';
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

/** A shape whose searches are logged by the statement that answers them. */
interface LoggedShape extends Shape {
  /** The same search in two steps, see PageText. */
  readonly places: string;
  readonly rows: string;
  /** So many of the places are shown. */
  readonly shown: number;
  /** Not logged where a resource comes twice: it is asked for again in another shape. */
  readonly repeats: true | undefined;
}

/** A search's entry in the audit log, but for the people it shows. */
export type SearchEntry = Omit<AuditRow, 'person' | 'persons'>;

interface Asked {
  readonly values: readonly string[];
  readonly entry?: SearchEntry;
}

/**
 * Searches that many ask at once in the same shape, run together: one statement answers all that wait, so that a search
 * costs a share of a round trip. Only for searches that read a handful of index pages, since all in a group wait for the
 * slowest.
 */
export class GroupedSearches {
  readonly #database: Database;
  #shapes = new Map<string, Group<Asked, readonly Row[]>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Rows of one search with these values, in the order in which they come. */
  ask(shape: Shape, values: readonly string[]): Promise<readonly Row[]> {
    const statement = (names: readonly string[], lists: readonly string[]) =>
      `select x.* from unnest(${lists}) as asked(${names}) cross join lateral (${shape.text}) x`;
    return this.#group(shape.text, shape, [], statement).add({ values });
  }

  /** The same, logged with the people whose data it shows before this answers. */
  askLogged(shape: LoggedShape, values: readonly string[], entry: SearchEntry): Promise<readonly Row[]> {
    const { places, rows, shown, repeats } = shape;
    const statement = (names: readonly string[], lists: readonly string[]) =>
      `with asked as materialized (select * from unnest(${lists}) as asked(${names})),
      k as materialized (select asked.n, k.* from asked cross join lateral (select row_number() over () as place, p.* from (${places}) p) k),
      whose as (select n, array_agg(distinct person) filter (where place <= ${shown}) as persons${repeats ? ', count(distinct pk) < count(*) as again' : ''} from k group by n),
      logged as (insert into audit (person, persons, ${entryNames.join(', ')})
        select case cardinality(persons) when 1 then persons[1] else 0 end, case when cardinality(persons) > 1 then persons end,
          ${entryNames.map((name) => (name === 'action' ? 'e_action::"char"' : `e_${name}`)).join(', ')}
        from asked left join whose using (n)${repeats ? ' where again is not true' : ''})
      ${rows}`;
    return this.#group(`logged ${shape.text}`, shape, entryColumns, statement).add({ values, entry });
  }

  #group(
    key: string,
    { types, quick }: Shape,
    more: typeof entryColumns,
    statement: (names: readonly string[], lists: readonly string[]) => string,
  ): Group<Asked, readonly Row[]> {
    const known = this.#shapes.get(key);
    if (known) return known;
    if (this.#shapes.size > 500) this.#shapes = new Map(); // those in flight keep theirs
    const columns = [
      ['n', 'int4'],
      ...types.map((type, i) => [`p${i + 1}`, type]),
      ...more.map(([name, type]) => [`e_${name}`, type]),
    ];
    const text = statement(
      columns.map(([name]) => name!),
      columns.map(([, type], i) => `$${i + 1}::${type}[]`),
    );
    const group = new Group<Asked, readonly Row[]>(
      (items) => this.#run(text, types.length, items),
      quick ? { slots: 2, largest: 32 } : { slots: 4, largest: 4 },
    );
    this.#shapes.set(key, group);
    return group;
  }

  async #run(
    text: string,
    parameters: number,
    items: readonly Asked[],
  ): Promise<readonly (readonly Row[])[]> {
    const columns = [`{${items.map((_, i) => i).join(',')}}`];
    for (let i = 0; i < parameters; i += 1) columns.push(arrayOf(items, i));
    const entries = items.flatMap(({ entry }) => (entry ? [entry] : []));
    if (entries.length > 0) columns.push(...entryLists(entries));
    let rows: readonly Row[];
    try {
      rows = await this.#database.lane.unsafe(text, columns, { prepare: true }).values();
    } catch (error) {
      throw asProblem(error);
    }
    const answers: Row[][] = items.map(() => []);
    for (const row of rows) answers[Number.parseInt(row[0]!, 10)]!.push(row); // the first word of a packed column
    return answers;
  }
}

const entryNames = entryColumns.map(([name]) => name);

const special = /["\\{},\s]/;

/** The nth parameter of all. */
function arrayOf(items: readonly Asked[], n: number): string {
  let text = '';
  for (const { values } of items) {
    const value = values[n]!;
    const quoted = value === '' || value === 'NULL' || special.test(value);
    text += `${text === '' ? '{' : ','}${quoted ? `"${value.replace(/["\\]/g, '\\$&')}"` : value}`;
  }
  return `${text}}`;
}

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
