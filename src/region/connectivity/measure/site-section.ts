/** What a site's page says of its measurements. */
import type { Clock } from '../../../platform/clock.ts';
import { formatMoment } from '../../../web/dates.ts';
import type { SectionOf } from '../register/index.ts';
import { amountOf, measureWords } from './amounts.ts';
import type { IncidentStore } from './incident-store.ts';
import type { LineLife } from './life.ts';
import { uptimeWords } from './reading-words.ts';
import type { ReadingStore } from './readings.ts';
import { uptime } from './silences.ts';
import { measures, weeksBack } from './spreads.ts';

export interface SectionNeeds {
  readonly readings: ReadingStore;
  readonly incidents: IncidentStore;
  readonly life: LineLife;
  readonly clock: Clock;
}

const back = 28 * 24 * 3_600_000;

export const measureSection =
  ({ readings, incidents, life, clock }: SectionNeeds): SectionOf =>
  async ({ site, manages }) => {
    const now = clock.now();
    const [weeks, wrong, spans, away] = await Promise.all([
      readings.weeks(now, [site.id]),
      incidents.list({ sites: [site.id], from: now - back, most: 5 }),
      life.of(site.id, now - back, now),
      life.away(now - back, now),
    ]);
    const week = weeks.get(site.id);
    const share = uptime(spans, now - back, now, away);
    const address = `/lines/sites/${encodeURIComponent(site.id)}`;
    return {
      ...{ id: 'measured', title: 'What was measured', template: 'line-measure/site-section.njk' },
      data: {
        ...{ address, manages, weeks: weeksBack, testAddress: `/lines/test/${encodeURIComponent(site.id)}` },
        last: week?.last === undefined ? undefined : formatMoment(week.last),
        uptime: share === undefined ? undefined : uptimeWords(share),
        rows: measures.flatMap((measure) => {
          const spread = week?.all[measure];
          if (!spread) return [];
          const words = (value: number) => amountOf(measure, value);
          return [
            {
              ...{ name: measureWords[measure], count: spread.count, best: words(spread.best) },
              ...{ median: words(spread.median), poor: words(spread.poor) },
            },
          ];
        }),
        incidents: wrong.map(({ id, told, started, ended }) => ({
          ...{ id, told, from: formatMoment(started) },
          until: ended === undefined ? undefined : formatMoment(ended),
        })),
      },
    };
  };
