/** How a team works: how soon it answers, how much it can answer in a day, and who helps out when there is more. */
import { z } from 'zod';
import { type Urgency, urgencies } from '../../fhir/primary-care.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { addDays, localMoment, startOfDay } from '../../web/dates.ts';

const count = z.number().int().min(0).max(10_000);

const settingsSchema = z.object({
  /** Requests that can be answered in each session: Monday morning, Monday afternoon, and so on. Undefined: nobody has said. */
  capacity: z.array(count).length(14).optional(),
  /** What happens to requests beyond that: they wait for the next working day, or go to a hub too. Never: closed. */
  overflow: z.enum(['wait', 'hub']).default('wait'),
  /** `Organization/…` that answers for several practices. */
  hub: z.string().optional(),
  hubName: z.string().optional(),
  /** Practices that this team answers for as their hub. */
  answersFor: z.array(z.string()).default([]),
  /** Working days until an answer, by urgency. */
  days: z
    .object({ asap: z.number().int(), urgent: z.number().int(), routine: z.number().int() })
    .default({ asap: 0, urgent: 2, routine: 5 }),
});
export type TeamSettings = z.output<typeof settingsSchema>;

/** Source: NHS England, GP contract 2025/26: online requests during core hours are answered; the days are the practice’s own. */
export const usualSettings: TeamSettings = settingsSchema.parse({});

export interface TeamSettingsStore {
  readonly of: (team: string) => Promise<TeamSettings>;
  readonly save: (team: string, settings: TeamSettings, by: string) => Promise<void>;
  /** Own templates of a team, by name. */
  readonly templates: (team: string) => Promise<readonly Template[]>;
  readonly addTemplate: (team: string, template: Template) => Promise<boolean>;
  readonly removeTemplate: (team: string, id: string) => Promise<void>;
}

export interface Template {
  readonly id: string;
  readonly name: string;
  readonly words: string;
}

export function openTeamSettings({
  database,
  clock,
}: {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
}): TeamSettingsStore {
  const { pool } = database;
  return {
    async of(team) {
      const [row] = await pool`select settings from triage_team where team = ${team}`;
      return row ? settingsSchema.parse(row['settings']) : usualSettings;
    },
    async save(team, settings, by) {
      const kept = JSON.stringify(settings);
      await pool`
        insert into triage_team (team, settings, changed, by_name) values (${team}, ${kept}::text::jsonb, ${clock.now()}, ${by})
        on conflict (team) do update set settings = excluded.settings, changed = excluded.changed, by_name = excluded.by_name`;
      // The hub sees whom it answers for; a practice that leaves is seen no more.
      await pool`
        update triage_team set settings = jsonb_set(settings, '{answersFor}', coalesce((
          select jsonb_agg(one) from jsonb_array_elements_text(settings->'answersFor') one where one <> ${team}), '[]'))
        where settings->'answersFor' ? ${team}`;
      if (settings.hub !== undefined && settings.overflow === 'hub') {
        const theirs = JSON.stringify({ ...usualSettings, answersFor: [team] });
        await pool`
          insert into triage_team (team, settings, changed, by_name) values (${settings.hub}, ${theirs}::text::jsonb, ${clock.now()}, ${by})
          on conflict (team) do update set settings = jsonb_set(triage_team.settings, '{answersFor}',
            coalesce(triage_team.settings->'answersFor', '[]') || jsonb_build_array(${team}::text))`;
      }
    },
    async templates(team) {
      const rows = await pool`select id, name, words from triage_template where team = ${team} order by name`;
      return rows.map((row) => ({
        ...{ id: String(row['id']), name: String(row['name']), words: String(row['words']) },
      }));
    },
    async addTemplate(team, { id, name, words }) {
      const rows = await pool`
        insert into triage_template (id, team, name, words) values (${id}, ${team}, ${name}, ${words})
        on conflict do nothing returning id`;
      return rows.length > 0;
    },
    async removeTemplate(team, id) {
      await pool`delete from triage_template where team = ${team} and id = ${id}`;
    },
  };
}

/** The session of a moment: its place in `capacity`, and when it began and ends, ms since 1970 UTC. Afternoons begin at 1pm, UK time. */
export function sessionAt(now: number): {
  readonly index: number;
  readonly name: 'morning' | 'afternoon';
  readonly from: number;
  readonly until: number;
} {
  const { key, hour } = localMoment(now);
  const weekday = (new Date(`${key}T12:00:00Z`).getUTCDay() + 6) % 7;
  const [begins, ends] = [startOfDay(key), startOfDay(addDays(key, 1))];
  const noon = begins + 13 * 3_600_000;
  return hour < 13
    ? { index: 2 * weekday, name: 'morning', from: begins, until: noon }
    : { index: 2 * weekday + 1, name: 'afternoon', from: noon, until: ends };
}

const closingHour = 18.5 * 3_600_000;

/**
 * When surgeries close so many working days on, 18:30 UK time. Bank holidays are the diary’s: a queue that says a day too early
 * does no harm.
 */
function closesAfter(workingDays: number, now: number): number {
  let day = localMoment(now).key;
  for (let left = workingDays; left > 0; ) {
    day = addDays(day, 1);
    const weekday = new Date(`${day}T12:00:00Z`).getUTCDay();
    if (weekday !== 0 && weekday !== 6) left -= 1;
  }
  return startOfDay(day) + closingHour;
}

/** Until when a team means to have answered what was asked at a moment. */
export const dueAfter = (urgency: Urgency, { days }: Pick<TeamSettings, 'days'>, asked: number): number =>
  urgency === 'stat' ? asked : Math.max(asked, closesAfter(days[urgency], asked));

export const isUrgency = (value: string): value is Urgency => urgencies.some((one) => one === value);
