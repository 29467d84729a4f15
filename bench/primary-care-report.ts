/** What the benchmark of primary care says at its end: costs by page, the pace, and what the nation would need. */
import type { BareResult, StepCost } from './primary-care-bare-steps.ts';
import type { Checked } from './primary-care-check.ts';

export interface CareResult {
  readonly queue: {
    readonly open: number;
    readonly half: number;
    readonly most: number;
    readonly server: number;
    readonly database: number;
    readonly bytes: number;
  };
  readonly steps: readonly StepCost[];
  readonly pace: {
    readonly seconds: number;
    readonly journeys: number;
    readonly atOnce: number;
    readonly failed: number;
    readonly full: number;
    readonly server: number;
    readonly database: number;
    readonly generator: number;
    readonly stepTimes: readonly { readonly half: number; readonly most: number }[];
  };
  readonly checked: Checked;
  readonly bare?: BareResult;
}

/** Consultations of general practice a year in England. Source: the programme's plan. */
const perYear = 307e6;
const secondsOfYear = 365.25 * 86_400;
/** Monday mornings, as a multiple of the mean. */
const peak = 10;
/** Of a core, so that queues stay short. */
const usedShare = 0.7;
/** What a core costs an hour on rented machines, pence, database and disk with it: an assumption, to be replaced by your own price. */
const pencePerCoreHour = 4;

const ms = (seconds: number): string => (seconds * 1000).toFixed(1).padStart(8);
const sum = (all: readonly StepCost[], of: 'server' | 'database'): number =>
  all.reduce((total, one) => total + one[of], 0);

export function stepTable({ steps, pace, bare }: CareResult): string {
  const lines = steps.map(({ name, server, database, bytes }, i) => {
    const plain = bare?.steps[i];
    const times = pace.stepTimes[i];
    return [
      name.padEnd(24),
      ms(server),
      ms(database),
      plain ? ms(plain.server + plain.database) : '',
      String(bytes).padStart(8),
      (times?.half ?? 0).toFixed(0).padStart(8),
      (times?.most ?? 0).toFixed(0).padStart(8),
    ].join('');
  });
  const head = `${'Step'.padEnd(24)}${'server'.padStart(8)}${'database'.padStart(8)}${bare ? '    bare' : ''}${'bytes'.padStart(8)}${'half in'.padStart(8)}${'95 % in'.padStart(8)}`;
  const total = `${'A journey'.padEnd(24)}${ms(sum(steps, 'server'))}${ms(sum(steps, 'database'))}${
    bare ? ms(sum(bare.steps, 'server') + sum(bare.steps, 'database')) : ''
  }`;
  return `\nProcessor time of each step (ms), its page (bytes), and how long it took under load (ms)\n${head}\n${lines.join('\n')}\n${total}\n`;
}

export interface NationalNeed {
  readonly meanPerSecond: number;
  readonly peakPerSecond: number;
  /** At the peak, used to 70 %. */
  readonly cores: number;
  /** Of a consultation, where the cores of the peak are kept all year. */
  readonly pence: number;
}

/** `cpu`: seconds of processor time of one journey, server and database together. */
export function nationalNeed(cpu: number): NationalNeed {
  const meanPerSecond = perYear / secondsOfYear;
  const peakPerSecond = meanPerSecond * peak;
  const cores = (peakPerSecond * cpu) / usedShare;
  return {
    ...{ meanPerSecond, peakPerSecond, cores },
    pence: (cores * (secondsOfYear / 3600) * pencePerCoreHour) / perYear,
  };
}

export function summary({ queue, pace, checked, bare, steps }: CareResult): string {
  const rate = pace.seconds > 0 ? pace.journeys / pace.seconds : 0;
  const cpu =
    pace.journeys > 0
      ? (pace.server + pace.database) / pace.journeys
      : sum(steps, 'server') + sum(steps, 'database');
  const need = nationalNeed(cpu);
  const used = pace.seconds > 0 ? (pace.server + pace.database) / pace.seconds : 0;
  return [
    `Queue of ${queue.open} open requests: first byte in ${queue.half.toFixed(0)} ms (half), ${queue.most.toFixed(0)} ms (95 %); asked for: 150 ms. ` +
      `${ms(queue.server).trim()} ms of the server and ${ms(queue.database).trim()} ms of the database each, ${queue.bytes} bytes.`,
    `Whole journeys: ${rate.toFixed(1)} a second over ${pace.seconds.toFixed(0)} s (${pace.journeys} journeys of ${steps.length} pages, ${pace.atOnce} at once), ${pace.failed} failed${pace.full > 0 ? `, ${pace.full} found no time left` : ''}.`,
    `Each took ${(cpu * 1000).toFixed(0)} ms of processor time: server ${((pace.server / Math.max(1, pace.journeys)) * 1000).toFixed(0)}, database ${((pace.database / Math.max(1, pace.journeys)) * 1000).toFixed(0)}. In use: ${used.toFixed(2)} cores; the generator beside: ${(pace.generator / Math.max(1, pace.seconds)).toFixed(2)}.`,
    ...(bare
      ? [
          `Bare limit: ${(bare.journeys / bare.seconds).toFixed(1)} a second, ${((sum(bare.steps, 'server') + sum(bare.steps, 'database')) * 1000).toFixed(1)} ms of processor time each: no rules, history, audit, consent, search rows or templates.`,
        ]
      : []),
    `In the record afterwards: ${checked.requests} requests, ${checked.appointments} appointments, ${checked.messages} messages. ${
      checked.faults.length === 0
        ? 'Nothing lost, nothing doubled.'
        : `FAULTS (${checked.faults.length}):\n  ${checked.faults.slice(0, 10).join('\n  ')}`
    }`,
    `The nation: ${need.meanPerSecond.toFixed(1)} a second as a mean, ${need.peakPerSecond.toFixed(0)} at a peak of ten times that: ${need.cores.toFixed(0)} cores used to ${usedShare * 100} %. ` +
      `${need.pence.toFixed(3)} pence of machines for each consultation, where a core costs ${pencePerCoreHour} pence an hour and those of the peak run all year.`,
  ].join('\n');
}
