/** Fills an empty record with the demonstration region, and gives those who may be become their accounts. */
import { hash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Account, NewAccount, People } from '../access/accounts/people.ts';
import type { PersonIdentity, StaffIdentity } from '../access/identity.ts';
import type { Proxies } from '../access/proxies/proxies.ts';
import { proxyScopes } from '../access/sight/proxy-grant.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { duration, openProgress, type ProgressScreen } from '../platform/progress.ts';
import type { CareRecord } from '../record/care-record.ts';
import { analyse, analysedFrom } from '../record/import/analyse.ts';
import { textKey } from '../record/keys.ts';
import { castResources } from './cast/cast.ts';
import { snomedFragment } from './codes/snomed-fragment.ts';
import {
  type Demonstration,
  noonOf,
  noteOf,
  readDemonstration,
  seeder,
  usualSeed,
} from './demonstration-note.ts';
import { fillPeople } from './fill.ts';
import {
  proxies as agreed,
  bornOf,
  type DemoGroup,
  groups,
  patients,
  postOf,
  staff,
  worthTrying,
} from './people.ts';
import { makeRegion, regionResources } from './region.ts';

type DemoAccounts = Pick<
  People,
  'findAccountByLogin' | 'createAccount' | 'addPost' | 'postsOf' | 'linkPatient'
>;

export interface SeedParts {
  readonly record: CareRecord;
  readonly accounts: DemoAccounts;
  readonly proxies: Pick<Proxies, 'ask' | 'approve'>;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Public address of the FHIR API. */
  readonly baseUrl: string;
  /** How many people beside the named ones. */
  readonly people: number;
  /** Progress goes there where it is a terminal, to the log elsewhere. */
  readonly screen: ProgressScreen;
  /** Aborted: no more people are begun; the next start goes on from there. */
  readonly signal?: AbortSignal;
}

/** One of those whom the sign-in page lists. */
export interface DemoPerson {
  readonly account: string;
  readonly name: string;
  /** Who they are, in plain words: “Practice nurse, Harbour Surgery”. */
  readonly what: string;
  /** What is worth trying. */
  readonly try: string;
  /** Heading of the sign-in page that they stand under. */
  readonly group: string;
}

export const nameOf = (one: { prefix?: string; given: string; family: string }): string =>
  [one.prefix, one.given, one.family].filter(Boolean).join(' ');

/**
 * Safe to run at each start, by several processes: one of them works and the others wait; what is there stays as it is, and
 * what was cut short goes on. A record that holds other people gets none of these. Answers whom the sign-in page lists.
 */
export async function seedDemonstration(parts: SeedParts): Promise<readonly DemoPerson[]> {
  const { database, signal = new AbortController().signal } = parts;
  return alone(database, signal, async () => {
    const demonstration = (await readDemonstration(parts.record)) ?? (await begin(parts));
    if (demonstration === undefined) return [];
    const people = await accountsOf(parts, demonstration);
    await fill(parts, demonstration, signal);
    return people;
  });
}

/**
 * Does the work while no other process does. The lock ends with this process, however it ends. Undefined answers nobody: a
 * process that is told to stop while it waits.
 */
export async function alone<T>(
  database: Pick<Database, 'batch'>,
  signal: AbortSignal,
  work: () => Promise<readonly T[]>,
): Promise<readonly T[]> {
  // Not of the pool that the work itself uses, which may have one connection only.
  const held = await database.batch.reserve();
  const key = textKey('demonstration');
  try {
    for (;;) {
      const [row] = await held`select pg_try_advisory_lock(${key}::int8) as held`;
      if (row?.['held'] === true) break;
      if (signal.aborted) return [];
      await pause(250);
    }
    try {
      return await work();
    } finally {
      await held`select pg_advisory_unlock(${key}::int8)`;
    }
  } finally {
    held.release();
  }
}

/** Writes the region and its named people, all or nothing. Undefined: the record holds others. */
export async function begin(
  { record, clock }: Pick<SeedParts, 'record' | 'clock'>,
  seed = usualSeed,
): Promise<Demonstration | undefined> {
  const { matches } = await record.search(seeder, 'Patient', '_count=1&_elements=id');
  if (matches.length > 0) return undefined;
  const demonstration = { seed, now: noonOf(clock.now()) };
  const region = makeRegion(demonstration);
  const resources = [
    ...regionResources(region),
    ...castResources(region),
    snomedFragment(),
    noteOf(demonstration),
  ];
  await record.commit(
    seeder,
    resources.map((resource) => ({
      ...{ kind: 'update', type: resource.resourceType, id: resource.id ?? '' },
      text: JSON.stringify(resource),
    })),
  );
  return demonstration;
}

async function fill(parts: SeedParts, demonstration: Demonstration, signal: AbortSignal): Promise<void> {
  const { database, clock, baseUrl, people, log, screen } = parts;
  const started = clock.now();
  const lines: ProgressScreen = screen.isTTY ? screen : { write: (text) => log.info(text.trim()) };
  const progress = openProgress({ unit: 'people of the demonstration', clock, screen: lines, total: people });
  const result = await fillPeople({
    ...{ database, clock, baseUrl, demonstration, people, signal },
    watch: ({ people: done, resources }) => progress.update(done, { note: `${resources} resources` }),
  });
  if (result.resources === 0) return;
  progress.update(result.people);
  progress.finish();
  const words = `The demonstration region has ${result.people} people: ${result.resources} resources in ${duration((clock.now() - started) / 1000)}.`;
  if (screen.isTTY) screen.write(`${words}\n`);
  else log.info(words);
  if (result.resources >= analysedFrom) await analyse(database);
}

async function accountsOf(
  { accounts, proxies, clock }: SeedParts,
  { now }: Demonstration,
): Promise<readonly DemoPerson[]> {
  const listed: DemoPerson[] = [];
  const known = new Map<string, string>();
  const list = (group: DemoGroup, account: string, one: Omit<DemoPerson, 'account' | 'group'>): void => {
    listed.push({ account, group: groups[group], ...one });
  };
  for (const one of patients) {
    if (one.try === undefined) continue;
    const account = { kind: 'person', name: nameOf(one), login: one.id } as const;
    const { id, isNew, patient } = await accountOf(accounts, account);
    if (isNew || patient === undefined) await accounts.linkPatient(id, one.id, 'P9');
    known.set(one.id, id);
    list('people', id, { name: account.name, what: one.what ?? 'Patient', try: worthTrying(one.try, now) });
  }
  for (const one of staff) {
    const user = `Practitioner/${one.id}`;
    const account = { kind: 'staff', name: nameOf(one), login: one.id, user } as const;
    const { id, isNew } = await accountOf(accounts, account);
    // A start that was cut short left the account without its post.
    if (isNew || (await accounts.postsOf(id)).length === 0) await accounts.addPost(id, postOf(one));
    known.set(one.id, id);
    list(one.group, id, { name: account.name, what: `${one.job}, ${one.place.name}`, try: one.try });
  }
  await agreeProxies(proxies, known, clock.now(), now);
  const order = Object.values(groups) as readonly string[];
  return listed.toSorted((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
}

const years = 365 * 86_400_000;

/** Asks and agrees as people do on the pages. Done once: an agreement that was ended since stays ended. */
async function agreeProxies(
  proxies: SeedParts['proxies'],
  accounts: ReadonlyMap<string, string>,
  now: number,
  madeFor: number,
): Promise<void> {
  for (const one of agreed) {
    const asker = patients.find(({ id }) => id === one.asker);
    const person = patients.find(({ id }) => id === one.patient);
    const decider = staff.find(({ id }) => id === one.decider);
    if (!asker || !person || !decider)
      throw new Error(`A proxy of the demonstration names nobody: ${one.asker}`);
    const about = { session: 'demonstration', method: 'demonstration', authenticatedAt: now } as const;
    const by: PersonIdentity = {
      ...{ ...about, kind: 'person', account: accounts.get(asker.id) ?? '', name: nameOf(asker) },
      ...{ patient: asker.id, proofing: 'P9' },
    };
    const asked = await proxies.ask(
      by,
      {
        ...{ form: formOf(one), nhsNumber: person.nhsNumber, birthDate: bornOf(person, madeFor) },
        ...{ personName: nameOf(person), relationship: one.relationship, scopes: proxyScopes },
        evidence: one.evidence,
      },
      seeder,
    );
    if (asked.state !== 'waiting') continue;
    const agreeing: StaffIdentity = {
      ...{ ...about, kind: 'staff', account: accounts.get(decider.id) ?? '', name: nameOf(decider) },
      ...{ user: `Practitioner/${decider.id}`, post: postOf(decider) },
    };
    const terms = { scopes: proxyScopes, until: now + 2 * years, basis: one.basis, checked: one.checked };
    await proxies.approve(agreeing, asked.id, terms, seeder);
  }
}

/** The id of a form, always the same one, so that asking again changes nothing. */
function formOf({ asker, patient }: { readonly asker: string; readonly patient: string }): string {
  const hex = hash('sha256', `proxy ${asker} ${patient}`, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

async function accountOf(
  accounts: DemoAccounts,
  account: NewAccount & { readonly login: string },
): Promise<Pick<Account, 'id' | 'patient'> & { readonly isNew: boolean }> {
  const there = await accounts.findAccountByLogin(account.login);
  return there ? { ...there, isNew: false } : { id: await accounts.createAccount(account), isNew: true };
}
