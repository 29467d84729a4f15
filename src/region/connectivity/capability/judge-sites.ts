/** What the lines of sites carry: asked of the register, of readings and of what is down now, and judged by the rules. */
import type { Clock } from '../../../platform/clock.ts';
import type {
  Capability,
  CareService,
  Circuit,
  HeldBack,
  Incidents,
  LineSite,
  PoorWeek,
  Readings,
  Register,
  ServiceCapability,
  SiteCapability,
} from '../model.ts';
import { heldBackOf } from './held-back.ts';
import { hourOfWeek, hoursInWeek, openHoursOf, openMinutes } from './hours-of-week.ts';
import { type Line, lineAt, lineByHour, lineInOutage } from './line-figures.ts';
import { rulesVersion, usersWhereUnknown } from './rule-table.ts';
import { judgeLine, judgeService, type Sharing } from './rules.ts';

export interface JudgeParts {
  readonly register: Pick<Register, 'sites' | 'circuits'>;
  readonly readings: Pick<Readings, 'weeks' | 'poorWeeks' | 'whenAdded'>;
  readonly incidents: Pick<Incidents, 'open'>;
  readonly clock: Clock;
}

/** What a site's line carries in each hour of the week. */
export interface SiteWeek {
  readonly site: LineSite;
  readonly hours: readonly SiteCapability[];
  /** Minutes open in each hour. */
  readonly minutes: Float64Array;
  /** When it was last measured. */
  readonly last: number | undefined;
}

export interface Judgement extends Capability {
  readonly siteWeek: (site: LineSite) => Promise<SiteWeek>;
}

const minute = 60_000;
/** A line that is down is taken to be so this long from now. */
const outageLasts = 30 * minute;
/** Sites whose whole weeks are judged at once: few enough that pages are answered in between. */
const batch = 500;
/** More sites than this are not named to the list of incidents. */
const mostNamed = 500;
/** Percentiles of eight weeks change slowly: what a line holds back is counted again after this. */
const heldFor = 10 * minute;
/** Who looks at some sites sees what was just changed of them. */
const few = 20;

interface KeptHeld {
  readonly at: number;
  readonly held: HeldBack;
}

export function openJudgement({ register, readings, incidents, clock }: JudgeParts): Judgement {
  const kept = new Map<string, KeptHeld>();
  readings.whenAdded((sites) => {
    for (const site of sites) kept.delete(site);
  });

  /** Of these, those whose line is down. What was down another day says nothing of it. */
  const downAt = async (ids: readonly string[], at: number): Promise<ReadonlySet<string>> => {
    const now = clock.now();
    if (at > now + outageLasts || at < now - outageLasts) return new Set();
    const open = await incidents.open(ids.length <= mostNamed ? ids : undefined);
    return new Set(
      open.filter(({ kind, started }) => kind === 'outage' && started <= at).map((one) => one.site),
    );
  };

  const judged = (
    id: string,
    site: LineSite | undefined,
    line: Line,
    at: number,
    isOpen: boolean,
  ): SiteCapability => ({
    ...{ site: id, at, basis: line.basis, rules: rulesVersion, line: line.figures },
    services: judgeLine(line.figures, usingOf(site, isOpen)),
  });

  const capabilities: Capability['capabilities'] = async (sites, at) => {
    const ids = [...new Set(sites)];
    const hour = hourOfWeek(at);
    const [found, circuits, weeks, down] = await Promise.all([
      register.sites({ closed: true, ids }),
      register.circuits(ids),
      // Of a moment to come, the eight weeks before now.
      readings.weeks(Math.min(at, clock.now()), ids, { hour }),
      downAt(ids, at),
    ]);
    const known = new Map(found.map((site) => [site.id, site]));
    const lines = Map.groupBy(circuits, ({ site }) => site);
    return new Map(
      ids.map((id) => {
        const [site, own] = [known.get(id), lines.get(id) ?? []];
        const line = down.has(id) ? lineInOutage(own) : lineAt(weeks.get(id), own, hour);
        return [id, judged(id, site, line, at, isOpenIn(site, hour))];
      }),
    );
  };

  const countHeld = async (ids: readonly string[]): Promise<void> => {
    const at = clock.now();
    for (let from = 0; from < ids.length; from += batch) {
      const some = ids.slice(from, from + batch);
      const [sites, circuits, weeks] = await Promise.all([
        register.sites({ closed: true, ids: some }),
        register.circuits(some),
        readings.poorWeeks(at, some),
      ]);
      const lines = Map.groupBy(circuits, ({ site }) => site);
      for (const site of sites)
        kept.set(site.id, { at, held: heldOf(site, lines.get(site.id) ?? [], weeks.get(site.id)) });
    }
  };

  return {
    capabilities,
    siteCapability: async (site, at) => {
      const found = await capabilities([site], at);
      return found.get(site) ?? judged(site, undefined, lineAt(undefined, [], 0), at, true);
    },
    heldBack: async (sites) => {
      const ids = [...new Set(sites)];
      const now = clock.now();
      const isOld = (id: string) => now - (kept.get(id)?.at ?? Number.NEGATIVE_INFINITY) >= heldFor;
      await countHeld(ids.length <= few ? ids : ids.filter(isOld));
      return new Map(
        ids.flatMap((id) => {
          const one = kept.get(id);
          return one ? [[id, one.held] as const] : [];
        }),
      );
    },
    siteWeek: async (site) => {
      const at = clock.now();
      const [circuits, weeks] = await Promise.all([
        register.circuits([site.id]),
        readings.weeks(at, [site.id]),
      ]);
      const [week, minutes] = [weeks.get(site.id), openMinutes(openHoursOf(site))];
      const hours = Array.from({ length: hoursInWeek }, (_, hour) =>
        judged(site.id, site, lineAt(week, circuits, hour), at, (minutes[hour] ?? 0) > 0),
      );
      return { site, hours, minutes, last: week?.last };
    },
  };
}

function usingOf(site: LineSite | undefined, isOpen: boolean): Sharing {
  const users = site?.users ?? usersWhereUnknown;
  return { users, atWork: isOpen ? users : 0 };
}

const isOpenIn = (site: LineSite | undefined, hour: number): boolean =>
  site === undefined ||
  openHoursOf(site).some(({ day, from, until }) => {
    const start = (hour % 24) * 60;
    return day === Math.floor(hour / 24) && from < start + 60 && until > start;
  });

function heldOf(site: LineSite, circuits: readonly Circuit[], week: PoorWeek | undefined): HeldBack {
  const users = site.users ?? usersWhereUnknown;
  const lineIn = lineByHour(week, circuits);
  let hourNow = -1;
  let line: Line | undefined;
  // Most hours of a line that was seldom measured have the same line.
  const known = new Map<Line, Partial<Record<CareService, ServiceCapability>>>();
  return heldBackOf({
    ...{ site: site.id, activity: site.activity, minutes: openMinutes(openHoursOf(site)) },
    takesImages: site.services.includes('imaging'),
    judged: (hour, service) => {
      if (!line || hour !== hourNow) [hourNow, line] = [hour, lineIn(hour)];
      const own = known.get(line) ?? {};
      if (line.basis !== 'hour') known.set(line, own);
      own[service] ??= judgeService(service, line.figures, { users });
      return own[service];
    },
  });
}
