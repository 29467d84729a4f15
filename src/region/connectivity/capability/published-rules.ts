/** The table of rules as it is published: for its page, and as JSON for programs. */
import { technologies, technologyNames } from '../model.ts';
import { durationWords } from './care-words.ts';
import {
  careServices,
  careShare,
  consultationMinutes,
  expected,
  fullFibre,
  recordTraffic,
  rules,
  rulesVersion,
  type SourceKey,
  sources,
} from './rule-table.ts';
import { amountWords } from './rules.ts';

/** Everything, with its sources, in the units that its names say. */
export const rulesAsJson = {
  version: rulesVersion,
  units: { speed: 'Mbit/s', time: 'ms', loss: '0 to 1', size: 'MB', good: 's, of transfers' },
  services: rules,
  careShare,
  recordTraffic,
  consultationMinutes,
  expected,
  fullFibre,
  sources,
};

interface PublishedNeed {
  readonly what: string;
  readonly good: string;
  readonly bearable: string;
  readonly source: string;
}

interface PublishedRule {
  readonly key: string;
  readonly name: string;
  readonly needs: readonly PublishedNeed[];
}

const nameOf = (source: SourceKey): string => sources[source].name;
const both = (...keys: readonly SourceKey[]): string => [...new Set(keys)].map(nameOf).join('; ');

const names = { loaded: 'Latency under load', jitter: 'Jitter', loss: 'Loss' } as const;

export const publishedRules: readonly PublishedRule[] = careServices.map((key) => {
  const rule = rules[key];
  if (rule.kind === 'transfer')
    return {
      ...{ key, name: rule.name },
      needs: [
        {
          ...{ what: 'Size', good: `${rule.megabytes} MB: ${rule.size}`, bearable: '' },
          source: nameOf(rule.source),
        },
        {
          what: rule.ways === 'both' ? 'Time to send, and to open' : 'Time to send',
          good: `At most ${durationWords(rule.good)}`,
          bearable: `At most ${durationWords(rule.bearable)}`,
          source: nameOf(rule.timeSource),
        },
      ],
    };
  const speed = (way: 'down' | 'up') => ({
    ...{ what: `${way === 'down' ? 'Download' : 'Upload'}, each ${rule.each}`, bearable: '' },
    good: `At least ${rule[way] < 1 ? `${Math.round(rule[way] * 1000)} kbit/s` : amountWords(way, rule[way])}`,
    source: nameOf(rule.source),
  });
  return {
    ...{ key, name: rule.name },
    needs: [
      speed('down'),
      speed('up'),
      ...rule.limits.map(({ measure, good, bearable, source, bearableSource }) => ({
        what: names[measure as keyof typeof names], // the limits of the table
        good: `At most ${amountWords(measure, good)}`,
        bearable: `At most ${amountWords(measure, bearable)}`,
        source: both(source, bearableSource),
      })),
    ],
  };
});

export const publishedExpected = technologies.map((technology) => {
  const { speed, idle, loaded } = expected[technology];
  return {
    name: technologyNames[technology],
    speed: `${Math.round(speed.value * 100)}%`,
    ...{ idle: `${idle.value} ms`, loaded: `${loaded.value} ms` },
    source: both(speed.source, idle.source, loaded.source),
  };
});

export const publishedSources = Object.values(sources);
