import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../../access/identity.ts';
import { mayDo } from '../../access/roles.ts';
import type { SecurityLog } from '../../access/security-log.ts';
import { faultsOf } from '../../access/smart/client-details.ts';
import type { ApiClient } from '../../access/smart/clients.ts';
import type { Smart } from '../../access/smart/smart.ts';
import { problem } from '../../platform/problem.ts';
import { formatMoment } from '../../web/dates.ts';
import { errorsForPage, type FieldError, formBody } from '../../web/form-fields.ts';
import type { Shell } from '../../web/shell.ts';
import { detailsOf, emptyClient, type TypedClient, typedFromClient, typedOf } from './client-form.ts';

export interface ApiClientNeeds {
  readonly shell: Shell;
  readonly smart: Pick<Smart, 'clients'>;
  readonly securityLog: SecurityLog;
  /** Who is signed in, where somebody is. */
  readonly identityOf: (request: FastifyRequest) => Identity | undefined;
  /** Throws where the person has not shown lately who they are. Asked before anything is changed. */
  readonly requireFresh?: (request: FastifyRequest) => void;
  /** Whether they may register API clients. Default: whose role says so (`manage-clients`). */
  readonly mayAdminister?: (identity: Identity) => boolean;
}

type ClientRequest = FastifyRequest<{ Params: { id: string } }>;

const isAdministrator = (identity: Identity): boolean =>
  identity.kind === 'staff' && mayDo(identity.post.role, 'manage-clients');

const kindNames: Readonly<Record<string, string>> = {
  browser: 'App in a browser or on a phone',
  server: 'App with a server, secret',
  keyed: 'App with a server, key',
  system: 'System',
};

export function apiClientPages(app: FastifyInstance, needs: ApiClientNeeds): void {
  const { shell, smart, securityLog, mayAdminister = isAdministrator } = needs;
  const { clients } = smart;

  /** The administrator; undefined where the answer has been sent already. */
  const administrator = (request: FastifyRequest, reply: FastifyReply): Identity | undefined => {
    const identity = needs.identityOf(request);
    if (!identity) {
      reply.redirect(`/sign-in?return=${encodeURIComponent(request.url.split('?')[0] ?? '/')}`, 303);
      return undefined;
    }
    if (!mayAdminister(identity))
      throw problem('forbidden', 'Only an administrator may register apps and systems.');
    // Asked at the empty form too, so that nothing typed is lost to it.
    if (request.method === 'POST' || /\/(?:new|edit)$/.test(request.url)) needs.requireFresh?.(request);
    return identity;
  };

  const tell = (identity: Identity, request: FastifyRequest, note: string) =>
    securityLog.record({
      kind: 'client-changed',
      who: {
        id: identity.kind === 'staff' ? identity.user : `Patient/${identity.patient ?? identity.account}`,
        name: identity.name,
        role: identity.kind === 'staff' ? identity.post.role : 'patient',
        ...(identity.kind === 'staff' ? { organisation: identity.post.organisation } : {}),
      },
      outcome: 'success',
      note,
      requestId: request.id,
      via: 'page',
    });

  const known = async (id: string): Promise<ApiClient> => {
    const client = await clients.find(id);
    if (!client) throw problem('not-found', 'There is no app or system with this web address.');
    return client;
  };

  const showForm = (
    reply: FastifyReply,
    typed: TypedClient,
    errors: readonly FieldError[],
    client?: ApiClient,
  ) => {
    const heading = client ? `Change ${client.name}` : 'Register an app or system';
    return shell.renderPage(reply.code(errors.length > 0 ? 422 : 200), 'api-clients/form.njk', {
      title: `${errors.length > 0 ? 'Error: ' : ''}${heading}`,
      heading,
      typed,
      client,
      kindName: kindNames[typed.type],
      address: client ? `/api-clients/${client.id}/edit` : '/api-clients/new',
      ...errorsForPage(errors),
    });
  };

  /** What was typed, ready to keep, or what is wrong with it. */
  const checked = (typed: TypedClient) => {
    const details = detailsOf(typed);
    return 'field' in details ? { errors: [details] } : { details, errors: faultsOf(details) };
  };

  app.get('/api-clients', async (request, reply) => {
    if (!administrator(request, reply)) return reply;
    const all = await clients.list();
    return shell.renderPage(reply, 'api-clients/list.njk', {
      title: 'Apps and systems',
      clients: all.map((client) => ({
        href: `/api-clients/${client.id}`,
        name: client.name,
        kind: kindNames[typedFromClient(client).type],
        off: client.disabled !== undefined,
      })),
    });
  });

  app.get('/api-clients/new', async (request, reply) => {
    if (!administrator(request, reply)) return reply;
    return showForm(reply, emptyClient, []);
  });

  app.post('/api-clients/new', async (request, reply) => {
    const identity = administrator(request, reply);
    if (!identity) return reply;
    const typed = typedOf(formBody(request.body));
    const { details, errors } = checked(typed);
    if (!details || errors.length > 0) return showForm(reply, typed, errors);
    const { client, secret } = await clients.add(details);
    await tell(identity, request, `Registered ${client.name}: ${client.scopes.join(' ')}`);
    // A secret is shown in the answer itself, this once: after a redirect it would have to be kept to be shown.
    if (secret !== undefined) return showSecret(reply, client, secret);
    return reply.redirect(`/api-clients/${client.id}`, 303);
  });

  const showSecret = (reply: FastifyReply, client: ApiClient, secret: string) =>
    shell.renderPage(reply, 'api-clients/secret.njk', {
      title: `Secret of ${client.name}`,
      client,
      secret,
    });

  app.get('/api-clients/:id', async (request: ClientRequest, reply) => {
    if (!administrator(request, reply)) return reply;
    const client = await known(request.params.id);
    return shell.renderPage(reply, 'api-clients/client.njk', {
      title: client.name,
      client,
      kind: kindNames[typedFromClient(client).type],
      typed: typedFromClient(client),
      made: formatMoment(client.made),
      changed: formatMoment(client.changed),
      off: client.disabled === undefined ? '' : formatMoment(client.disabled),
    });
  });

  app.get('/api-clients/:id/edit', async (request: ClientRequest, reply) => {
    if (!administrator(request, reply)) return reply;
    const client = await known(request.params.id);
    return showForm(reply, typedFromClient(client), [], client);
  });

  app.post('/api-clients/:id/edit', async (request: ClientRequest, reply) => {
    const identity = administrator(request, reply);
    if (!identity) return reply;
    const client = await known(request.params.id);
    const typed = { ...typedOf(formBody(request.body)), type: typedFromClient(client).type };
    const { details, errors } = checked(typed);
    if (!details || errors.length > 0) return showForm(reply, typed, errors, client);
    const edited = await clients.edit(client.id, details);
    await tell(identity, request, `Changed ${edited.name}: ${edited.scopes.join(' ')}`);
    return reply.redirect(`/api-clients/${client.id}`, 303);
  });

  app.post('/api-clients/:id/secret', async (request: ClientRequest, reply) => {
    const identity = administrator(request, reply);
    if (!identity) return reply;
    const client = await known(request.params.id);
    const secret = await clients.rotateSecret(client.id);
    await tell(identity, request, `Gave ${client.name} a new secret`);
    return showSecret(reply, client, secret);
  });

  for (const [step, change, words] of [
    ['off', clients.disable, 'Switched off'],
    ['on', clients.enable, 'Switched on'],
  ] as const)
    app.post(`/api-clients/:id/${step}`, async (request: ClientRequest, reply) => {
      const identity = administrator(request, reply);
      if (!identity) return reply;
      const client = await known(request.params.id);
      await change(client.id);
      await tell(identity, request, `${words} ${client.name}`);
      return reply.redirect(`/api-clients/${client.id}`, 303);
    });
}
