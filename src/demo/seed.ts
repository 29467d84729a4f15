/** Fills an empty record with the demonstration's people, and gives those who may be become their accounts. */
import type { NewAccount, People } from '../access/accounts/people.ts';
import type { Clock } from '../platform/clock.ts';
import type { Actor } from '../record/actor.ts';
import type { CareRecord } from '../record/care-record.ts';
import { patients, postOf, staff } from './people.ts';
import { demoResources } from './resources.ts';

type DemoAccounts = Pick<People, 'findAccountByLogin' | 'createAccount' | 'addPost' | 'linkPatient'>;

export interface SeedParts {
  readonly record: CareRecord;
  readonly accounts: DemoAccounts;
  readonly clock: Clock;
}

/** One of those whom the sign-in page lists. */
export interface DemoPerson {
  readonly account: string;
  readonly name: string;
  /** Who they are, in plain words: “Practice nurse, Harbour Surgery”. */
  readonly what: string;
  /** What is worth trying. */
  readonly try: string;
}

const seeder: Actor = {
  ...{ id: 'Device/demonstration', name: 'Demonstration', role: 'system', purpose: 'HOPERAT' },
  ...{ sight: 'everything', requestId: 'demonstration', via: 'job' },
};

export const nameOf = (one: { prefix?: string; given: string; family: string }): string =>
  [one.prefix, one.given, one.family].filter(Boolean).join(' ');

/**
 * Safe to run at each start, by several processes: what is there stays as it is. A record that holds other people gets none
 * of these.
 */
export async function seedDemonstration({
  record,
  accounts,
  clock,
}: SeedParts): Promise<readonly DemoPerson[]> {
  const [first] = patients;
  const seeded = first && (await record.read(seeder, 'Patient', first.id));
  if (!seeded) {
    const { matches } = await record.search(seeder, 'Patient', '_count=1');
    if (matches.length > 0) return [];
    await record.commit(
      seeder,
      demoResources(clock.now()).map((resource) => ({
        ...{ kind: 'update', type: resource.resourceType, id: resource.id ?? '' },
        text: JSON.stringify(resource),
      })),
    );
  }
  const people: DemoPerson[] = [];
  for (const one of staff) {
    const account = {
      kind: 'staff',
      name: nameOf(one),
      login: one.id,
      user: `Practitioner/${one.id}`,
    } as const;
    const { id, isNew } = await accountOf(accounts, account);
    if (isNew) await accounts.addPost(id, postOf(one));
    people.push({ account: id, name: account.name, what: `${one.job}, ${one.place.name}`, try: one.try });
  }
  for (const one of patients) {
    if (one.try === undefined) continue;
    const account = { kind: 'person', name: nameOf(one), login: one.id } as const;
    const { id, isNew } = await accountOf(accounts, account);
    if (isNew) await accounts.linkPatient(id, one.id, 'P9');
    people.push({ account: id, name: account.name, what: 'Patient', try: one.try });
  }
  return people;
}

async function accountOf(
  accounts: DemoAccounts,
  account: NewAccount & { readonly login: string },
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const there = await accounts.findAccountByLogin(account.login);
  if (there) return { id: there.id, isNew: false };
  try {
    return { id: await accounts.createAccount(account), isNew: true };
  } catch (error) {
    // Another process that starts at the same time was first.
    const made = await accounts.findAccountByLogin(account.login);
    if (made) return { id: made.id, isNew: false };
    throw error;
  }
}
