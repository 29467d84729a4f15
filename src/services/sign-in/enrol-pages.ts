/** Pages behind an enrolment link: a passkey, or a password and then an authenticator app. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problem } from '../../platform/problem.ts';
import type { FieldError } from '../../web/form-fields.ts';
import { grouped, qrLabel } from './account-pages.ts';
import { answerOf, field, goOn, type SignInPagesNeeds, visitOf, withErrors } from './page-parts.ts';
import { qrCode } from './qr-code.ts';

type Asked = FastifyRequest<{ Params: { token: string } }>;

export function enrolPages(app: FastifyInstance, needs: SignInPagesNeeds): void {
  const { shell, accounts } = needs;
  const { enrolment } = accounts;
  const gone = () =>
    problem(
      'not-found',
      'This link has been used or is too old. Ask for a new one from the people who manage access.',
    );
  const pathOf = (request: Asked, rest = '') => `/enrol/${encodeURIComponent(request.params.token)}${rest}`;

  const startPage = async (request: Asked, reply: FastifyReply, errors: readonly FieldError[] = []) => {
    const open = await enrolment.find(request.params.token);
    if (!open) throw gone();
    return shell.renderPage(reply.code(errors.length > 0 ? 422 : 200), 'sign-in/enrol.njk', {
      ...withErrors('Set up how you sign in', errors),
      name: open.account.name,
      login: open.account.login ?? '',
      action: pathOf(request),
    });
  };
  const authenticatorPage = async (request: Asked, reply: FastifyReply, fault?: string) => {
    const key = await enrolment.authenticatorKey(request.params.token);
    if (!key) return goOn(reply, pathOf(request));
    return shell.renderPage(reply.code(fault === undefined ? 200 : 422), 'sign-in/authenticator.njk', {
      ...withErrors(
        'Set up an authenticator app',
        fault === undefined ? [] : [{ field: 'code', text: fault }],
      ),
      action: pathOf(request, '/authenticator'),
      drawing: qrCode(key.address, qrLabel),
      key: grouped(key.text),
    });
  };

  app.get('/enrol/:token', (request: Asked, reply) => startPage(request, reply));

  app.post('/enrol/:token/password', async (request: Asked, reply) => {
    const fault = await enrolment.choosePassword(request.params.token, field(request, 'password'));
    if (fault !== undefined) return startPage(request, reply, [{ field: 'password', text: fault }]);
    return goOn(reply, pathOf(request, '/authenticator'));
  });

  app.get('/enrol/:token/authenticator', (request: Asked, reply) => authenticatorPage(request, reply));

  app.post('/enrol/:token/authenticator', async (request: Asked, reply) => {
    const done = await enrolment.confirmAuthenticator(
      request.params.token,
      field(request, 'code'),
      visitOf(request),
    );
    if (done.fault !== undefined) return authenticatorPage(request, reply, done.fault);
    return shell.renderPage(
      reply.header('set-cookie', [...done.signedIn.setCookies]),
      'sign-in/recovery-codes.njk',
      {
        title: 'Your recovery codes',
        codes: done.recoveryCodes,
        onward: done.signedIn.location,
      },
    );
  });

  app.post('/enrol/:token/passkey/options', async (request: Asked, reply) => {
    const asked = await enrolment.passkeyOptions(request.params.token);
    if (!asked) throw gone();
    return reply.header('set-cookie', asked.setCookie).send(asked.options);
  });

  app.post('/enrol/:token/passkey', async (request: Asked, reply) => {
    const done = await enrolment.addPasskey(request.params.token, answerOf(request), visitOf(request));
    if (done.fault !== undefined) return startPage(request, reply, [{ field: 'passkey', text: done.fault }]);
    return goOn(reply, done.signedIn.location, done.signedIn.setCookies);
  });
}
