import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { hashed } from './hashed.ts';
import { randomText } from './keys.ts';

/** What an app that is opened from here is told. Source: SMART App Launch 2.2 §3.1 (launch context). */
export interface LaunchContext {
  /** Id of the Patient. */
  readonly patient?: string;
  /** Id of the Encounter. */
  readonly encounter?: string;
  /** What the person wants to do, as the app and the region agreed. */
  readonly intent?: string;
  /** False where the app is shown inside a page that already names the patient. */
  readonly needPatientBanner?: boolean;
}

export interface Launches {
  /** The value of the `launch` parameter: good for one launch of that client by that account, within 5 minutes. */
  readonly make: (client: string, account: string, context: LaunchContext) => Promise<string>;
  /** What it holds; undefined where it is unknown, used, lapsed or somebody else's. */
  readonly look: (launch: string, client: string, account: string) => Promise<LaunchContext | undefined>;
  /** The same, and it is used up. */
  readonly take: (launch: string, client: string, account: string) => Promise<LaunchContext | undefined>;
}

const lifetime = 5 * 60_000;

export function openLaunches({ pool: sql }: Pick<Database, 'pool'>, clock: Clock): Launches {
  return {
    async make(client, account, context) {
      const launch = randomText(32);
      await sql`insert into smart_launch (id, client, account, context, expires)
        values (${hashed(launch)}, ${client}, ${account}, ${sql.json({ ...context })}, ${clock.now() + lifetime})`;
      return launch;
    },
    async look(launch, client, account) {
      const [row] = await sql<{ context: LaunchContext }[]>`select context from smart_launch
        where id = ${hashed(launch)} and client = ${client} and account = ${account} and used is null
          and expires > ${clock.now()}`;
      return row?.context;
    },
    async take(launch, client, account) {
      const [row] = await sql<{ context: LaunchContext }[]>`update smart_launch set used = ${clock.now()}
        where id = ${hashed(launch)} and client = ${client} and account = ${account} and used is null
          and expires > ${clock.now()} returning context`;
      return row?.context;
    },
  };
}
