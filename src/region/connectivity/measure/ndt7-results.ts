/**
 * Results of any ndt7 client as readings: what M-Lab's server archives (spec/data-format.md), what its Go and JavaScript clients
 * print, rows of its unified views. JSON, a list of it, or a value a line. Pure.
 */
import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Reading } from '../model.ts';
import { earliest } from './reading-rows.ts';

export interface ResultContext {
  readonly site: string;
  readonly by: string;
  readonly now: number;
}

export interface ResultsRead {
  readonly found: readonly Reading[];
  readonly faults: readonly { readonly where: string; readonly message: string }[];
}

type Figures = Partial<Pick<Reading, 'down' | 'up' | 'idle' | 'loss'>> & {
  readonly id: string;
  readonly started: number | undefined;
  readonly bytes: number;
};

const time = z.string().transform((text, context) => {
  const ms = Date.parse(text);
  if (Number.isFinite(ms)) return ms;
  context.addIssue({ code: 'custom', message: 'is not a time' });
  return z.NEVER;
});
const whole = z.number().min(0);

const tcpInfo = z.object({
  ElapsedTime: whole.optional(), // µs, as all times of the kernel
  ...{ BytesAcked: whole.optional(), BytesReceived: whole.optional(), BytesSent: whole.optional() },
  ...{ BytesRetrans: whole.optional(), MinRTT: whole.optional() },
});
const appInfo = z.object({ ElapsedTime: whole, NumBytes: whole });
const measurement = z.object({ AppInfo: appInfo.nullish(), TCPInfo: tcpInfo.nullish() });
const subtest = z
  .object({
    UUID: z.string().min(1),
    StartTime: time.optional(),
    ServerMeasurements: z.array(measurement).nullish(),
    ClientMeasurements: z.array(measurement).nullish(),
  })
  // A client's summary has neither: it is of another kind.
  .refine((test) => (test.ServerMeasurements ?? test.ClientMeasurements) !== undefined);
const archived = z.object({
  ...{ StartTime: time.optional(), Download: subtest.nullish(), Upload: subtest.nullish() },
});
const amount = z.object({ Value: whole, Unit: z.string().optional() });
const goSubtest = z.object({
  ...{ UUID: z.string().optional(), Throughput: amount.nullish(), Latency: amount.nullish() },
  Retransmission: amount.nullish(),
});
const goSummary = z.object({
  Download: goSubtest.nullish(),
  Upload: goSubtest.nullish(),
  StartTime: time.optional(),
});
/** Older ones of the Go client. */
const oldSummary = z.object({
  ...{ DownloadUUID: z.string().optional(), Download: amount.nullish(), Upload: amount.nullish() },
  ...{ DownloadRetrans: amount.nullish(), MinRTT: amount.nullish(), StartTime: time.optional() },
});
/** A row of M-Lab's unified views, as BigQuery exports it. */
const unified = z.object({
  a: z.object({
    ...{ UUID: z.string().min(1), TestTime: time, MeanThroughputMbps: whole.nullish() },
    ...{ MinRTT: whole.nullish(), LossRate: z.number().min(0).max(1).nullish() },
  }),
  raw: z.object({ Download: z.unknown().optional(), Upload: z.unknown().optional() }).optional(),
});
/** What the JavaScript client hands to its callbacks, kept by whoever called it. */
const jsComplete = z.object({
  LastClientMeasurement: z.object({ ElapsedTime: whole, NumBytes: whole, MeanClientMbps: whole }).optional(),
  LastServerMeasurement: z
    .object({ ...measurement.shape, ConnectionInfo: z.object({ UUID: z.string().optional() }).optional() })
    .optional(),
});
const jsResult = z.object({
  ...{ download: jsComplete.optional(), upload: jsComplete.optional() },
  ...{ id: z.string().optional(), started: time.optional() },
});

const mbits = (bytes: number, us: number): number => (us > 0 ? (bytes * 8) / us : 0);
const share = (part: number | undefined, of: number | undefined): number | undefined =>
  part === undefined || of === undefined || of === 0 ? undefined : Math.min(1, part / of);
/** Ids of others may hold what ours do not. The same text is always the same id. */
const idOf = (text: string): string =>
  /^[\w.:~-]{1,100}$/.test(text) ? text : hash('sha256', text, 'base64url').slice(0, 43);

/** Of one JSON value; undefined where it is of none of the kinds. */
function figuresOf(value: unknown): Figures[] | undefined {
  const asArchive = archived.safeParse(value);
  if (asArchive.success && (asArchive.data.Download || asArchive.data.Upload)) {
    const { Download, Upload, StartTime } = asArchive.data;
    return [
      ...(Download ? [ofArchive(Download, 'down', StartTime)] : []),
      ...(Upload ? [ofArchive(Upload, 'up', StartTime)] : []),
    ];
  }
  const asGo = goSummary.safeParse(value);
  if (asGo.success && (asGo.data.Download?.Throughput || asGo.data.Upload?.Throughput)) {
    const { Download, Upload, StartTime } = asGo.data;
    const retransmitted = Download?.Retransmission?.Value;
    return [
      {
        id: idOf(Download?.UUID ?? Upload?.UUID ?? JSON.stringify(value)),
        ...{ started: StartTime, bytes: 0 },
        ...given('down', Download?.Throughput?.Value),
        ...given('up', Upload?.Throughput?.Value),
        ...given('idle', Download?.Latency?.Value ?? Upload?.Latency?.Value),
        ...given('loss', retransmitted === undefined ? undefined : Math.min(1, retransmitted / 100)),
      },
    ];
  }
  const asOld = oldSummary.safeParse(value);
  if (asOld.success && (asOld.data.Download || asOld.data.Upload)) {
    const { Download, Upload, DownloadUUID, DownloadRetrans, MinRTT, StartTime } = asOld.data;
    return [
      {
        ...{ id: idOf(DownloadUUID ?? JSON.stringify(value)), started: StartTime, bytes: 0 },
        ...given('down', Download?.Value),
        ...given('up', Upload?.Value),
        ...given('idle', MinRTT?.Value),
        ...given('loss', DownloadRetrans && Math.min(1, DownloadRetrans.Value / 100)),
      },
    ];
  }
  const asUnified = unified.safeParse(value);
  if (asUnified.success) {
    const { a, raw } = asUnified.data;
    const isUp = raw?.Upload !== undefined && raw.Upload !== null;
    return [
      {
        ...{ id: idOf(a.UUID), started: a.TestTime, bytes: 0 },
        ...given(isUp ? 'up' : 'down', a.MeanThroughputMbps),
        ...given('idle', a.MinRTT),
        ...given('loss', a.LossRate),
      },
    ];
  }
  const asJs = jsResult.safeParse(value);
  if (asJs.success && (asJs.data.download || asJs.data.upload)) {
    const { download, upload, id, started } = asJs.data;
    const down = download?.LastClientMeasurement;
    const up = upload?.LastServerMeasurement;
    const uuid = download?.LastServerMeasurement?.ConnectionInfo?.UUID ?? up?.ConnectionInfo?.UUID;
    const info = up?.TCPInfo;
    return [
      {
        ...{ id: idOf(id ?? uuid ?? JSON.stringify(value)), started },
        bytes: (down?.NumBytes ?? 0) + (up?.AppInfo?.NumBytes ?? 0),
        ...given('down', down?.MeanClientMbps),
        ...given('up', up?.AppInfo ? mbits(up.AppInfo.NumBytes, up.AppInfo.ElapsedTime) : undefined),
        ...given('idle', info?.MinRTT === undefined ? undefined : info.MinRTT / 1000),
      },
    ];
  }
  return undefined;
}

/** As M-Lab counts: what the kernel saw acknowledged or received, else what the application did. */
function ofArchive(test: z.infer<typeof subtest>, way: 'down' | 'up', from: number | undefined): Figures {
  const last = test.ServerMeasurements?.findLast(({ TCPInfo }) => TCPInfo)?.TCPInfo;
  const kernel = way === 'down' ? last?.BytesAcked : last?.BytesReceived;
  const own = (way === 'down' ? test.ClientMeasurements : test.ServerMeasurements)?.findLast(
    ({ AppInfo }) => AppInfo,
  )?.AppInfo;
  const byKernel = kernel !== undefined && last?.ElapsedTime ? mbits(kernel, last.ElapsedTime) : undefined;
  return {
    ...{ id: idOf(test.UUID), started: test.StartTime ?? from, bytes: kernel ?? own?.NumBytes ?? 0 },
    ...given(way, byKernel ?? (own && mbits(own.NumBytes, own.ElapsedTime))),
    ...given('idle', last?.MinRTT === undefined ? undefined : last.MinRTT / 1000),
    ...(way === 'down' ? given('loss', share(last?.BytesRetrans, last?.BytesSent)) : {}),
  };
}

function given<K extends string>(key: K, value: number | null | undefined): Partial<Record<K, number>> {
  if (value === undefined || value === null || !Number.isFinite(value)) return {};
  return { [key]: Number(value.toPrecision(6)) } as Partial<Record<K, number>>; // the one key
}

/** All results in a text. What is none of a known kind is told by its place; it keeps no others out. */
export function readResults(text: string, { site, by, now }: ResultContext): ResultsRead {
  const faults: { where: string; message: string }[] = [];
  const found: Reading[] = [];
  for (const { where, value } of valuesIn(text, faults)) {
    if (isPartOfRun(value)) continue;
    const figures = figuresOf(value);
    if (!figures) {
      faults.push({
        where,
        message: 'This is no result of an ndt7 test that we know: see the guide for the kinds.',
      });
      continue;
    }
    for (const one of figures) {
      const { id, started, bytes, ...measured } = one;
      if (Object.keys(measured).length === 0) {
        faults.push({
          where,
          message: 'This test measured nothing: it has neither a speed nor a round trip.',
        });
        continue;
      }
      // A client that prints no time: it was now, as far as anyone knows.
      const at = started === undefined || started < earliest || started > now ? undefined : started;
      found.push({
        ...{
          id,
          site,
          started: at ?? now,
          received: now,
          source: 'import',
          by,
          bytes: Math.round(bytes),
          ...measured,
        },
        flags: at === undefined ? ['clock'] : [],
      });
    }
  }
  return { found, faults: faults.slice(0, 100) };
}

/** What the Go client prints on its way (`{"Key": "measurement", …}`); the summary follows it. */
const isPartOfRun = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'Key' in value && typeof value.Key === 'string';

function* valuesIn(
  text: string,
  faults: { where: string; message: string }[],
): Generator<{ readonly where: string; readonly value: unknown }> {
  const whole = json(text);
  if (whole.ok) {
    const values = Array.isArray(whole.value) ? whole.value : [whole.value];
    for (const [i, value] of values.entries())
      yield { where: values.length > 1 ? `[${i}]` : 'the file', value };
    return;
  }
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const { ok, value } = json(line);
    if (ok) yield { where: `line ${i + 1}`, value };
    else faults.push({ where: `line ${i + 1}`, message: 'This is not JSON.' });
  }
}

function json(text: string): { readonly ok: boolean; readonly value?: unknown } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}
