/** How long codes, tokens and grants last, and how clients may sign. */

/** Lifetimes in seconds. */
const minutes = 60;
const days = 24 * 3600;
export const lifetimes = {
  code: minutes,
  /** Of an app's access token. */
  access: 30 * minutes,
  /** Of a system's: SMART Backend Services §1.5 recommends no more. */
  system: 5 * minutes,
  identity: 60 * minutes,
  request: 30 * minutes,
  /** `online_access`: as long as a working day, and as the person's session stands. */
  online: 12 * 3600,
  /** `offline_access`: from each use; the grant ends a year after it was given. */
  offline: 90 * days,
  grant: 365 * days,
  /** Longest assertion of a client (SMART App Launch 2.2, client-confidential-asymmetric). */
  assertion: 5 * minutes,
} as const;

/** The clients' algorithms that SMART names. */
export const assertionAlgorithms = ['RS384', 'ES384'] as const;
