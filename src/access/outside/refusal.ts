/** Why a sign-in with another provider came to nothing. Each has its own page; none tells a stranger more than that. */
export type RefusalReason =
  /** The person chose not to share their details (NHS login: ConsentNotGiven), or left. */
  | 'not-shared'
  /** Took too long, was begun in another browser, or has been used already. */
  | 'expired'
  /** The provider does not answer, or not in time. */
  | 'unavailable'
  /** Signed in with less assurance than was asked for. */
  | 'too-low'
  /** The answer does not hold: signature, issuer, nonce, claims. */
  | 'not-valid'
  /** Staff: no role that this service knows, at an organisation that it knows. */
  | 'no-role'
  /** Staff: the record has no such practitioner. */
  | 'not-known-here'
  /** The account is closed here. */
  | 'account-closed';

export class Refusal extends Error {
  readonly reason: RefusalReason;

  /** `note` is for the audit log: plain words, no secrets and nothing about a patient. */
  constructor(reason: RefusalReason, note: string, cause?: unknown) {
    super(note, { cause });
    this.name = 'Refusal';
    this.reason = reason;
  }
}
