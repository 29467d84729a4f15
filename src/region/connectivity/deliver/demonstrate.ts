/**
 * The demonstration's programme, half delivered: an order for each full-fibre line that came in the last two years, with what was
 * measured of it, and orders at every stage for sites still on copper. The same for the same seed and day.
 */
import type { Region } from '../../../demo/model.ts';
import { seededRandom } from '../../../platform/random.ts';
import { localMoment } from '../../../web/dates.ts';
import { consultationMinutes } from '../capability/rule-table.ts';
import { type Circuit, isCopper, isFullFibre, type LineSite, type RegisterChange } from '../model.ts';
import { countedReadings, judge } from './acceptance.ts';
import { orderFrom } from './apply-deed.ts';
import { benefitDays, snapshotOf } from './benefit.ts';
import { type History, historyOfLine, type LineStory } from './demonstration-history.ts';
import { derivedKey } from './derived-key.ts';
import type { Acceptance, CareSnapshot, Ordered, WorkStage } from './order.ts';
import { circuitChanges } from './order-circuit.ts';
import type { DeliveryParts } from './who.ts';

const dayMs = 86_400_000;
const suppliers = ['demo-fibre', 'demo-coastal'] as const;
/** How many stand at each stage; sites come in the order of the plan. */
const underWay: readonly (readonly [WorkStage, number])[] = [
  ['acceptance', 2],
  ['install', 3],
  ['build', 4],
  ['wayleave', 4],
  ['approve', 2],
  ['quote', 4],
  ['survey', 3],
];
/** Hours after midnight on Monday at which care of the past is looked at: mornings and afternoons of five days. */
const looked = [0, 1, 2, 3, 4].flatMap((day) => [day * 24 + 9, day * 24 + 14]);

export async function demonstrateOrders(parts: DeliveryParts, region: Region): Promise<number> {
  const { register, orders, readings, plans } = parts;
  const random = seededRandom(`${region.seed}/orders`);
  const { now } = region;
  const [sites, circuits, agreed] = await Promise.all([
    register.sites(),
    register.circuits(),
    plans.agreed(),
  ]);
  const siteOf = new Map(sites.map((site) => [site.id, site]));
  const mains = circuits.filter(({ role, state }) => role === 'main' && state === 'live');
  const planned = new Map((agreed?.sites ?? []).map((one) => [one.site, one]));
  const plan = agreed && { id: agreed.id, name: agreed.name };
  const keyOf = (name: string) => derivedKey(`${region.seed} ${localMoment(now).key}`, `order ${name}`);

  const stories: { readonly at: number; readonly make: (number: number) => History }[] = [];
  const add = (
    name: string,
    site: LineSite,
    story: Omit<LineStory, 'id' | 'site' | 'plan' | 'reason' | 'estimate'>,
  ) => {
    const own = planned.get(site.id);
    const full: LineStory = {
      ...{ ...story, id: keyOf(name), site: site.id },
      ...(own && plan && story.role === 'main'
        ? { plan: { ...plan, ...(own.route === undefined ? {} : { route: own.route }) } }
        : {}),
      reason:
        story.role === 'backup'
          ? 'The main line alone carries every video clinic: when it fails, mobile does not.'
          : (own?.reason ?? 'Care held back by the line there is now.'),
      ...(own && story.role === 'main' ? { year: own.year } : {}),
      estimate: Math.round(own?.cost || random.fork(`${name} cost`).between(4_000, 24_000)),
    };
    const draw = random.fork(name);
    const first = historyOfLine(full, 0, draw.fork('story'));
    stories.push({ at: first.opened, make: (number) => historyOfLine(full, number, draw.fork('story')) });
  };

  // Lines that came: their orders as they must have been.
  for (const circuit of mains.filter((one) => cameLately(one, now))) {
    const site = siteOf.get(circuit.site);
    const ordered = orderedOf(circuit.guaranteed ?? circuit.sold ?? { down: 100, up: 20 });
    const installed = Date.parse(`${circuit.installed}T15:00:00Z`);
    if (!site) continue;
    const accepted = await measuredAfter(readings, circuit, ordered, installed, site);
    if (!accepted) continue; // never measured to do what was ordered, so no order of ours made it live
    const live = accepted.at;
    const after = live + benefitDays * dayMs;
    const [before, then] = await Promise.all([
      careAt(parts, site, installed - 7 * dayMs),
      after <= now ? careAt(parts, site, after) : undefined,
    ]);
    add(`live ${site.id}`, site, {
      ...{ role: 'main', technology: circuit.technology, ordered, provider: circuit.provider, suppliers },
      ...{ circuit: circuit.id, reference: circuit.reference ?? '', now },
      ends: {
        state: 'live',
        installed,
        live,
        figures: accepted.figures,
        ...(before ? { before } : {}),
        ...(then ? { after: then } : {}),
      },
      troubled: random.fork(`trouble ${site.id}`).chance(0.35),
      failedOnce: stories.length === 2,
    });
  }

  // Lines on their way: sites of the plan first, then other sites on copper.
  const copper = mains.filter(({ technology }) => isCopper(technology)).map(({ site }) => site);
  const rank = (id: string) => planned.get(id)?.year ?? 9999;
  const waiting = copper
    .flatMap((id) => siteOf.get(id) ?? [])
    .sort((a, b) => rank(a.id) - rank(b.id) || order(a, b));
  const hilltop = waiting.findIndex(({ id }) => id === 'demo-hilltop');
  const told = hilltop >= 0 ? waiting.splice(hilltop, 1)[0] : undefined;
  let last: LineSite | undefined;
  for (const [stage, count] of underWay)
    for (let i = 0; i < count; i += 1) {
      // The practice at the end of a long lane waits for a landowner.
      const site = stage === 'wayleave' && i === 0 && told ? told : waiting.shift();
      if (!site) continue;
      last = site;
      add(`${stage} ${site.id}`, site, {
        ...{ role: 'main', technology: 'fttp', ordered: orderedOf({ down: 160, up: 30 }), suppliers, now },
        provider:
          site.id === 'demo-hilltop'
            ? 'demo-fibre'
            : random.fork(`who ${site.id}`).weighted([
                ['demo-fibre', 3],
                ['demo-coastal', 2],
              ]),
        ends: { state: stage, since: stage === 'acceptance' && i === 0 ? 1 : undefined },
        blocked: site.id === 'demo-hilltop' || (stage === 'build' && i === 0),
        troubled: i === 1,
        failedOnce: stage === 'install' && i === 1,
      });
    }
  const dropped = waiting.shift();
  if (dropped)
    add(`cancelled ${dropped.id}`, dropped, {
      ...{ role: 'main', technology: 'fttp', ordered: orderedOf({ down: 160, up: 30 }), suppliers, now },
      ...{ provider: 'demo-coastal', ends: { state: 'cancelled' } },
    });
  const harbour = siteOf.get('demo-harbour');
  if (harbour && last)
    add('backup demo-harbour', harbour, {
      ...{ role: 'backup', technology: 'fttp', ordered: orderedOf({ down: 80, up: 20 }), suppliers, now },
      ...{ provider: 'demo-fibre', ends: { state: 'install' } },
    });

  const histories = stories
    .toSorted((a, b) => a.at - b.at)
    .map(({ make }, i) => make(i + 1).events.filter(({ at }) => at <= now));
  const made = histories.map((events) => orderFrom(events));
  // What is on order stands in the register; what is live stands there already, under its own id.
  const changes = made.flatMap((one, i): readonly RegisterChange[] => {
    const [first] = histories[i] ?? [];
    if (!first || one.state === 'live' || one.approved === undefined || one.state === 'cancelled') return [];
    return circuitChanges(
      orderFrom([first]),
      one,
      circuits.filter(({ site }) => site === one.site),
    );
  });
  const known = new Set((await orders.all()).map(({ id }) => id));
  if (made.every(({ id }) => known.has(id))) return 0;
  await register.save(changes, { id: 'Practitioner/demo-dev', name: 'Dev Malhotra', via: 'demonstration' });
  return orders.bring(histories, parts.newId);
}

const order = (a: LineSite, b: LineSite): number =>
  (b.activity.videoWanted ?? 0) - (a.activity.videoWanted ?? 0) || a.id.localeCompare(b.id);

const cameLately = ({ technology, provider, installed }: Circuit, now: number): boolean => {
  if (!isFullFibre(technology) || installed === undefined) return false;
  const at = Date.parse(`${installed}T00:00:00Z`);
  return suppliers.some((one) => one === provider) && at > now - 700 * dayMs && at < now - 20 * dayMs;
};

const orderedOf = ({ down, up }: { readonly down: number; readonly up: number }): Ordered => ({
  ...{ down, up, idle: 40, loaded: 150, loss: 0.02 },
});

/** When enough was measured to accept it, and what; undefined: never in its first two months. */
async function measuredAfter(
  readings: DeliveryParts['readings'],
  circuit: Circuit,
  ordered: Ordered,
  from: number,
  site: LineSite,
): Promise<{ readonly at: number; readonly figures: Acceptance } | undefined> {
  const all = await readings.of(circuit.site, { from, until: from + 60 * dayMs, most: 5000 });
  for (const days of [3, 5, 8, 14, 30, 60]) {
    const until = from + days * dayMs;
    const counted = countedReadings(all, from, circuit.id).filter(({ started }) => started <= until);
    const figures = judge(counted, ordered, { from, open: site.open });
    if (figures.verdict === 'met') return { at: until, figures };
  }
  return undefined;
}

/** What the line carried in the week of a moment of the past, from what was measured then. */
async function careAt(
  { capability }: DeliveryParts,
  site: LineSite,
  at: number,
): Promise<CareSnapshot | undefined> {
  const { key } = localMoment(at);
  const weekday = (new Date(`${key}T00:00:00Z`).getUTCDay() + 6) % 7;
  const monday = Date.parse(`${key}T00:00:00Z`) - weekday * dayMs;
  const hours = await Promise.all(
    looked.map((hour) => capability.siteCapability(site.id, monday + hour * 3_600_000)),
  );
  const [first] = hours;
  if (!first || first.basis === 'unknown') return undefined;
  const { videoWanted } = site.activity;
  const openHours = site.open.reduce((sum, { from, until }) => sum + (until - from) / 60, 0);
  // As what lines hold back is counted, at these hours in place of all that the site is open.
  const held =
    videoWanted === undefined || openHours === 0
      ? undefined
      : hours.reduce((sum, { services: { video } }) => {
          const room = video.verdict === 'no' ? 0 : ((video.atOnce ?? 0) * 60) / consultationMinutes.value;
          return sum + Math.max(0, videoWanted / openHours - room);
        }, 0) *
        (openHours / hours.length);
  return snapshotOf(
    at,
    first,
    { site: site.id, consultations: held, imageHours: undefined, binding: undefined },
    site.activity,
  );
}
