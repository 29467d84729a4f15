/** A person’s own account: where they are signed in, and how they sign in. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { freshMinutes } from '../../access/accounts/credentials.ts';
import type { Identity } from '../../access/identity.ts';
import { problem } from '../../platform/problem.ts';
import { formatMoment } from '../../web/dates.ts';
import { answerOf, field, goOn, type SignInPagesNeeds, visitOf, withErrors } from './page-parts.ts';
import { qrCode } from './qr-code.ts';
import { postList, postWords } from './sign-in-pages.ts';

const methods: Readonly<Record<Identity['method'], string>> = {
  passkey: 'a passkey',
  password: 'your password and a code',
  'recovery-code': 'your password and a recovery code',
  'nhs-login': 'NHS login',
  'care-identity': 'Care Identity',
  demonstration: 'a choice of person in this demonstration',
};

export function accountPages(app: FastifyInstance, needs: SignInPagesNeeds): void {
  const { shell, accounts } = needs;
  const { credentials } = accounts;

  const signedIn = (request: FastifyRequest): Identity => {
    const identity = needs.identityOf(request);
    if (!identity) throw problem('login', 'Sign in to see your account.');
    return identity;
  };
  /** For pages that change how someone signs in. */
  const fresh = (request: FastifyRequest): Identity => {
    const identity = signedIn(request);
    accounts.requireFresh(identity, freshMinutes);
    return identity;
  };

  const accountPage = async (identity: Identity, reply: FastifyReply, fault?: string) => {
    const [ways, sessions, devices, posts] = await Promise.all([
      credentials.ways(identity.account),
      accounts.sessionsOf(identity.account),
      accounts.devicesOf(identity.account),
      accounts.postsOf(identity.account),
    ]);
    const device = sessions.find(({ id }) => id === identity.session)?.device;
    const errors = fault === undefined ? [] : [{ field: 'ways', text: fault }];
    return shell.renderPage(reply.code(fault === undefined ? 200 : 422), 'sign-in/account.njk', {
      ...withErrors('Your account', errors),
      name: identity.name,
      method: methods[identity.method],
      post: identity.kind === 'staff' ? await postWords(needs, identity.post) : '',
      several: posts.length > 1,
      ways: {
        ...ways,
        passkeys: ways.passkeys.map((one) => ({
          ...one,
          created: formatMoment(one.created),
          used: one.used === undefined ? '' : formatMoment(one.used),
        })),
      },
      sessions: sessions.map((one) => ({
        ...one,
        started: formatMoment(one.started),
        touched: formatMoment(one.touched),
        here: one.id === identity.session,
      })),
      devices: devices.map((one) => ({
        ...one,
        firstUsed: formatMoment(one.firstUsed),
        lastUsed: formatMoment(one.lastUsed),
        here: one.id === device,
      })),
    });
  };

  app.get('/account', (request, reply) => accountPage(signedIn(request), reply));

  app.post('/account/sessions/end', async (request, reply) => {
    await accounts.endSession(signedIn(request), field(request, 'session'), visitOf(request));
    return goOn(reply, '/account');
  });
  app.post('/account/devices/forget', async (request, reply) => {
    await accounts.forgetDevice(signedIn(request), field(request, 'device'), visitOf(request));
    return goOn(reply, '/account');
  });
  app.post('/account/sign-out-everywhere', async (request, reply) => {
    await accounts.endAll(signedIn(request).account, visitOf(request));
    return goOn(reply, '/sign-in', await accounts.signOut(visitOf(request)));
  });

  app.get('/account/post', async (request, reply) =>
    shell.renderPage(reply, 'sign-in/post.njk', {
      title: 'Choose where you work now',
      action: '/account/post',
      posts: await postList(needs, signedIn(request).account),
    }),
  );
  app.post('/account/post', async (request, reply) => {
    const changed = await accounts.switchPost(signedIn(request), field(request, 'post'), visitOf(request));
    return goOn(reply, changed.location, changed.setCookies);
  });

  const passwordPage = async (identity: Identity, reply: FastifyReply, fault?: string) =>
    shell.renderPage(reply.code(fault === undefined ? 200 : 422), 'sign-in/new-password.njk', {
      ...withErrors('Choose a new password', fault === undefined ? [] : [{ field: 'password', text: fault }]),
      action: '/account/password',
      login: (await accounts.findAccount(identity.account))?.login ?? '',
    });
  app.get('/account/password', async (request, reply) => passwordPage(fresh(request), reply));
  app.post('/account/password', async (request, reply) => {
    const identity = signedIn(request);
    const changed = await credentials.setPassword(identity, field(request, 'password'), visitOf(request));
    if (changed.fault !== undefined) return passwordPage(identity, reply, changed.fault);
    return goOn(reply, '/account', changed.setCookies);
  });

  app.post('/account/authenticator/begin', async (request, reply) =>
    goOn(reply, '/account/authenticator', [await credentials.beginAuthenticator(signedIn(request))]),
  );
  const authenticatorPage = async (request: FastifyRequest, reply: FastifyReply, fault?: string) => {
    const key = await credentials.authenticatorKey(signedIn(request), visitOf(request));
    if (!key) return goOn(reply, '/account');
    return shell.renderPage(reply.code(fault === undefined ? 200 : 422), 'sign-in/authenticator.njk', {
      ...withErrors(
        'Set up an authenticator app',
        fault === undefined ? [] : [{ field: 'code', text: fault }],
      ),
      action: '/account/authenticator',
      drawing: qrCode(key.address, qrLabel),
      key: grouped(key.text),
    });
  };
  app.get('/account/authenticator', (request, reply) => authenticatorPage(request, reply));
  app.post('/account/authenticator', async (request, reply) => {
    const done = await credentials.confirmAuthenticator(
      signedIn(request),
      field(request, 'code'),
      visitOf(request),
    );
    if (done.fault !== undefined) return authenticatorPage(request, reply, done.fault);
    return shell.renderPage(reply.header('set-cookie', [...done.setCookies]), 'sign-in/recovery-codes.njk', {
      title: 'Your recovery codes',
      codes: done.codes,
      onward: '/account',
    });
  });

  app.get('/account/recovery-codes', (request, reply) => {
    fresh(request);
    return shell.renderPage(reply, 'sign-in/new-recovery-codes.njk', { title: 'Make new recovery codes' });
  });
  app.post('/account/recovery-codes', async (request, reply) =>
    shell.renderPage(reply, 'sign-in/recovery-codes.njk', {
      title: 'Your recovery codes',
      codes: await credentials.newRecoveryCodes(signedIn(request), visitOf(request)),
      onward: '/account',
    }),
  );

  const passkeyPage = (reply: FastifyReply, fault?: string) =>
    shell.renderPage(
      reply.code(fault === undefined ? 200 : 422),
      'sign-in/new-passkey.njk',
      withErrors('Add a passkey', fault === undefined ? [] : [{ field: 'passkey', text: fault }]),
    );
  app.get('/account/passkeys/new', (request, reply) => {
    fresh(request);
    return passkeyPage(reply);
  });
  app.post('/account/passkeys/options', async (request, reply) => {
    const { options, setCookie } = await credentials.passkeyOptions(signedIn(request));
    return reply.header('set-cookie', setCookie).send(options);
  });
  app.post('/account/passkeys', async (request, reply) => {
    const added = await credentials.addPasskey(signedIn(request), answerOf(request), visitOf(request));
    if (added.fault !== undefined) return passkeyPage(reply, added.fault);
    return goOn(reply, '/account', added.setCookies);
  });
  app.post('/account/passkeys/remove', async (request, reply) => {
    const identity = signedIn(request);
    const removed = await credentials.removePasskey(identity, field(request, 'passkey'), visitOf(request));
    if (removed.fault !== undefined) return accountPage(identity, reply, removed.fault);
    return goOn(reply, '/account', removed.setCookies);
  });
}

export const qrLabel = 'QR code with the key to type below';

/** In groups of four, as people read and type them. */
export const grouped = (key: string): string => key.replace(/(.{4})(?=.)/g, '$1 ');
