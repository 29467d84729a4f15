/** The figures of one practice for those who run it, and of the region for those who plan it. */
import type { Organization } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem } from '../../platform/problem.ts';
import { organisationKindSystem } from '../../record/consent-rules.ts';
import { firstText } from '../../web/addresses.ts';
import { formatDate, formatMoment, localMoment, startOfDay } from '../../web/dates.ts';
import { readNow, searchUpTo } from '../../web/record-reading.ts';
import type { RoomNeeds } from '../../web/room.ts';
import { sendCsv } from '../../web/tables/csv.ts';
import { figureRows, figureTable } from './figure-rows.ts';
import { type Figures, figuresOf, type Span } from './figures.ts';
import { practiceView } from './practice-view.ts';
import { practiceRows, practiceTable, regionView } from './region-view.ts';
import type { TakeIn } from './take-in.ts';

export interface InsightPageNeeds
  extends Pick<RoomNeeds, 'shell' | 'record' | 'clock' | 'database' | 'identityOf' | 'ownActor'> {
  readonly takeIn: TakeIn;
}

const day = 86_400_000;
const ahead = 28 * day;
const lengths = [
  { days: 7, text: '7 days' },
  { days: 28, text: '28 days' },
  { days: 91, text: '13 weeks' },
] as const;
/** Figures of the region are counted at most this often. */
const regionLasts = 5 * 60_000;
export const inPractice: readonly string[] = ['practice-manager', 'gp'];
export const inRegion: readonly string[] = ['analyst', 'board-member', 'connectivity-lead'];

export function insightPages(app: FastifyInstance, needs: InsightPageNeeds): void {
  const { shell, record, clock, identityOf, ownActor, takeIn } = needs;
  const { pool } = needs.database;
  const own = { record, actor: ownActor };

  const staffOf = (request: FastifyRequest) => {
    const identity = identityOf(request);
    if (!identity) throw problem('login', 'Sign in to see figures.');
    if (identity.kind !== 'staff')
      throw problem('forbidden', 'Figures are for those who run practices and plan the region.');
    return identity.post;
  };
  const daysAsked = (request: FastifyRequest): number => {
    const asked = firstText((request.query as Readonly<Record<string, unknown>>)['days']); // parsed by Fastify
    return lengths.find(({ days }) => String(days) === asked)?.days ?? 28;
  };
  const periods = (path: string, chosen: number) =>
    lengths.map(({ days, text }) => ({ href: `${path}?days=${days}`, text, isChosen: days === chosen }));
  const words = ({ from, until }: Span) =>
    `${formatDate(localMoment(from).key)} to ${formatDate(localMoment(until - 1).key)}`;

  const practiceOf = async (request: FastifyRequest) => {
    const post = staffOf(request);
    if (!inPractice.includes(post.role))
      throw problem('forbidden', 'The figures of a practice are for its manager and its GPs.');
    const [name, hasBegun] = await Promise.all([
      readNow<Organization>(own, 'Organization', post.organisation.replace(/^Organization\//, '')),
      takeIn.hasBegun(),
    ]);
    await takeIn.catchUp(2);
    const now = clock.now();
    const days = daysAsked(request);
    const span = { from: startOfDay(localMoment(now - (days - 1) * day).key), until: now };
    const figures = await figuresOf(pool, [post.organisation], span, {
      from: span.from,
      until: now + ahead,
    });
    return { figures, days, span, hasBegun, name: name?.name ?? 'Your practice', now };
  };

  app.get('/insight', async (request, reply) => {
    if (inRegion.includes(staffOf(request).role)) return reply.redirect('/insight/region', 303);
    const { figures, days, span, hasBegun, name, now } = await practiceOf(request);
    return shell.renderPage(reply, 'insight/practice.njk', {
      title: 'Demand and waiting',
      ...{ practice: name, hasBegun, at: formatMoment(now), period: words(span) },
      periods: periods('/insight', days),
      csv: `/insight.csv?days=${days}`,
      view: practiceView(figures),
    });
  });

  app.get('/insight.csv', async (request, reply) => {
    const { figures, days, now } = await practiceOf(request);
    return sendCsv(reply, {
      name: `demand-and-waiting-${days}-days-to-${localMoment(now).key}`,
      lines: figureTable.csv(figureRows(figures)),
    });
  });

  /** Whole weeks that have ended, so that no two days' figures can be taken from each other. */
  const regionSpan = (days: number): Span => {
    const today = localMoment(clock.now()).key;
    const back = (new Date(`${today}T12:00:00Z`).getUTCDay() + 6) % 7;
    const until = startOfDay(localMoment(startOfDay(today) + day / 2 - back * day).key);
    return { until, from: startOfDay(localMoment(until + day / 2 - days * day).key) };
  };
  interface Region {
    readonly whole: Figures;
    readonly practices: readonly { readonly name: string; readonly figures: Figures }[];
  }
  const kept = new Map<number, { readonly at: number; readonly region: Promise<Region> }>();
  const counted = async (span: Span): Promise<Region> => {
    await takeIn.catchUp(2);
    const { resources } = await searchUpTo<Organization>(
      own,
      'Organization',
      `type=${organisationKindSystem}|general-practice&active=true`,
      20_000,
    );
    const slots = { from: span.from, until: span.until + ahead };
    const practices: Region['practices'][number][] = [];
    const references = resources.map(({ id = '' }) => `Organization/${id}`);
    // Practices that nothing is known of yet need no counting of their own.
    const rows = await pool`
      select practice from insight_request where practice = any(${references})
      union select practice from insight_person where practice = any(${references})`;
    const active = new Set(rows.map((row) => String(row['practice'])));
    for (const { id = '', name = '' } of resources)
      if (active.has(`Organization/${id}`))
        practices.push({ name, figures: await figuresOf(pool, [`Organization/${id}`], span, slots) });
    return { whole: await figuresOf(pool, references, span, slots), practices };
  };
  const regionOf = async (request: FastifyRequest) => {
    const post = staffOf(request);
    if (!inRegion.includes(post.role))
      throw problem(
        'forbidden',
        'The figures of the region are for those who plan it. Those of your practice are at /insight.',
      );
    const days = daysAsked(request);
    const span = regionSpan(days);
    const now = clock.now();
    let found = kept.get(days);
    if (!found || now - found.at > regionLasts || now < found.at) {
      found = { at: now, region: counted(span) };
      kept.set(days, found);
      found.region.catch(() => kept.delete(days));
    }
    return { ...(await found.region), days, span };
  };

  app.get('/insight/region', async (request, reply) => {
    const { whole, practices, days, span } = await regionOf(request);
    const asked = practiceTable.asked(request);
    return shell.renderPage(reply, 'insight/region.njk', {
      title: 'Demand and waiting in the region',
      ...{ hasBegun: await takeIn.hasBegun(), period: words(span) },
      periods: periods('/insight/region', days),
      view: regionView(whole),
      practices: practiceTable.view(asked, practiceTable.pageOf([...practiceRows(practices)], asked, 50), {
        csvPath: '/insight/region.csv',
      }),
    });
  });

  app.get('/insight/region.csv', async (request, reply) => {
    const { practices, days, span } = await regionOf(request);
    return sendCsv(reply, {
      name: `practices-${days}-days-to-${localMoment(span.until - 1).key}`,
      lines: practiceTable.csv(practiceRows(practices)),
    });
  });
}
