import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from '../access/access.ts';
import type { SecurityEvent, SecurityLog } from '../access/security-log.ts';

export interface DenialParts {
  readonly access: Pick<Access, 'identityOf'>;
  readonly securityLog: SecurityLog;
  /** Path of the FHIR API, whose refusals of those it knows the record keeps itself. */
  readonly fhirPath: string;
}

const nobody: SecurityEvent['who'] = { id: 'Person/unknown', name: 'Someone not known', role: 'unknown' };
const signIn = /^\/sign-in\?/;
const sessionCookie = /(?:^|;\s*)(?:__Host-)?session=/;

/**
 * Keeps in the audit log, before the answer leaves, what is refused before the record is asked: pages of another role, forms that
 * other sites send, sessions and tokens that open nothing (any more). Whoever shows nothing at all is asked to sign in: no denial.
 */
export function tellDenials(app: FastifyInstance, { access, securityLog, fhirPath }: DenialParts): void {
  const tell = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { authorization, cookie = '' } = request.headers;
    const api = request.url === fhirPath || request.url.startsWith(`${fhirPath}/`);
    const identity = access.identityOf(request);
    const isRefused = reply.statusCode === 403;
    if (!isRefused && (identity || !(authorization || sessionCookie.test(cookie)))) return;
    if (isRefused && api && authorization) return;
    await securityLog.record({
      kind: 'denied',
      who: identity ? whoIs(identity) : nobody,
      outcome: 'failure',
      // The route, not the address: that one may hold a name, or a link's secret.
      note: `${request.method} ${routeOf(request)}: ${isRefused ? 'refused' : 'the session or token has ended, or never was'}`,
      requestId: request.id,
      via: api ? 'api' : 'page',
    });
  };
  app.addHook('onSend', (request, reply, payload, done) => {
    const toSignIn = reply.statusCode === 303 && signIn.test(String(reply.getHeader('location')));
    if (reply.statusCode !== 403 && reply.statusCode !== 401 && !toSignIn) return done(null, payload);
    tell(request, reply).then(() => done(null, payload), done);
  });
}

const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? 'an unknown address';

function whoIs(identity: NonNullable<ReturnType<Access['identityOf']>>): SecurityEvent['who'] {
  const { name } = identity;
  if (identity.kind === 'staff') {
    const { role, organisation } = identity.post;
    return { id: identity.user, name, role, organisation };
  }
  const { account, patient } = identity;
  return { id: patient === undefined ? `Person/${account}` : `Patient/${patient}`, name, role: 'patient' };
}
