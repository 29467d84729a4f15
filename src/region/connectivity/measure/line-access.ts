/** Who may measure which site: tokens that a page hands out, kept by their hash alone, and tickets for one test made from them. */
import { createHmac, hash, hkdfSync, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../../platform/clock.ts';
import type { Database } from '../../../platform/database.ts';
import { problem } from '../../../platform/problem.ts';

/** What someone may measure. */
export interface LineAccess {
  readonly site: string;
  /** As `Reading.by`: id of a token, or `Practitioner/…`. */
  readonly by: string;
  /** Bytes that a test may move each way; undefined: as much as fits into its time. */
  readonly mostBytes: number | undefined;
  /** The server keeps what it sees as a reading: for clients that will not tell us themselves. */
  readonly keep: boolean;
}

export interface LineToken {
  readonly id: string;
  readonly site: string;
  readonly name: string;
  readonly made: number;
  readonly madeBy: string;
  readonly used: number | undefined;
  readonly revoked: number | undefined;
}

export interface LineAccesses {
  /** `id` makes it harmless twice. */
  readonly make: (token: {
    readonly id: string;
    readonly site: string;
    readonly name: string;
    readonly by: { readonly id: string; readonly name: string };
  }) => Promise<void>;
  /** The secret of a token, for whoever made it, until it is used or a quarter of an hour is over. */
  readonly reveal: (site: string, id: string, by: string) => Promise<string | undefined>;
  readonly listOf: (site: string) => Promise<readonly LineToken[]>;
  readonly revoke: (site: string, id: string) => Promise<boolean>;
  /** The token of a secret; undefined where it is unknown or revoked. */
  readonly find: (secret: string) => Promise<{ readonly id: string; readonly site: string } | undefined>;
  readonly ticket: (access: LineAccess, minutes: number) => string;
  /** The access of a ticket that has not run out. */
  readonly open: (ticket: string) => LineAccess | undefined;
  /** 16 bytes that stand for a run of UDP packets until a moment: so that nobody makes us answer addresses that did not ask. */
  readonly packetKey: (until: number) => Buffer;
}

const prefix = 'tlp_';
const secretForm = /^tlp_[\w-]{43}$/;
const mostTokens = 20;
const shownMs = 15 * 60_000;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const used = z.object({
  s: z.string(),
  b: z.string(),
  m: z.number().optional(),
  k: z.boolean().optional(),
  e: z.number(),
});

export function openLineAccess(
  { pool }: Pick<Database, 'pool'>,
  clock: Clock,
  secrets: readonly Uint8Array[],
): LineAccesses {
  const keys = secrets.map((secret) =>
    Buffer.from(hkdfSync('sha256', secret, new Uint8Array(), 'throughline line tickets', 32)),
  );
  const sign = (text: string, key: Buffer) => createHmac('sha256', key).update(text).digest().subarray(0, 16);
  // Made from its id and a key that the database does not hold: so it can be told again for a while, and is nowhere kept.
  const secretOf = (id: string, key: Buffer) =>
    `${prefix}${createHmac('sha256', key).update(`token ${id}`).digest('base64url')}`;
  const hashed = (secret: string) => hash('sha256', secret, 'buffer');
  const usedAt = new Map<string, number>();

  return {
    async make({ id, site, name, by }) {
      const [count] = await pool<{ n: number }[]>`
        select count(*)::int as n from line_token where site = ${site} and revoked is null`;
      if ((count?.n ?? 0) >= mostTokens)
        throw problem(
          'business-rule',
          `A site can have ${mostTokens} tokens. Revoke one that is no longer used.`,
        );
      await pool`
        insert into line_token (id, site, hash, name, made, made_by, made_name)
        values (${id}, ${site}, ${hashed(secretOf(id, keys[0]!))}, ${name}, ${clock.now()}, ${by.id}, ${by.name})
        on conflict do nothing`;
    },
    async reveal(site, id, by) {
      if (!uuid.test(id)) return undefined;
      const [row] = await pool<{ hash: Buffer }[]>`
        select hash from line_token where id = ${id} and site = ${site} and made_by = ${by}
        and used is null and revoked is null and made > ${clock.now() - shownMs}`;
      return row && keys.map((key) => secretOf(id, key)).find((secret) => hashed(secret).equals(row.hash));
    },
    async listOf(site) {
      const rows = await pool`
        select id, name, made, made_name, used, revoked from line_token where site = ${site}
        order by revoked is not null, made desc limit 100`;
      return rows.map((row) => ({
        ...{ id: row['id'], site, name: row['name'], made: Number(row['made']), madeBy: row['made_name'] },
        used: row['used'] === null ? undefined : Number(row['used']),
        revoked: row['revoked'] === null ? undefined : Number(row['revoked']),
      }));
    },
    async revoke(site, id) {
      if (!uuid.test(id)) return false;
      const now = clock.now();
      return pool.begin(async (sql) => {
        const rows = await sql`
          update line_token set revoked = ${now} where id = ${id} and site = ${site} and revoked is null returning 1`;
        // Nobody listens for the site any more: its silence says nothing of its line.
        await sql`
          update line_incident set ended = ${now} where site = ${site} and kind = 'outage' and ended is null
          and not exists (select from line_token where site = ${site} and revoked is null)`;
        return rows.length > 0;
      });
    },
    async find(secret) {
      if (!secretForm.test(secret)) return undefined;
      const [row] = await pool<{ id: string; site: string }[]>`
        select id, site from line_token where hash = ${hashed(secret)} and revoked is null`;
      if (!row) return undefined;
      const now = clock.now();
      if (now - (usedAt.get(row.id) ?? 0) > 60_000) {
        usedAt.set(row.id, now);
        await pool`update line_token set used = ${now} where id = ${row.id}`;
      }
      return row;
    },
    ticket({ site, by, mostBytes, keep }, minutes) {
      const body = Buffer.from(
        JSON.stringify({
          ...{ s: site, b: by, e: clock.now() + minutes * 60_000 },
          ...(mostBytes === undefined ? {} : { m: mostBytes }),
          ...(keep ? { k: true } : {}),
        }),
      ).toString('base64url');
      return `${body}.${sign(body, keys[0]!).toString('base64url')}`;
    },
    open(ticket) {
      const [body = '', signature = '', more] = ticket.split('.');
      const given = Buffer.from(signature, 'base64url');
      if (more !== undefined || given.length !== 16) return undefined;
      if (!keys.some((key) => timingSafeEqual(sign(body, key), given))) return undefined;
      const parsed = used.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
      if (!parsed.success || parsed.data.e < clock.now()) return undefined;
      const { s: site, b: by, m: mostBytes, k: keep = false } = parsed.data;
      return { site, by, mostBytes, keep };
    },
    packetKey: (until) => sign(`udp ${until}`, keys[0]!),
  };
}
