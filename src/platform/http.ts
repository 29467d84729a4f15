import { timingSafeEqual } from 'node:crypto';
import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import formbody from '@fastify/formbody';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { NewId } from './ids.ts';
import { type Log, pathOf } from './log.ts';
import { answerError, answerProblem, type ErrorRenderer } from './map-errors.ts';
import { problem } from './problem.ts';
import { requestMetrics } from './request-metrics.ts';
import { allowedMethods, type KnownRoute } from './routes.ts';
import { securityHeaders } from './security-headers.ts';

export interface HttpOptions {
  readonly log: Log;
  readonly newId: NewId;
  /** Bytes. */
  readonly bodyLimit: number;
  readonly trustProxy?: boolean | number | string;
  /** True where people reach the server by https: adds the headers that only make sense there. */
  readonly https?: boolean;
  /** What keeps the server from working now, in words; empty when it is ready. */
  readonly ready: () => Promise<readonly string[]>;
  readonly renderers?: readonly ErrorRenderer[];
  /** Asked for `/metrics` as a bearer token where given. */
  readonly metricsToken?: string | undefined;
  /** Makes the text of `/metrics` where several processes answer for one; else that of this process alone. */
  readonly metricsOfAll?: (own: Registry) => () => Promise<string>;
  /** How long requests in progress may take at shutdown. */
  readonly shutdownSeconds?: number;
}

export interface HttpServer {
  /** Routes are added here, before `listen`. */
  readonly app: FastifyInstance;
  /** Every route, as it was declared. */
  readonly routes: readonly KnownRoute[];
  /** Further metrics are added here. */
  readonly metrics: Registry;
  /** Answers the address. */
  readonly listen: (host: string, port: number) => Promise<string>;
  /** Stops accepting, lets requests in progress finish within the time, then cuts them off. */
  readonly close: () => Promise<void>;
}

/** Ids that callers may give: no room for a line break or a quotation in a log. */
const requestIdForm = /^[A-Za-z0-9._~:/+=-]{8,128}$/;

/** The HTTP server with everything that is the same for every route. Knows nothing of what is served. */
export async function createServer(options: HttpOptions): Promise<HttpServer> {
  const { log, newId, bodyLimit, renderers = [], shutdownSeconds = 20 } = options;
  const mapping = { renderers, log, bodyLimit };
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const processes = {
    name: 'server_processes',
    help: 'Server processes on this machine',
    aggregator: 'sum',
  } as const;
  new Gauge({ ...processes, registers: [metrics] }).set(1);
  const requests = requestMetrics(metrics);
  const routes: KnownRoute[] = [];
  const fixed = securityHeaders(options.https ?? false);

  const app: FastifyInstance = fastify({
    // Before it listens it compiles templates and bundles what browsers run: on a busy or small machine that is slow, not a fault.
    pluginTimeout: 0,
    // pino's type names its own level methods more narrowly than Fastify's.
    loggerInstance: log as unknown as FastifyBaseLogger,
    // A child logger at each request costs more than the rest of this file: made at first use instead.
    childLoggerFactory: (_logger, bindings) => lazyLog(log, bindings) as unknown as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && requestIdForm.test(given) ? given : newId();
    },
    bodyLimit,
    trustProxy: believed(options.trustProxy ?? false),
    // A body of the largest size on the slowest line that the product promises to work on.
    requestTimeout: 900_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 2000 },
    // An address that no router understands: none of the hooks below runs.
    frameworkErrors: (error, request, reply) => {
      reply.headers({ ...fixed, 'x-request-id': request.id });
      answerError(mapping, error, request, reply);
    },
  });

  app.addHook('onRoute', (route) => {
    const methods = Array.isArray(route.method) ? route.method : [route.method];
    for (const method of methods) routes.push({ method, url: route.url });
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(fixed);
    reply.header('x-request-id', request.id);
    if (closing) reply.header('connection', 'close');
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? '(none)';
    const took = reply.elapsedTime;
    requests.observe(request.method, route, reply.statusCode, took);
    if (debugging)
      log.debug(
        {
          request: request.id,
          method: request.method,
          route,
          status: reply.statusCode,
          ms: Math.round(took * 10) / 10,
        },
        'answered',
      );
    done();
  });
  const debugging = log.isLevelEnabled('debug');
  let closing = false;

  app.setErrorHandler((error, request, reply) => answerError(mapping, error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request.url);
    const allowed = allowedMethods(routes, path);
    const found = allowed.length
      ? problem('not-supported', `${request.method} is not possible here. Possible: ${allowed.join(', ')}.`, {
          status: 405,
          headers: { Allow: allowed.join(', ') },
        })
      : problem('not-found', 'There is nothing at this address.');
    return answerProblem(mapping, found, request, reply);
  });

  await app.register(compress, {
    threshold: 1024,
    encodings: ['br', 'gzip', 'identity'],
    customTypes:
      /^(text\/(?!event-stream)|application\/([\w.-]+\+)?(json|xml|javascript|ndjson)\b|image\/svg\+xml)/,
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 19 } },
    zlibOptions: { level: 6 },
    // Bodies that come compressed are for the routes that expect them.
    globalDecompression: false,
  });
  await app.register(formbody, { bodyLimit });

  addHealth(app, options, metrics);

  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= (async () => {
      closing = true;
      const cut = setTimeout(() => {
        log.warn('requests still in progress were cut off');
        app.server.closeAllConnections();
      }, shutdownSeconds * 1000);
      // A connection that was busy when closing began becomes idle later, and would be kept alive.
      const idle = setInterval(() => app.server.closeIdleConnections(), 25);
      await app.close();
      clearInterval(idle);
      clearTimeout(cut);
    })();
    return closed;
  };
  return { app, routes, metrics, listen: (host, port) => app.listen({ host, port }), close };
}

/** Fastify's types have no number of hops, so it is told as a rule: nearest hop first. */
function believed(proxies: boolean | number | string) {
  return typeof proxies === 'number' ? (_address: string, hop: number) => hop < proxies : proxies;
}

function addHealth(app: FastifyInstance, options: HttpOptions, metrics: Registry): void {
  app.get('/health/live', (_request, reply) => reply.type('text/plain').send('live\n'));
  app.get('/health/ready', async (_request, reply) => {
    const reasons = await options.ready();
    reply.code(reasons.length === 0 ? 200 : 503).type('text/plain');
    return reasons.length === 0 ? 'ready\n' : `${reasons.join('\n')}\n`;
  });
  const text = options.metricsOfAll?.(metrics) ?? (() => metrics.metrics());
  app.get('/metrics', async (request, reply) => {
    checkToken(options.metricsToken, request);
    return sendMetrics(reply, await text());
  });
}

function sendMetrics(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('text/plain; version=0.0.4; charset=utf-8').send(text);
}

function checkToken(token: string | undefined, request: FastifyRequest): void {
  if (token === undefined) return;
  if (!isBearer(request.headers.authorization, token))
    throw problem('login', 'Metrics need the access token, as "Authorization: Bearer …".', {
      headers: { 'WWW-Authenticate': 'Bearer' },
    });
}

/** Compares a bearer token in a time that does not tell how much of it was right. */
function isBearer(authorization: string | undefined, token: string): boolean {
  const match = /^Bearer +(\S+) *$/i.exec(authorization ?? '');
  if (!match) return false;
  const given = Buffer.from(match[1] ?? '');
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** A logger with bindings that makes its pino child when the first line is written. */
class LazyLog {
  readonly #parent: Log;
  readonly #bindings: Record<string, unknown>;
  #child: Log | undefined;

  constructor(parent: Log, bindings: Record<string, unknown>) {
    this.#parent = parent;
    this.#bindings = bindings;
  }

  get level(): string {
    return this.#parent.level;
  }

  child(bindings: Record<string, unknown>): Log {
    return this.made().child(bindings);
  }

  made(): Log {
    this.#child ??= this.#parent.child(this.#bindings);
    return this.#child;
  }
}
for (const level of levels)
  Object.defineProperty(LazyLog.prototype, level, {
    value(this: LazyLog, ...args: Parameters<Log['info']>) {
      this.made()[level](...args);
    },
  });

function lazyLog(log: Log, bindings: Record<string, unknown>): LazyLog {
  return new LazyLog(log, { request: bindings['reqId'] });
}
