import assert from 'node:assert/strict';
import test from 'node:test';
import type { Circuit } from '../model.ts';
import { benefitOf, estimatedHeldBack, usualWeights } from './benefit.ts';
import { comparePlans } from './compare-plans.ts';
import type { OutcomeSite } from './outcome.ts';
import { assumedLine, lineOn } from './plan-sites.ts';
import { cheapest, priceBook, pricesWith } from './price-book.ts';
import { programme, programmes, takesSite } from './programmes.ts';
import { projectionAbout } from './projection.ts';

test('every price and programme has a source, and no key is there twice', () => {
  assert.equal(new Set(priceBook.map(({ key }) => key)).size, priceBook.length);
  for (const { source, pounds } of priceBook) assert.ok(source.length > 10 && pounds > 0);
  for (const { source, counted } of programmes) assert.ok(source.length > 20 && counted.length > 20);
  assert.equal(pricesWith({ 'ground.verge': 1 })['ground.verge'], 1);
});

test('a hub is rural, public, on copper and far from fibre', () => {
  const hub = programme('rgc');
  const site = { kind: 'general-practice', rural: true, copper: true, metres: 900 } as const;
  assert.ok(takesSite(hub, site));
  assert.ok(!takesSite(hub, { ...site, metres: 100 }));
  assert.ok(!takesSite(hub, { ...site, rural: false }));
  assert.ok(!takesSite(hub, { ...site, kind: 'pharmacy' }));
  assert.ok(!takesSite(hub, { ...site, copper: false }));
});

test('the cheapest supplier of a kind of line is taken', () => {
  const offers = [
    { supplier: 'B', technology: 'fttp', percent: 90 },
    { supplier: 'A', technology: 'fttp', percent: 90 },
    { supplier: 'C', technology: 'leased', percent: 50 },
  ] as const;
  assert.deepEqual(cheapest(offers, 'fttp'), { supplier: 'A', factor: 0.9 });
  assert.deepEqual(cheapest(offers, 'satellite'), { supplier: undefined, factor: 1 });
});

test('benefit counts care held back, patients, deprivation and rurality as the weights say', () => {
  const need = { consultations: 10, imageHours: 2, patients: 1000, rural: false };
  // 52 × (10 + 2 × 2) + 0.05 × 1000
  assert.equal(benefitOf(need, usualWeights), 778);
  assert.ok(Math.abs(benefitOf({ ...need, deprivation: 1 }, usualWeights) - 778 * 1.3) < 1e-9);
  assert.ok(Math.abs(benefitOf({ ...need, deprivation: 10 }, usualWeights) - 778 * 0.7) < 1e-9);
  assert.ok(Math.abs(benefitOf({ ...need, rural: true }, usualWeights) - 778 * 1.2) < 1e-9);
  assert.ok(
    estimatedHeldBack('general-practice', 'adsl', 9000) > estimatedHeldBack('general-practice', 'fttc', 9000),
  );
});

const circuit = (more: Partial<Circuit>): Circuit => ({
  ...{ id: 'c', site: 's', provider: 'p', technology: 'fttc', role: 'main', state: 'live', terminations: [] },
  ...more,
});

test('the line of a day is the main one that was live on it', () => {
  const old = circuit({ technology: 'adsl', state: 'ceased', installed: '2019-01-01', ceased: '2025-03-01' });
  const now = circuit({ technology: 'fttp', installed: '2025-03-01' });
  const backup = circuit({ technology: 'mobile', role: 'backup' });
  const ordered = circuit({ technology: 'leased', state: 'ordered' });
  const all = [backup, ordered, old, now];
  assert.equal(lineOn(all, '2024-11-22')?.technology, 'adsl');
  assert.equal(lineOn(all, '2026-11-22')?.technology, 'fttp');
  assert.equal(lineOn(all, '2018-01-01'), undefined);
});

test('assumed lines are the same each time, and about two in five practices are on copper', () => {
  const drawn = Array.from({ length: 4000 }, (_, i) => assumedLine(`A${i}`, 'general-practice', false));
  assert.deepEqual(drawn[7], assumedLine('A7', 'general-practice', false));
  const copper = drawn.filter((line) => line === 'adsl' || line === 'fttc').length / drawn.length;
  assert.ok(Math.abs(copper - 0.4) < 0.03, `${copper}`);
});

test('metres on the plane are those on the ground', () => {
  const project = projectionAbout(-2);
  const [a, b] = [project({ longitude: -2, latitude: 52 }), project({ longitude: -2, latitude: 53 })];
  assert.ok(Math.abs(b.north - a.north - 111_195) < 5);
  const [c, d] = [project({ longitude: 1, latitude: 52 }), project({ longitude: 1.1, latitude: 52 })];
  const metres = Math.hypot(d.east - c.east, d.north - c.north);
  assert.ok(Math.abs(metres / 6846 - 1) < 0.004, `${metres}`);
});

test('two plans differ by sites that come in, go out, move or get another line', () => {
  const row = (site: string, plan?: OutcomeSite['plan']): OutcomeSite => ({
    ...{ site, name: site, kind: 'clinic', rural: false, assumed: false, benefit: 1, held: 1, reason: 'r' },
    ...(plan ? { plan } : {}),
  });
  const line = (year: number, technology: 'fttp' | 'mobile' = 'fttp') => ({ year, technology, cost: 1 });
  const before = [
    row('a', line(2027)),
    row('b'),
    row('c', line(2027)),
    row('d', line(2027)),
    row('e', line(2027)),
  ];
  const after = [
    row('a'),
    row('b', line(2027)),
    row('c', line(2028)),
    row('d', line(2027, 'mobile')),
    row('e', line(2027)),
  ];
  const { changes, same } = comparePlans(before, after);
  assert.deepEqual(
    changes.map(({ site, kind }) => `${site} ${kind}`),
    ['b in', 'a out', 'c year', 'd line'],
  );
  assert.equal(same, 1);
});
