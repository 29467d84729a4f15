import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../../platform/problem.ts';
import type { Circuit } from '../model.ts';
import { applied, opened, orderFrom } from './apply-deed.ts';
import { compareQuotes } from './compare-quotes.ts';
import { check, deedRules, mayDoTo } from './decide.ts';
import type { Acceptance, Deed, DeedKind, Doer, Order, OrderEvent, Quote } from './order.ts';
import { circuitChanges, monthsAfter } from './order-circuit.ts';
import { seenHistory, seenOrder } from './seen-order.ts';

const lead: Doer = { id: 'Practitioner/lead', name: 'Lead' };
const bright: Doer = { id: 'Practitioner/b', name: 'Bright', provider: 'bright' };
const coast: Doer = { id: 'Practitioner/c', name: 'Coast', provider: 'coast' };
const day = '2026-03-10';
const dayMs = 86_400_000;
const start = Date.parse('2026-03-10T09:00:00Z');
const quote = (provider: string, more: Partial<Quote> = {}): Quote => ({
  ...{ provider, speeds: { down: 100, up: 100 }, install: 9000, monthly: 90, termMonths: 36, days: 90 },
  ...{ fixHours: 8, availability: 0.999, note: `SECRET-${provider}` },
  ...more,
});
const figures = (verdict: Acceptance['verdict']): Acceptance => ({
  ...{ rule: '2026-1', verdict, from: start, tests: 20, lines: [] },
});
const opening: Deed = {
  ...{ kind: 'opened', number: 7, site: 'surgery', role: 'main', technology: 'fttp', estimate: 8765 },
  ordered: { down: 100, up: 20, idle: 30 },
  ...{ year: 2026, reason: 'SECRET-reason', invited: ['bright', 'coast'] },
} as const;

const begun = (): Order => opened({ order: 'o', version: 1, at: start, by: lead, deed: opening });

/** Plays deeds through, each a day after the one before. */
function played(deeds: readonly (readonly [Doer, Deed])[]): { order: Order; events: OrderEvent[] } {
  const events: OrderEvent[] = [{ order: 'o', version: 1, at: start, by: lead, deed: opening }];
  let order = begun();
  for (const [by, deed] of deeds) {
    check(order, deed, by, '2026-03-10');
    const event = { order: 'o', version: order.version + 1, at: start + events.length * dayMs, by, deed };
    events.push(event);
    order = applied(order, event);
  }
  return { order, events };
}

const toAcceptance: readonly (readonly [Doer, Deed])[] = [
  [bright, { kind: 'surveyed', day, provider: 'bright', note: 'SECRET-survey' }],
  [bright, { kind: 'quoted', quote: quote('bright') }],
  [coast, { kind: 'quoted', quote: quote('coast', { install: 1234 }) }],
  [lead, { kind: 'chosen', provider: 'bright', why: 'SECRET-why' }],
  [lead, { kind: 'approved', due: '2026-06-30', note: '' }],
  [bright, { kind: 'wayleave', day, needed: false, note: '' }],
  [bright, { kind: 'built', day, note: '' }],
  [bright, { kind: 'installed', day, reference: 'BF-1', note: '' }],
];

test('an order goes from survey to live through every stage, and its history makes it again', () => {
  const { order, events } = played([...toAcceptance, [lead, { kind: 'accepted', figures: figures('met') }]]);
  assert.equal(order.state, 'live');
  assert.deepEqual(
    order.spells.map(({ stage }) => stage),
    ['survey', 'quote', 'approve', 'wayleave', 'build', 'install', 'acceptance'],
  );
  assert.ok(order.spells.every(({ until }) => until !== undefined));
  assert.deepEqual(orderFrom(events), order);
});

test('a line that was not measured to do what was ordered does not go live; it goes back with its figures', () => {
  const { order } = played(toAcceptance);
  for (const verdict of ['failed', 'early'] as const)
    assert.throws(
      () => check(order, { kind: 'accepted', figures: figures(verdict) }, lead, day),
      /cannot go live/,
    );
  assert.throws(
    () => check(order, { kind: 'failed', figures: figures('early'), why: '' }, lead, day),
    /too few tests/,
  );
  const back = played([
    ...toAcceptance,
    [lead, { kind: 'failed', figures: figures('failed'), why: 'Slow' }],
  ]).order;
  assert.deepEqual(
    [back.state, back.failures, back.figures?.verdict, back.installed],
    ['install', 1, 'failed', undefined],
  );
});

test('a supplier moves its own order on, and neither chooses, approves nor accepts', () => {
  const { order } = played(toAcceptance);
  for (const kind of ['accepted', 'failed', 'sent-back', 'cancelled', 'invoiced'] as const)
    assert.equal(mayDoTo(order, kind, bright), false, kind);
  assert.equal(mayDoTo(order, 'document', bright), true);
  for (const kind of Object.keys(deedRules) as Exclude<DeedKind, 'opened'>[])
    assert.equal(mayDoTo(order, kind, coast), false, `${kind} by a supplier that lost`);
  assert.throws(
    () => check(begun(), { kind: 'declined', provider: 'coast', why: 'No' }, bright, day),
    /your own company/,
  );
});

test('a blocked order does not move on until someone says that it is over', () => {
  const { order } = played([
    ...toAcceptance.slice(0, 6),
    [bright, { kind: 'blocked', cause: 'street-works', why: 'Permit' }],
  ]);
  assert.throws(() => check(order, { kind: 'built', day, note: '' }, bright, day), /blocked: Permit/);
  const free = applied(order, {
    order: 'o',
    version: 99,
    at: start,
    by: bright,
    deed: { kind: 'unblocked', note: '' },
  });
  assert.doesNotThrow(() => check(free, { kind: 'built', day, note: '' }, bright, day));
});

test('days, amounts and quotes that cannot be right are refused with where to mend them', () => {
  const quoting = played(toAcceptance.slice(0, 1)).order;
  const at = (deed: Deed, order: Order = quoting) => {
    try {
      check(order, deed, lead, day);
    } catch (error) {
      assert.ok(error instanceof Problem);
      return error.faults.map(({ where }) => where);
    }
    return [];
  };
  assert.deepEqual(at({ kind: 'quoted', quote: quote('bright', { install: -1 }) }), ['install']);
  assert.deepEqual(at({ kind: 'quoted', quote: quote('bright', { availability: 99.9 }) }), ['availability']);
  assert.deepEqual(at({ kind: 'quoted', quote: quote('nobody') }), ['provider']);
  assert.deepEqual(at({ kind: 'surveyed', day: '2026-03-11', note: '' }), ['day']);
  assert.deepEqual(at({ kind: 'chosen', provider: 'bright', why: '' }), [undefined]);
  const approved = played(toAcceptance.slice(0, 5)).order;
  assert.deepEqual(at({ kind: 'invoiced', day, pounds: 0, what: '' }, approved), ['pounds']);
});

test('whatever is tried in whatever order, history makes the order again and stages follow the table', () => {
  const some: readonly Deed[] = [
    ...toAcceptance.map(([, deed]) => deed),
    ...([
      { kind: 'accepted', figures: figures('met') },
      { kind: 'failed', figures: figures('failed'), why: 'x' },
    ] as const),
    ...([
      { kind: 'sent-back', to: 'quote', why: 'x' },
      { kind: 'sent-back', to: 'build', why: 'x' },
    ] as const),
    ...([
      { kind: 'blocked', cause: 'site', why: 'x' },
      { kind: 'unblocked', note: '' },
      { kind: 'cancelled', why: 'x' },
    ] as const),
    ...([
      { kind: 'proposed', day: '2026-04-01', note: '' },
      { kind: 'declined', provider: 'coast', why: 'x' },
    ] as const),
  ];
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(lead, bright, coast), fc.constantFrom(...some)), { maxLength: 40 }),
      (tries) => {
        let order = begun();
        const events: OrderEvent[] = [{ order: 'o', version: 1, at: start, by: lead, deed: opening }];
        for (const [by, deed] of tries) {
          try {
            check(order, deed, by, day);
          } catch {
            continue;
          }
          const event = {
            order: 'o',
            version: order.version + 1,
            at: start + events.length * dayMs,
            by,
            deed,
          };
          assert.ok(deed.kind !== 'opened' && deedRules[deed.kind].from.includes(order.state));
          events.push(event);
          order = applied(order, event);
          const running = order.spells.filter(({ until }) => until === undefined);
          assert.deepEqual(
            running.map(({ stage }) => stage),
            order.state === 'live' || order.state === 'cancelled' ? [] : [order.state],
          );
          if (order.state === 'live') assert.equal(order.figures?.verdict, 'met');
        }
        assert.deepEqual(orderFrom(events), order);
        // What a competitor may see never holds what the other quoted, nor what the region weighed.
        for (const [me, other] of [
          ['bright', 'coast'],
          ['coast', 'bright'],
        ] as const) {
          const viewer = { kind: 'supplier', provider: me } as const;
          const seen = JSON.stringify([seenOrder(order, viewer), seenHistory(events, viewer)]);
          for (const secret of [
            `SECRET-${other}`,
            'SECRET-why',
            'SECRET-reason',
            '8765',
            `"by":{"id":"Practitioner/${other.charAt(0)}`,
          ])
            assert.ok(!seen.includes(secret), `${me} sees ${secret}`);
          if (me === 'coast') assert.ok(!seen.includes('SECRET-survey'));
        }
        const practice = { kind: 'practice', sites: ['surgery'] } as const;
        const seen = JSON.stringify([seenOrder(order, practice), seenHistory(events, practice)]);
        for (const secret of ['SECRET-bright', 'SECRET-coast', 'SECRET-why', 'SECRET-reason', '8765', '1234'])
          assert.ok(!seen.includes(secret), `the practice sees ${secret}`);
      },
    ),
    { numRuns: 300 },
  );
});

test('an order is none of a stranger’s, and ends for a supplier whose quote was not chosen', () => {
  const { order } = played(toAcceptance);
  assert.equal(seenOrder(order, { kind: 'supplier', provider: 'other' }), undefined);
  assert.equal(seenOrder(order, { kind: 'practice', sites: ['elsewhere'] }), undefined);
  const lost = seenOrder(order, { kind: 'supplier', provider: 'coast' });
  assert.deepEqual([lost?.lost, lost?.chosen, lost?.quotes.length], [true, undefined, 1]);
});

test('quotes are compared over the same time, those that do not reach the speeds asked for come last', () => {
  const { order } = played([
    ...toAcceptance.slice(0, 2),
    [coast, { kind: 'quoted', quote: quote('coast', { install: 1, speeds: { down: 50, up: 20 } }) }],
  ]);
  const [first, second] = compareQuotes(order);
  assert.deepEqual([first?.quote.provider, first?.total, first?.cheapest], ['bright', 9000 + 60 * 90, true]);
  assert.deepEqual([second?.isEnough, second?.cheapest], [false, false]);
});

test('the register is told of a line when it is approved, live or given up, and the old one ends as the new begins', () => {
  const steps = [...toAcceptance, [lead, { kind: 'accepted', figures: figures('met') }] as const];
  const old: Circuit = {
    ...{ id: 'old', site: 'surgery', provider: 'copper', technology: 'adsl', role: 'main' },
    ...{ state: 'live', terminations: [] },
  };
  const orders = steps.map((_, i) => played(steps.slice(0, i + 1)).order);
  const told = orders.map((order, i) => circuitChanges(orders[i - 1] ?? begun(), order, [old]));
  const approved = told[4]?.[0];
  assert.ok(approved?.kind === 'circuit');
  assert.deepEqual(
    [approved.circuit.id, approved.circuit.state, approved.circuit.provider],
    ['order-7', 'ordered', 'bright'],
  );
  const known = [old, approved.circuit];
  for (const i of [5, 6, 7])
    assert.deepEqual(circuitChanges(orders[i - 1] as Order, orders[i] as Order, known), []);
  const live = circuitChanges(orders[7] as Order, orders[8] as Order, known);
  assert.deepEqual(
    live.map(
      (change) =>
        change.kind === 'circuit' && [change.circuit.id, change.circuit.state, change.circuit.ceased],
    ),
    [
      ['order-7', 'live', undefined],
      ['old', 'ceased', '2026-03-19'],
    ],
  );
  const cancelled = played([...toAcceptance, [lead, { kind: 'cancelled', why: 'x' }]]).order;
  const given = circuitChanges(orders[7] as Order, cancelled, known);
  assert.deepEqual(
    given.map((change) => change.kind === 'circuit' && change.circuit.state),
    ['ceased'],
  );
  assert.equal(monthsAfter('2026-01-31', 1), '2026-02-28');
});
