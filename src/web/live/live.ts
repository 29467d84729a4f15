/**
 * Live parts of pages, by server-sent events (WHATWG HTML §9.2). An event says only that something they see changed: the page then asks
 * for the part anew, by an address that authorises and audits as always, so that no data travels by a way of its own. Who
 * may is asked again before each event. A page without script, or without events, is right when it is opened again.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../../access/identity.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { Problem, problem } from '../../platform/problem.ts';
import type { SeenChange } from '../../record/feed.ts';
import type { Key } from '../../record/keys.ts';
import { shardKey } from '../../record/keys.ts';
import type { RecordChanges } from './record-changes.ts';

export interface LiveNeeds {
  readonly changes: RecordChanges;
  readonly clock: Clock;
  readonly log: Log;
  readonly identityOf: (request: FastifyRequest) => Identity | undefined;
  /** Who is signed in now, by the request's Cookie header, without counting as use of the session. */
  readonly identityNow: (cookies: string | undefined) => Promise<Identity | undefined>;
  /**
   * Changes of these people's records after a time, ms since 1970 UTC, that someone may be told of. When what is hidden from
   * them is written (a flag that protects a child from a parent) is hidden too.
   */
  readonly seenBy: (
    identity: Identity,
    people: readonly Key[],
    after: number,
  ) => Promise<readonly SeenChange[]>;
  /** Time between signs of life and looks at who may, ms. Default 25 s, less than proxies wait. */
  readonly beatMs?: number;
  /** Open at once for one account in this process. Default 8. */
  readonly mostOfOne?: number;
  /** Open at once in this process. Default 5,000. */
  readonly most?: number;
}

/** Ids of the Patients whose record the part shows. Throws a Problem where the person may not (any more). */
export type Authorise = (identity: Identity, request: FastifyRequest) => Promise<readonly string[]>;

export interface Live {
  /** Adds an address whose events say that a record changed. */
  readonly add: (app: FastifyInstance, path: string, authorise: Authorise) => void;
  readonly close: () => void;
}

/** From here on it is not worth looking: the page asks anew. */
const longAgo = 15 * 60_000;

/** Clocks of several machines differ by a little, and a commit ends after its time was taken. */
const clocksDiffer = 5_000;
/** A commit takes no longer: what is older was told, or will never be new. */
const longestCommit = 60_000;

/** Until when the browser has heard of changes, ms since 1970 UTC: by the last event, or when its page was asked for. */
function heardUntil(request: FastifyRequest, now: number): number | undefined {
  const query = request.query as Readonly<Record<string, unknown>>;
  const last = request.headers['last-event-id'] ?? query['since'];
  if (typeof last === 'string' && /^\d{1,15}$/.test(last)) return Number(last);
  const ago = query['ago'];
  return typeof ago === 'string' && /^\d{1,12}$/.test(ago) ? now - Number(ago) : undefined;
}

interface Stream {
  readonly end: () => void;
}

export function openLive(needs: LiveNeeds): Live {
  const { changes, clock, log, identityOf, identityNow } = needs;
  const { beatMs = 25_000, mostOfOne = 8, most = 5_000 } = needs;
  const streams = new Map<string, Set<Stream>>();
  let open = 0;
  let closing = false;

  const refuseTooMany = (account: string) => {
    const headers = { 'retry-after': '60' };
    if ((streams.get(account)?.size ?? 0) >= mostOfOne)
      throw problem('throttled', 'Too many pages keep themselves up to date at once. Close some.', {
        headers,
      });
    if (open >= most || closing)
      throw problem(
        'transient',
        'Pages cannot keep themselves up to date now. Open them again to see what is new.',
        {
          headers,
        },
      );
  };

  const stream = async (
    request: FastifyRequest,
    reply: FastifyReply,
    identity: Identity,
    authorise: Authorise,
  ): Promise<void> => {
    const patients = await authorise(identity, request);
    const people = patients.map((id) => shardKey('Patient', id));
    refuseTooMany(identity.account);

    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });

    let ended = false;
    let unwatch = () => {};
    /** Something changed that was not said yet, seen or not. */
    let due = false;
    let busy = false;
    /** So long ago that it is said without a look. */
    let overdue = false;
    let told: ReadonlySet<string> = new Set();
    /** Whether something changed that they see, and that was not said. */
    const isNew = async (asker: Identity, from: number, after = from): Promise<boolean> => {
      const found = await needs.seenBy(asker, people, from);
      const fresh = found.some(({ key, at }) => at > after && !told.has(key));
      told = new Set(found.map(({ key }) => key));
      return fresh;
    };

    const own: Stream = {
      end() {
        if (ended) return;
        ended = true;
        clearInterval(beat);
        unwatch();
        open -= 1;
        const others = streams.get(identity.account);
        others?.delete(own);
        if (others?.size === 0) streams.delete(identity.account);
        raw.end();
      },
    };
    /** Who is still signed in and still may, else undefined: asked before each word. */
    const stillThere = async (): Promise<Identity | undefined> => {
      const now = await identityNow(request.headers.cookie);
      if (now?.account !== identity.account || now.session !== identity.session) return undefined;
      const allowed = new Set(await authorise(now, request));
      return patients.every((id) => allowed.has(id)) ? now : undefined;
    };
    const say = async (beating: boolean): Promise<void> => {
      if (busy || ended) return;
      busy = true;
      try {
        const asker = await stillThere();
        if (!asker) {
          raw.write('event: end\ndata: 1\n\n');
          own.end();
          return;
        }
        // A line that takes nothing in gets one event for all that changes meanwhile, and is given up at the second beat.
        if (raw.writableNeedDrain) {
          if (beating && stuck) own.end();
          stuck = beating || stuck;
        } else {
          stuck = false;
          const looking = due;
          due = false;
          if (overdue || (looking && (await isNew(asker, clock.now() - longestCommit)))) {
            overdue = false;
            raw.write(`id: ${clock.now()}\nevent: change\ndata: 1\n\n`);
          } else if (beating) raw.write(`id: ${clock.now() - 2 * beatMs}\ndata: beat\n\n`); // what got lost is found by then
        }
      } catch (error) {
        if (!(error instanceof Problem)) log.warn({ err: error }, 'a live part of a page was closed');
        if (error instanceof Problem && error.status < 500) raw.write('event: end\ndata: 1\n\n');
        own.end();
      } finally {
        busy = false;
      }
      if (due && !ended && !raw.writableNeedDrain) await say(false); // it changed while we asked
    };
    let stuck = false;
    const beat = setInterval(() => void say(true), beatMs);
    beat.unref();

    open += 1;
    const others = streams.get(identity.account) ?? new Set();
    streams.set(identity.account, others.add(own));
    raw.on('close', own.end);
    raw.on('error', own.end);
    raw.on('drain', () => void say(false));
    try {
      const now = clock.now();
      busy = true; // until it is known what is nothing new
      raw.flushHeaders();
      const stop = await changes.watch(people, () => {
        due = true;
        void say(false);
      });
      if (ended) stop();
      else unwatch = stop;
      const heard = heardUntil(request, now);
      const from = heard ?? now;
      overdue =
        now - from > longAgo ||
        (await isNew(identity, from - longestCommit, heard === undefined ? Infinity : heard - clocksDiffer));
      busy = false;
      if (ended) return;
      raw.write(`retry: 3000\nid: ${now}\ndata: open\n\n`);
      if (due || overdue) await say(false);
    } catch (error) {
      log.warn({ err: error }, 'a live part of a page was not opened');
      own.end();
    }
  };

  return {
    add(app, path, authorise) {
      app.route({
        method: 'GET',
        url: path,
        exposeHeadRoute: false,
        handler: async (request, reply) => {
          const identity = identityOf(request);
          if (!identity) throw problem('login', 'Sign in to open this.');
          await stream(request, reply, identity, authorise);
          return reply;
        },
      });
    },
    close() {
      closing = true;
      for (const all of [...streams.values()]) for (const one of [...all]) one.end();
    },
  };
}
