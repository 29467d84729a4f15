import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { problem } from '../../platform/problem.ts';
import type { Key } from '../../record/keys.ts';
import type { RuleId } from './rules.ts';

export interface Finding {
  readonly id: string;
  readonly rule: RuleId;
  readonly actor: string;
  readonly actorName: string;
  readonly role: string;
  readonly organisation?: string;
  /** Shard key; '0' where it is about many people. */
  readonly person: Key;
  /** `2026-05-04`, UK time. */
  readonly day: string;
  /** Ms since 1970 UTC. */
  readonly first: number;
  readonly last: number;
  /** Entries of the log. */
  readonly times: number;
  readonly evidence: {
    /** Family name, or the colleague's reference. */
    readonly shared?: string;
    /** The record ties them to the person. */
    readonly related?: boolean;
    readonly people?: number;
    readonly usual?: number;
    readonly note?: string;
  };
  readonly review?: {
    readonly at: number;
    readonly name: string;
    readonly outcome: ReviewOutcome;
    readonly note: string;
  };
}

export type ReviewOutcome = 'explained' | 'concern';

export interface FindingsPage {
  readonly findings: readonly Finding[];
  readonly next?: string;
}

export interface Findings {
  /** Newest first; `done`: those reviewed. Throws a Problem (400) for a cursor that is none. */
  list(asked: {
    readonly rule?: RuleId;
    readonly done: boolean;
    readonly cursor?: string;
  }): Promise<FindingsPage>;
  /** How many wait for review, by rule. */
  waiting(): Promise<ReadonlyMap<string, number>>;
  get(id: string): Promise<Finding | undefined>;
  /** Throws 404, 403 for one's own, 409 where it has been reviewed. */
  review(
    id: string,
    by: { readonly id: string; readonly name: string },
    review: { readonly outcome: ReviewOutcome; readonly note: string },
  ): Promise<void>;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const cursorShape = z.tuple([z.int().nonnegative(), z.string().regex(uuid)]);
const pageSize = 25;

export function openFindings({
  database,
  clock,
}: {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
}): Findings {
  const sql = database.pool;
  return {
    async list({ rule, done, cursor }) {
      const order = done ? sql`reviewed` : sql`last`;
      const place = cursor === undefined ? undefined : readCursor(cursor);
      const rows = await sql`
        select * from access_finding
        where ${done ? sql`reviewed is not null` : sql`reviewed is null`}
          and ${rule === undefined ? sql`true` : sql`rule = ${rule}`}
          and ${place ? sql`(${order}, id) < (${place[0]}, ${place[1]})` : sql`true`}
        order by ${order} desc, id desc limit ${pageSize + 1}`;
      const findings = rows.slice(0, pageSize).map(findingOf);
      const last = findings.at(-1);
      if (rows.length <= pageSize || !last) return { findings };
      const at = done ? (last.review?.at ?? 0) : last.last;
      return { findings, next: Buffer.from(JSON.stringify([at, last.id])).toString('base64url') };
    },
    async waiting() {
      const rows =
        await sql`select rule, count(*) as n from access_finding where reviewed is null group by rule`;
      return new Map(rows.map((row) => [String(row['rule']), Number(row['n'])]));
    },
    async get(id) {
      const [row] = uuid.test(id) ? await sql`select * from access_finding where id = ${id}` : [];
      return row && findingOf(row);
    },
    async review(id, by, { outcome, note }) {
      const found = await this.get(id);
      if (!found) throw problem('not-found', 'There is no such entry to review.');
      if (found.actor === by.id)
        throw problem('forbidden', 'This is about you. Someone else must review it.');
      const { count } = await sql`
        update access_finding set reviewed = ${clock.now()}, reviewer = ${by.id}, reviewer_name = ${by.name},
          outcome = ${outcome}, note = ${note}
        where id = ${id} and reviewed is null`;
      if (count === 0) throw problem('conflict', 'Someone has reviewed this already.');
    },
  };
}

function readCursor(text: string): z.infer<typeof cursorShape> {
  try {
    return cursorShape.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch (cause) {
    throw problem(
      'invalid',
      'This is not a page link that the server made. Start again from the first page.',
      { cause },
    );
  }
}

function findingOf(row: Readonly<Record<string, unknown>>): Finding {
  const text = (name: string): string => String(row[name]);
  return {
    id: text('id'),
    rule: text('rule') as RuleId, // the scan writes these alone
    actor: text('actor'),
    actorName: text('actor_name'),
    role: text('role'),
    ...(row['organisation'] === null ? {} : { organisation: text('organisation') }),
    person: text('person'),
    day: text('day'),
    first: Number(row['first']),
    last: Number(row['last']),
    times: Number(row['times']),
    evidence: row['evidence'] as Finding['evidence'], // as the scan wrote it
    ...(row['reviewed'] === null
      ? {}
      : {
          review: {
            at: Number(row['reviewed']),
            name: text('reviewer_name'),
            outcome: text('outcome') as ReviewOutcome, // the table checks it
            note: text('note'),
          },
        }),
  };
}
