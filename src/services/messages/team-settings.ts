/** How a team answers messages, who of it is away, and who wants no messages that go to many. */
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Absence } from './promise.ts';
import type { Named } from './thread.ts';

const named = z.object({ reference: z.string(), name: z.string() });
const settingsSchema = z.object({
  /** Working days until an answer. */
  days: z.number().int().min(0).max(20).default(2),
  /** Days after which a message that a patient has not read is for a phone call. */
  unreadDays: z.number().int().min(1).max(60).default(5),
  /** Who is given what is late. */
  duty: named.optional(),
});
export type TeamSettings = z.output<typeof settingsSchema>;
export const usualSettings: TeamSettings = settingsSchema.parse({});

export interface TeamSettingsStore {
  readonly of: (team: string) => Promise<TeamSettings>;
  readonly save: (team: string, settings: TeamSettings, by: string) => Promise<void>;
  /** Those that are not over by this day. */
  readonly absences: (team: string, day: string) => Promise<readonly Absence[]>;
  /** Of all teams, on a day. */
  readonly awayOn: (day: string) => Promise<readonly { readonly team: string; readonly member: Named }[]>;
  readonly addAbsence: (team: string, absence: Absence) => Promise<void>;
  readonly removeAbsence: (team: string, id: string) => Promise<void>;
  /** Ids of those among these people who want no messages that go to many. */
  readonly declined: (people: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly decline: (person: string, declines: boolean) => Promise<void>;
}

export function openTeamSettings({
  database,
  clock,
}: {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
}): TeamSettingsStore {
  const { pool } = database;
  const someone = (reference: unknown, name: unknown): Named | undefined =>
    typeof reference === 'string' ? { reference, name: String(name ?? reference) } : undefined;
  return {
    async of(team) {
      const [row] = await pool`select settings from message_team where team = ${team}`;
      return row ? settingsSchema.parse(row['settings']) : usualSettings;
    },
    async save(team, settings, by) {
      await pool`
        insert into message_team (team, settings, changed, by_name)
        values (${team}, ${JSON.stringify(settings)}::text::jsonb, ${clock.now()}, ${by})
        on conflict (team) do update set settings = excluded.settings, changed = excluded.changed, by_name = excluded.by_name`;
    },
    async absences(team, day) {
      const rows = await pool`
        select id, member, member_name, first_day, last_day, deputy, deputy_name from message_absence
        where team = ${team} and last_day >= ${day} order by first_day, member_name, id`;
      return rows.map((row) => ({
        ...{ id: String(row['id']), from: String(row['first_day']), until: String(row['last_day']) },
        member: { reference: String(row['member']), name: String(row['member_name']) },
        deputy: someone(row['deputy'], row['deputy_name']),
      }));
    },
    async awayOn(day) {
      const rows = await pool`
        select distinct team, member, member_name from message_absence where first_day <= ${day} and last_day >= ${day}`;
      return rows.map((row) => ({
        team: String(row['team']),
        member: { reference: String(row['member']), name: String(row['member_name']) },
      }));
    },
    async addAbsence(team, { id, member, from, until, deputy }) {
      await pool`
        insert into message_absence (id, team, member, member_name, first_day, last_day, deputy, deputy_name)
        values (${id}, ${team}, ${member.reference}, ${member.name}, ${from}, ${until},
          ${deputy?.reference ?? null}, ${deputy?.name ?? null}) on conflict do nothing`;
    },
    async removeAbsence(team, id) {
      await pool`delete from message_absence where team = ${team} and id = ${id}`;
    },
    async declined(people) {
      const rows = await pool`select person from message_choice where person = any(${[...people]})`;
      return new Set(rows.map((row) => String(row['person'])));
    },
    async decline(person, declines) {
      if (declines)
        await pool`insert into message_choice (person, since) values (${person}, ${clock.now()}) on conflict do nothing`;
      else await pool`delete from message_choice where person = ${person}`;
    },
  };
}
