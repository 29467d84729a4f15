/** Tells the connectivity lead of new incidents by email: one for all that were found together, with their common cause. */
import { z } from 'zod';
import type { Clock } from '../../../platform/clock.ts';
import type { Database } from '../../../platform/database.ts';
import type { Jobs } from '../../../platform/jobs.ts';
import { formatMoment } from '../../../web/dates.ts';
import type { Register } from '../model.ts';
import type { IncidentStore, KeptIncident } from './incident-store.ts';

export type SendMail = (email: {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly reference: string;
  readonly language: string;
}) => Promise<unknown>;

export interface AlertNeeds {
  readonly database: Pick<Database, 'pool'>;
  readonly jobs: Pick<Jobs, 'define' | 'start'>;
  readonly clock: Clock;
  readonly register: Pick<Register, 'sites'>;
  readonly incidents: IncidentStore;
  readonly sendMail?: SendMail | undefined;
  /** Public address of the product. */
  readonly baseUrl: string;
}

export interface Alerts {
  /** Tells of what nobody was told of. */
  readonly tell: () => Promise<void>;
  readonly address: () => Promise<string | undefined>;
  readonly setAddress: (address: string | undefined) => Promise<void>;
  /** Whether this deployment can send emails. */
  readonly canSend: boolean;
}

const kind = 'lines.alert';
/** What is older is on the page; an email about it would only alarm. */
const newsMs = 24 * 3_600_000;
const mostListed = 20;

export function defineAlerts(needs: AlertNeeds): Alerts {
  const { database, jobs, clock, register, incidents, sendMail, baseUrl } = needs;
  const { pool } = database;
  const address = async (): Promise<string | undefined> => {
    const [row] = await pool<{ address: string | null }[]>`select address from line_alert`;
    return row?.address ?? undefined;
  };

  jobs.define(kind, z.object({ incidents: z.array(z.string()).max(500) }), async ({ id, payload }) => {
    const to = await address();
    if (!sendMail || to === undefined) return;
    const wanted = new Set(payload.incidents);
    const list = (await Promise.all([...wanted].map((one) => incidents.get(one)))).filter(
      (one) => one !== undefined,
    );
    if (list.length === 0) return;
    const sites = await register.sites({ ids: list.map(({ site }) => site), closed: true });
    const names = new Map(sites.map((site) => [site.id, site.name]));
    const { subject, text } = alertText(list, names, baseUrl);
    await sendMail({ to, subject, text, reference: `lines-${id}`, language: 'en' });
  });

  return {
    async tell() {
      const now = clock.now();
      const list = await incidents.untold();
      if (list.length === 0) return;
      const news = list.filter(({ started, ended }) => now - started < newsMs && ended === undefined);
      await pool.begin(async (sql) => {
        if (news.length > 0 && sendMail && (await address()) !== undefined)
          await jobs.start(kind, { incidents: news.map(({ id }) => id) }, sql);
        await sql`
          update line_incident set alerted = ${now} where id = any(${list.map(({ id }) => id)}::uuid[])`;
      });
    },
    address,
    async setAddress(to) {
      await pool`update line_alert set address = ${to ?? null}`;
    },
    canSend: sendMail !== undefined,
  };
}

/** Those with one cause together, the most sites first. */
export function alertText(
  list: readonly KeptIncident[],
  names: ReadonlyMap<string, string>,
  baseUrl: string,
): { readonly subject: string; readonly text: string } {
  const groups = new Map<string, KeptIncident[]>();
  for (const one of list) {
    const key = one.shared ?? `site ${one.site}`;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  const nameOf = ({ site }: KeptIncident) => names.get(site) ?? `Site ${site}`;
  const lineOf = (one: KeptIncident) => `- ${nameOf(one)}: ${one.told} (from ${formatMoment(one.started)})`;
  const parts = [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([, group]) => {
      const shared = group[0]?.shared;
      const lines = group.slice(0, mostListed).map(lineOf);
      const more = group.length > mostListed ? [`- and ${group.length - mostListed} more`] : [];
      return [...(shared ? [`${shared}: ${group.length} sites`] : []), ...lines, ...more].join('\n');
    });
  const sites = new Set(list.map(({ site }) => site));
  const first = list[0];
  const subject =
    sites.size === 1 && first
      ? `Line of ${nameOf(first)}: ${first.kind === 'outage' ? 'not heard' : 'much worse'}`
      : `Lines of ${sites.size} sites are down or much worse`;
  return {
    subject,
    text: `${parts.join('\n\n')}\n\nSee them, and say what you do: ${baseUrl}/lines/incidents\n`,
  };
}
