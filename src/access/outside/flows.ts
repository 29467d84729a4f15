import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { hashOf } from '../accounts/secret-tokens.ts';
import type { OutsideKey } from './outside-provider.ts';

/** A sign-in that has left for another provider. */
export interface Flow {
  readonly provider: OutsideKey;
  readonly nonce: string;
  readonly verifier: string;
  readonly vtr: readonly string[];
  readonly returnTo: string;
}

export interface Flows {
  readonly keep: (state: string, browser: string, flow: Flow) => Promise<void>;
  /**
   * Takes a flow out, once: undefined where there is none, it was begun in another browser or with another provider, or
   * its time is over. A stranger who has the state but not the browser's cookie does not use it up.
   */
  readonly take: (state: string, browser: string, provider: OutsideKey) => Promise<Flow | undefined>;
}

/** How long someone may take to sign in with the other provider: to prove who they are with a photo takes a while. */
export const flowMinutes = 30;

export function openFlows(database: Pick<Database, 'pool'>, clock: Clock): Flows {
  const sql = database.pool;
  return {
    async keep(state, browser, { provider, nonce, verifier, vtr, returnTo }) {
      const now = clock.now();
      await sql`delete from outside_flow where expires <= ${now}`;
      await sql`
        insert into outside_flow (state, browser, provider, nonce, verifier, vtr, return_to, expires)
        values (${hashOf(state)}, ${hashOf(browser)}, ${provider}, ${nonce}, ${verifier}, ${JSON.stringify(vtr)},
          ${returnTo}, ${now + flowMinutes * 60_000})`;
    },
    async take(state, browser, provider) {
      const [row] = await sql`
        delete from outside_flow
        where state = ${hashOf(state)} and browser = ${hashOf(browser)} and provider = ${provider}
        returning nonce, verifier, vtr, return_to, expires`;
      if (!row || Number(row['expires']) <= clock.now()) return undefined;
      return {
        provider,
        nonce: row['nonce'],
        verifier: row['verifier'],
        vtr: JSON.parse(row['vtr']) as string[], // as `keep` wrote it
        returnTo: row['return_to'],
      };
    },
  };
}
