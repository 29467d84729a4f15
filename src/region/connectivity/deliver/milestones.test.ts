import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Circuit, LineSite, Technology } from '../model.ts';
import { benefitOf } from './benefit.ts';
import { byIcs, byKind, classesNow, sharesOn, standingOf, standings, stillNeeded } from './milestones.ts';
import type { Order } from './order.ts';
import { spendingOf } from './spending.ts';

const site = (id: string, more: Partial<LineSite> = {}): LineSite => ({
  ...{ id, name: id, kind: 'general-practice', open: [], services: [], activity: {}, closed: false },
  ...more,
});
const circuit = (site: string, technology: Technology, more: Partial<Circuit> = {}): Circuit => ({
  ...{
    id: `${site}-${technology}`,
    site,
    provider: 'p',
    technology,
    role: 'main',
    state: 'live',
    terminations: [],
  },
  ...more,
});
const sites = [site('a', { ics: 'N' }), site('b', { ics: 'N' }), site('c', { kind: 'hospital' }), site('d')];
const circuits = [
  circuit('a', 'adsl', { state: 'ceased', ceased: '2026-02-01' }),
  circuit('a', 'fttp', { installed: '2026-01-30' }),
  circuit('b', 'fttc'),
  circuit('b', 'leased', { role: 'backup' }),
  circuit('c', 'leased', { installed: '2020-01-01' }),
];

test('a site counts by its main line that is live; a back-up or an order does not make it full fibre', () => {
  const classes = classesNow(sites, circuits);
  assert.deepEqual(Object.fromEntries(classes), { a: 'fibre', b: 'copper', c: 'fibre', d: 'unknown' });
  const whole = standingOf('All', sites, classes);
  assert.deepEqual([whole.fibre, whole.copper, whole.unknown, whole.share], [2, 1, 1, 0.5]);
  assert.deepEqual([stillNeeded(whole, 0.7), stillNeeded(whole, 1), stillNeeded(whole, 0.5)], [1, 2, 0]);
  assert.deepEqual(
    standings(sites, classes, byKind).map(({ label, share }) => [label, share]),
    [
      ['GP practice', 1 / 3],
      ['Hospital', 1],
    ],
  );
  assert.equal(standings(sites, classes, byIcs).find(({ label }) => label === 'N')?.sites, 2);
});

test('how it stood before is read from the days on which circuits began and ended', () => {
  assert.deepEqual(sharesOn(['2019-01-01', '2025-12-31', '2026-06-01'], sites, circuits), [0, 0.25, 0.5]);
});

test('spending counts what was approved against the year’s budget, more where more was invoiced, and what a cancelled order cost', () => {
  const order = (more: Partial<Order>) =>
    ({
      year: 2026,
      state: 'build',
      estimate: 100,
      quotes: [],
      invoices: [],
      approved: 1,
      ...more,
    }) as unknown as Order;
  const chosen = { chosen: 'p', quotes: [{ provider: 'p', install: 80 }] as unknown as Order['quotes'] };
  const invoice = (pounds: number) => ({ invoices: [{ day: '2026-01-01', pounds, what: '' }] });
  const [year] = spendingOf(
    [
      order(chosen),
      order({ ...chosen, ...invoice(95) }),
      order({ state: 'cancelled', ...invoice(7) }),
      order({ state: 'quote', approved: undefined as never }),
    ],
    [{ year: 2026, pounds: 500 }],
    [{ year: 2026, cost: 11 }],
  );
  assert.deepEqual(
    { ...year, waiting: 0 },
    { year: 2026, budget: 500, committed: 80 + 95 + 7, invoiced: 102, waiting: 0, planned: 11 },
  );
});

test('benefit is summed over lines of which both before and after are known', () => {
  const order = (before: number | undefined, after: number | undefined) =>
    ({
      before: { at: 0, video: 'no', ...(before === undefined ? {} : { heldBack: before }) },
      after: { at: 1, video: 'yes', ...(after === undefined ? {} : { heldBack: after }) },
    }) as unknown as Order;
  const found = benefitOf([
    order(40, 2),
    order(10, undefined),
    { before: { at: 0, video: 'no' } } as unknown as Order,
  ]);
  assert.deepEqual(
    [found.lines, found.known, found.heldBefore, found.heldAfter, found.gainedVideo],
    [2, 1, 40, 2, 2],
  );
});
