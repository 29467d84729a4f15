/** Incidents of several sites at once that have one cause: their exchange, or their provider. Pure. */
import { formatMoment } from '../../../web/dates.ts';
import type { Incident } from '../model.ts';

export interface SiteTies {
  readonly exchange?: string | undefined;
  /** Names of those who provide its main lines. */
  readonly providers: readonly string[];
}

/** How near to each other incidents of one cause begin. An outage is seen within minutes, a degradation at the next tests. */
const together = { outage: 30 * 60_000, degradation: 24 * 3_600_000 } as const;
/** Sites at once from which their exchange, or their provider, is taken for the cause. */
export const leastSites = { exchange: 2, provider: 3 } as const;

type Joined = Pick<Incident, 'id' | 'kind' | 'site' | 'started' | 'shared'>;

/**
 * What each incident shares with others, by its id; absent where nothing. An exchange is nearer than a provider and goes first. What was
 * told once keeps its words while any of its incidents is among these.
 */
export function sharedCauses(
  incidents: readonly Joined[],
  tiesOf: (site: string) => SiteTies | undefined,
): ReadonlyMap<string, string> {
  const causes = new Map<string, string>();
  const find = (kind: 'exchange' | 'provider', keysOf: (ties: SiteTies) => readonly string[]) => {
    const groups = new Map<string, Joined[]>();
    for (const incident of incidents) {
      if (causes.has(incident.id)) continue;
      const ties = tiesOf(incident.site);
      for (const key of ties ? keysOf(ties) : []) {
        const name = `${incident.kind} ${key}`;
        const list = groups.get(name);
        if (list) list.push(incident);
        else groups.set(name, [incident]);
      }
    }
    for (const [name, list] of groups) {
      const incidentKind = list[0]!.kind;
      const key = name.slice(incidentKind.length + 1);
      const prefix = kind === 'exchange' ? `Exchange ${key}` : `Provider ${key}`;
      for (const run of runs(list, together[incidentKind])) {
        if (new Set(run.map(({ site }) => site)).size < leastSites[kind]) continue;
        const told = run.find(({ shared }) => shared?.startsWith(`${prefix}, `))?.shared;
        const words = told ?? `${prefix}, from ${formatMoment(run[0]!.started)}`;
        for (const { id } of run) if (!causes.has(id)) causes.set(id, words);
      }
    }
  };
  find('exchange', ({ exchange }) => (exchange === undefined ? [] : [exchange]));
  find('provider', ({ providers }) => providers);
  return causes;
}

/** Runs of incidents of which each begins within a time of the first. */
function runs(incidents: readonly Joined[], within: number): Joined[][] {
  const found: Joined[][] = [];
  for (const incident of [...incidents].sort((a, b) => a.started - b.started || (a.id < b.id ? -1 : 1))) {
    const run = found.at(-1);
    if (run && incident.started - run[0]!.started <= within) run.push(incident);
    else found.push([incident]);
  }
  return found;
}
