import type { Database, Transaction } from '../../platform/database.ts';
import { inTransaction } from '../../platform/database.ts';
import { Problem } from '../../platform/problem.ts';
import { codeOf } from '../../platform/sql-error.ts';
import type { Actor } from '../actor.ts';
import type { Committer } from '../commit.ts';
import { linksOf } from '../links.ts';
import { isRefusedData } from '../refusals.ts';
import type { Searcher } from '../search/searcher.ts';
import type { Plan, Planned } from './planned-entries.ts';
import { type RefusalRow, refusalRow } from './source-rows.ts';

export interface Writing {
  readonly committer: Committer;
  readonly searcher: Searcher;
  readonly database: Database;
  readonly baseUrl: string;
  readonly actor: Actor;
  /** Most resources in one statement. */
  readonly slice: number;
}

/** A plan and the line it stands on; 0: it is the whole file. */
export interface PlacedPlan {
  readonly place: number;
  readonly plan: Plan;
}

export interface Written {
  /** Versions stored. */
  readonly written: number;
  readonly unchanged: number;
  readonly refusals: readonly RefusalRow[];
}

/** Thrown where a reference by condition finds nothing yet: what it looks for may come with another file. */
export class Waits extends Error {}

const waits = (why: Problem): boolean => why.status === 412 && why.faults[0]?.kind === 'not-found';

/**
 * Runs the work, which writes and says what was written, in one transaction, again where another process was in the way. When the
 * database refuses a resource itself, once more with each by itself.
 */
export async function writeWhole<T>(
  database: Pick<Database, 'pool'>,
  work: (sql: Transaction, careful: boolean) => Promise<T>,
): Promise<T> {
  let careful = false;
  for (let tries = 0; ; tries += 1) {
    try {
      return await inTransaction(database, (sql) => work(sql, careful));
    } catch (error) {
      const cause = error instanceof Problem && error.cause !== undefined ? error.cause : error;
      if (codeOf(cause) === '23505' && tries < 5) continue; // someone else claimed the same new id
      if (!careful && isRefusedData(error)) careful = true;
      else throw error;
    }
  }
}

/** Writes the plans in order. `final`: what waits for another resource is set aside instead. */
export async function writePlans(
  writing: Writing,
  sql: Transaction,
  plans: readonly PlacedPlan[],
  { final, careful }: { readonly final: boolean; readonly careful: boolean },
): Promise<Written> {
  const refusals: RefusalRow[] = [];
  let written = 0;
  let unchanged = 0;
  for (const group of grouped(plans)) {
    const { links, all } = group;
    for (const { place, plan } of group.plans)
      for (const { entry, why, sent } of plan.refused) refusals.push(refusalRow({ place, entry }, why, sent));
    const { committer, searcher, baseUrl, actor, slice } = writing;
    const items = all.map(({ item }) => item);
    const rewrite =
      links === 'none'
        ? undefined
        : linksOf(items, baseUrl, (on, type, query) => searcher.matchIds(on, actor, type, query), {
            keepUnknown: links === 'keep',
          });
    const counts = await committer.within(sql, actor, items, {
      ...(rewrite ? { rewrite } : {}),
      slice,
      careful,
      setAside: (i, why, kept) => {
        if (!final && waits(why)) throw new Waits();
        const one = all[i]!;
        const linked = one.item.fullUrl !== undefined && one.item.change.kind === 'create';
        const note =
          kept !== undefined && linked
            ? `Links to this entry were given the place ${kept}: PUT the mended resource there.`
            : undefined;
        refusals.push(refusalRow({ place: one.place, entry: one.entry }, why, one.sent, note));
      },
    });
    written += counts.written;
    unchanged += counts.unchanged;
  }
  return { written, unchanged, refusals };
}

interface Group {
  readonly links: Plan['links'];
  readonly plans: PlacedPlan[];
  readonly all: (Planned & { readonly place: number })[];
}

/** Plain resources that follow on each other are written together, each Bundle by itself. */
function grouped(plans: readonly PlacedPlan[]): Group[] {
  const groups: Group[] = [];
  for (const placed of plans) {
    const { place, plan } = placed;
    let group = groups.at(-1);
    if (group?.links !== 'none' || plan.links !== 'none') {
      group = { links: plan.links, plans: [], all: [] };
      groups.push(group);
    }
    group.plans.push(placed);
    for (const one of plan.planned) group.all.push({ ...one, place });
  }
  return groups;
}
