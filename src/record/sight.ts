import type { Key } from './keys.ts';

/**
 * What an actor may see and change. `access` works it out from role, relationship, proxy, emergency and scope; the record
 * turns it into SQL in every read, so that what is not seen is as if it did not exist. `'everything'`: work of the system
 * itself, and the holder of the configured token.
 */
export type Sight = 'everything' | Limits;

/** A resource is seen where any grant shows it. No grant shows nothing. */
export interface Limits {
  readonly grants: readonly Grant[];
}

export interface Grant {
  /** Types that it shows. */
  readonly types: readonly string[];
  /** Types that may be created, changed and deleted where it shows them; always among `types`. */
  readonly writes: readonly string[];
  readonly of: Whose;
  /**
   * Security labels (meta.security) whose resources it does not show, as `system|code`. A label on a Patient hides only that
   * Patient resource, never the compartment.
   */
  readonly withheld: readonly string[];
  /** Where the person's Consent counts; undefined: it does not (the person themself, an emergency, safeguarding). */
  readonly consent?: ConsentAsked;
  /**
   * Further bounds by type: a resource of a type named here is shown only where one of the searches finds it
   * (`category=laboratory`). From SMART scopes. Types not named are not bounded.
   */
  readonly only?: Readonly<Record<string, readonly string[]>>;
}

/** Whose data a grant shows. */
export type Whose =
  /** What is in nobody's compartment: organisations, locations, practitioners, code lists. */
  | { readonly kind: 'nobody' }
  /** Every person's, and nobody's. */
  | { readonly kind: 'everyone' }
  /** These people's: Patient ids. */
  | { readonly kind: 'persons'; readonly ids: readonly string[] }
  /**
   * People with whom one of the parties has a relationship now, as the record tells: `Organization/…`, `Practitioner/…`,
   * `PractitionerRole/…`, `Location/…`, `HealthcareService/…`, `CareTeam/…`. With `among`, of these Patients (ids) alone.
   */
  | { readonly kind: 'related'; readonly parties: readonly string[]; readonly among?: readonly string[] };

/** Against what a person's Consent is held. */
export interface ConsentAsked {
  /** References of the actor and of where it works, and its kinds of organisation as `kind:<code>`. */
  readonly parties: readonly string[];
  /** Care of the person, or anything else (research, planning), for which the national data opt-out counts too. */
  readonly use: 'care' | 'secondary';
}

/** Why a party may see a person's record: drawn from one resource, with its time. */
export interface Relation {
  /** Key of the party's reference. */
  readonly party: Key;
  /** ms since 1970 UTC; from `low` up to and without `high`. */
  readonly low: number;
  readonly high: number;
  readonly kind: RelationKind;
}

export type RelationKind =
  | 'registered'
  | 'caseload'
  | 'in-care'
  | 'referred'
  | 'booked'
  | 'prescribed'
  | 'tasked';

/** Whether a sight shows any resource of the type at all: what it does not is not for this role, whoever it is about. */
export const showsType = (sight: Sight, type: string): boolean =>
  sight === 'everything' || sight.grants.some((grant) => grant.types.includes(type));
