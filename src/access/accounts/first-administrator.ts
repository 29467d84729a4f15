import type { Accounts } from './accounts.ts';
import type { EnrolmentLink } from './enrolment.ts';

export interface NewAdministrator {
  readonly name: string;
  /** Email address. */
  readonly login: string;
  /** `Organization/…` they administer. */
  readonly organisation: string;
  /** How long the link works. Default: 72. */
  readonly hours?: number;
}

/**
 * The link by which the first administrator, or one who lost every way in, sets up how they sign in. For the command
 * line: whoever may run commands on the server is trusted with it.
 */
export async function enrolAdministrator(
  accounts: Accounts,
  { name, login, organisation, hours }: NewAdministrator,
): Promise<EnrolmentLink & { readonly account: string }> {
  const known = await accounts.findAccountByLogin(login);
  const account = known?.id ?? (await accounts.createAccount({ kind: 'staff', name, login }));
  const user = known?.user ?? `Practitioner/${account}`;
  const posts = await accounts.postsOf(account);
  if (!posts.some((post) => post.role === 'administrator' && post.organisation === organisation))
    await accounts.addPost(account, {
      role: 'administrator',
      organisation,
      organisationKinds: [],
      parties: [organisation, user],
    });
  return { account, ...(await accounts.enrolment.link(account, hours)) };
}
