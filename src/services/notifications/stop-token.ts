/** Links in emails that stop them without signing in: signed, for one address of one account, telling nothing of whose it is. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface StopTokens {
  readonly tokenFor: (account: string, address: string) => string;
  /** The account of a token, where it is ours and of the address that the account has now. */
  readonly accountOf: (
    token: string,
    addressOf: (account: string) => Promise<string | undefined>,
  ) => Promise<string | undefined>;
}

const marks = { account: 16, tag: 16 };

/** Keys newest first: the first signs, all are believed, since emails are kept for years. */
export function openStopTokens(keys: readonly Uint8Array[]): StopTokens {
  const tag = (key: Uint8Array, account: string, address: string) =>
    createHmac('sha256', key).update(`${account}\n${address}`).digest().subarray(0, marks.tag);
  return {
    tokenFor: (account, address) =>
      Buffer.concat([
        Buffer.from(account.replaceAll('-', ''), 'hex'),
        tag(keys[0] ?? new Uint8Array(), account, address),
      ]).toString('base64url'),
    async accountOf(token, addressOf) {
      const bytes = Buffer.from(token, 'base64url');
      if (bytes.length !== marks.account + marks.tag) return undefined;
      const hex = bytes.subarray(0, marks.account).toString('hex');
      const account = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
      const address = (await addressOf(account)) ?? '';
      const given = bytes.subarray(marks.account);
      // Compared in any case, so that the time tells nothing of who has an account.
      const isOurs = keys.some((key) => timingSafeEqual(given, tag(key, account, address)));
      return isOurs && address !== '' ? account : undefined;
    },
  };
}
