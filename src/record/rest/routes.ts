import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { quoted } from '../../fhir/message-text.ts';
import { isResourceType } from '../../fhir/resource-types.ts';
import { type Problem, problem } from '../../platform/problem.ts';
import { allowedMethods, type KnownRoute } from '../../platform/routes.ts';
import { unknownType } from './address.ts';
import { bundle } from './bundle.ts';
import { create } from './create.ts';
import { conditionalDelete, remove } from './delete.ts';
import { everything } from './everything.ts';
import { history } from './history.ts';
import { metadata } from './metadata.ts';
import { unknownOperation } from './operations.ts';
import { conditionalPatch, patch } from './patch.ts';
import { read } from './read.ts';
import { type Interaction, pathOf, type RestParts } from './rest-parts.ts';
import { search, searchByPost, searchCompartment } from './search.ts';
import { conditionalUpdate, update } from './update.ts';
import { validateOperation } from './validate.ts';
import { vread } from './vread.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Answers = Partial<Readonly<Record<Method, Interaction>>>;

/** Every address below the base, with what it answers. HEAD goes with GET; OPTIONS is everywhere. */
const addresses: Readonly<Record<string, Answers>> = {
  '/': { GET: search, POST: bundle },
  '/_search': { POST: searchByPost },
  '/_history': { GET: history },
  '/:type': {
    GET: search,
    POST: create,
    PUT: conditionalUpdate,
    PATCH: conditionalPatch,
    DELETE: conditionalDelete,
  },
  '/:type/_search': { POST: searchByPost },
  '/:type/_history': { GET: history },
  '/:type/$validate': { POST: validateOperation },
  '/:type/:id': { GET: read, PUT: update, PATCH: patch, DELETE: remove },
  '/:type/:id/_history': { GET: history },
  '/:type/:id/_history/:vid': { GET: vread },
  '/:type/:id/$everything': { GET: everything, POST: everything },
  '/:type/:id/$validate': { GET: validateOperation, POST: validateOperation },
  '/:type/:id/:inside': { GET: searchCompartment },
  '/:type/:id/:inside/_search': { POST: searchCompartment },
};

/**
 * The FHIR R4 REST API, to be registered under its path:
 * `app.register(fhirRoutes(parts), { prefix: '/fhir' })`. Errors go to the server's error handler, for which errors.ts
 * has the renderer.
 */
export function fhirRoutes(parts: RestParts): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    // Bodies come as bytes, whatever they are called: each interaction says what it takes.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: parts.limits.body },
      (_request, body, done) => done(null, body),
    );
    const known = knownRoutes();
    const capabilities = metadata(parts);
    app.get('/metadata', capabilities);
    app.options('/', capabilities);
    app.options('/*', (request, reply) => {
      const allowed = methodsAt(known, pathBelow(request, app.prefix));
      return reply.code(204).header('allow', allowed.join(', ')).send();
    });
    for (const [url, answers] of Object.entries(addresses)) {
      for (const [method, interaction] of Object.entries(answers)) {
        const handler = (request: FastifyRequest, reply: FastifyReply) => {
          if (isPlain(pathOf(request))) return interaction(parts, request, reply);
          const meant = meantAt(url, pathOf(request))?.[request.method as Method];
          if (meant) return meant(parts, request, reply);
          throw nothingAt(known, request.method, pathBelow(request, app.prefix));
        };
        app.route({ method, url, handler });
        // Some clients end every address with a slash.
        if (url === '/:type') app.route({ method, url: '/:type/', handler });
      }
    }
    app.setNotFoundHandler((request) => {
      throw nothingAt(known, request.method, pathBelow(request, app.prefix));
    });
  };
}

const isName = (step: string | undefined): boolean =>
  step !== undefined && (step[0] === '_' || step[0] === '$');

/** Whether a path's parts are what they look like: a type begins with a capital, and no id with _ or $. */
function isPlain({ type, id, inside }: Readonly<Record<string, string | undefined>>): boolean {
  if (type === undefined) return true;
  const first = type.charCodeAt(0);
  return first >= 65 && first <= 90 && !isName(id) && !isName(inside);
}

/** What an address answers in which an operation's $ came encoded: `Patient/1/%24everything`. */
function meantAt(url: string, path: Readonly<Record<string, string | undefined>>): Answers | undefined {
  const written = url.replace(/:(\w+)/g, (step, name: string) =>
    isName(path[name]) ? (path[name] ?? '') : step,
  );
  return written !== url && Object.hasOwn(addresses, written) ? addresses[written] : undefined;
}

function knownRoutes(): KnownRoute[] {
  const own = Object.entries(addresses).flatMap(([url, answers]) =>
    Object.keys(answers).flatMap((method) =>
      (method === 'GET' ? ['GET', 'HEAD'] : [method]).map((name) => ({ method: name, url })),
    ),
  );
  return [...own, { method: 'GET', url: '/metadata' }, { method: 'HEAD', url: '/metadata' }];
}

function pathBelow(request: FastifyRequest, prefix: string): string {
  const path = request.url
    .slice(prefix.length)
    .replace(/[?#].*$/s, '')
    .replace(/\/$/, '');
  return path.startsWith('/') ? path : `/${path}`;
}

/** The methods of an address. Names that begin with _ or $ are no ids. */
function methodsAt(known: readonly KnownRoute[], path: string): string[] {
  const fitting = known.filter(({ url }) =>
    url
      .split('/')
      .every(
        (step, i) => !step.startsWith(':') || !/^(?:[_$]|%24|metadata$)/i.test(path.split('/')[i] ?? ''),
      ),
  );
  const allowed = allowedMethods(fitting, path);
  return allowed.length === 0 ? [] : [...allowed, 'OPTIONS'];
}

/** What to say where no route fits: the method, the type or the operation is wrong, or there is nothing. */
function nothingAt(known: readonly KnownRoute[], method: string, path: string): Problem {
  const steps = path.split('/').slice(1);
  const [first = '', second, third] = steps;
  if (/^[A-Za-z]+$/.test(first) && first !== 'metadata' && !isResourceType(first)) return unknownType(first);
  const allowed = methodsAt(known, path);
  if (allowed.length > 0)
    return problem(
      'not-supported',
      `${method} is not possible at ${quoted(path)}. Possible: ${allowed.join(', ')}.`,
      { status: 405, where: 'http.method', headers: { Allow: allowed.join(', ') } },
    );
  const operation = steps.find((step) => /^(?:\$|%24)/i.test(step));
  if (operation !== undefined) {
    const [type, id] = [first, second].filter((step) => step !== operation && step !== undefined);
    return unknownOperation(operation.replace(/^%24/i, '$'), type, third === operation ? id : undefined);
  }
  return problem(
    'not-found',
    `There is nothing at ${quoted(path)}. Addresses are [type], [type]/[id], [type]/[id]/_history/[vid], [type]/_search, metadata and those of operations.`,
    { where: 'http.path' },
  );
}

export type { RestParts } from './rest-parts.ts';
