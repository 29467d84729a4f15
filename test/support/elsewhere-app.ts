/** The pages of signing in elsewhere over a real record and real accounts, beside real OpenID providers. */
import { randomBytes } from 'node:crypto';
import { type Accounts, openAccounts } from '../../src/access/accounts/accounts.ts';
import { accountMigrations } from '../../src/access/accounts/schema.ts';
import type { Identity } from '../../src/access/identity.ts';
import { type Linking, openLinking } from '../../src/access/linking/linking.ts';
import { linkingMigrations } from '../../src/access/linking/schema.ts';
import type { OutsideProvider } from '../../src/access/outside/outside-provider.ts';
import { type OutsideSignIn, openOutsideSignIn } from '../../src/access/outside/outside-sign-in.ts';
import { outsideMigrations } from '../../src/access/outside/schema.ts';
import { openSecurityLog, type SecurityEvent } from '../../src/access/security-log.ts';
import type { Database } from '../../src/platform/database.ts';
import { createServer } from '../../src/platform/http.ts';
import { uuidv7 } from '../../src/platform/ids.ts';
import { createLog } from '../../src/platform/log.ts';
import type { CareRecord } from '../../src/record/care-record.ts';
import { recordMigrations } from '../../src/record/schema.ts';
import { signIn } from '../../src/services/sign-in/index.ts';
import { signInElsewhere } from '../../src/services/sign-in-elsewhere/index.ts';
import { refuseOtherSites } from '../../src/web/csrf.ts';
import { setUpShell } from '../../src/web/shell.ts';
import { littleWork } from './accounts.ts';
import { atEnd, type Ending } from './ending.ts';
import { freePort } from './free-port.ts';
import { type OutsideUser, startOutsideProvider, type TestProvider } from './outside-provider.ts';
import { testRecord } from './record.ts';

export interface ElsewhereApp {
  readonly baseUrl: string;
  readonly nhsLogin: TestProvider;
  readonly careIdentity: TestProvider;
  readonly record: CareRecord;
  readonly database: Database;
  readonly accounts: Accounts;
  readonly linking: Linking;
  readonly outside: OutsideSignIn;
  /** Everything that went to the security log, which is real and written too. */
  readonly events: SecurityEvent[];
  /** Moves the product's time on; the providers keep theirs. */
  readonly passTime: (ms: number) => void;
}

export interface ElsewhereOptions {
  readonly people?: readonly OutsideUser[];
  readonly staff?: readonly OutsideUser[];
  /** What the product is told of its providers, where it is not the truth. */
  readonly configured?: (provider: OutsideProvider) => OutsideProvider;
}

export async function elsewhereApp(t: Ending, options: ElsewhereOptions = {}): Promise<ElsewhereApp> {
  const { people = [], staff = [], configured = (provider) => provider } = options;
  let ahead = 0;
  const clock = { now: () => Date.now() + ahead };
  const migrations = [...recordMigrations, ...accountMigrations, ...linkingMigrations, ...outsideMigrations];
  const { record, database } = await testRecord(t, { clock, migrations });
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const [nhsLogin, careIdentity] = await Promise.all([
    startOutsideProvider(t, { key: 'nhs-login', baseUrl, users: people }),
    startOutsideProvider(t, { key: 'care-identity', baseUrl, users: staff }),
  ]);
  const events: SecurityEvent[] = [];
  const written = openSecurityLog(database, clock);
  const securityLog = {
    record: async (event: SecurityEvent) => {
      events.push(event);
      await written.record(event);
    },
  };
  const log = createLog({ level: 'silent' });
  const newId = uuidv7(clock);
  const secrets = [randomBytes(32)];
  const accounts = openAccounts({
    ...{ database, clock, newId, log, securityLog, secrets, baseUrl },
    passwordWork: littleWork,
  });
  const linking = openLinking({ database, clock, newId, record, accounts, log: securityLog });
  const outside = openOutsideSignIn({
    providers: [nhsLogin, careIdentity].map(({ provider }) => configured(provider)),
    ...{ baseUrl, database, clock, record, accounts, linking, log: securityLog },
  });

  const shell = setUpShell();
  const server = await createServer({
    log,
    newId,
    bodyLimit: 1_000_000,
    ready: async () => [],
    renderers: [shell.errorRenderer],
    shutdownSeconds: 1,
  });
  const { app } = server;
  refuseOtherSites(app, { baseUrl });
  const known = new WeakMap<object, Identity>();
  app.addHook('onRequest', async (request) => {
    const identity = await accounts.identityOf(request.headers.cookie);
    if (identity) known.set(request, identity);
  });
  shell.register(app);
  shell.showViewer((request) => {
    const identity = known.get(request);
    return identity && { name: identity.name, role: 'tried', signedIn: true };
  });
  const identityOf = (request: object) => known.get(request);
  const elsewhere = signInElsewhere({
    ...{ shell, clock, outside, linking, accounts },
    identityOf,
    // What staff may see is tried elsewhere.
    actorOf: (request) => {
      const identity = known.get(request);
      if (identity?.kind !== 'staff') throw new Error('No member of staff is signed in');
      const { user, name, post } = identity;
      return {
        ...{ id: user, name, role: post.role, organisation: post.organisation },
        ...{ purpose: 'HOPERAT', sight: 'everything', requestId: request.id, via: 'page' },
      };
    },
  });
  elsewhere.register(app);
  const { buttons, signOutElsewhere } = elsewhere;
  signIn({ shell, clock, accounts, identityOf, providers: buttons, signOutElsewhere }).register(app);
  // Who is signed in, for the tests to see.
  app.get('/who', (request, reply) => reply.send(known.get(request) ?? {}));
  app.get('/', (_request, reply) => reply.send('start'));
  app.get('/my-page', (_request, reply) => reply.send('my page'));
  await server.listen('127.0.0.1', port);
  atEnd(t, () => server.close());
  return {
    ...{ baseUrl, nhsLogin, careIdentity, record, database, accounts, linking, outside, events },
    passTime: (ms) => {
      ahead += ms;
    },
  };
}
