/** Figures as text, for the terminal and the report. */
import type { CaseResult, ImportResult } from './results.ts';
import type { Rounds } from './summary.ts';

/** A whole number with thousands apart: 12,345. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en-GB');

export const milliseconds = (value: number): string => value.toFixed(value < 10 ? 2 : 1);

export const targetOf = ({ target }: CaseResult): string =>
  'share' in target ? `share ≥ ${target.share.toFixed(2)}` : `p50 < ${target.p50} ms`;

export const verdict = (result: CaseResult): string => {
  if (result.met === undefined) return '';
  return result.met ? 'yes' : 'no';
};

/** Median throughput with its range. */
export const rate = ({ perSecond: { min, median, max } }: Rounds): string =>
  `${whole(median)} (${whole(min)}–${whole(max)})`;

const columns = [20, 5, 24, 8, 8, 24, 8, 6, 14, 4] as const;
const line = (cells: readonly string[]): string =>
  cells.map((cell, at) => (at === 0 ? cell.padEnd(columns[at]!) : cell.padStart(columns[at]!))).join(' ');

export const heading = (): string =>
  line([
    'case',
    'conn',
    'product req/s',
    'p50 ms',
    'p99 ms',
    'bare req/s',
    'p50 ms',
    'share',
    'target',
    'met',
  ]);

export function caseLine(result: CaseResult): string {
  const { product, bare, share } = result;
  const figures = line([
    result.name,
    String(result.connections),
    product ? rate(product) : '',
    product ? milliseconds(product.p50) : '',
    product ? milliseconds(product.p99) : '',
    rate(bare),
    milliseconds(bare.p50),
    share === undefined ? '' : share.toFixed(2),
    targetOf(result),
    verdict(result),
  ]);
  return [figures, ...faults(result).map((fault) => `  ${fault}`)].join('\n');
}

/** What went wrong in a case, in words. */
export function faults({ product, bare, differs }: CaseResult): readonly string[] {
  const wrong = (side: string, rounds: Rounds | undefined): string[] =>
    rounds && rounds.errors > 0
      ? [`${side}: ${rounds.errors} of ${rounds.requests} answers wrong, first: ${rounds.firstError}`]
      : [];
  return [
    ...wrong('product', product),
    ...wrong('bare', bare),
    ...(differs === undefined ? [] : [`answers differ: ${differs}`]),
  ];
}

export const importLine = (result: ImportResult): string =>
  `Import of ${result.input}: ${whole(result.resources)} resources in ${result.seconds.toFixed(1)} s, ` +
  `${whole(result.perSecond)}/s, at most ${whole(result.peakMemory)} MiB`;
