/** “Test this site’s line”: one click, and what care the line can carry. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { problem } from '../../../platform/problem.ts';
import { formatMoment } from '../../../web/dates.ts';
import type { RoomNeeds } from '../../../web/room.ts';
import { careRows } from '../capability/care-words.ts';
import { judgeLine } from '../capability/rules.ts';
import type { Reading, Register } from '../model.ts';
import { bytesWords } from './amounts.ts';
import { parse } from './api.ts';
import { readingOfSent, sentReading } from './arrivals.ts';
import type { LinePlansOf } from './plans.ts';
import { figureRows, flagWords, readingTable } from './reading-words.ts';
import type { ReadingStore } from './readings.ts';
import { openRtcEcho } from './rtc-echo.ts';
import { measurerOf, siteFor } from './who-measures.ts';

export interface TestPagesNeeds
  extends Pick<RoomNeeds, 'shell' | 'clock' | 'actorOf' | 'identityOf' | 'log'> {
  readonly register: Pick<Register, 'site' | 'sitesOf' | 'sites'>;
  readonly readings: ReadingStore;
  readonly plans: LinePlansOf;
}

interface BySite {
  readonly Params: { readonly site: string };
  readonly Querystring: { readonly result?: string };
}

const mostShown = 10;
const description = z.strictObject({ type: z.literal('offer'), sdp: z.string().max(20_000) });

export function testPages(app: FastifyInstance, needs: TestPagesNeeds): { readonly close: () => void } {
  const { shell, register, readings, plans, clock, log } = needs;
  const echo = openRtcEcho(log);

  app.get('/lines/test', async (request, reply) => {
    const measurer = await measurerOf(needs, request);
    const [only] = measurer.own;
    if (only !== undefined && measurer.own.length === 1 && !measurer.managesAll)
      return reply.redirect(`/lines/test/${encodeURIComponent(only)}`, 303);
    const sites = measurer.own.length > 0 ? await register.sites({ ids: measurer.own }) : [];
    return shell.renderPage(reply, 'line-measure/choose-site.njk', {
      ...{ title: 'Test a line', sites, managesAll: measurer.managesAll },
    });
  });

  app.get<BySite>('/lines/test/:site', async (request, reply) => {
    const { site, measurer } = await siteFor(needs, request, request.params.site, 'test');
    const measured = await plans.siteOf(site.id);
    const [likely, last, answer] = await Promise.all([
      plans.likely(measured),
      readings.of(site.id, { most: mostShown }),
      plans.mayRun(measured),
    ]);
    const result = last.find(({ id }) => id === request.query.result);
    const asked = readingTable.asked(request);
    return shell.renderPage(reply, 'line-measure/test.njk', {
      title: `Test the line: ${site.name}`,
      ...{ site, meter: measured.meter, seconds: 2 * plans.seconds + 10 },
      likely: likely === undefined ? undefined : bytesWords(likely),
      busy: !answer.go && answer.why === 'A clinic is on the line.',
      shown: result && shownResult(result),
      table: readingTable.view({ ...asked, others: [] }, { rows: last }),
      manages: measurer.managesAll || measurer.managesOwn,
      address: `/lines/test/${encodeURIComponent(site.id)}`,
      siteAddress: `/lines/sites/${encodeURIComponent(site.id)}`,
    });
  });

  app.post<BySite>('/lines/test/:site/plan', async (request) => {
    const { site, measurer } = await siteFor(needs, request, request.params.site, 'test');
    return plans.plan(await plans.siteOf(site.id), measurer.id);
  });

  // Packets are lost where nothing sends them again: on a data channel without order and repeats (RFC 8831 §6).
  app.post<BySite>('/lines/test/:site/packets', async (request) => {
    await siteFor(needs, request, request.params.site, 'test');
    const answer = await echo.answer(parse(description, request.body));
    if (!answer) throw problem('throttled', 'Too many tests run now. Try again in half a minute.');
    return answer;
  });

  app.post<BySite>('/lines/test/:site/result', async (request) => {
    const { site, measurer } = await siteFor(needs, request, request.params.site, 'test');
    const sent = parse(sentReading, request.body);
    const { circuit } = await plans.siteOf(site.id);
    const now = clock.now();
    const arrival = { site: site.id, circuit: circuit?.id, source: 'page' as const, by: measurer.id };
    const { id } = sent;
    await readings.add([readingOfSent(sent, { ...arrival, sentAt: undefined, now })]);
    return { page: `/lines/test/${encodeURIComponent(site.id)}?result=${encodeURIComponent(id)}#result` };
  });
  return { close: echo.close };
}

/** Figures, and what care such a line carries. */
function shownResult(reading: Reading) {
  return {
    when: formatMoment(reading.started),
    figures: figureRows(reading),
    flags: reading.flags.map((flag) => flagWords[flag] ?? flag),
    moved: bytesWords(reading.bytes),
    care: careRows({ services: judgeLine(reading) }),
  };
}
