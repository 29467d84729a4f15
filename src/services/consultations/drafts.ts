/** What a clinician is writing: kept every few seconds, sealed, opened again by them alone, gone when it is saved. */
import { hkdfSync } from 'node:crypto';
import { openSealer } from '../../access/accounts/sealed.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { NewId } from '../../platform/ids.ts';
import type { FormBody } from '../../web/form-fields.ts';

export interface DraftAbout {
  readonly account: string;
  readonly person: string;
  readonly request: string;
  readonly appointment: string;
}

export interface Draft extends DraftAbout {
  readonly id: string;
  /** As typed, by field; undefined: nothing yet. */
  readonly typed: FormBody | undefined;
  readonly begun: number;
  readonly saved: number;
  /** It is in the record; what was typed is gone. */
  readonly finished: boolean;
}

export interface Drafts {
  /** The one about this, or a new one: the same however often it is begun. Answers its id. */
  readonly begin: (about: DraftAbout) => Promise<string>;
  readonly find: (id: string, account: string) => Promise<Draft | undefined>;
  /** Does nothing where an older page sends what is older. Answers whether it is kept. */
  readonly keep: (id: string, account: string, typed: FormBody) => Promise<boolean>;
  /** It was saved: a form that is sent again finds it, nobody goes on with it. */
  readonly finish: (id: string, account: string) => Promise<void>;
  readonly forget: (id: string, account: string) => Promise<void>;
  readonly ofAccount: (account: string) => Promise<readonly Draft[]>;
  /** Drops what nobody has come back to. */
  readonly clear: () => Promise<void>;
}

const longest = 200_000;
const keptDays = 30;

export function openDrafts({
  database,
  clock,
  newId,
  secrets,
}: {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly secrets: readonly Uint8Array[];
}): Drafts {
  const { pool } = database;
  const keys = secrets.map((secret) =>
    Buffer.from(hkdfSync('sha256', secret, new Uint8Array(), 'throughline consultations', 32)),
  );
  const sealer = openSealer(keys);
  const context = (id: string, account: string): string => `consultation ${id} of ${account}`;
  const draftOf = (row: Readonly<Record<string, unknown>>): Draft => {
    const [id, account] = [String(row['id']), String(row['account'])];
    const sealed = row['typed'] as Uint8Array | null; // its column
    return {
      ...{ id, account, person: String(row['person']), request: String(row['request']) },
      ...{
        appointment: String(row['appointment']),
        begun: Number(row['begun']),
        saved: Number(row['saved']),
      },
      finished: row['finished'] === true,
      typed: sealed
        ? (JSON.parse(sealer.open(sealed, context(id, account)).toString('utf8')) as FormBody) // written below
        : undefined,
    };
  };
  return {
    async begin({ account, person, request, appointment }) {
      const now = clock.now();
      const [row] = await pool`
        insert into consultation_draft (id, account, person, request, appointment, begun, saved)
        values (${newId()}, ${account}, ${person}, ${request}, ${appointment}, ${now}, ${now})
        on conflict (account, person, request, appointment) where not finished do update set saved = consultation_draft.saved returning id`;
      return String(row?.['id']);
    },
    async find(id, account) {
      const [row] = await pool`select * from consultation_draft where id = ${id} and account = ${account}`;
      return row ? draftOf(row) : undefined;
    },
    async keep(id, account, typed) {
      const text = JSON.stringify(typed);
      if (text.length > longest) return false;
      const sealed = sealer.seal(Buffer.from(text), context(id, account));
      const rows = await pool`
        update consultation_draft set typed = ${sealed}, saved = ${clock.now()} where id = ${id} and account = ${account} and not finished returning id`;
      return rows.length > 0;
    },
    async finish(id, account) {
      await pool`update consultation_draft set typed = null, finished = true where id = ${id} and account = ${account}`;
    },
    async forget(id, account) {
      await pool`delete from consultation_draft where id = ${id} and account = ${account}`;
    },
    async ofAccount(account) {
      const rows =
        await pool`select * from consultation_draft where account = ${account} and not finished order by saved desc limit 50`;
      return rows.map(draftOf);
    },
    async clear() {
      await pool`delete from consultation_draft where saved < ${clock.now() - keptDays * 86_400_000}`;
    },
  };
}
