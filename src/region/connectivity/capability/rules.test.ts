import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { CareService, Measure, Verdict } from '../model.ts';
import { careServices, fullFibre, rules, sources } from './rule-table.ts';
import { judgeLine, type LineFigures, measureWords } from './rules.ts';

const good = { idle: 20, loaded: 60, jitter: 5, loss: 0 } as const;

const cases: readonly {
  readonly what: string;
  readonly line: LineFigures;
  readonly users?: number;
  readonly share?: number;
  readonly says: Readonly<Partial<Record<CareService, Verdict>>>;
  readonly atOnce?: Readonly<Partial<Record<CareService, number>>>;
  readonly because?: Readonly<Partial<Record<CareService, string>>>;
}[] = [
  {
    what: 'full fibre of 100 Mbit/s carries everything',
    line: fullFibre,
    says: Object.fromEntries(careServices.map((service) => [service, 'yes'])),
    atOnce: { 'video-hd': 36, video: 65, 'video-low': 205, audio: 1440 },
  },
  {
    what: 'copper with 0.4 Mbit/s up carries calls and no video, and the upload is named',
    line: { down: 5.2, up: 0.4, ...good },
    says: { 'video-hd': 'no', video: 'no', 'video-low': 'no', audio: 'yes' },
    atOnce: { video: 0, audio: 6 },
    because: { video: 'Upload, 0.4 Mbit/s' },
  },
  {
    what: 'what refuses is named before what only limits',
    line: { down: 5.2, up: 0.4, ...good, loaded: 290 },
    says: { video: 'no', audio: 'yes' },
    because: { video: 'Upload, 0.4 Mbit/s' },
  },
  {
    what: 'a little more upload carries one small video',
    line: { down: 5.2, up: 0.5, ...good },
    says: { video: 'no', 'video-low': 'yes' },
    atOnce: { 'video-low': 1 },
  },
  {
    what: 'people at work take their part first',
    line: { down: 5.2, up: 0.5, ...good },
    users: 12,
    says: { 'video-low': 'no' },
    atOnce: { audio: 5 },
  },
  {
    what: 'a fast line that is late under load is limited, and the latency is named',
    line: { down: 60, up: 15, ...good, loaded: 220 },
    says: { video: 'limited', audio: 'yes' },
    because: { video: 'Latency under load, 220 ms' },
  },
  {
    what: 'latency beyond what people can talk over carries no video',
    line: { down: 60, up: 15, ...good, loaded: 700 },
    says: { video: 'no', audio: 'limited', record: 'limited' },
  },
  {
    what: 'satellite is refused by its idle latency alone',
    line: { down: 40, up: 6, idle: 620 },
    says: { video: 'no', audio: 'unknown' },
    because: { video: 'Latency, 620 ms' },
  },
  {
    what: 'loss is named in hundredths',
    line: { down: 60, up: 15, ...good, loss: 0.021 },
    says: { video: 'limited' },
    because: { video: 'Loss, 2.1%' },
  },
  {
    what: 'where latency is not known nothing is promised',
    line: { down: 60, up: 15 },
    says: { video: 'unknown', audio: 'unknown', record: 'unknown', 'images-CT': 'yes' },
    atOnce: { video: 16 },
  },
  {
    what: 'where jitter and loss are not known video is limited at best',
    line: { down: 60, up: 15, loaded: 60 },
    says: { video: 'limited', record: 'yes' },
  },
  {
    what: 'a line of which nothing is known is unknown',
    line: {},
    says: Object.fromEntries(careServices.map((service) => [service, 'unknown'])),
  },
  {
    what: 'an upload too small refuses although the download is not known',
    line: { up: 0.2, ...good },
    says: { video: 'no', backup: 'no' },
  },
  {
    what: 'a line that is down carries nothing',
    line: { down: 0, up: 0 },
    says: Object.fromEntries(careServices.map((service) => [service, 'no'])),
    atOnce: { video: 0, audio: 0, wifi: 0 },
  },
];

for (const { what, line, users, share, says, atOnce = {}, because = {} } of cases)
  test(what, () => {
    const judged = judgeLine(line, {
      ...(users === undefined ? {} : { users }),
      ...(share === undefined ? {} : { share }),
    });
    const of = <T>(pick: (service: CareService) => T, keys: object) =>
      Object.fromEntries(Object.keys(keys).map((key) => [key, pick(key as CareService)]));
    assert.deepEqual(
      of((service) => judged[service].verdict, says),
      says,
    );
    assert.deepEqual(
      of((service) => judged[service].atOnce, atOnce),
      atOnce,
    );
    assert.deepEqual(
      of((service) => judged[service].binding?.words, because),
      because,
    );
  });

test('an image takes its size in bits, over the part of the line that care may fill', () => {
  const { 'images-CT': ct } = judgeLine({ down: 20, up: 2, ...good });
  assert.equal(ct.sendSeconds, (250 * 8) / (2 * 0.75));
  assert.equal(ct.openSeconds, (250 * 8) / (20 * 0.75));
  assert.equal(ct.verdict, 'limited');
  assert.equal(ct.binding?.words, 'Upload, 2 Mbit/s');
});

test('guests have what care leaves, and never more', () => {
  assert.equal(judgeLine({ down: 10, up: 10, ...good }).wifi.atOnce, 5);
  assert.equal(judgeLine({ down: 10, up: 10, ...good }, { share: 1 }).wifi.verdict, 'no');
});

test('figures that are no figures are not known, never good', () => {
  const judged = judgeLine({ down: Number.NaN, up: -3, loaded: Number.POSITIVE_INFINITY });
  for (const service of careServices) assert.equal(judged[service].verdict, 'unknown', service);
});

test('what is said of a measure is short and has its unit', () => {
  assert.equal(measureWords('up', 0.42), 'Upload, 0.4 Mbit/s');
  assert.equal(measureWords('up', 0.04), 'Upload, 0.04 Mbit/s');
  assert.equal(measureWords('down', 24.6), 'Download, 25 Mbit/s');
  assert.equal(measureWords('jitter', 55.4), 'Jitter, 55 ms');
});

const order: readonly Verdict[] = ['no', 'unknown', 'limited', 'yes'];
const figures = fc.record(
  {
    down: fc.double({ min: 0, max: 200, noNaN: true }),
    up: fc.double({ min: 0, max: 50, noNaN: true }),
    idle: fc.double({ min: 1, max: 900, noNaN: true }),
    loaded: fc.double({ min: 1, max: 2000, noNaN: true }),
    jitter: fc.double({ min: 0, max: 200, noNaN: true }),
    loss: fc.double({ min: 0, max: 0.2, noNaN: true }),
  },
  { requiredKeys: [] },
);

test('a better line never carries less', () => {
  fc.assert(
    fc.property(
      figures,
      fc.constantFrom<Measure>('down', 'up', 'idle', 'loaded', 'jitter', 'loss'),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (line, measure, by) => {
        const value = line[measure];
        fc.pre(value !== undefined);
        const faster = measure === 'down' || measure === 'up';
        const better = { ...line, [measure]: faster ? value * (1 + by) : value * (1 - by) };
        const [before, after] = [judgeLine(line), judgeLine(better)];
        for (const service of careServices) {
          assert.ok(order.indexOf(after[service].verdict) >= order.indexOf(before[service].verdict), service);
          assert.ok((after[service].atOnce ?? 0) >= (before[service].atOnce ?? 0), service);
        }
      },
    ),
  );
});

test('not knowing a figure never promises more than the best one would', () => {
  const measures = fc.constantFrom<Measure>('down', 'up', 'loaded', 'jitter', 'loss');
  fc.assert(
    fc.property(figures, measures, (line, measure) => {
      const { [measure]: _, ...without } = line;
      const [less, best] = [judgeLine(without), judgeLine({ ...line, [measure]: fullFibre[measure] })];
      for (const service of careServices)
        assert.ok(less[service].verdict !== 'yes' || best[service].verdict === 'yes', service);
    }),
  );
});

test('every figure of the table names a source, and ours are called ours', () => {
  for (const rule of Object.values(rules)) {
    assert.ok(rule.source in sources);
    if (rule.kind === 'stream')
      for (const limit of rule.limits) {
        assert.ok(limit.source in sources && limit.bearableSource in sources);
        assert.ok(limit.good <= limit.bearable);
      }
    else assert.ok(rule.good <= rule.bearable && rule.timeSource in sources);
  }
});
