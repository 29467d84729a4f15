/** Readings and uptime in the words of pages. */
import { formatMoment } from '../../../web/dates.ts';
import { defineTable } from '../../../web/tables/define-table.ts';
import type { Measure, Reading } from '../model.ts';
import { amountOf, measureWords } from './amounts.ts';
import { measures } from './spreads.ts';

export const flagWords: Readonly<Record<string, string>> = {
  outlier: 'Far from the usual',
  clock: 'Clock was wrong',
  'cut-short': 'Line was lost in the test',
};
const sourceWords: Readonly<Record<Reading['source'], string>> = {
  page: 'This site’s page',
  probe: 'Probe',
  import: 'Imported',
};

/** What was measured, a row each, for a summary list. */
export const figureRows = (reading: Partial<Record<Measure, number>>) =>
  measures.map((measure) => {
    const value = reading[measure];
    return {
      name: measureWords[measure],
      value: value === undefined ? 'Not measured' : amountOf(measure, value),
    };
  });

const cellOf = (measure: Measure) => (reading: Reading) => {
  const value = reading[measure];
  return value === undefined ? '' : amountOf(measure, value);
};

export const readingTable = defineTable<Reading>({
  id: 'readings',
  caption: 'Tests, newest first',
  empty: 'This line has not been tested yet.',
  columns: [
    {
      key: 'when',
      heading: 'When',
      cell: (reading) => ({
        text: formatMoment(reading.started),
        note: [sourceWords[reading.source], ...reading.flags.map((flag) => flagWords[flag] ?? flag)].join(
          '. ',
        ),
      }),
      csv: ({ started }) => new Date(started).toISOString(),
    },
    ...measures.map((measure) => ({
      key: measure as string,
      heading: measureWords[measure],
      cell: cellOf(measure),
      csv: (reading: Reading) => reading[measure],
      numeric: true,
    })),
  ],
});

/** Every column that a reading has: for files. */
export const readingFile = defineTable<Reading>({
  ...{ id: 'readings-file', caption: 'Readings', empty: '' },
  columns: [
    { key: 'id', heading: 'id', cell: ({ id }) => id },
    { key: 'started', heading: 'started', cell: ({ started }) => new Date(started).toISOString() },
    { key: 'received', heading: 'received', cell: ({ received }) => new Date(received).toISOString() },
    { key: 'source', heading: 'source', cell: ({ source }) => source },
    { key: 'circuit', heading: 'circuit', cell: ({ circuit = '' }) => circuit },
    ...(
      [
        ['down', 'download Mbit/s'],
        ['up', 'upload Mbit/s'],
        ['idle', 'idle ms'],
        ['loaded', 'loaded ms'],
        ['jitter', 'jitter ms'],
        ['loss', 'loss 0 to 1'],
      ] as const
    ).map(([measure, heading]) => ({
      ...{ key: measure as string, heading, cell: (reading: Reading) => String(reading[measure] ?? '') },
      csv: (reading: Reading) => reading[measure],
    })),
    { key: 'bytes', heading: 'bytes', cell: ({ bytes }) => String(bytes), csv: ({ bytes }) => bytes },
    { key: 'flags', heading: 'flags', cell: ({ flags }) => flags.join(' ') },
    { key: 'by', heading: 'by', cell: ({ by }) => by },
  ],
});

/** `99.8%`: never rounded up to all. */
export const uptimeWords = (share: number): string =>
  share === 1 ? '100%' : `${(Math.floor(share * 1000) / 10).toFixed(1)}%`;
