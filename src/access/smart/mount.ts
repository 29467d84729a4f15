/** The provider's addresses inside our server, and what lets apps in browsers reach the API. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Provider } from 'oidc-provider';

export interface MountParts {
  /** `/oauth` */
  readonly path: string;
  /** `/fhir` */
  readonly fhirPath: string;
  /** Public address of the server: `https://example.org`. */
  readonly baseUrl: string;
  readonly provider: () => Promise<Provider>;
  readonly smartConfiguration: () => Readonly<Record<string, unknown>>;
  /** Whether a registered app runs at this origin. */
  readonly isAppOrigin: (origin: string) => Promise<boolean>;
}

const allowedMethods = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const exposed =
  'ETag, Location, Last-Modified, Content-Location, X-Request-Id, WWW-Authenticate, Retry-After';

export function mountProvider(app: FastifyInstance, parts: MountParts): void {
  const { path, fhirPath, baseUrl } = parts;
  const { protocol, host } = new URL(baseUrl);

  // Before the API's routes are added: its preflight requests are answered here.
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith(fhirPath)) return;
    const { origin } = request.headers;
    if (typeof origin !== 'string' || origin === new URL(baseUrl).origin) return;
    reply.header('vary', 'Origin');
    const open = request.url.startsWith(`${fhirPath}/.well-known/`);
    if (!open && !(await parts.isAppOrigin(origin))) return;
    // No credentials: a token in a header is what counts, and cookies stay at home.
    reply.header('access-control-allow-origin', open ? '*' : origin);
    reply.header('access-control-expose-headers', exposed);
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
      const asked = request.headers['access-control-request-headers'];
      reply.header('access-control-allow-methods', allowedMethods);
      reply.header('access-control-max-age', '600');
      if (typeof asked === 'string' && /^[A-Za-z0-9, -]{1,500}$/.test(asked))
        reply.header('access-control-allow-headers', asked);
      return reply.code(204).send();
    }
  });

  app.get(`${fhirPath}/.well-known/smart-configuration`, (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=300')
      .type('application/json')
      .send(JSON.stringify(parts.smartConfiguration())),
  );

  app.register(async (inner) => {
    // The provider reads bodies itself.
    inner.removeAllContentTypeParsers();
    inner.addContentTypeParser('*', (_request, _payload, done) => done(null));
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      const provider = await parts.provider();
      const { raw } = request;
      // Where this server stands is configured: what a request says of it (Host, Forwarded) counts for nothing.
      raw.headers['x-forwarded-proto'] = protocol.replace(':', '');
      raw.headers['x-forwarded-host'] = host;
      raw.headers['x-forwarded-for'] = request.ip;
      Object.assign(raw, {
        url: request.url.slice(path.length) || '/',
        baseUrl: path,
        requestId: request.id,
      });
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) reply.raw.setHeader(name, value);
      await provider.callback()(raw, reply.raw);
    };
    for (const url of [path, `${path}/*`])
      inner.route({ method: ['GET', 'POST', 'OPTIONS', 'HEAD'], url, handler });
  });
}
