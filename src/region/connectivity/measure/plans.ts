/** What a site's test may be: where, how long, how many bytes; and the circuit that it measures. */
import type { Clock } from '../../../platform/clock.ts';
import type { Database } from '../../../platform/database.ts';
import { problem } from '../../../platform/problem.ts';
import type { Actor } from '../../../record/actor.ts';
import type { CareRecord } from '../../../record/care-record.ts';
import type { Circuit, LineSite, Register } from '../model.ts';
import { diaryOf } from './diary.ts';
import type { LineAccesses } from './line-access.ts';
import { downloadPath, pulsePath, uploadPath } from './ndt7-protocol.ts';
import type { ReadingStore } from './readings.ts';
import {
  type Answer,
  isOpen,
  likelyBytes,
  type Meter,
  mayTest,
  meterOf,
  monthStart,
  type TestRule,
  testRules,
} from './test-times.ts';

export interface PlanNeeds {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
  readonly register: Pick<Register, 'site' | 'circuits'>;
  readonly readings: Pick<ReadingStore, 'weeks' | 'bytesSince'>;
  readonly accesses: Pick<LineAccesses, 'ticket'>;
  readonly record: CareRecord;
  readonly ownActor: Actor;
  /** Of each test, seconds. */
  readonly seconds: number;
  /** Whether this process has room for one more test. */
  readonly hasRoom: () => boolean;
}

/** A site that is measured: what its line is. */
export interface MeasuredSite {
  readonly site: LineSite;
  readonly circuits: readonly Circuit[];
  /** The live main circuit, where there is one alone: what a test of the site measures. */
  readonly circuit: Circuit | undefined;
  readonly meter: Meter | undefined;
}

/** Addresses without their server. */
export interface TestPlan {
  readonly download: string;
  readonly upload: string;
  readonly pulse: string;
  readonly seconds: number;
  readonly mostBytes?: number;
}

export interface LinePlansOf {
  /** Throws 404 where the register does not know it. */
  readonly siteOf: (id: string) => Promise<MeasuredSite>;
  /** Of each of the two tests. */
  readonly seconds: number;
  readonly plan: (measured: MeasuredSite, by: string, keep?: boolean) => TestPlan;
  /** Bytes that a test is likely to move, both ways together; undefined where nothing is known of the line. */
  readonly likely: (measured: MeasuredSite) => Promise<number | undefined>;
  /** Whether a test that runs by itself may begin now, or one that somebody asked for. */
  readonly mayRun: (measured: MeasuredSite, asked?: boolean) => Promise<Answer>;
  readonly ruleOf: (site: string) => Promise<TestRule>;
  readonly setRule: (site: string, rule: TestRule) => Promise<void>;
}

const ticketMinutes = 5;

export function openPlansOf(needs: PlanNeeds): LinePlansOf {
  const { database, clock, register, readings, accesses, record, ownActor, seconds, hasRoom } = needs;
  const { pool } = database;
  const ruleOf = async (site: string): Promise<TestRule> => {
    const [row] = await pool<{ allowed: string }[]>`select allowed from line_test_rule where site = ${site}`;
    return row && row.allowed in testRules ? (row.allowed as TestRule) : 'quiet'; // the guard names the keys
  };
  return {
    async siteOf(id) {
      const site = await register.site(id);
      if (!site) throw problem('not-found', 'There is no such site in the register of lines.');
      const circuits = await register.circuits([id]);
      const live = circuits.filter(({ role, state }) => role === 'main' && state === 'live');
      return { site, circuits, circuit: live.length === 1 ? live[0] : undefined, meter: meterOf(circuits) };
    },
    plan({ site, meter }, by, keep = false) {
      const mostBytes = meter?.each;
      const ticket = accesses.ticket({ site: site.id, by, mostBytes, keep }, ticketMinutes);
      const at = (path: string) => `${path}?access_token=${ticket}`;
      return {
        ...{ download: at(downloadPath), upload: at(uploadPath), pulse: at(pulsePath), seconds },
        ...(mostBytes === undefined ? {} : { mostBytes }),
      };
    },
    async likely({ site, circuit, meter }) {
      const week = (await readings.weeks(clock.now(), [site.id])).get(site.id);
      const down = week?.all.down?.median ?? circuit?.sold?.down;
      const up = week?.all.up?.median ?? circuit?.sold?.up;
      const all = down === undefined || up === undefined ? undefined : likelyBytes(down, up, seconds);
      if (!meter) return all;
      return Math.min(2 * meter.each, all ?? 2 * meter.each);
    },
    async mayRun({ site, meter }, asked = false) {
      const now = clock.now();
      const month = meter && {
        moved: await readings.bytesSince(site.id, monthStart(now)),
        most: meter.month,
      };
      return mayTest({
        ...{
          rule: asked ? 'any' : await ruleOf(site.id),
          open: isOpen(site.open, now),
          month,
          capacity: hasRoom(),
        },
        diary: () => diaryOf(record, ownActor, site.id, now),
      });
    },
    ...{ ruleOf, seconds },
    async setRule(site, rule) {
      await pool`
        insert into line_test_rule (site, allowed) values (${site}, ${rule})
        on conflict (site) do update set allowed = excluded.allowed`;
    },
  };
}
