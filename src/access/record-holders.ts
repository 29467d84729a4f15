/** Whose accounts open a person’s record as a person: the person’s own, and those of whoever acts for them now. */
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Limits } from '../record/sight.ts';
import type { Accounts } from './accounts/accounts.ts';
import type { PersonIdentity } from './identity.ts';
import type { Proxies } from './proxies/proxies.ts';
import { sightOf } from './sight/sight-of.ts';

export interface RecordHolder {
  readonly account: string;
  /** Whose record it is: Patient id. */
  readonly patient: string;
  /** The account is the person’s own; otherwise its holder acts for them. */
  readonly own: boolean;
  /** The holder’s own Patient id, where they have one. */
  readonly ownPatient: string | undefined;
  /** What the holder may see now, of this record and others. */
  readonly sight: Limits;
}

export interface RecordHolders {
  /** Of these Patients (ids), in their order. Accounts that are stopped are left out. */
  readonly of: (patients: readonly string[]) => Promise<readonly RecordHolder[]>;
}

export interface RecordHolderParts {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
  readonly accounts: Pick<Accounts, 'findAccount'>;
  readonly proxies: Pick<Proxies, 'ofPatient' | 'proxiesOf'>;
}

export function openRecordHolders({ database, clock, accounts, proxies }: RecordHolderParts): RecordHolders {
  const sql = database.pool;
  const holder = async (account: string, patient: string): Promise<RecordHolder | undefined> => {
    const found = await accounts.findAccount(account);
    if (found?.kind !== 'person' || found.disabled) return undefined;
    const now = clock.now();
    const identity: PersonIdentity = {
      ...{ kind: 'person', account, name: found.name, proofing: found.proofing },
      // Nobody has signed in: this tells what they would see if they did.
      ...{ session: '', method: 'password', authenticatedAt: 0 },
      ...(found.patient === undefined ? {} : { patient: found.patient }),
    };
    const given = await proxies.proxiesOf(account, now);
    const own = found.patient === patient;
    if (!own && !given.some((grant) => grant.patient === patient)) return undefined;
    const sight = sightOf(identity, { now, proxies: given, emergencies: [] });
    return { account, patient, own, ownPatient: found.patient, sight };
  };

  return {
    async of(patients) {
      if (patients.length === 0) return [];
      // Most people of an import have neither: one look tells whose are worth more.
      const known = await sql<{ patient: string; account: string | null }[]>`
        select patient, id::text as account from account where patient = any(${patients as string[]}) and disabled is null
        union all
        select distinct patient, null from proxy where patient = any(${patients as string[]}) and state = 'approved'`;
      const found: RecordHolder[] = [];
      for (const { patient, account } of known) {
        const those =
          account === null
            ? (await proxies.ofPatient(patient, clock.now())).map(({ askerAccount }) => askerAccount)
            : [account];
        for (const one of new Set(those)) {
          const whole = await holder(one, patient);
          if (whole) found.push(whole);
        }
      }
      const order = new Map(patients.map((id, index) => [id, index]));
      return found.toSorted((a, b) => (order.get(a.patient) ?? 0) - (order.get(b.patient) ?? 0));
    },
  };
}
