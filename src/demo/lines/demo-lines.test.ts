import assert from 'node:assert/strict';
import test from 'node:test';
import { makeRegion } from '../region.ts';
import { demoLines } from './demo-lines.ts';
import type { DemoReading } from './model.ts';

const now = Date.UTC(2026, 10, 22, 12);
const until = now + 5 * 3_600_000;
const region = makeRegion({ seed: 'sandmouth', now });
const lines = demoLines(region, { until });
const readings = [...lines.readings()];
const bySite = Map.groupBy(readings, ({ site }) => site);
const day = 86_400_000;

const median = (list: readonly DemoReading[], of: (one: DemoReading) => number): number =>
  list.map(of).sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
const between = (site: string, from: number, to: number) =>
  (bySite.get(site) ?? []).filter(({ started }) => started >= now - from * day && started < now - to * day);

test('every building of the region is a site, suppliers’ own apart; a few have a line that is not known', () => {
  const suppliers = region.organisations.filter(({ kind }) => kind === 'supplier').map(({ id }) => id);
  const expected = region.sites
    .filter(({ organisation }) => !suppliers.includes(organisation))
    .map(({ id }) => id);
  assert.deepEqual(
    lines.sites.map(({ id }) => id),
    expected,
  );
  const known = new Set(lines.circuits.map(({ site }) => site));
  const unknown = expected.filter((id) => !known.has(id));
  assert.ok(unknown.length > 0 && unknown.length < 6, unknown.join());
});

test('a good third of the lines are copper, and every technology is there', () => {
  const live = lines.circuits.filter(({ state, role }) => state === 'live' && role === 'main');
  const copper = live.filter(({ technology }) => technology === 'adsl' || technology === 'fttc');
  assert.ok(copper.length / live.length > 0.35);
  assert.deepEqual(new Set(live.map(({ technology }) => technology)).size, 6);
  for (const site of lines.sites) assert.ok(live.filter((one) => one.site === site.id).length <= 1, site.id);
});

test('everything points at something, and no id comes twice', () => {
  const sites = new Set(lines.sites.map(({ id }) => id));
  const providers = new Set(lines.providers.map(({ id }) => id));
  for (const { site, provider, sold, guaranteed, installed, ceased } of lines.circuits) {
    assert.ok(sites.has(site) && providers.has(provider));
    assert.ok(!guaranteed || (guaranteed.down <= sold.down && guaranteed.up <= sold.up));
    assert.ok(ceased === undefined || ceased > installed);
  }
  assert.equal(new Set(lines.circuits.map(({ id }) => id)).size, lines.circuits.length);
  assert.equal(
    new Set(lines.circuits.map((one) => `${one.provider} ${one.reference}`)).size,
    lines.circuits.length,
  );
  assert.equal(new Set(readings.map(({ id }) => id)).size, readings.length);
});

test('the same seed and day make the same lines and tests, and later ones only add', () => {
  const sooner = [...demoLines(region, { until: now - 10 * day }).readings()];
  const ids = new Set(readings.map(({ id }) => id));
  assert.ok(sooner.length > 1000 && sooner.every(({ id }) => ids.has(id)));
  assert.deepEqual(demoLines(region, { until }).life, lines.life);
});

test('tests go back two years, run while a line is there alone, and end when asked', () => {
  const first = Math.min(...readings.map(({ started }) => started));
  const last = Math.max(...readings.map(({ started }) => started));
  assert.ok(now - first > 728 * day && last < until);
  const cuts = lines.life.filter(({ kind }) => kind === 'cut');
  for (const { site, started, ended } of cuts)
    assert.ok(!(bySite.get(site) ?? []).some((one) => one.started >= started && one.started < ended), site);
});

test('Hilltop’s copper carries half a megabit up, and less than it did', () => {
  const [past, present] = [between('demo-hilltop', 700, 450), between('demo-hilltop', 56, -1)];
  const [before, after] = [median(past, (one) => one.up), median(present, (one) => one.up)];
  assert.ok(after > 0.4 && after < 0.6, `${after}`);
  assert.ok(before > after * 1.15, `${before} then, ${after} now`);
  assert.ok(median(present, (one) => one.loaded) > median(past, (one) => one.loaded));
});

test('Harbour’s line is far better since fibre came', () => {
  const [past, present] = [between('demo-harbour', 700, 440), between('demo-harbour', 400, 0)];
  assert.ok(median(present, (one) => one.up) > 4 * median(past, (one) => one.up));
});

test('some interruptions are shared by an exchange or a provider, and one line is down now', () => {
  const cuts = lines.life.filter(({ kind }) => kind === 'cut');
  const together = [...Map.groupBy(cuts, ({ started }) => started).values()].filter((one) => one.length > 2);
  assert.ok(together.length >= 4, `${together.length}`);
  const last = new Map(lines.life.map((span) => [span.site, span]));
  assert.deepEqual(
    [...last.values()].filter(({ kind }) => kind === 'cut').map(({ site }) => site),
    ['demo-promenade-chemist'],
  );
});

test('few asks for far fewer tests, and keeps those of sites with a story', () => {
  const few = [...demoLines(region, { until, few: true }).readings()];
  assert.ok(few.length < readings.length / 2);
  assert.equal(few.filter(({ site }) => site === 'demo-hilltop').length, bySite.get('demo-hilltop')?.length);
});
