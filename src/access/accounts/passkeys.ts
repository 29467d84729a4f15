/**
 * Passkeys (W3C Web Authentication Level 3): discoverable, so that no name is typed, and with user verification always,
 * so that one is two factors. The library checks origin, challenge, signature and counter.
 */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from '@simplewebauthn/server';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { Database, Transaction } from '../../platform/database.ts';
import { codeOf } from '../../platform/sql-error.ts';
import type { Account } from './people.ts';
import { randomBytesOf } from './secret-tokens.ts';

export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly created: number;
  readonly used?: number;
}

export interface NewPasskey {
  readonly credential: WebAuthnCredential;
}

export interface Passkeys {
  readonly list: (account: string) => Promise<readonly Passkey[]>;
  readonly newOptions: (account: Account) => Promise<PublicKeyCredentialCreationOptionsJSON>;
  /** The passkey that a browser made for the challenge, or undefined where the answer is not in order. */
  readonly verifyNew: (answer: unknown, challenge: string) => Promise<NewPasskey | undefined>;
  /** False when the passkey is known already. */
  readonly add: (sql: Transaction, account: string, passkey: NewPasskey, name: string) => Promise<boolean>;
  readonly remove: (account: string, id: string) => Promise<boolean>;
  readonly signInOptions: () => Promise<PublicKeyCredentialRequestOptionsJSON>;
  /** The account whose passkey answered the challenge. `fault`: why not, for the audit. */
  readonly verifySignIn: (
    answer: unknown,
    challenge: string,
  ) => Promise<
    | { readonly account: string; readonly fault?: never }
    | { readonly account?: string; readonly fault: string }
  >;
}

const text = z.string().max(20_000);
const newForm = z.object({
  id: text,
  rawId: text,
  type: z.literal('public-key'),
  clientExtensionResults: z.object({}).default({}),
  response: z.object({
    clientDataJSON: text,
    attestationObject: text,
    transports: z.array(z.string().max(40)).max(10).optional(),
  }),
});
const signInForm = z.object({
  id: text,
  rawId: text,
  type: z.literal('public-key'),
  clientExtensionResults: z.object({}).default({}),
  response: z.object({
    clientDataJSON: text,
    authenticatorData: text,
    signature: text,
    userHandle: text.nullish(),
  }),
});

/** EdDSA, ES256, RS256 (COSE): what authenticators have, and what every Node that we run on checks. */
const algorithms = [-8, -7, -257];

const handleOf = (account: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(account.replaceAll('-', ''), 'hex'));

interface PasskeyRow {
  readonly account: string;
  readonly public_key: Buffer;
  readonly counter: string;
  readonly transports: string[];
}

export function openPasskeys({ pool }: Database, clock: Clock, baseUrl: string): Passkeys {
  const { origin, hostname: rpID } = new URL(baseUrl);
  const challenge = () => randomBytesOf(32);
  return {
    async list(account) {
      const rows = await pool<{ id: string; name: string; created: string; used: string | null }[]>`
        select id, name, created, used from account_passkey where account = ${account} order by created, id`;
      return rows.map(({ id, name, created, used }) => ({
        id,
        name,
        created: Number(created),
        ...(used === null ? {} : { used: Number(used) }),
      }));
    },
    async newOptions(account) {
      const known = await pool<{ id: string; transports: string[] }[]>`
        select id, transports from account_passkey where account = ${account.id}`;
      return generateRegistrationOptions({
        rpName: 'Throughline',
        rpID,
        userName: account.login ?? account.name,
        userDisplayName: account.name,
        userID: handleOf(account.id),
        challenge: challenge(),
        attestationType: 'none',
        supportedAlgorithmIDs: algorithms,
        excludeCredentials: [...known],
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      });
    },
    async verifyNew(answer, expectedChallenge) {
      const parsed = newForm.safeParse(answer);
      if (!parsed.success) return undefined;
      try {
        const { verified, registrationInfo } = await verifyRegistrationResponse({
          // The form holds all that the library reads; it checks the rest itself.
          response: parsed.data as RegistrationResponseJSON,
          expectedChallenge,
          expectedOrigin: origin,
          expectedRPID: rpID,
          requireUserVerification: true,
          supportedAlgorithmIDs: algorithms,
        });
        return verified ? { credential: registrationInfo.credential } : undefined;
      } catch {
        return undefined;
      }
    },
    async add(sql, account, { credential }, name) {
      try {
        await sql.savepoint(
          (
            inner,
          ) => inner`insert into account_passkey (id, account, public_key, counter, transports, name, created)
            values (${credential.id}, ${account}, ${Buffer.from(credential.publicKey)}, ${credential.counter},
              ${credential.transports ?? []}, ${name}, ${clock.now()})`,
        );
        return true;
      } catch (error) {
        if (codeOf(error) === '23505') return false;
        throw error;
      }
    },
    async remove(account, id) {
      const rows =
        await pool`delete from account_passkey where id = ${id} and account = ${account} returning id`;
      return rows.length > 0;
    },
    signInOptions: () =>
      generateAuthenticationOptions({ rpID, challenge: challenge(), userVerification: 'required' }),
    async verifySignIn(answer, expectedChallenge) {
      const parsed = signInForm.safeParse(answer);
      if (!parsed.success) return { fault: 'The passkey’s answer is not in order' };
      const { id, response } = parsed.data;
      const [row] = await pool<PasskeyRow[]>`
        select account, public_key, counter, transports from account_passkey where id = ${id}`;
      if (!row) return { fault: 'The passkey is not known' };
      const { account } = row;
      if (response.userHandle && response.userHandle !== Buffer.from(handleOf(account)).toString('base64url'))
        return { account, fault: 'The passkey names another account' };
      const counter = Number(row.counter);
      try {
        const { verified, authenticationInfo } = await verifyAuthenticationResponse({
          response: parsed.data as AuthenticationResponseJSON,
          expectedChallenge,
          expectedOrigin: origin,
          expectedRPID: rpID,
          credential: { id, publicKey: new Uint8Array(row.public_key), counter, transports: row.transports },
          requireUserVerification: true,
        });
        if (!verified) return { account, fault: 'The passkey’s signature is wrong' };
        // Two answers at the same moment must not both raise the counter: the copy of a key would pass.
        const { newCounter } = authenticationInfo;
        const raised = await pool`update account_passkey set counter = ${newCounter}, used = ${clock.now()}
          where id = ${id} and (counter < ${newCounter} or (counter = 0 and ${newCounter} = 0)) returning id`;
        return raised.length > 0 ? { account } : { account, fault: 'The passkey’s counter went back' };
      } catch (error) {
        const isCounter = error instanceof Error && error.message.startsWith('Response counter value');
        return {
          account,
          fault: isCounter
            ? 'The passkey’s counter went back: it may have been copied'
            : 'The passkey’s answer does not fit the question',
        };
      }
    },
  };
}
