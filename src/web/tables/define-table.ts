/**
 * Tables of pages: columns and filters are declared once, and give the headings that sort, the form that filters, the pages,
 * and the file to download. What is asked stands in the address alone, so that a table can be kept and sent as a link.
 */
import type { FastifyRequest } from 'fastify';
import { problem } from '../../platform/problem.ts';
import { type FormBody, formBody, formText } from '../form-fields.ts';
import { type CsvValue, csvLine } from './csv.ts';

export interface Cell {
  readonly text: string;
  readonly href?: string;
  /** A tag behind the text, and its colour in the design system. */
  readonly flag?: string;
  readonly flagColour?: string;
  /** Smaller, beneath. */
  readonly note?: string | undefined;
  readonly links?: readonly { readonly href: string; readonly text: string; readonly hidden?: string }[];
}

export interface Column<Row> {
  /** In addresses. */
  readonly key: string;
  readonly heading: string;
  readonly cell: (row: Row) => Cell | string;
  /** What the file has; default: the cell’s text. */
  readonly csv?: (row: Row) => CsvValue;
  /** It can be sorted by, here or where the rows come from. */
  readonly sortable?: boolean;
  /** Compares rows where they are sorted here; default: by the cell’s text, as people order words and numbers. */
  readonly compare?: (a: Row, b: Row) => number;
  /** Set to the right. */
  readonly numeric?: boolean;
}

export interface Filter<Row> {
  /** The parameter in the address, and the id of the input. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** A choice of these; without them a text is typed. The first stands for no filter when its value is empty. */
  readonly options?: readonly { readonly value: string; readonly text: string }[];
  /** Whether a row stays, where rows are filtered here. Never called for an empty value. */
  readonly matches?: (row: Row, value: string) => boolean;
}

export type Direction = 'ascending' | 'descending';

export interface Asked {
  /** Key of a column. */
  readonly sort: string;
  readonly direction: Direction;
  /** By name; empty where it does not filter. */
  readonly filters: Readonly<Record<string, string>>;
  /** A cursor, or the number of a page, as the last page gave it. */
  readonly page: string | undefined;
  /** The address without its query, and the parameters that are not the table’s own. */
  readonly path: string;
  readonly others: readonly (readonly [string, string])[];
}

export interface PageOfRows<Row> {
  readonly rows: readonly Row[];
  /** What `page` is of the next page; undefined at the end. */
  readonly next?: string | undefined;
  /** `1 to 50 of 230`, where it is known. */
  readonly counted?: string | undefined;
}

export interface TableDefinition<Row> {
  /** Unique in its page. */
  readonly id: string;
  readonly caption: string;
  readonly captionHidden?: boolean;
  readonly columns: readonly Column<Row>[];
  readonly filters?: readonly Filter<Row>[];
  /** The column it is sorted by at first. Default: the first; `-key` begins with the last. */
  readonly sort?: string;
  /** Said in place of a table without rows, and of one where nothing matches. */
  readonly empty: string;
  readonly noMatch?: string;
}

export interface ViewOptions {
  /** The address of the file; what is asked is added to it. */
  readonly csvPath?: string;
  readonly nextText?: string;
  readonly firstText?: string;
}

export interface Table<Row> {
  /** What the address asks of the table. Throws a Problem for a column that it cannot be sorted by. */
  readonly asked: (request: FastifyRequest) => Asked;
  /** Filters, sorts and cuts a page out of rows that are all here. */
  readonly pageOf: (rows: readonly Row[], asked: Asked, size?: number) => PageOfRows<Row>;
  /** For the template: `table(view)` of `web/tables.njk`. */
  readonly view: (
    asked: Asked,
    page: PageOfRows<Row>,
    options?: ViewOptions,
  ) => Readonly<Record<string, unknown>>;
  /** Lines of the file, with a head. */
  readonly csv: (rows: AsyncIterable<Row> | Iterable<Row>) => AsyncGenerator<string>;
}

const own = ['sort', 'page'];
const longestFilter = 200;

export function defineTable<Row>(definition: TableDefinition<Row>): Table<Row> {
  const { columns, filters = [] } = definition;
  const first = definition.sort ?? columns.find(({ sortable }) => sortable)?.key ?? '';
  const cellOf = (column: Column<Row>, row: Row): Cell => {
    const cell = column.cell(row);
    return typeof cell === 'string' ? { text: cell } : cell;
  };
  const order = new Intl.Collator('en-GB', { numeric: true });

  const addressOf = (
    asked: Asked,
    changes: Readonly<Record<string, string | undefined>>,
    path = asked.path,
  ) => {
    const pairs = new URLSearchParams(asked.others.map(([name, value]) => [name, value]));
    const sort = `${asked.direction === 'descending' ? '-' : ''}${asked.sort}`;
    const all = { ...asked.filters, ...(sort === first ? {} : { sort }), ...changes };
    for (const [name, value] of Object.entries(all)) if (value) pairs.set(name, value);
    return pairs.size > 0 ? `${path}?${pairs}` : path;
  };
  const isFiltered = (asked: Asked) => Object.values(asked.filters).some((value) => value !== '');

  return {
    asked(request) {
      const [path = '/', text = ''] = request.url.split('?');
      const query: FormBody = formBody(request.query);
      const wanted = formText(query, 'sort') || first;
      const sort = wanted.replace(/^-/, '');
      const sortable = columns.filter((column) => column.sortable).map(({ key }) => key);
      if (sort !== '' && !sortable.includes(sort))
        throw problem(
          'value',
          `This table cannot be sorted by “${sort.slice(0, 50)}”. Possible: ${sortable.join(', ')}.`,
          { status: 400, where: 'http.query.sort' },
        );
      const names = filters.map(({ name }) => name);
      return {
        ...{ sort, direction: wanted.startsWith('-') ? 'descending' : 'ascending', path },
        filters: Object.fromEntries(
          names.map((name) => [name, formText(query, name).slice(0, longestFilter)]),
        ),
        page: formText(query, 'page') || undefined,
        others: [...new URLSearchParams(text)].filter(
          ([name]) => !names.includes(name) && !own.includes(name),
        ),
      };
    },
    pageOf(rows, asked, size = 50) {
      const kept = rows.filter((row) =>
        filters.every(({ name, matches }) => {
          const value = asked.filters[name] ?? '';
          return value === '' || !matches || matches(row, value);
        }),
      );
      const column = columns.find(({ key }) => key === asked.sort);
      if (column) {
        const compare =
          column.compare ??
          ((a: Row, b: Row) => order.compare(cellOf(column, a).text, cellOf(column, b).text));
        kept.sort(asked.direction === 'ascending' ? compare : (a, b) => compare(b, a));
      }
      const number = /^[1-9]\d{0,5}$/.test(asked.page ?? '') ? Number(asked.page) : 1;
      const from = (number - 1) * size;
      const shown = kept.slice(from, from + size);
      return {
        rows: shown,
        next: from + size < kept.length ? String(number + 1) : undefined,
        counted: shown.length > 0 ? `${from + 1} to ${from + shown.length} of ${kept.length}` : undefined,
      };
    },
    view(asked, page, { csvPath, nextText, firstText } = {}) {
      return {
        id: definition.id,
        caption: definition.caption,
        captionHidden: definition.captionHidden ?? false,
        counted: page.counted,
        columns: columns.map(({ key, heading, sortable = false, numeric = false }) => {
          const isSorted = key === asked.sort;
          const turned = isSorted && asked.direction === 'ascending' ? `-${key}` : key;
          return {
            heading,
            numeric,
            ...(sortable
              ? {
                  sort: isSorted ? asked.direction : 'none',
                  // Back to the order at first, the address needs no word for it.
                  href: addressOf(
                    {
                      ...asked,
                      sort: turned.replace(/^-/, ''),
                      direction: turned.startsWith('-') ? 'descending' : 'ascending',
                    },
                    {},
                  ),
                }
              : {}),
          };
        }),
        rows: page.rows.map((row) =>
          columns.map((column) => ({ ...cellOf(column, row), numeric: column.numeric ?? false })),
        ),
        filters: filters.map(({ name, label, hint, options }) => ({
          ...{ name, label, hint },
          value: asked.filters[name] ?? '',
          options: options?.map((option) => ({
            ...option,
            selected: option.value === (asked.filters[name] ?? ''),
          })),
        })),
        path: asked.path,
        hidden: [
          ...asked.others.map(([name, value]) => ({ name, value })),
          ...(addressOf(asked, {}).includes('sort=')
            ? [{ name: 'sort', value: `${asked.direction === 'descending' ? '-' : ''}${asked.sort}` }]
            : []),
        ],
        unfiltered: isFiltered(asked)
          ? addressOf(asked, Object.fromEntries(filters.map(({ name }) => [name, undefined])))
          : undefined,
        empty: isFiltered(asked)
          ? (definition.noMatch ?? 'Nothing matches. Try fewer or other words.')
          : definition.empty,
        csv: csvPath === undefined || page.rows.length === 0 ? undefined : addressOf(asked, {}, csvPath),
        paging: {
          next: page.next === undefined ? undefined : addressOf(asked, { page: page.next }),
          first: asked.page === undefined ? undefined : addressOf(asked, {}),
          ...{ nextText, firstText, label: definition.caption },
        },
      };
    },
    async *csv(rows) {
      yield csvLine(columns.map(({ heading }) => heading));
      for await (const row of rows)
        yield csvLine(columns.map((column) => (column.csv ? column.csv(row) : cellOf(column, row).text)));
    },
  };
}
