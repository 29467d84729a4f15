/** The history of one demonstration order: stages as long as such things take, with their delays and what people wrote. */
import type { Random } from '../../../platform/random.ts';
import { addDays, localMoment } from '../../../web/dates.ts';
import type { Technology } from '../model.ts';
import type {
  Acceptance,
  CareSnapshot,
  Cause,
  Deed,
  Doer,
  OrderEvent,
  Ordered,
  OrderState,
  WorkStage,
} from './order.ts';
import { workStages } from './order.ts';

const dayMs = 86_400_000;

export interface LineStory {
  readonly id: string;
  readonly site: string;
  readonly role: 'main' | 'backup';
  readonly technology: Technology;
  readonly ordered: Ordered;
  readonly estimate: number;
  /** Of the budget; absent: that of its approval. */
  readonly year?: number;
  readonly plan?: { readonly id: string; readonly name: string; readonly route?: string };
  readonly reason: string;
  /** Whom is asked, and whose quote is chosen. */
  readonly suppliers: readonly string[];
  readonly provider: string;
  readonly circuit?: string;
  readonly reference?: string;
  readonly now: number;
  readonly ends:
    | {
        readonly state: 'live';
        readonly installed: number;
        readonly live: number;
        readonly figures: Acceptance;
        readonly before?: CareSnapshot;
        readonly after?: CareSnapshot;
      }
    | { readonly state: WorkStage; readonly since?: number | undefined }
    | { readonly state: 'cancelled' };
  readonly blocked?: boolean;
  /** Something delays it. */
  readonly troubled?: boolean;
  readonly failedOnce?: boolean;
}

export interface History {
  readonly opened: number;
  readonly events: readonly OrderEvent[];
}

const lead: Doer = { id: 'Practitioner/demo-dev', name: 'Dev Malhotra' };
const doers: Readonly<Record<string, Doer>> = {
  'demo-fibre': { id: 'Practitioner/demo-ines', name: 'Ines Duarte', provider: 'demo-fibre' },
  'demo-coastal': { id: 'Organization/demo-coastal', name: 'Order desk', provider: 'demo-coastal' },
};
const doerOf = (provider: string): Doer =>
  doers[provider] ?? { id: `Organization/${provider}`, name: 'Order desk', provider };

/** Days, the least and the most. */
const lengths: Readonly<Record<WorkStage, readonly [number, number]>> = {
  ...{ survey: [7, 24], quote: [10, 30], approve: [2, 9], wayleave: [6, 58] },
  ...{ build: [18, 70], install: [5, 18], acceptance: [2, 6] },
};
const surveyNotes = [
  'Duct from the street to the comms cupboard is clear. Power is there.',
  'Duct blocked 12 m from the boundary: needs digging.',
  'No duct. Overhead from the pole across the lane, with the landowner’s leave.',
  'Comms cupboard is full: a new cabinet is part of the quote.',
];
const troubles: readonly (readonly [Cause, string])[] = [
  ['street-works', 'The highway authority moved our permit for the road.'],
  ['wayleave', 'The landowner’s solicitor has asked for another plan.'],
  ['weather', 'The river path is flooded: no digging until it dries.'],
  ['supplier', 'The splicing team was called to a cut elsewhere.'],
];

/** Of a new line that was too slow at first. */
const failure = (ordered: Ordered, from: number): Acceptance => ({
  ...{ rule: '2026-1', verdict: 'failed', from, tests: 26 },
  lines: [
    { measure: 'tests', needed: 12, found: 26, met: true },
    { measure: 'hours', needed: 6, found: 21, met: true },
    { measure: 'span', needed: 24, found: 66, met: true },
    { measure: 'down', needed: ordered.down * 0.9, found: Math.round(ordered.down * 0.93), met: true },
    { measure: 'up', needed: ordered.up * 0.9, found: Math.round(ordered.up * 0.31 * 10) / 10, met: false },
    { measure: 'idle', needed: ordered.idle, found: 11, met: true },
  ],
});

export function historyOfLine(story: LineStory, number: number, random: Random): History {
  const { ends, now, provider, ordered } = story;
  const days = Object.fromEntries(
    workStages.map((stage) => [stage, random.fork(stage).between(...lengths[stage])]),
  ) as Record<WorkStage, number>; // every stage is there
  const late = story.troubled ? random.between(12, 34) : 0;
  if (late > 0) days.build += late;
  const redo = story.failedOnce ? 16 : 0;
  const reached = ends.state === 'live' ? 'live' : ends.state === 'cancelled' ? 'wayleave' : ends.state;
  const index = reached === 'live' ? workStages.length : workStages.indexOf(reached);
  const since =
    'since' in ends && ends.since !== undefined
      ? ends.since
      : Math.min(
          random.fork('since').between(1, 26),
          reached === 'live' ? 99 : days[reached] * (story.blocked ? 1.6 : 0.9),
        );
  // Backwards from what is known: the day it was installed, or how long it has been where it is.
  const before = (stages: readonly WorkStage[]) =>
    stages.reduce((sum, stage) => sum + days[stage], 0) * dayMs;
  const opened =
    ends.state === 'live'
      ? ends.installed - redo * dayMs - before(workStages.slice(0, 6))
      : now -
        since * dayMs -
        before(workStages.slice(0, index)) -
        (index > 5 || (index === 5 && redo > 0) ? redo * dayMs : 0);
  const events: OrderEvent[] = [];
  const add = (at: number, by: Doer, deed: Deed) => {
    // In office hours, and never before what came before it.
    const local = new Date(at);
    local.setUTCHours(9 + (events.length % 8), (events.length * 17) % 60, 0, 0);
    const last = events.at(-1)?.at ?? 0;
    events.push({
      order: story.id,
      version: events.length + 1,
      at: Math.max(local.getTime(), last + 60_000),
      by,
      deed,
    });
  };
  const dayOf = (at: number) => localMoment(at).key;
  let at = opened;
  const pass = (stage: WorkStage) => {
    at += days[stage] * dayMs;
    return at;
  };
  const done = (stage: OrderState) => index > workStages.indexOf(stage as WorkStage); // stages of work alone are asked
  const winner = doerOf(provider);

  add(at, lead, {
    ...{ kind: 'opened', number, site: story.site, role: story.role, technology: story.technology, ordered },
    ...{
      estimate: story.estimate,
      year: story.year ?? localMoment(opened + 60 * dayMs).year,
      reason: story.reason,
      invited: story.suppliers,
    },
    ...(story.plan ? { plan: story.plan } : {}),
    ...(story.circuit ? { circuit: story.circuit } : {}),
  });
  if (!done('survey')) {
    if (since > 4)
      add(at + 2 * dayMs, winner, {
        kind: 'proposed',
        day: addDays(dayOf(now), 6),
        note: 'Survey: one engineer, about an hour',
      });
    return { opened, events };
  }
  pass('survey');
  add(at, winner, {
    kind: 'surveyed',
    day: dayOf(at),
    provider,
    note: random.fork('note').pick(surveyNotes),
  });

  const price = random.fork('price');
  const quotes = story.suppliers.map((one) => {
    const wins = one === provider;
    return {
      provider: one,
      speeds:
        wins || price.chance(0.7)
          ? { down: ordered.down * 2, up: ordered.up * 2 }
          : { down: ordered.down, up: ordered.up },
      install:
        Math.round((story.estimate * (wins ? price.between(0.85, 1.04) : price.between(0.95, 1.3))) / 50) *
        50,
      monthly: wins ? 68 : 74,
      ...{ termMonths: 36, days: wins ? 85 : Math.round(price.between(70, 120)), fixHours: wins ? 8 : 12 },
      ...{ availability: wins ? 0.999 : 0.9995, note: '' },
    };
  });
  const answered = done('quote')
    ? quotes
    : quotes.slice(0, Math.round(random.fork('answered').between(0, 2)));
  for (const [i, quote] of answered.entries())
    add(at + (4 + 3 * i) * dayMs, doerOf(quote.provider), { kind: 'quoted', quote });
  if (!done('quote')) return { opened, events };
  pass('quote');
  add(at, lead, { kind: 'chosen', provider, why: 'Lowest price over five years, and soon enough.' });
  if (!done('approve')) return { opened, events };
  pass('approve');
  const due = addDays(dayOf(at), 85);
  add(at, lead, { kind: 'approved', due, note: 'Within the budget of the year.' });
  if (ends.state === 'cancelled') {
    add(at + 12 * dayMs, lead, {
      kind: 'cancelled',
      why: 'The building closes next spring: the branch moves to the health centre.',
    });
    return { opened, events };
  }
  if (!done('wayleave')) {
    if (story.blocked)
      add(at + 9 * dayMs, winner, {
        kind: 'blocked',
        cause: 'wayleave',
        why: 'The owner of the field by the lane has not answered three letters.',
      });
    return { opened, events };
  }
  pass('wayleave');
  add(at, winner, {
    kind: 'wayleave',
    day: dayOf(at),
    needed: random.fork('wayleave').chance(0.6),
    note: '',
  });
  const [cause, why] = random.fork('why').pick(troubles);
  if (late > 0)
    add(at + 10 * dayMs, winner, { kind: 'delayed', due: addDays(due, Math.round(late)), cause, why });
  if (!done('build')) {
    if (story.blocked)
      add(at + 12 * dayMs, winner, {
        kind: 'blocked',
        cause: 'street-works',
        why: 'The road may not be opened before the gas main is laid.',
      });
    return { opened, events };
  }
  pass('build');
  add(at, winner, { kind: 'built', day: dayOf(at), note: '' });
  const quoted = quotes.find((one) => one.provider === provider)?.install ?? story.estimate;
  add(at + 2 * dayMs, lead, {
    kind: 'invoiced',
    day: dayOf(at),
    pounds: Math.round(quoted * 0.4),
    what: 'First part, on building',
  });
  if (story.failedOnce) {
    // Installed, measured, too slow one way, and back.
    const first = at + 5 * dayMs;
    add(first, winner, { kind: 'installed', day: dayOf(first), reference: '', note: '' });
    add(first + 6 * dayMs, lead, {
      ...{
        kind: 'failed',
        figures: failure(ordered, first),
        why: 'Upload is a third of what was ordered. Check the profile at the exchange.',
      },
    });
    at = first + 11 * dayMs;
  }
  if (!done('install')) {
    add(Math.min(at + 2 * dayMs, now - dayMs / 2), winner, {
      ...{ kind: 'proposed', day: addDays(dayOf(now), 5), note: 'Installation: two engineers, from 8am' },
    });
    if (story.role === 'backup')
      add(now - dayMs / 3, lead, { kind: 'agreed', day: addDays(dayOf(now), 5), provider });
    return { opened, events };
  }
  at = ends.state === 'live' ? ends.installed : now - since * dayMs;
  add(at, winner, {
    ...{ kind: 'installed', day: dayOf(at), reference: story.reference ?? '', note: '' },
    ...(ends.state === 'live' && ends.before ? { before: ends.before } : {}),
  });
  if (ends.state !== 'live') return { opened, events };
  add(ends.live, lead, { kind: 'accepted', figures: ends.figures });
  add(ends.live + 18 * dayMs, lead, {
    kind: 'invoiced',
    day: dayOf(ends.live + 18 * dayMs),
    pounds: quoted - Math.round(quoted * 0.4),
    what: 'The rest, on acceptance',
  });
  if (ends.after)
    add(
      ends.live + 91 * dayMs,
      { id: 'Device/throughline', name: 'Throughline' },
      { kind: 'benefit', after: ends.after },
    );
  return { opened, events };
}
