import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../../access/identity.ts';
import type { SecurityLog } from '../../access/security-log.ts';
import type { AppRequest, Exchange } from '../../access/smart/app-requests.ts';
import type { Smart } from '../../access/smart/smart.ts';
import type { Clock } from '../../platform/clock.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import type { CareRecord } from '../../record/care-record.ts';
import { formatMoment, localMoment } from '../../web/dates.ts';
import type { Shell } from '../../web/shell.ts';
import { type Choice, type Choosing, findPatients, patientSeen } from './choose-patient.ts';
import { askedWords } from './scope-words.ts';

export interface AppConsentNeeds {
  readonly shell: Shell;
  readonly clock: Clock;
  readonly record: CareRecord;
  readonly smart: Pick<Smart, 'requests' | 'approvals' | 'clients' | 'launchable' | 'launchAddress'>;
  readonly securityLog: SecurityLog;
  readonly actorOf: (request: FastifyRequest) => Actor;
  /** Who is signed in, where somebody is. */
  readonly identityOf: (request: FastifyRequest) => Identity | undefined;
  /** Ids of the Patients that a person may act for, themself first. Default: themself alone. */
  readonly patientsOf?: (identity: Identity) => Promise<readonly string[]>;
}

type Fields = Readonly<Record<string, unknown>>;
type ConsentRequest = FastifyRequest<{ Params: { id: string }; Querystring: Fields }>;

const text = (fields: unknown, name: string): string => {
  const value = typeof fields === 'object' && fields !== null ? (fields as Fields)[name] : undefined;
  return typeof value === 'string' ? value.trim().slice(0, 200) : '';
};

const exchangeOf = (request: FastifyRequest, reply: FastifyReply): Exchange => ({
  request: request.raw,
  reply: reply.raw,
});

/** What went wrong before an app could be asked about, in words. Codes: RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6. */
const problems: Readonly<Record<string, string>> = {
  invalid_client: 'The app is not registered here, or has been switched off.',
  invalid_redirect_uri: 'The app asked to send you to an address that is not registered for it.',
  invalid_request: 'The app asked in a way that is not allowed here.',
  server_error: 'Something went wrong on our side.',
};

export function appConsentPages(app: FastifyInstance, needs: AppConsentNeeds): void {
  const { shell, smart, record, identityOf, securityLog } = needs;
  const choosingOf = (request: FastifyRequest): Choosing => ({
    record,
    actor: needs.actorOf(request),
    today: localMoment(needs.clock.now()).key,
  });
  const patientsOf =
    needs.patientsOf ??
    (async (identity: Identity) =>
      identity.kind === 'person' && identity.patient !== undefined ? [identity.patient] : []);

  const toSignIn = (request: FastifyRequest, reply: FastifyReply) =>
    reply.redirect(`/sign-in?return=${encodeURIComponent(request.url.split('?')[0] ?? '/')}`, 303);

  /** What the person may choose from, found where they are staff. */
  const choicesOf = async (
    request: FastifyRequest,
    identity: Identity,
    asked: AppRequest,
    find: string,
  ): Promise<readonly Choice[]> => {
    if (!asked.needsPatient) return [];
    const choosing = choosingOf(request);
    const launched = asked.launch?.context?.patient;
    const known = launched === undefined ? await patientsOf(identity) : [launched];
    const choices: Choice[] = [];
    for (const id of known.slice(0, 20)) {
      const choice = await patientSeen(choosing, id);
      if (choice) choices.push(choice);
    }
    if (launched !== undefined || identity.kind !== 'staff' || find === '') return choices;
    const found = await findPatients(choosing, find);
    return [...choices, ...found.filter((one) => !choices.some(({ id }) => id === one.id))];
  };

  const launchPatient = async (request: FastifyRequest, id: string): Promise<Choice> => {
    const seen = await patientSeen(choosingOf(request), id);
    if (!seen) throw problem('not-found', 'There is no person with this web address in the record.');
    return seen;
  };

  const showPage = async (
    request: ConsentRequest,
    reply: FastifyReply,
    identity: Identity,
    asked: AppRequest,
    error?: string,
  ) => {
    const find = text(request.query, 'find');
    const choices = await choicesOf(request, identity, asked, find);
    const lapsed = asked.launch !== undefined && asked.launch.context === undefined;
    allowReturn(reply, asked.returnOrigin);
    return shell.renderPage(reply.code(error === undefined ? 200 : 422), 'app-consent/ask.njk', {
      title: `${error === undefined ? '' : 'Error: '}Allow ${asked.client.name} to use health records`,
      heading: `Allow ${asked.client.name} to use health records?`,
      asked,
      words: askedWords(asked.scopes),
      address: `/app-consent/${encodeURIComponent(asked.id)}`,
      name: identity.name,
      staff: identity.kind === 'staff',
      launched: asked.launch !== undefined,
      lapsed,
      choices,
      find,
      error,
    });
  };

  app.get<{ Querystring: Fields }>('/app-consent', async (request, reply) => {
    const code = text(request.query, 'problem');
    if (code !== '') {
      const message = problems[code] ?? problems['invalid_request'];
      return shell.renderPage(reply.code(400), 'app-consent/problem.njk', {
        title: 'The app cannot be opened',
        message,
      });
    }
    const identity = identityOf(request);
    if (!identity) return toSignIn(request, reply);
    const apps = await smart.approvals.ofAccount(identity.account);
    const choosing = choosingOf(request);
    const shown = [];
    for (const one of apps) {
      const patient = one.patient === undefined ? undefined : await patientSeen(choosing, one.patient);
      shown.push({
        grant: one.grant,
        name: one.clientName,
        since: formatMoment(one.made),
        patient: patient?.name,
        words: askedWords(one.scopes.split(' ')),
      });
    }
    return shell.renderPage(reply, 'app-consent/apps.njk', { title: 'Apps with access', apps: shown });
  });

  app.get<{ Querystring: Fields }>('/app-consent/open', async (request, reply) => {
    const identity = identityOf(request);
    if (!identity) return toSignIn(request, reply);
    const patient = await launchPatient(request, text(request.query, 'patient'));
    const apps = await smart.launchable();
    const origins = apps.map((one) => new URL(one.launch ?? '').origin);
    allowReturn(reply, [...new Set(origins)].join(' '));
    return shell.renderPage(reply, 'app-consent/open.njk', {
      title: 'Open an app',
      patient,
      apps: apps.map(({ id, name }) => ({ id, name })),
    });
  });

  app.post('/app-consent/open', async (request, reply) => {
    const identity = identityOf(request);
    if (!identity) return toSignIn(request, reply);
    const patient = await launchPatient(request, text(request.body, 'patient'));
    const context = { patient: patient.id };
    return reply.redirect(
      await smart.launchAddress(text(request.body, 'app'), identity.account, context),
      303,
    );
  });

  app.get('/app-consent/:id', async (request: ConsentRequest, reply) => {
    const identity = identityOf(request);
    if (!identity) return toSignIn(request, reply);
    const asked = await smart.requests.read(exchangeOf(request, reply), identity);
    checkId(request, asked);
    return showPage(request, reply, identity, asked);
  });

  app.post('/app-consent/:id', async (request: ConsentRequest, reply) => {
    const identity = identityOf(request);
    if (!identity) return toSignIn(request, reply);
    const exchange = exchangeOf(request, reply);
    const asked = await smart.requests.read(exchange, identity);
    checkId(request, asked);
    allowReturn(reply, asked.returnOrigin);
    if (text(request.body, 'answer') !== 'allow')
      return reply.redirect(await smart.requests.refuse(exchange), 303);

    let patient: string | undefined;
    if (asked.needsPatient) {
      const launched = asked.launch?.context?.patient;
      const chosen = launched ?? text(request.body, 'patient');
      if (chosen === '')
        return showPage(request, reply, identity, asked, 'Select whose record the app may use');
      const may =
        launched !== undefined || identity.kind === 'staff' || (await patientsOf(identity)).includes(chosen);
      const seen = may ? await patientSeen(choosingOf(request), chosen) : undefined;
      if (!seen) {
        await securityLog.record({
          kind: 'denied',
          who: whoOf(identity),
          outcome: 'failure',
          note: `Tried to let ${asked.client.name} use a record that they may not see`,
          requestId: request.id,
          via: 'page',
        });
        return showPage(request, reply, identity, asked, 'Select whose record the app may use');
      }
      patient = seen.id;
    }
    return reply.redirect(await smart.requests.approve(exchange, identity, patient), 303);
  });

  app.post<{ Params: { grant: string } }>('/app-consent/apps/:grant/end', async (request, reply) => {
    const identity = identityOf(request);
    if (!identity) return toSignIn(request, reply);
    const approval = await smart.approvals.find(request.params.grant);
    const ended = await smart.approvals.end(identity.account, request.params.grant);
    if (!ended) throw problem('not-found', 'This app no longer has access.');
    const client = approval && (await smart.clients.find(approval.client));
    await securityLog.record({
      kind: 'token-revoked',
      who: whoOf(identity),
      ...(approval?.patient === undefined ? {} : { patient: approval.patient }),
      outcome: 'success',
      note: `Ended the access of ${client?.name ?? 'an app'}`,
      requestId: request.id,
      via: 'page',
    });
    return reply.redirect('/app-consent', 303);
  });
}

/** The cookie names the request; an address of another one is a page left open. */
function checkId(request: ConsentRequest, asked: AppRequest): void {
  if (request.params.id !== asked.id)
    throw problem('deleted', 'This request of the app has lapsed. Go back to the app and open it again.');
}

/** Browsers hold a form's redirects to form-action too, and the answer ends at the app. */
function allowReturn(reply: FastifyReply, origin: string): void {
  const policy = String(reply.getHeader('content-security-policy') ?? '');
  reply.header(
    'content-security-policy',
    policy.replace("form-action 'self'", `form-action 'self' ${origin}`),
  );
}

function whoOf(identity: Identity) {
  return identity.kind === 'staff'
    ? {
        id: identity.user,
        name: identity.name,
        role: identity.post.role,
        organisation: identity.post.organisation,
      }
    : { id: `Patient/${identity.patient ?? identity.account}`, name: identity.name, role: 'patient' };
}
