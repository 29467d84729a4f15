/**
 * The register on its tables. Each process holds all of it, and asks before each answer whether it is still the newest: lists,
 * maps and the capability of ten thousand sites cost one small query.
 */
import type { Clock } from '../../../platform/clock.ts';
import { type Database, inTransaction, type Transaction } from '../../../platform/database.ts';
import { Problem, problem } from '../../../platform/problem.ts';
import type { Actor } from '../../../record/actor.ts';
import type { CareRecord } from '../../../record/care-record.ts';
import type { By, Circuit, LineProvider, LineSite, Register, RegisterChange, Revision } from '../model.ts';
import { type PlaceChange, recordChanges } from './places.ts';
import { circuitOfRow, providerOfRow, rowOfCircuit, rowOfProvider, rowOfSite, siteOfRow } from './rows.ts';
import { faultsOf, type JudgePosition, type Known, thingOf } from './validate.ts';

export interface RegisterParts {
  readonly database: Pick<Database, 'pool' | 'steady'>;
  readonly record: CareRecord;
  readonly clock: Clock;
  /** The server's own work. */
  readonly ownActor: Actor;
  /** What stands on land. Default: nothing is asked. */
  readonly judge?: () => Promise<JudgePosition>;
}

/** What the whole of it holds, at one version. */
export interface Whole extends Known {
  readonly version: string;
  /** By name. */
  readonly sitesByName: readonly LineSite[];
  /** Main lines first. */
  readonly circuitsOf: ReadonlyMap<string, readonly Circuit[]>;
  readonly sitesOf: ReadonlyMap<string, readonly string[]>;
}

export interface RegisterStore extends Register {
  /** All of it as it stands. */
  readonly whole: () => Promise<Whole>;
  /** As `save`, telling how far it is: changes done of all. Stops, and stores nothing, when `signal` is aborted. */
  readonly saveWatched: (
    changes: readonly RegisterChange[],
    by: By,
    watch: {
      readonly progress?: (done: number) => void;
      readonly signal?: AbortSignal;
      /** Only if the register is still at this version; otherwise a Problem (409). */
      readonly version?: string;
    },
  ) => Promise<{ readonly changed: number }>;
}

/** Held while the register changes: what is checked is what is stored. Any number that nothing else uses. */
const lockKey = 7_316_403_218;
const rowsAtOnce = 1_000;
const mostRevisions = 500;

const byName = new Intl.Collator('en-GB', { numeric: true });

export function openStore({ database, record, clock, ownActor, judge }: RegisterParts): RegisterStore {
  let held: Whole | undefined;
  let loading: Promise<Whole> | undefined;
  let saving: Promise<unknown> = Promise.resolve();

  const load = async (): Promise<Whole> =>
    inTransaction(
      database,
      async (sql) => {
        const whole = await readWhole(sql);
        held = whole;
        return whole;
      },
      { mode: 'isolation level repeatable read read only' },
    );
  const whole = async (): Promise<Whole> => {
    const [row] = await database.steady`select version from line_register`;
    if (held && held.version === row?.['version']) return held;
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return loading;
  };

  const saveNow: RegisterStore['saveWatched'] = async (changes, by, { progress, signal, version }) => {
    if (changes.length === 0) return { changed: 0 };
    const position = await judge?.();
    const actor: Actor = {
      ...{ ...ownActor, id: by.id, name: by.name, requestId: `register: ${by.via}`.slice(0, 200) },
      via: by.via === 'page' ? 'page' : by.via.startsWith('import') ? 'import' : 'job',
    };
    const changed = await inTransaction(database, async (sql) => {
      await sql`select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)`;
      await sql`select pg_advisory_xact_lock(${lockKey})`;
      const now = await readWhole(sql);
      if (version !== undefined && version !== now.version)
        throw problem(
          'conflict',
          'The register was changed meanwhile. Look at what the file would change now.',
        );
      throwFaults(changes, faultsOf(changes, now, position));
      const altered = changes.flatMap((change) => {
        const before = beforeOf(now, change);
        return before && isSame(change, before) ? [] : [{ change, before }];
      });
      if (altered.length === 0) return 0;
      await write(sql, altered, by, clock.now());
      progress?.(altered.length / 2);
      const places = altered.filter((one): one is PlaceChange => one.change.kind !== 'circuit');
      const inRecord = await recordChanges(record, actor, places);
      signal?.throwIfAborted();
      // Last, so that a failure of either leaves nothing: the record has a transaction of its own.
      if (inRecord.length > 0) await record.commit(actor, inRecord);
      return altered.length;
    });
    progress?.(changes.length);
    return { changed };
  };
  /** One after the other: a save holds a connection while the record asks for more. */
  const saveWatched: RegisterStore['saveWatched'] = (changes, by, watch) => {
    const saved = saving.then(() => saveNow(changes, by, watch));
    saving = saved.catch(() => {});
    return saved;
  };

  return {
    whole,
    saveWatched,
    save: (changes, by) => saveWatched(changes, by, {}),
    site: async (id) => (await whole()).sites.get(id),
    sites: async ({ closed = false, ids } = {}) => {
      const { sitesByName, sites } = await whole();
      const asked = ids
        ? [...new Set(ids)]
            .flatMap((id) => sites.get(id) ?? [])
            .sort((a, b) => byName.compare(a.name, b.name))
        : sitesByName;
      return closed ? asked : asked.filter((site) => !site.closed);
    },
    sitesOf: async (organisation) => {
      const id = organisation.replace(/^Organization\//, '');
      return (await whole()).sitesOf.get(id) ?? [];
    },
    providers: async () => [...(await whole()).providers.values()],
    circuit: async (id) => (await whole()).circuits.get(id),
    circuits: async (sites) => {
      const { circuitsOf } = await whole();
      return sites
        ? [...new Set(sites)].flatMap((id) => circuitsOf.get(id) ?? [])
        : [...circuitsOf.values()].flat();
    },
    history: async (kind, id) => {
      const rows =
        kind === 'site'
          ? await database.pool`select * from line_revision where site = ${id} order by id desc limit ${mostRevisions}`
          : await database.pool`
              select * from line_revision where kind = ${kind} and thing = ${id} order by id desc limit ${mostRevisions}`;
      return rows.map(
        (row): Revision => ({
          at: Number(row['at']),
          by: { id: row['by_id'], name: row['by_name'], via: row['via'] },
          ...{ kind: row['kind'], id: row['thing'] },
          ...{ before: row['before'] ?? undefined, after: row['after'] },
        }),
      );
    },
  };
}

async function readWhole(sql: Transaction): Promise<Whole> {
  const [[state], siteRows, providerRows, circuitRows] = await Promise.all([
    sql`select version from line_register`,
    sql`select * from line_site`,
    sql`select * from line_provider order by name`,
    sql`select * from line_circuit`,
  ]);
  const sitesByName = siteRows.map(siteOfRow).sort((a, b) => byName.compare(a.name, b.name));
  const sites = new Map(sitesByName.map((site) => [site.id, site]));
  const sitesOf = new Map<string, string[]>();
  for (const { id, organisation, closed } of sitesByName)
    if (organisation && !closed) sitesOf.set(organisation.id, [...(sitesOf.get(organisation.id) ?? []), id]);
  const providers = new Map(providerRows.map(providerOfRow).map((one) => [one.id, one]));
  const inOrder = circuitRows.map(circuitOfRow).sort((a, b) => place(a) - place(b) || (a.id < b.id ? -1 : 1));
  const circuitsOf = new Map<string, Circuit[]>();
  for (const circuit of inOrder) {
    const own = circuitsOf.get(circuit.site);
    if (own) own.push(circuit);
    else circuitsOf.set(circuit.site, [circuit]);
  }
  const circuits = new Map(inOrder.map((circuit) => [circuit.id, circuit]));
  return {
    ...{ version: String(state?.['version']), sites, sitesByName, sitesOf, providers, circuits, circuitsOf },
  };
}

/** Main before backup; of these live, ordered, ceased. */
const place = ({ role, state }: Circuit): number =>
  ['live', 'ordered', 'ceased'].indexOf(state) + (role === 'main' ? 0 : 3) + (state === 'ceased' ? 6 : 0);

const beforeOf = (now: Known, change: RegisterChange): LineSite | LineProvider | Circuit | undefined => {
  const { id } = thingOf(change);
  if (change.kind === 'site') return now.sites.get(id);
  return change.kind === 'provider' ? now.providers.get(id) : now.circuits.get(id);
};

const rowOf = (change: RegisterChange) =>
  change.kind === 'site'
    ? rowOfSite(change.site)
    : change.kind === 'provider'
      ? rowOfProvider(change.provider)
      : rowOfCircuit(change.circuit);

/** JSON that does not tell in which order keys were written. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    one !== null && typeof one === 'object' && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );

/** Nothing that the register keeps differs. `before` is of the change's kind. */
export const isSame = (change: RegisterChange, before: LineSite | LineProvider | Circuit): boolean =>
  canonical(rowOf(change)) === canonical(rowOf(withThing(change, before)));

const withThing = (change: RegisterChange, thing: LineSite | LineProvider | Circuit): RegisterChange =>
  ({ kind: change.kind, [change.kind]: thing }) as unknown as RegisterChange; // of the change's kind, as its caller says

function throwFaults(changes: readonly RegisterChange[], faults: ReturnType<typeof faultsOf>): void {
  if (faults.length === 0) return;
  throw new Problem(
    faults.slice(0, 100).map(({ index, field, message }) => {
      const change = changes[index]!;
      const where = `${change.kind} ${thingOf(change).id}: ${field}`;
      return { kind: 'business-rule', severity: 'error', message: `${message}.`, where };
    }),
    { status: 422 },
  );
}

interface Altered {
  readonly change: RegisterChange;
  readonly before: LineSite | LineProvider | Circuit | undefined;
}

const tables = {
  site: {
    name: 'line_site',
    empty: rowOfSite({ ...({} as LineSite), id: '', open: [], services: [], activity: {} }),
  },
  provider: { name: 'line_provider', empty: rowOfProvider({ id: '', name: '' }) },
  circuit: { name: 'line_circuit', empty: rowOfCircuit({ ...({} as Circuit), id: '', terminations: [] }) },
} as const; // rows of which only the names of the columns are used

async function write(sql: Transaction, altered: readonly Altered[], by: By, at: number): Promise<void> {
  // Providers and sites before the circuits that point at them.
  for (const kind of ['provider', 'site', 'circuit'] as const) {
    const { name, empty } = tables[kind];
    const columns = Object.keys(empty);
    const set = columns.filter((column) => column !== 'id').map((column) => `${column} = excluded.${column}`);
    const rows = altered.filter(({ change }) => change.kind === kind).map(({ change }) => rowOf(change));
    for (let from = 0; from < rows.length; from += rowsAtOnce)
      await sql.unsafe(
        `insert into ${name} (${columns.join(', ')})
         select ${columns.join(', ')} from json_populate_recordset(null::${name}, $1::text::json)
         on conflict (id) do update set ${set.join(', ')}`,
        [JSON.stringify(rows.slice(from, from + rowsAtOnce))],
      );
  }
  const revisions = altered.map(({ change, before }) => ({
    ...{ at, by_id: by.id, by_name: by.name, via: by.via, kind: change.kind, thing: thingOf(change).id },
    site: change.kind === 'site' ? change.site.id : change.kind === 'circuit' ? change.circuit.site : null,
    ...{ before: before ?? null, after: thingOf(change) },
  }));
  for (let from = 0; from < revisions.length; from += rowsAtOnce)
    await sql`
      insert into line_revision (at, by_id, by_name, via, kind, thing, site, before, after)
      select at, by_id, by_name, via, kind, thing, site, nullif(before, 'null'::jsonb), after
      from json_to_recordset(${JSON.stringify(revisions.slice(from, from + rowsAtOnce))}::text::json)
        as r(at int8, by_id text, by_name text, via text, kind text, thing text, site text, before jsonb, after jsonb)`;
  await sql`update line_register set version = version + 1`;
}
