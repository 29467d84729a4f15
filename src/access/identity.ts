/** Someone who has shown who they are: the common ground of sign-in, policy and audit. */

export type SignInMethod =
  | 'passkey'
  | 'password'
  | 'recovery-code'
  | 'nhs-login'
  | 'care-identity'
  | 'demonstration';

/** A position that a member of staff holds: what they are there, where, and as whom the record knows them. */
export interface Post {
  /** Key of the table of roles (`roles.ts`): `gp`, `nurse`, `receptionist` … */
  readonly role: string;
  /** `Organization/…` */
  readonly organisation: string;
  /** Kinds of that organisation, for consents that name a kind: `general-practice`, `pharmacy`, `social-care` … */
  readonly organisationKinds: readonly string[];
  /** All references by which a relationship may name them: organisation, practitioner, practitioner role, wards, services, teams. */
  readonly parties: readonly string[];
}

interface Someone {
  /** Account id (UUID). */
  readonly account: string;
  /** As others read it: “Dr Asha Patel”. */
  readonly name: string;
  readonly session: string;
  readonly method: SignInMethod;
  /** When they last showed who they are, ms since 1970 UTC: sensitive acts ask for it to be fresh. */
  readonly authenticatedAt: number;
}

export interface StaffIdentity extends Someone {
  readonly kind: 'staff';
  /** `Practitioner/…` */
  readonly user: string;
  readonly post: Post;
}

/** A patient, or someone who acts for patients. */
export interface PersonIdentity extends Someone {
  readonly kind: 'person';
  /** Their own Patient, once linked; without it they see no record. */
  readonly patient?: string;
  /** How well their identity was proved. Source: NHS login vectors of trust. */
  readonly proofing: 'P0' | 'P5' | 'P9';
}

export type Identity = StaffIdentity | PersonIdentity;
