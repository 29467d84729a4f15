/** Faults put into a record on purpose, each in one kind of request: a checker that holds must find every one of them. */
import type { Actor } from '../../src/record/actor.ts';
import type { CareRecord, Page, Stored } from '../../src/record/care-record.ts';

type Search = CareRecord['search'];

const seeingAll = (actor: Actor): Actor => ({ ...actor, sight: 'everything' });

const asks = (query: string, pattern: RegExp): boolean => pattern.test(decodeURIComponent(query));

const withSearch = (record: CareRecord, search: Search): CareRecord => ({ ...record, search });

/** Searches without the sight, and leaves what is hidden out of what was found. */
async function filteredAfterwards(
  record: CareRecord,
  ...[actor, type, query, options]: Parameters<Search>
): Promise<Page> {
  const asked = new URLSearchParams(query);
  const count = Number(asked.get('_count') ?? 50);
  const start = Number(asked.get('_page') ?? 0);
  for (const name of ['_count', '_page', '_summary']) asked.delete(name);
  asked.set('_count', '1000');
  const page = await record.search(seeingAll(actor), type, asked.toString(), options);
  const seen: Stored[] = [];
  for (const one of page.matches) if (await record.read(actor, one.type, one.id)) seen.push(one);
  const ids = seen.slice(start, start + count);
  const own = await record.search(actor, type, query.replace(/_page=[^&]*/, ''), options);
  const isCount = new URLSearchParams(query).get('_summary') === 'count';
  return {
    ...own,
    matches: isCount ? [] : ids,
    ...(own.total === undefined ? {} : { total: seen.length }),
    ...(seen.length > start + count && !isCount ? { next: String(start + count) } : {}),
  };
}

/** What each fault does, and the record with it. */
export const leaks: Readonly<Record<string, (record: CareRecord) => CareRecord>> = {
  'reads forget the sight': (record) => ({
    ...record,
    read: (actor, ...rest) => record.read(seeingAll(actor), ...rest),
  }),
  'versions forget the sight': (record) => ({
    ...record,
    readVersion: (actor, ...rest) => record.readVersion(seeingAll(actor), ...rest),
  }),
  'the history of one resource forgets the sight': (record) => ({
    ...record,
    history: (actor, type, id, options) =>
      record.history(id === undefined ? actor : seeingAll(actor), type, id, options),
  }),
  'the history of all forgets the sight': (record) => ({
    ...record,
    history: (actor, type, id, options) =>
      record.history(id === undefined ? seeingAll(actor) : actor, type, id, options),
  }),
  '$everything forgets the sight': (record) => ({
    ...record,
    everything: (actor, ...rest) => record.everything(seeingAll(actor), ...rest),
  }),
  'searches of one type forget the sight': (record) =>
    withSearch(record, (actor, type, ...rest) =>
      record.search(type === undefined ? actor : seeingAll(actor), type, ...rest),
    ),
  'searches of several types forget the sight': (record) =>
    withSearch(record, (actor, type, ...rest) =>
      record.search(type === undefined ? seeingAll(actor) : actor, type, ...rest),
    ),
  'searches in a compartment forget the sight': (record) =>
    withSearch(record, (actor, type, query, options) =>
      record.search(options?.compartment ? seeingAll(actor) : actor, type, query, options),
    ),
  'includes forget the sight': (record) =>
    withSearch(record, async (actor, type, query, options) => {
      const page = await record.search(actor, type, query, options);
      if (!asks(query, /_(rev)?include/) || page.matches.length === 0) return page;
      const whose = new URLSearchParams(query);
      whose.delete('_page');
      whose.append('_id', page.matches.map(({ id }) => id).join(','));
      const all = await record.search(seeingAll(actor), type, whose.toString(), options);
      const same = all.matches.length === page.matches.length; // else ids shared between types, or chains, found more
      return same ? { ...page, included: all.included } : page;
    }),
  'chains and _has look at what is hidden': (record) =>
    withSearch(record, (actor, type, query, options) =>
      asks(query, /_has:|[a-z]\.[_a-z]/)
        ? filteredAfterwards(record, actor, type, query, options)
        : record.search(actor, type, query, options),
    ),
  'totals count what is hidden': (record) =>
    withSearch(record, async (actor, type, query, options) => {
      const page = await record.search(actor, type, query, options);
      if (page.total === undefined) return page;
      const { total } = await record.search(seeingAll(actor), type, query, options);
      return { ...page, ...(total === undefined ? {} : { total }) };
    }),
  'a next link tells that there is more': (record) =>
    withSearch(record, async (actor, type, query, options) => {
      const page = await record.search(actor, type, query, options);
      if (page.next !== undefined || asks(query, /_summary=count|_page=/)) return page;
      const all = await record.search(seeingAll(actor), type, query, options);
      return all.next === undefined ? page : { ...page, next: all.next };
    }),
  'the last of a page is wrongly denied': (record) =>
    withSearch(record, async (...asked) => {
      const page = await record.search(...asked);
      return page.matches.length < 3 ? page : { ...page, matches: page.matches.slice(0, -1) };
    }),
};
