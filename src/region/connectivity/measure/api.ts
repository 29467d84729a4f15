/** What probes and other programs speak: whether a test may begin, results, signs of life. JSON, with the token of a site. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Clock } from '../../../platform/clock.ts';
import { problemOf } from '../../../platform/map-errors.ts';
import { type Fault, Problem, problem } from '../../../platform/problem.ts';
import { correctedStart, mostSent, readingOfSent, sentBeat, sentReading, sentReadings } from './arrivals.ts';
import type { LineLife } from './life.ts';
import type { LineAccesses } from './line-access.ts';
import type { LossEcho } from './loss-echo.ts';
import { downloadPath, uploadPath } from './ndt7-protocol.ts';
import { readResults } from './ndt7-results.ts';
import type { LinePlansOf } from './plans.ts';
import type { ReadingStore } from './readings.ts';
import { unpacked } from './unpack.ts';

export interface ApiNeeds {
  readonly accesses: LineAccesses;
  readonly plans: LinePlansOf;
  readonly readings: ReadingStore;
  readonly life: LineLife;
  readonly clock: Clock;
  /** Undefined: loss is not measured by UDP here. */
  readonly echo: () => LossEcho | undefined;
  /** Late news of a site's line, from a moment on. */
  readonly lifeChanged: (site: string, from: number) => Promise<unknown>;
}

const sentGo = z.object({ site: z.string().optional(), asked: z.boolean().optional() });
/** Between tests of a probe, on average; and between its attempts when it may not. Minutes. */
const everyMinutes = 240;
const bodyLimit = 32 * 1024 * 1024;
/** Of the results in one file. */
const mostUnpacked = 64 * 1024 * 1024;

export const lineApi = (needs: ApiNeeds) => async (app: FastifyInstance) => {
  const { accesses, plans, readings, life, clock, echo, lifeChanged } = needs;
  app.setErrorHandler((error, request, reply) => tell(error, request, reply));
  for (const type of ['application/x-ndjson', 'application/gzip', 'application/octet-stream', 'text/plain'])
    app.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit }, (_request, body, done) =>
      done(null, body),
    );

  // Asked before the body is read: what a stranger sends is neither kept nor parsed.
  const tokens = new WeakMap<FastifyRequest, NonNullable<Awaited<ReturnType<LineAccesses['find']>>>>();
  app.addHook('onRequest', async (request) => {
    if (request.method !== 'POST') return;
    const secret = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const token = await accesses.find(secret);
    if (!token)
      throw problem(
        'login',
        'Send the header “Authorization: Bearer” with a token of the site, from its page. It may have been revoked.',
      );
    tokens.set(request, token);
  });

  /** The site of the token that came with a request. */
  const askerOf = async (request: FastifyRequest) => {
    const token = tokens.get(request)!; // the hook saw every request with a body
    return { ...token, measured: await plans.siteOf(token.site) };
  };

  app.post('/lines/api/go', async (request) => {
    const { id, site, measured } = await askerOf(request);
    const { site: meant, asked } = parse(sentGo, request.body ?? {});
    if (meant !== undefined && meant !== site && meant !== measured.site.ods)
      throw problem(
        'value',
        `The token is of another site than "${meant.slice(0, 100)}". Use one of that site.`,
        {
          status: 404,
          where: 'site',
        },
      );
    const answer = await plans.mayRun(measured, asked);
    await life.beat(site, id, clock.now());
    if (!answer.go) return { ...answer, everyMinutes };
    const udp = echo()?.offer();
    return { go: true, everyMinutes, plan: plans.plan(measured, id), ...(udp ? { udp } : {}) };
  });

  app.post('/lines/api/beat', async (request) => {
    const { id, site } = await askerOf(request);
    const { sentAt, cuts = [] } = parse(sentBeat, request.body ?? {});
    const now = clock.now();
    const spans = cuts.flatMap(({ started, ended, age }) => {
      const from = correctedStart({ started, age }, sentAt, now).started;
      const until = Math.min(now, from + Math.max(0, ended - started));
      return until > from ? [{ site, by: id, kind: 'cut' as const, started: from, ended: until }] : [];
    });
    if (spans.length > 0) await life.add(spans);
    await life.beat(site, id, now);
    if (spans.length > 0) await lifeChanged(site, Math.min(...spans.map(({ started }) => started)));
    return { now };
  });

  app.post('/lines/api/readings', async (request) => {
    const { id, measured } = await askerOf(request);
    const now = clock.now();
    // One that cannot be kept must not keep the others out: each is told of by itself.
    const { sentAt, readings: sent } = parse(
      z.strictObject({
        ...sentReadings.shape,
        readings: z.array(z.unknown()).max(mostSent, `Send at most ${mostSent} readings at once.`),
      }),
      request.body,
    );
    const refused: { index: number; faults: readonly { where?: string; message: string }[] }[] = [];
    const good = sent.flatMap((one, index) => {
      const parsed = sentReading.safeParse(one);
      if (!parsed.success) {
        refused.push({ index, faults: faultsIn(parsed.error, `readings[${index}]`) });
        return [];
      }
      const arrival = { site: measured.site.id, circuit: measured.circuit?.id, source: 'probe' as const };
      return [readingOfSent(parsed.data, { ...arrival, by: id, sentAt, now })];
    });
    const counts = good.length > 0 ? await readings.add(good) : { added: 0, known: 0 };
    return { ...counts, refused, now };
  });

  app.post('/lines/api/results', { bodyLimit }, async (request) => {
    const { id, measured } = await askerOf(request);
    const body = Buffer.isBuffer(request.body)
      ? request.body
      : Buffer.from(JSON.stringify(request.body ?? null));
    const text = await unpacked(body, mostUnpacked);
    const { found, faults } = readResults(text, { site: measured.site.id, by: id, now: clock.now() });
    const counts = found.length > 0 ? await readings.add(found) : { added: 0, known: 0 };
    return { ...counts, refused: faults };
  });

  // As M-Lab's locate service answers, so that its clients find us. Source: m-lab/locate, v2 “nearest”.
  const locate = async (request: FastifyRequest, secret: string) => {
    const token = await accesses.find(secret);
    if (!token) throw problem('login', 'This token of a site is not known, or was revoked.');
    const measured = await plans.siteOf(token.site);
    const { download, upload } = plans.plan(measured, token.id, true);
    const urls = ['ws', 'wss'].flatMap((scheme) => [
      [`${scheme}://${downloadPath}`, `${scheme}://${request.host}${download}`],
      [`${scheme}://${uploadPath}`, `${scheme}://${request.host}${upload}`],
    ]);
    return { results: [{ machine: request.hostname, urls: Object.fromEntries(urls) }] };
  };
  app.get<{ Params: { token: string } }>('/lines/api/locate/:token', (request) =>
    locate(request, request.params.token),
  );
  app.get<{ Querystring: { access_token?: string } }>('/lines/api/locate', (request) =>
    locate(request, String(request.query.access_token ?? '')),
  );

  for (const path of [downloadPath, uploadPath])
    app.get(path, async () => {
      throw problem(
        'invalid',
        'Here lines are measured by WebSocket: ask for an upgrade (RFC 6455), with the subprotocol of ndt7.',
        {
          status: 426,
          headers: { upgrade: 'websocket' },
        },
      );
    });
};

const faultsIn = (error: z.ZodError, where: string) =>
  error.issues.slice(0, 20).map(({ path, message }) => ({ where: [where, ...path].join('.'), message }));

/** What came, or a Problem that lists all that is wrong with it. */
export function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path, message }): Fault => ({ kind: 'value', severity: 'error', message, where: path.join('.') }),
  );
  throw new Problem(faults);
}

/** Errors as JSON. What failed on our side is for the log. */
function tell(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const found = problemOf(error, bodyLimit);
  if (!found) request.log.error({ err: error }, 'a request of a probe failed');
  const { status, faults, headers } = found ?? problem('exception', 'Something went wrong on our side.');
  return reply
    .code(status)
    .headers(headers)
    .send({ error: faults.map(({ message, where }) => ({ message, ...(where ? { where } : {}) })) });
}
