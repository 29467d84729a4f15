/** Scenarios as they are kept: what was asked, how the run stands, what came of it. */
import type { Database, Sql, Transaction } from '../../../platform/database.ts';
import { problem } from '../../../platform/problem.ts';
import type { KeptChoice, OutcomeSite, OutcomeSummary, OutcomeTrench, PlanOutcome } from './outcome.ts';
import type { CurvePoint } from './plan-programme.ts';
import { type ScenarioParameters, scenarioSchema } from './scenario.ts';
import type { Sensitivity } from './sensitivity.ts';

export type ScenarioState = 'waiting' | 'running' | 'done' | 'stopped' | 'failed';

export interface Scenario {
  readonly id: string;
  readonly name: string;
  readonly parameters: ScenarioParameters;
  readonly base: string | undefined;
  readonly state: ScenarioState;
  readonly job: string | undefined;
  readonly fault: string | undefined;
  readonly summary: OutcomeSummary | undefined;
  readonly study: string | undefined;
  readonly curve: readonly CurvePoint[] | undefined;
  readonly sensitivity: readonly Sensitivity[] | undefined;
  /** Ms since 1970 UTC. */
  readonly made: number;
  readonly madeBy: string;
  readonly ended: number | undefined;
  readonly agreed: { readonly at: number; readonly by: string; readonly note: string } | undefined;
}

interface Row {
  readonly [column: string]: unknown;
}

const optional = <T>(value: unknown): T | undefined => (value === null ? undefined : (value as T)); // as they were written

function scenarioFrom(row: Row): Scenario {
  return {
    ...{ id: row['id'] as string, name: row['name'] as string, state: row['state'] as ScenarioState },
    parameters: scenarioSchema.parse(row['parameters']),
    ...{ base: optional(row['base']), job: optional(row['job']), fault: optional(row['fault']) },
    ...{ summary: optional(row['summary']), study: optional(row['study']) },
    ...{ curve: optional(row['curve']), sensitivity: optional(row['sensitivity']) },
    ...{ made: Number(row['made']), madeBy: row['made_by'] as string },
    ended: row['ended'] === null ? undefined : Number(row['ended']),
    agreed:
      row['agreed'] === null
        ? undefined
        : {
            at: Number(row['agreed']),
            by: (row['agreed_by'] as string | null) ?? '',
            note: (row['agreed_note'] as string | null) ?? '',
          },
  };
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

export type ScenarioStore = ReturnType<typeof scenarioStore>;

export function scenarioStore({ pool }: Pick<Database, 'pool'>) {
  const columns = (on: Sql) => on`
    id, name, parameters, base, state, job, fault, summary, curve, sensitivity, study,
    made, made_by, ended, agreed, agreed_by, agreed_note`;
  return {
    /** False where it is there already: the same form sent twice. */
    async add(
      scenario: Pick<Scenario, 'id' | 'name' | 'parameters' | 'base' | 'made' | 'madeBy'>,
      sql: Transaction | Sql = pool,
    ): Promise<boolean> {
      const { id, name, parameters, base = null, made, madeBy } = scenario;
      const rows = await sql`
        insert into line_scenario (id, name, parameters, base, state, made, made_by)
        values (${id}, ${name}, ${JSON.stringify(parameters)}::text::jsonb, ${base}, 'waiting', ${made}, ${madeBy})
        on conflict (id) do nothing returning 1`;
      return rows.length > 0;
    },
    async setJob(id: string, job: string, sql: Transaction | Sql = pool): Promise<void> {
      await sql`update line_scenario set job = ${job} where id = ${id}`;
    },
    async find(id: string): Promise<Scenario | undefined> {
      if (!isUuid(id)) return undefined;
      const [row] = await pool<Row[]>`select ${columns(pool)} from line_scenario where id = ${id}`;
      return row ? scenarioFrom(row) : undefined;
    },
    /** Newest first. */
    async list(): Promise<Scenario[]> {
      const rows = await pool<
        Row[]
      >`select ${columns(pool)} from line_scenario order by made desc, id limit 500`;
      return rows.map(scenarioFrom);
    },
    async agreed(): Promise<Scenario | undefined> {
      const [row] = await pool<Row[]>`
        select ${columns(pool)} from line_scenario where agreed is not null order by agreed desc, id limit 1`;
      return row ? scenarioFrom(row) : undefined;
    },
    /** What the run says of the sites; of those in the plan alone where asked. */
    async sites(id: string, { planned = false } = {}): Promise<OutcomeSite[]> {
      const rows = await pool<{ body: OutcomeSite }[]>`
        select body from line_scenario_site where scenario = ${id} ${planned ? pool`and planned` : pool``} order by site`;
      return rows.map(({ body }) => body);
    },
    async siteOf(id: string, site: string): Promise<OutcomeSite | undefined> {
      const [row] = await pool<{ body: OutcomeSite }[]>`
        select body from line_scenario_site where scenario = ${id} and site = ${site}`;
      return row?.body;
    },
    async trenches(id: string): Promise<readonly OutcomeTrench[]> {
      const [row] = await pool<{ trenches: OutcomeTrench[] | null }[]>`
        select trenches from line_scenario where id = ${id}`;
      return row?.trenches ?? [];
    },
    async choices(id: string): Promise<readonly KeptChoice[]> {
      const [row] = await pool<{ choices: KeptChoice[] | null }[]>`
        select choices from line_scenario where id = ${id}`;
      return row?.choices ?? [];
    },
    async setState(id: string, state: ScenarioState, fault: string | null = null): Promise<void> {
      await pool`update line_scenario set state = ${state}, fault = ${fault} where id = ${id}`;
    },
    /** All of a run's outcome or nothing; harmless twice. */
    async keep(id: string, outcome: PlanOutcome, state: 'done' | 'stopped', at: number): Promise<void> {
      const { summary, sites, trenches, choices } = outcome;
      await pool.begin(async (sql) => {
        await sql`delete from line_scenario_site where scenario = ${id}`;
        await sql`
          insert into line_scenario_site (scenario, site, planned, body)
          select ${id}::uuid, e->>'site', e ? 'plan', e from jsonb_array_elements(${JSON.stringify(sites)}::text::jsonb) e`;
        await sql`
          update line_scenario set state = ${state}, fault = null, ended = ${at},
            summary = ${JSON.stringify(summary)}::text::jsonb, trenches = ${JSON.stringify(trenches)}::text::jsonb,
            choices = ${JSON.stringify(choices)}::text::jsonb
          where id = ${id}`;
      });
    },
    async startStudy(id: string, job: string, sql: Transaction | Sql = pool): Promise<void> {
      await sql`update line_scenario set study = ${job} where id = ${id}`;
    },
    async keepStudy(
      id: string,
      { curve, sensitivity }: { curve?: readonly CurvePoint[]; sensitivity?: readonly Sensitivity[] },
    ): Promise<void> {
      if (curve)
        await pool`update line_scenario set curve = ${JSON.stringify(curve)}::text::jsonb where id = ${id}`;
      if (sensitivity)
        await pool`update line_scenario set sensitivity = ${JSON.stringify(sensitivity)}::text::jsonb where id = ${id}`;
    },
    /** The board agreed. An earlier one that was agreed stays known as such. */
    async agree(id: string, { at, by, note }: { at: number; by: string; note: string }): Promise<void> {
      const rows = await pool`
        update line_scenario set agreed = ${at}, agreed_by = ${by}, agreed_note = ${note}
        where id = ${id} and state in ('done', 'stopped') and summary is not null returning 1`;
      if (rows.length === 0)
        throw problem('business-rule', 'A plan can be agreed when its run has given a result.');
    },
  };
}
