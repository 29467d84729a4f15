import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Problem } from '../../../platform/problem.ts';
import { readResults } from './ndt7-results.ts';
import { unpacked } from './unpack.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const context = { site: 'a', by: 'Practitioner/dev', now };
const read = (value: unknown) =>
  readResults(typeof value === 'string' ? value : JSON.stringify(value), context);

/** As M-Lab's server archives a download: m-lab/ndt-server, spec/data-format.md. */
const archived = {
  ...{ GitShortCommit: '773d318', Version: 'v0.9.1-20-g773d318', ClientIP: '::1', ClientPort: 40910 },
  ...{ ServerIP: '::1', ServerPort: 443 },
  ...{ StartTime: '2019-07-16T15:26:05.987748459-04:00', EndTime: '2019-07-16T15:26:16.008714743-04:00' },
  Download: {
    StartTime: '2019-07-16T15:26:05.987853779-04:00',
    UUID: 'soltesz99.nyc.corp.google.com_1563200740_unsafe_00000000000157C6',
    ClientMeasurements: [],
    ServerMeasurements: [
      {
        TCPInfo: {
          ElapsedTime: 10_000_000,
          BytesAcked: 12_500_000,
          BytesSent: 12_600_000,
          BytesRetrans: 126_000,
          MinRTT: 21_500,
        },
      },
      { AppInfo: { NumBytes: 1, ElapsedTime: 5 } },
    ],
  },
};

describe('results of other ndt7 clients', () => {
  it('are read as M-Lab archives them, at the time and under the id that they have', () => {
    const { found, faults } = read(archived);
    assert.deepEqual(faults, []);
    assert.deepEqual(found, [
      {
        ...{
          id: archived.Download.UUID,
          site: 'a',
          started: Date.parse('2019-07-16T19:26:05.987Z'),
          received: now,
        },
        ...{ source: 'import', by: 'Practitioner/dev', bytes: 12_500_000, down: 10, idle: 21.5, loss: 0.01 },
        flags: [],
      },
    ]);
  });

  it('are read without the kernel’s figures by what the application counted', () => {
    const upload = {
      Upload: {
        ...{ UUID: 'u1', StartTime: '2026-11-20T10:00:00Z' },
        ServerMeasurements: [{ AppInfo: { NumBytes: 1_250_000, ElapsedTime: 10_000_000 } }],
      },
    };
    assert.equal(read(upload).found[0]?.up, 1);
  });

  it('are read as the clients of M-Lab print them, new and old', () => {
    const value = (Value: number, Unit: string) => ({ Value, Unit });
    const go = {
      ServerFQDN: 'ndt.example',
      Download: {
        UUID: 'd1',
        Throughput: value(55.5, 'Mbit/s'),
        Latency: value(12.5, 'ms'),
        Retransmission: value(2, '%'),
      },
      Upload: { UUID: 'u1', Throughput: value(8.25, 'Mbit/s') },
    };
    const old = {
      DownloadUUID: 'd0',
      Download: value(20, 'Mbit/s'),
      Upload: value(1, 'Mbit/s'),
      MinRTT: value(30, 'ms'),
    };
    const js = {
      download: { LastClientMeasurement: { ElapsedTime: 10, NumBytes: 1000, MeanClientMbps: 7.5 } },
      upload: { LastServerMeasurement: { AppInfo: { NumBytes: 625_000, ElapsedTime: 10_000_000 } } },
    };
    const { found, faults } = read([go, old, js]);
    assert.deepEqual(faults, []);
    assert.deepEqual(
      found.map(({ down, up, idle, loss, flags }) => [down, up, idle, loss, flags]),
      [
        [55.5, 8.25, 12.5, 0.02, ['clock']],
        [20, 1, 30, undefined, ['clock']],
        [7.5, 0.5, undefined, undefined, ['clock']],
      ],
    );
    assert.equal(read([go, old, js]).found[2]?.id, found[2]?.id, 'the same result has the same id');
  });

  it('are read from M-Lab’s unified views, a row a line', () => {
    const row = (id: string, raw: object) =>
      JSON.stringify({
        id,
        a: { UUID: id, TestTime: '2026-11-20T10:00:00Z', MeanThroughputMbps: 12.5, MinRTT: 9, LossRate: 0 },
        raw,
      });
    const { found } = read(`${row('d', { Download: {} })}\n${row('u', { Upload: {} })}\n`);
    assert.deepEqual(
      found.map(({ down, up }) => [down, up]),
      [
        [12.5, undefined],
        [undefined, 12.5],
      ],
    );
  });

  it('pass over what a client prints on its way, and say what is none, without keeping others out', () => {
    const lines = [
      '{"Key":"measurement","Value":{"Origin":"client"}}',
      '{"speed": 3}',
      'nonsense',
      JSON.stringify(archived),
    ];
    const { found, faults } = read(lines.join('\n'));
    assert.equal(found.length, 1);
    assert.deepEqual(
      faults.map(({ where }) => where),
      ['line 2', 'line 3'],
    );
    assert.equal(read({ Download: { UUID: 'x', ServerMeasurements: [] } }).faults[0]?.where, 'the file');
  });

  it('come packed, within bounds', async () => {
    const text = JSON.stringify(archived);
    assert.equal(await unpacked(gzipSync(text), 10_000), text);
    await assert.rejects(unpacked(gzipSync('x'.repeat(20_000)), 10_000), Problem);
    await assert.rejects(unpacked(gzipSync(text).subarray(0, 40), 10_000), /cannot be unpacked/);
  });
});
