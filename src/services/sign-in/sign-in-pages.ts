/** The ways in, each with its page. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SignInAnswer } from '../../access/accounts/sign-in.ts';
import type { Post } from '../../access/identity.ts';
import { problem } from '../../platform/problem.ts';
import type { FieldError } from '../../web/form-fields.ts';
import { returnAddress, returnQuery } from '../../web/return-address.ts';
import {
  answerOf,
  type DemoPerson,
  field,
  goOn,
  queried,
  type SignInPagesNeeds,
  visitOf,
  waitWords,
  withErrors,
} from './page-parts.ts';

export const postWords = async ({ describePost }: SignInPagesNeeds, post: Post): Promise<string> =>
  describePost ? describePost(post) : `${post.role}, ${post.organisation}`;

/** Under their headings, in the order given. */
const grouped = (people: readonly DemoPerson[]) =>
  [...Map.groupBy(people, ({ group }) => group)].map(([heading, members]) => ({ heading, members }));

const tooOften = (seconds: number): string =>
  `There were too many failed tries. Wait ${waitWords(seconds)}, then try again`;

export function signInPages(app: FastifyInstance, needs: SignInPagesNeeds): void {
  const { shell, accounts, providers = [], demonstration } = needs;
  const { signIn } = accounts;

  const startPage = async (
    request: FastifyRequest,
    reply: FastifyReply,
    returnTo: string,
    errors: readonly FieldError[] = [],
  ) => {
    const again = queried(request, 'again') !== undefined && needs.identityOf(request) !== undefined;
    return shell.renderPage(reply.code(errors.length > 0 ? 422 : 200), 'sign-in/sign-in.njk', {
      ...withErrors(again ? 'Confirm it is you' : 'Sign in', errors),
      again,
      kept: queried(request, 'kept') !== undefined,
      returnTo,
      query: returnQuery(returnTo),
      providers,
      groups: grouped(demonstration ? await demonstration.people() : []),
    });
  };
  const passwordPage = (
    reply: FastifyReply,
    returnTo: string,
    login = '',
    errors: readonly FieldError[] = [],
  ) =>
    shell.renderPage(reply.code(errors.length > 0 ? 422 : 200), 'sign-in/password.njk', {
      ...withErrors('Sign in with your password', errors),
      returnTo,
      query: returnQuery(returnTo),
      login,
    });
  const codePage = (kind: 'code' | 'recovery', reply: FastifyReply, errors: readonly FieldError[] = []) =>
    shell.renderPage(
      reply.code(errors.length > 0 ? 422 : 200),
      `sign-in/${kind}.njk`,
      withErrors(kind === 'code' ? 'Enter the code from your app' : 'Enter a recovery code', errors),
    );

  /** The next page, or undefined where the same page must say what was wrong. */
  const onward = (reply: FastifyReply, answer: SignInAnswer): FastifyReply | undefined => {
    if (answer.state === 'in') return goOn(reply, answer.signedIn.location, answer.signedIn.setCookies);
    if (answer.state === 'code') return goOn(reply, '/sign-in/code', answer.setCookies);
    return undefined;
  };

  app.get('/sign-in', (request, reply) =>
    startPage(request, reply, returnAddress(queried(request, 'return'))),
  );

  app.post('/sign-in/passkey/options', async (request, reply) => {
    const { options, setCookie } = await signIn.passkeyOptions(returnAddress(field(request, 'return')));
    return reply.header('set-cookie', setCookie).send(options);
  });

  app.post('/sign-in/passkey', async (request, reply) => {
    const answer = await signIn.passkey(visitOf(request), answerOf(request));
    const text =
      answer.state === 'over'
        ? 'That took too long. Try again'
        : 'The passkey was not accepted. Try again, or sign in another way';
    return (
      onward(reply, answer) ??
      startPage(request, reply, returnAddress(field(request, 'return')), [{ field: 'passkey', text }])
    );
  });

  app.get('/sign-in/password', (request, reply) =>
    passwordPage(reply, returnAddress(queried(request, 'return'))),
  );

  app.post('/sign-in/password', async (request, reply) => {
    const returnTo = returnAddress(field(request, 'return'));
    const login = field(request, 'login').trim();
    const password = field(request, 'password');
    const errors: FieldError[] = [];
    if (login === '') errors.push({ field: 'login', text: 'Enter your email address' });
    if (password === '') errors.push({ field: 'password', text: 'Enter your password' });
    if (errors.length > 0) return passwordPage(reply, returnTo, login, errors);
    const answer = await signIn.password(visitOf(request), { login, password }, returnTo);
    const text =
      answer.state === 'wait'
        ? tooOften(answer.seconds)
        : 'The email address or the password is wrong. Check both and try again';
    return onward(reply, answer) ?? passwordPage(reply, returnTo, login, [{ field: 'password', text }]);
  });

  for (const kind of ['code', 'recovery'] as const) {
    app.get(`/sign-in/${kind}`, async (request, reply) =>
      (await signIn.awaitsCode(visitOf(request))) ? codePage(kind, reply) : goOn(reply, '/sign-in/password'),
    );
    app.post(`/sign-in/${kind}`, async (request, reply) => {
      const typed = field(request, 'code').trim();
      const visit = visitOf(request);
      if (typed === '')
        return codePage(kind, reply, [
          { field: 'code', text: kind === 'code' ? 'Enter the 6-digit code' : 'Enter a recovery code' },
        ]);
      const answer = await (kind === 'code' ? signIn.code(visit, typed) : signIn.recoveryCode(visit, typed));
      if (answer.state === 'over') return goOn(reply, '/sign-in/password');
      const wrong =
        kind === 'code'
          ? 'The code is wrong, or was used before. Enter the code that the app shows now'
          : 'The recovery code is wrong, or was used before';
      const text = answer.state === 'wait' ? tooOften(answer.seconds) : wrong;
      return onward(reply, answer) ?? codePage(kind, reply, [{ field: 'code', text }]);
    });
  }

  app.get('/sign-in/post', async (request, reply) => {
    const account = await accounts.choosing(visitOf(request));
    if (account === undefined) return goOn(reply, '/sign-in');
    return shell.renderPage(reply, 'sign-in/post.njk', {
      title: 'Choose where you work now',
      action: '/sign-in/post',
      posts: await postList(needs, account),
    });
  });

  app.post('/sign-in/post', async (request, reply) => {
    const signedIn = await accounts.choosePost(visitOf(request), field(request, 'post'));
    return signedIn ? goOn(reply, signedIn.location, signedIn.setCookies) : goOn(reply, '/sign-in');
  });

  app.post('/sign-out', async (request, reply) => {
    const identity = needs.identityOf(request);
    const elsewhere = identity && needs.signOutElsewhere?.(identity);
    // 307: the form is sent on there as it is.
    if (elsewhere !== undefined) return reply.redirect(elsewhere, 307);
    return goOn(reply, '/sign-in', await accounts.signOut(visitOf(request)));
  });

  if (demonstration)
    app.post('/sign-in/demonstration', async (request, reply) => {
      const wanted = field(request, 'account');
      const person = (await demonstration.people()).find(({ account }) => account === wanted);
      if (!person) throw problem('not-found', 'There is no such person in this demonstration.');
      const signedIn = await accounts.startSession(person.account, 'demonstration', visitOf(request), {
        returnTo: returnAddress(field(request, 'return')),
        ...(person.post === undefined ? {} : { post: person.post }),
      });
      return goOn(reply, signedIn.location, signedIn.setCookies);
    });
}

export async function postList(needs: SignInPagesNeeds, account: string) {
  const posts = await needs.accounts.postsOf(account);
  return Promise.all(posts.map(async (post) => ({ id: post.id, text: await postWords(needs, post) })));
}
