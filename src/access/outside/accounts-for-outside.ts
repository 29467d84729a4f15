import type { Visit } from '../accounts/visit.ts';
import type { Post, SignInMethod } from '../identity.ts';
import type { Proofing } from './vectors-of-trust.ts';

/** What signing in with another provider needs of the accounts; `Accounts` is one of these. */
export interface AccountsForOutside {
  /** The account that stands for a subject of an issuer; undefined where there is none yet. */
  findByOutside(issuer: string, subject: string): Promise<OutsideAccount | undefined>;
  /** Makes an account for a subject. Two at the same moment make one. */
  createFromOutside(issuer: string, subject: string, account: NewOutsideAccount): Promise<OutsideAccount>;
  /** Writes down what the provider says now: name, proofing, and for staff the posts, which replace those before. */
  updateFromOutside(account: string, known: KnownFromOutside): Promise<void>;
  /** Links a person to their Patient. `'taken'`: another account is linked to that Patient, or this one to another. */
  linkPatient(account: string, patient: string): Promise<'linked' | 'taken'>;
  /** Starts a session and answers the headers that give the browser its cookies. */
  startSession(visit: Visit, account: string, how: HowSignedIn): Promise<StartedSession>;
  /** Ends a session, wherever it is. False where there is none any more. */
  endSession(session: string): Promise<boolean>;
}

export interface OutsideAccount {
  readonly id: string;
  readonly kind: 'staff' | 'person';
  readonly name: string;
  /** Patient id, once linked. */
  readonly patient?: string;
  readonly closed: boolean;
}

export type NewOutsideAccount =
  | { readonly kind: 'person'; readonly name: string; readonly proofing: Proofing }
  | { readonly kind: 'staff'; readonly name: string; readonly practitioner: string };

export interface KnownFromOutside {
  readonly name: string;
  readonly proofing?: Proofing;
  readonly posts?: readonly Post[];
}

export interface HowSignedIn {
  readonly method: SignInMethod;
  /** For staff: one of the posts last given to `updateFromOutside`. */
  readonly post?: Post;
}

export interface StartedSession {
  /** As in `Identity.session`. */
  readonly session: string;
  /** Set-Cookie headers. */
  readonly cookies: readonly string[];
}
