import type { Identity, SignInMethod } from '../identity.ts';
import { roleOf } from '../roles.ts';

const minute = 60_000;
const hour = 60 * minute;

/** How long a session lasts at all, ms. NIST SP 800-63B §4.2.3 asks for 12 hours where a person's data is handled at work. */
export const wholeSession = { staff: 12 * hour, person: 24 * hour } as const;

/** How long it lasts without a request, ms: what the table of roles says. */
const idleSession = (kind: string, role: string | null): number =>
  (roleOf(kind === 'staff' ? (role ?? '') : 'patient')?.idleMinutes ?? shortestIdle) * minute;
const shortestIdle = 15;

/** No role's sessions outlive so much idleness: what may be dropped. */
export const longestIdle = 60 * minute;

/** A session with its account and post, as one statement reads them. */
export interface SessionRow {
  readonly id: string;
  readonly account: string;
  readonly method: string;
  readonly authenticated: string;
  readonly touched: string;
  readonly ends: string;
  readonly kind: string;
  readonly name: string;
  readonly patient: string | null;
  readonly proofing: string;
  readonly practitioner: string | null;
  readonly disabled: string | null;
  readonly role: string | null;
  readonly organisation: string;
  readonly kinds: string[];
  readonly parties: string[];
  readonly post_starts: string;
  readonly post_ends: string | null;
}

export const isLive = (row: Pick<SessionRow, 'kind' | 'role' | 'touched' | 'ends'>, now: number): boolean =>
  now < Number(row.ends) && now - Number(row.touched) < idleSession(row.kind, row.role);

/** Whose it is, or undefined where it has ended: by time, with its post, or with its account. */
export function identityOfRow(row: SessionRow, now: number): Identity | undefined {
  if (row.disabled !== null || !isLive(row, now)) return undefined;
  const someone = {
    account: row.account,
    name: row.name,
    session: row.id,
    // Written by `startSession` alone, which takes no other word.
    method: row.method as SignInMethod,
    authenticatedAt: Number(row.authenticated),
  };
  if (row.kind === 'person')
    return {
      ...someone,
      kind: 'person',
      proofing: row.proofing as 'P0' | 'P5' | 'P9', // the table's check
      ...(row.patient === null ? {} : { patient: row.patient }),
    };
  if (
    row.role === null ||
    now < Number(row.post_starts) ||
    (row.post_ends !== null && now >= Number(row.post_ends))
  )
    return undefined;
  return {
    ...someone,
    kind: 'staff',
    user: row.practitioner ?? `Practitioner/${row.account}`,
    post: {
      role: row.role,
      organisation: row.organisation,
      organisationKinds: row.kinds,
      parties: row.parties,
    },
  };
}
