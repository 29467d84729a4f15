/** The pages of signing in over real accounts, served as the product serves them. */
import type { FastifyInstance } from 'fastify';
import { type Access, openAccess } from '../../src/access/access.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createServer, type HttpServer } from '../../src/platform/http.ts';
import { uuidv7 } from '../../src/platform/ids.ts';
import { createLog } from '../../src/platform/log.ts';
import { signIn } from '../../src/services/sign-in/index.ts';
import type { SignInPagesNeeds } from '../../src/services/sign-in/page-parts.ts';
import { signInErrors } from '../../src/services/sign-in/sign-in-errors.ts';
import { refuseOtherSites } from '../../src/web/csrf.ts';
import { type Shell, setUpShell } from '../../src/web/shell.ts';
import type { TestAccounts } from './accounts.ts';

export async function signInServer(
  { accounts, clock }: TestAccounts,
  baseUrl: string,
  {
    more,
    ...options
  }: Pick<SignInPagesNeeds, 'demonstration' | 'providers'> & {
    /** Adds further rooms. */
    readonly more?: (parts: { app: FastifyInstance; shell: Shell; access: Access }) => void;
  } = {},
): Promise<HttpServer> {
  const shell = setUpShell();
  const server = await createServer({
    log: createLog({ level: 'error' }),
    newId: uuidv7(systemClock),
    bodyLimit: 1_000_000,
    https: baseUrl.startsWith('https:'),
    ready: async () => [],
    renderers: [signInErrors(shell.errorRenderer)],
  });
  const { app } = server;
  const access = openAccess({
    accessToken: 'unused-in-these-tests-0123456789abcdef',
    identityOf: accounts.identityOf,
    sightOf: async () => ({ grants: [] }),
    clientOf: async () => undefined,
  });
  access.register(app);
  refuseOtherSites(app, { baseUrl });
  shell.showViewer((request) => {
    const identity = access.identityOf(request);
    return identity && { name: identity.name, role: 'nurse', signedIn: true };
  });
  shell.register(app);
  signIn({ shell, accounts, clock, identityOf: access.identityOf, ...options }).register(app);
  more?.({ app, shell, access });
  for (const path of ['/', '/people'])
    app.get(path, (request, reply) => {
      const name = access.identityOf(request)?.name ?? 'no one';
      return reply.type('text/html').send(`<!doctype html><title>Page</title><h1>For ${name}</h1>`);
    });
  return server;
}
