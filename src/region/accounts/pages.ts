import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Accounts } from '../../access/accounts/accounts.ts';
import { freshMinutes } from '../../access/accounts/credentials.ts';
import { type Account, type HeldPost, pageOfStaff, type StaffAsked } from '../../access/accounts/people.ts';
import type { Identity, Post, StaffIdentity } from '../../access/identity.ts';
import { mayDo, roleOf } from '../../access/roles.ts';
import type { SecurityLog } from '../../access/security-log.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import type { CareRecord } from '../../record/care-record.ts';
import { formatMoment } from '../../web/dates.ts';
import { errorsForPage, type FieldError, formBody, formText } from '../../web/form-fields.ts';
import type { Shell } from '../../web/shell.ts';
import { sendCsv } from '../../web/tables/csv.ts';
import { type Asked, defineTable } from '../../web/tables/define-table.ts';
import { checkedPost, practitionerOf, staffRoles, typedPost } from './post-form.ts';

export interface AccountAdministrationNeeds {
  readonly shell: Shell;
  readonly accounts: Accounts;
  readonly record: CareRecord;
  readonly securityLog: SecurityLog;
  readonly identityOf: (request: FastifyRequest) => Identity | undefined;
  /** Who asks, as the record knows them: looks up organisations and practitioners. */
  readonly actorOf: (request: FastifyRequest) => Actor;
  /** Address that people reach the server by: links are handed over whole. */
  readonly baseUrl: string;
  /** “GP at Park View Surgery”. Default: the role’s name and the organisation’s reference. */
  readonly describePost?: (post: Post) => string | Promise<string>;
}

type AccountRequest = FastifyRequest<{ Params: { id: string } }>;

const loginForm = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

const staffTable = defineTable<Account>({
  id: 'staff',
  caption: 'Accounts of staff',
  captionHidden: true,
  columns: [
    {
      key: 'name',
      heading: 'Name',
      sortable: true,
      cell: ({ id, name }) => ({ text: name, href: `/accounts/${id}` }),
    },
    { key: 'login', heading: 'Email address', sortable: true, cell: ({ login }) => login ?? '' },
    {
      key: 'state',
      heading: 'State',
      cell: ({ disabled }) => (disabled ? { text: '', flag: 'Stopped' } : 'In use'),
      csv: ({ disabled }) => (disabled ? 'Stopped' : 'In use'),
    },
  ],
  filters: [
    { name: 'find', label: 'Name or email address' },
    {
      name: 'state',
      label: 'State',
      options: [
        { value: '', text: 'Any' },
        { value: 'used', text: 'In use' },
        { value: 'stopped', text: 'Stopped' },
      ],
    },
  ],
  empty: 'There are no accounts of staff here.',
});

export function accountPages(app: FastifyInstance, needs: AccountAdministrationNeeds): void {
  const { shell, accounts, record, securityLog } = needs;

  /** Whoever manages accounts. Throws a Problem for all others. */
  const administrator = (request: FastifyRequest): StaffIdentity => {
    const identity = needs.identityOf(request);
    if (!identity) throw problem('login', 'Sign in to manage accounts.');
    if (identity.kind !== 'staff' || !mayDo(identity.post.role, 'manage-accounts'))
      throw problem('forbidden', 'Only an administrator may manage accounts.');
    return identity;
  };
  /** For changes: a session left open must not be enough to make accounts. */
  const changing = (request: FastifyRequest): StaffIdentity => {
    const identity = administrator(request);
    accounts.requireFresh(identity, freshMinutes);
    return identity;
  };
  const tell = (by: StaffIdentity, request: FastifyRequest, note: string) =>
    securityLog.record({
      kind: 'account-changed',
      who: { id: by.user, name: by.name, role: by.post.role, organisation: by.post.organisation },
      outcome: 'success',
      note,
      requestId: request.id,
      via: 'page',
    });
  const describe = async (post: Post): Promise<string> =>
    needs.describePost?.(post) ?? `${roleOf(post.role)?.name ?? post.role}, ${post.organisation}`;

  /** An account of staff: those of people are theirs alone. */
  const known = async (request: AccountRequest): Promise<Account> => {
    const account = await accounts.findAccount(request.params.id);
    if (account?.kind !== 'staff')
      throw problem('not-found', 'There is no account of staff with this web address.');
    return account;
  };
  /** Nobody gives themself posts or takes their own way back in: someone else looks at it. */
  const others = async (by: StaffIdentity, request: AccountRequest): Promise<Account> => {
    const account = await known(request);
    if (account.id === by.account)
      throw problem('forbidden', 'You cannot change your own account here. Ask another administrator.');
    return account;
  };
  const give = async (account: Account, post: Omit<Post, 'parties'>): Promise<string> => {
    const parties = [post.organisation, ...(account.user === undefined ? [] : [account.user])];
    await accounts.addPost(account.id, { ...post, parties });
    return describe({ ...post, parties });
  };

  const staffAsked = ({ sort, direction, filters, page }: Asked): StaffAsked => ({
    by: sort === 'login' ? 'login' : 'name',
    descending: direction === 'descending',
    containing: filters['find'] ?? '',
    stopped: filters['state'] ? filters['state'] === 'stopped' : undefined,
    after: page,
  });

  app.get('/accounts', async (request, reply) => {
    administrator(request);
    const asked = staffTable.asked(request);
    const rows = await accounts.listStaff(staffAsked(asked));
    const next = rows.length === pageOfStaff ? rows.at(-1)?.id : undefined;
    return shell.renderPage(reply, 'accounts/list.njk', {
      title: 'Accounts of staff',
      table: staffTable.view(asked, { rows, next }, { csvPath: '/accounts.csv', nextText: 'More accounts' }),
    });
  });

  app.get('/accounts.csv', async (request, reply) => {
    administrator(request);
    const asked = staffTable.asked(request);
    async function* all() {
      for (let after: string | undefined; ; ) {
        const rows = await accounts.listStaff({ ...staffAsked(asked), after });
        yield* rows;
        after = rows.at(-1)?.id;
        if (rows.length < pageOfStaff) return;
      }
    }
    return sendCsv(reply, { name: 'accounts-of-staff', lines: staffTable.csv(all()), mark: true });
  });

  const newPage = (
    reply: FastifyReply,
    typed: Readonly<Record<string, string>>,
    errors: readonly FieldError[] = [],
  ) =>
    shell.renderPage(reply.code(errors.length > 0 ? 422 : 200), 'accounts/new.njk', {
      title: errors.length > 0 ? 'Error: Make an account' : 'Make an account',
      heading: 'Make an account',
      typed,
      roles: staffRoles.map((role) => ({ ...role, checked: role.value === typed['role'] })),
      ...errorsForPage(errors),
    });

  app.get('/accounts/new', async (request, reply) => {
    changing(request);
    return newPage(reply, {});
  });

  app.post('/accounts/new', async (request, reply) => {
    const by = changing(request);
    const body = formBody(request.body);
    const typed = {
      name: formText(body, 'name'),
      login: formText(body, 'login'),
      practitioner: formText(body, 'practitioner'),
      ...typedPost(body),
    };
    const errors: FieldError[] = [];
    if (typed.name === '' || typed.name.length > 200)
      errors.push({ field: 'name', text: 'Enter a name of 1 to 200 characters' });
    if (!loginForm.test(typed.login) || typed.login.length > 320)
      errors.push({ field: 'login', text: 'Enter an email address, like name@example.nhs.uk' });
    else if (await accounts.findAccountByLogin(typed.login))
      errors.push({ field: 'login', text: 'Another account has this email address' });
    const user = await practitionerOf(record, needs.actorOf(request), typed.practitioner);
    if (user === undefined)
      errors.push({ field: 'practitioner', text: 'No practitioner in the record has this id' });
    const checked = await checkedPost(record, needs.actorOf(request), typed);
    if (checked.errors) errors.push(...checked.errors);
    if (errors.length > 0 || checked.errors) return newPage(reply, typed, errors);
    const { name, login } = typed;
    const id = await accounts.createAccount({ kind: 'staff', name, login, ...(user ? { user } : {}) });
    const account = await accounts.findAccount(id);
    const words = account ? await give(account, checked.post) : '';
    await tell(by, request, `Made an account for ${name}: ${words}`);
    return reply.redirect(`/accounts/${id}`, 303);
  });

  const shown = async (post: HeldPost) => ({
    id: post.id,
    text: await describe(post),
    since: formatMoment(post.starts),
    ends: post.ends === undefined ? '' : formatMoment(post.ends),
  });

  app.get('/accounts/:id', async (request: AccountRequest, reply) => {
    const by = administrator(request);
    const account = await known(request);
    const posts = await accounts.postsOf(account.id);
    return shell.renderPage(reply, 'accounts/account.njk', {
      title: account.name,
      account,
      own: account.id === by.account,
      posts: await Promise.all(posts.map(shown)),
    });
  });

  app.post('/accounts/:id/link', async (request: AccountRequest, reply) => {
    const by = changing(request);
    const account = await others(by, request);
    const { path, expires } = await accounts.enrolment.link(account.id);
    await tell(by, request, `Made a link for ${account.name} to set up how they sign in`);
    return shell.renderPage(reply, 'accounts/link.njk', {
      title: `Link for ${account.name}`,
      account,
      link: `${needs.baseUrl}${path}`,
      expires: formatMoment(expires),
    });
  });

  const postPage = (
    reply: FastifyReply,
    account: Account,
    role: string,
    ods: string,
    errors: readonly FieldError[] = [],
  ) =>
    shell.renderPage(reply.code(errors.length > 0 ? 422 : 200), 'accounts/post.njk', {
      title: `${errors.length > 0 ? 'Error: ' : ''}Add a post for ${account.name}`,
      heading: `Add a post for ${account.name}`,
      account,
      typed: { role, ods },
      roles: staffRoles.map((one) => ({ ...one, checked: one.value === role })),
      ...errorsForPage(errors),
    });

  app.get('/accounts/:id/posts/new', async (request: AccountRequest, reply) =>
    postPage(reply, await others(changing(request), request), '', ''),
  );

  app.post('/accounts/:id/posts/new', async (request: AccountRequest, reply) => {
    const by = changing(request);
    const account = await others(by, request);
    const typed = typedPost(formBody(request.body));
    const checked = await checkedPost(record, needs.actorOf(request), typed);
    if (checked.errors) return postPage(reply, account, typed.role, typed.ods, checked.errors);
    const words = await give(account, checked.post);
    await tell(by, request, `Gave ${account.name} a post: ${words}`);
    return reply.redirect(`/accounts/${account.id}`, 303);
  });

  app.post('/accounts/:id/posts/end', async (request: AccountRequest, reply) => {
    const by = changing(request);
    const account = await others(by, request);
    const wanted = formText(formBody(request.body), 'post');
    const post = (await accounts.postsOf(account.id)).find(({ id }) => id === wanted);
    if (!post) throw problem('not-found', 'This post has ended already.');
    await accounts.endPost(post.id);
    await tell(by, request, `Ended a post of ${account.name}: ${await describe(post)}`);
    return reply.redirect(`/accounts/${account.id}`, 303);
  });

  for (const [step, change, words] of [
    ['stop', accounts.disable, 'Stopped the account of'],
    ['restore', accounts.enable, 'Restored the account of'],
  ] as const)
    app.post(`/accounts/:id/${step}`, async (request: AccountRequest, reply) => {
      const by = changing(request);
      const account = await others(by, request);
      await change(account.id);
      await tell(by, request, `${words} ${account.name}`);
      return reply.redirect(`/accounts/${account.id}`, 303);
    });
}
