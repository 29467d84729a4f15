import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { maker, measuredLines } from '../../../../test/support/measured-lines.ts';
import { Problem } from '../../../platform/problem.ts';
import type { Measure, Reading } from '../model.ts';
import { hourOfWeek } from './hour-of-week.ts';
import { openHourTable } from './hour-table.ts';
import { backMs, isOutlier, measures, percentile, spreadOf, weekOf } from './spreads.ts';

const hour = 3_600_000;
const day = 24 * hour;

const reading = (id: string, started: number, more: Partial<Reading> = {}): Reading => ({
  ...{ id, site: 'a', started, received: started, source: 'probe', down: 10, up: 1, bytes: 1000 },
  ...{ flags: [], by: 'probe', ...more },
});

describe('hours of the week', () => {
  it('are those of the clocks in the United Kingdom, in summer and in winter', () => {
    assert.equal(hourOfWeek(Date.parse('2026-01-05T00:30:00Z')), 0); // a Monday
    assert.equal(hourOfWeek(Date.parse('2026-07-06T00:30:00Z')), 1); // British Summer Time
    assert.equal(hourOfWeek(Date.parse('2026-01-04T23:30:00Z')), 167);
    assert.equal(hourOfWeek(Date.parse('2026-07-05T23:30:00Z')), 0);
  });
});

describe('a spread', () => {
  it('is what nine in ten, and half, of any readings are not worse than', () => {
    const values = fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.constantFrom(...measures), (list, measure: Measure) => {
        const spread = spreadOf(measure, list)!;
        const more = measure === 'down' || measure === 'up';
        const notWorse = (than: number) =>
          list.filter((value) => (more ? value >= than : value <= than)).length;
        assert.equal(spread.count, list.length);
        assert.ok(list.includes(spread.poor) && list.includes(spread.median));
        assert.ok(notWorse(spread.poor) >= 0.9 * list.length);
        assert.equal(notWorse(spread.best) >= 1, true);
        assert.equal(spread.best, more ? Math.max(...list) : Math.min(...list));
      }),
    );
  });

  it('keeps what is far from the rest, but not as the best', () => {
    const spread = spreadOf('down', [10, 10, 11, 900], [10, 10, 11]);
    assert.deepEqual([spread?.count, spread?.best], [4, 11]);
    assert.equal(percentile(Float64Array.of(1, 2, 3, 4), 0.5), 2);
  });

  it('knows an outlier only when it knows what is usual', () => {
    const usual = spreadOf(
      'down',
      Array.from({ length: 30 }, (_, i) => 9 + (i % 3)),
    )!;
    assert.equal(isOutlier('down', 60, usual), true);
    assert.equal(isOutlier('down', 1, usual), true);
    assert.equal(isOutlier('down', 14, usual), false);
    assert.equal(isOutlier('down', 60, spreadOf('down', [9, 10, 11])), false);
    assert.equal(isOutlier('loss', 0.3, spreadOf('loss', new Array(30).fill(0))), true);
  });
});

describe('the store of readings', () => {
  it('keeps each once, however often and in whatever company it comes', async (t) => {
    const { readings, clock } = await measuredLines(t);
    const at = clock.now() - hour;
    const [one, two] = [reading('1', at), reading('2', at + 1000)];
    assert.deepEqual(await readings.add([one, two]), { added: 2, known: 0 });
    assert.deepEqual(await readings.add([one]), { added: 0, known: 1 });
    assert.deepEqual(await readings.add([reading('3', at), reading('3', at), two]), { added: 1, known: 2 });
    const many = await Promise.all([readings.add([reading('4', at)]), readings.add([reading('4', at)])]);
    assert.deepEqual(many.map(({ added }) => added).sort(), [0, 1]);
    assert.deepEqual(await readings.of('a', {}).then((list) => list.map(({ id }) => id)), [
      '2',
      '1',
      '3',
      '4',
    ]);
    assert.deepEqual((await readings.of('a', { from: at + 1, until: at + 1001 }))[0], two);
  });

  it('takes nothing of a call with a site that it does not know, and says which', async (t) => {
    const { readings, clock } = await measuredLines(t);
    await assert.rejects(
      readings.add([reading('1', clock.now()), reading('2', clock.now(), { site: 'nowhere' })]),
      (error) => error instanceof Problem && error.faults[0]?.where === 'readings[1].site',
    );
    await assert.rejects(readings.add([reading('1', clock.now(), { loss: 2 })]), /loss|from 0 to 1/);
    assert.deepEqual(await readings.of('a', {}), []);
  });

  it('lets nobody change or remove what was measured', async (t) => {
    const { readings, clock, database } = await measuredLines(t);
    await readings.add([reading('1', clock.now() - hour)]);
    await assert.rejects(database.pool`update line_reading set down = 99`, /as they were measured/);
    await assert.rejects(database.pool`delete from line_reading`, /as they were measured/);
  });

  it('tells by hour of the week what a naive count tells, before and after it settles', async (t) => {
    const { readings, clock, settling, pass } = await measuredLines(t);
    const now = clock.now();
    const list = Array.from({ length: 300 }, (_, i) =>
      reading(`r${i}`, now - 9 * 7 * day + i * 5 * hour, { down: 8 + ((i * 7) % 5), loss: (i % 4) / 100 }),
    );
    await readings.addHistory(list);
    const expected = weekOf(
      'a',
      list.filter(({ started }) => started >= now - backMs),
    );
    const fresh = (await readings.weeks(now, ['a'])).get('a');
    assert.deepEqual(fresh?.hours, expected.hours);
    await settling.run();
    const settled = (await readings.weeks(now, ['a'])).get('a');
    assert.equal(settled?.last, expected.last);
    for (const measure of measures) {
      const [was, is] = [expected.all[measure], settled?.all[measure]];
      for (const key of ['count', 'best', 'median', 'poor'] as const)
        assert.ok(
          Math.abs((was?.[key] ?? 0) - (is?.[key] ?? 0)) < 1e-5,
          `${measure} ${key} ${was?.[key]} ${is?.[key]}`,
        );
    }
    const [only] = [...(await readings.weeks(now, undefined, { hour: 12 })).values()];
    assert.equal(only?.hours.filter(Boolean).length, 1);
    assert.equal(only?.hours[12]?.down?.count, settled?.hours[12]?.down?.count);
    pass(30 * day);
    const later = (await readings.weeks(clock.now(), ['a'])).get('a');
    assert.ok((later?.all.down?.count ?? 0) < (settled?.all.down?.count ?? 0));
  });

  it('tells many sites shortly what it tells of each at length', async (t) => {
    const names = Array.from({ length: 60 }, (_, i) => `s${i}`);
    const { readings, clock, settling, database } = await measuredLines(t, {
      sites: names.map((id) => ({ id })),
    });
    const now = clock.now();
    await readings.addHistory(
      names.flatMap((site, n) =>
        Array.from({ length: 40 }, (_, i) =>
          reading(`r${i}`, now - (i + 1) * 9 * hour, {
            ...{ site, down: 0.42 + ((i * 7 + n) % 11) / 3, loss: n % 2 === 0 ? undefined : 0.013 },
          } as Partial<Reading>),
        ),
      ),
    );
    await settling.run();
    const same = async () => {
      const [long, short] = [await readings.weeks(now, names), await readings.poorWeeks(now, names)];
      assert.equal(short.size, 60);
      for (const [site, { all, hours, last }] of long) {
        const week = short.get(site)!;
        assert.equal(week.last, last);
        for (const measure of measures)
          for (const hourOfIt of [undefined, ...hours.keys()]) {
            const spread = (hourOfIt === undefined ? all : hours[hourOfIt])?.[measure];
            const expected = spread && { count: spread.count, poor: spread.poor };
            const told = week.told(measure, hourOfIt);
            const found = told && { count: told.count, poor: told.poor };
            assert.deepEqual(found, expected, `${site} ${measure} ${hourOfIt}`);
          }
      }
    };
    await same();
    // As a database of before has them.
    await database.pool`update line_week set packed = null where site < 's3'`;
    await same();
  });

  it('is settled by two at once as by one, and another day anew', async (t) => {
    const names = Array.from({ length: 45 }, (_, i) => `s${i}`);
    const { readings, clock, settling, pass, database } = await measuredLines(t, {
      sites: names.map((id) => ({ id })),
    });
    const now = clock.now();
    await readings.addHistory(
      names.flatMap((site) =>
        Array.from({ length: 30 }, (_, i) => reading(`r${i}`, now - (i + 1) * 7 * hour, { site })),
      ),
    );
    // The demonstration's job looks through everything while the server's own turn comes round.
    await Promise.all([settling.rescan(now - 30 * day), settling.run(), settling.rescan(now - 20 * day)]);
    const count = async () => (await database.pool`select from line_hour`).length;
    const rows = await count();
    assert.equal(rows, 45 * 25); // each 7 hours: 24 of the week, and the whole
    assert.equal((await database.pool`select from line_unsettled`).length, 0);
    pass(57 * day);
    await settling.run();
    assert.equal(await count(), 0);
  });

  it('writes the percentiles of one site from two sides, and the later stays', async (t) => {
    const { clock, database } = await measuredLines(t);
    const now = clock.now();
    const table = openHourTable(database.pool);
    const week = (down: number) =>
      weekOf(
        'a',
        Array.from({ length: 100 }, (_, i) => reading(`r${i}`, now - i * 3 * hour, { down })),
      );
    await Promise.all(
      [1, 2, 3, 4].map((down) => database.pool.begin((sql) => table.write(sql, [week(down)], now))),
    );
    const told = (await table.weeks(now, hour, ['a'])).get('a');
    const downs = new Set(told?.hours.flatMap((spreads) => spreads?.down?.median ?? []));
    assert.deepEqual([...downs], [told?.all.down?.median]);
  });

  it('flags what is far from the usual of its site, and keeps it', async (t) => {
    const { readings, clock, settling } = await measuredLines(t);
    const now = clock.now();
    await readings.addHistory(
      Array.from({ length: 60 }, (_, i) => reading(`r${i}`, now - i * 6 * hour, { down: 9 + (i % 3) })),
    );
    await settling.run();
    await readings.add([reading('odd', now, { down: 0.1 })]);
    const [last] = await readings.of('a', { most: 1 });
    assert.deepEqual([last?.id, last?.flags], ['odd', ['outlier']]);
    assert.equal((await readings.weeks(now, ['a'])).get('a')?.all.down?.count, 61);
  });
});

describe('incidents', () => {
  /** Tests each four hours, which vary a little. */
  const series = (from: number, count: number, down: number, site = 'a') =>
    Array.from({ length: count }, (_, i) =>
      reading(`${site}${from}-${i}`, from + i * 4 * hour, {
        site,
        down: down * (1 + ((i % 5) - 2) / 50),
        up: 1,
      }),
    );

  it('open when a line became much worse for three tests, say what changed, and close when it is back', async (t) => {
    const { readings, clock, settling, incidents, pass } = await measuredLines(t);
    await readings.addHistory(series(clock.now() - 40 * day, 240, 10));
    await settling.run();
    assert.deepEqual(await incidents.list({}), []);
    await readings.add(series(clock.now(), 1, 2));
    pass(4 * hour);
    await settling.run();
    assert.deepEqual(await incidents.list({}), [], 'one bad test is no incident');
    await readings.add(series(clock.now(), 2, 2));
    pass(8 * hour);
    assert.equal(await settling.run(), 1);
    const [open] = await incidents.list({ open: true });
    assert.equal(open?.kind, 'degradation');
    assert.match(open?.told ?? '', /^Download fell from 10 to (1\.9|2)\d* Mbit\/s$/);
    assert.equal(await settling.run(), 0, 'it is not new twice');
    await incidents.acknowledge(open?.id ?? '', {
      ...maker,
      note: 'Fault 4711',
      key: open?.id ?? '',
      at: clock.now(),
    });
    await readings.add(series(clock.now(), 3, 10));
    pass(12 * hour);
    await settling.run();
    const [closed] = await incidents.list({});
    assert.equal(closed?.id, open?.id);
    assert.ok(closed?.ended !== undefined && closed.note === 'Fault 4711');
  });

  it('are the same whether readings came in time, late or in one go', async (t) => {
    const { readings, clock, settling, incidents } = await measuredLines(t);
    const now = clock.now();
    const parts = [
      series(now - 40 * day, 180, 10),
      series(now - 10 * day, 12, 3),
      series(now - 8 * day, 40, 10),
    ];
    const told = async (site: string) =>
      (await incidents.list({ sites: [site] })).map(({ started, ended, told: words }) => ({
        started,
        ended,
        words,
      }));
    await readings.add(parts.flat());
    await settling.run();
    const whole = await told('a');
    assert.equal(whole.length, 1);
    const ofB = parts.map((part) => part.map((one) => ({ ...one, site: 'b' })));
    await readings.add(ofB[0]!);
    await readings.add(ofB[2]!);
    await settling.run();
    assert.deepEqual(await told('b'), []);
    await readings.add(ofB[1]!);
    await settling.run();
    assert.deepEqual(await told('b'), whole);
    const ofC = parts.map((part) => part.map((one) => ({ ...one, site: 'c' })));
    await readings.addHistory(ofC.flat().reverse());
    await settling.run();
    assert.deepEqual(await told('c'), [], 'history opens none on the way');
    await settling.rescan(now - 60 * day);
    assert.deepEqual(await told('c'), whole);
    assert.deepEqual(await incidents.untold().then((list) => list.map(({ site }) => site).sort()), [
      'a',
      'b',
    ]);
  });

  it('of several sites on one exchange at once are joined; those elsewhere are not', async (t) => {
    const sites = [
      { id: 'a' },
      { id: 'b' },
      { id: 'c', exchange: 'Hilltop', circuit: { provider: 'fibre' } },
    ];
    const { clock, life, settling, incidents, pass } = await measuredLines(t, { sites });
    for (const site of ['a', 'b', 'c']) await life.beat(site, `probe-${site}`, clock.now());
    await settling.run();
    let found = 0;
    for (let i = 0; i < 6; i += 1) {
      pass(60_000);
      found += await settling.run();
    }
    assert.equal(found, 3);
    await life.beat('c', 'probe-c', clock.now());
    await settling.run();
    const list = await incidents.list({});
    const shared = new Map(list.map(({ site, shared: cause }) => [site, cause]));
    assert.match(shared.get('a') ?? '', /^Exchange Harbour, from 16 November 2026/);
    assert.equal(shared.get('a'), shared.get('b'));
    assert.equal(shared.get('c'), undefined);
    assert.equal(list.find(({ site }) => site === 'c')?.ended, clock.now());
  });

  it('do not open where the server itself was away', async (t) => {
    const { clock, life, settling, incidents, pass } = await measuredLines(t);
    await life.beat('a', 'probe', clock.now());
    await settling.run();
    pass(2 * hour);
    await settling.run();
    assert.deepEqual(await incidents.list({}), []);
    await life.beat('a', 'probe', clock.now());
    pass(60_000);
    await settling.run();
    assert.deepEqual(await incidents.list({}), []);
  });

  it('open where a probe fell silent, and say later whether it was the line', async (t) => {
    const { clock, life, settling, incidents, pass } = await measuredLines(t);
    const start = clock.now();
    for (let i = 0; i < 5; i += 1) {
      await life.beat('a', 'probe', clock.now());
      pass(60_000);
    }
    await settling.run();
    assert.deepEqual(await incidents.list({}), []);
    for (let i = 0; i < 10; i += 1) {
      pass(60_000);
      await settling.run();
    }
    const [open] = await incidents.list({ open: true });
    assert.equal(open?.kind, 'outage');
    assert.equal(open?.started, start + 4 * 60_000);
    assert.match(open?.told ?? '', /^Not heard since/);
    await life.add([
      { site: 'a', by: 'probe', kind: 'cut', started: start + 5 * 60_000, ended: clock.now() },
    ]);
    await life.beat('a', 'probe', clock.now());
    await settling.run();
    const [closed] = await incidents.list({});
    assert.equal(closed?.id, open?.id);
    assert.equal(closed?.ended, clock.now());
    assert.equal(closed?.told, 'The line was down for 11 minutes');
  });
});
