import type { GroupName } from '../resource-groups.ts';
import type { ProxyBasis } from './age-rules.ts';

/** What a proxy may do for someone, each apart: the practice chooses. */
export const proxyScopes = ['appointments', 'medicines', 'record', 'messages'] as const;
export type ProxyScope = (typeof proxyScopes)[number];

/** What each opens. To act for someone one must know who they are, so all open the demographics. */
export const proxyScopeGroups: Readonly<
  Record<ProxyScope, { readonly sees: readonly GroupName[]; readonly writes: readonly GroupName[] }>
> = {
  appointments: { sees: ['demographics', 'booking'], writes: ['booking'] },
  // A repeat cannot be asked for safely without the allergies beside it.
  medicines: { sees: ['demographics', 'medicines', 'alerts'], writes: [] },
  record: {
    sees: [
      ...(['demographics', 'booking', 'visits', 'alerts', 'problems', 'medicines', 'vaccinations'] as const),
      ...(['results', 'imaging', 'notes', 'documents', 'plans', 'requests', 'aids'] as const),
    ],
    writes: [],
  },
  messages: { sees: ['demographics', 'messages'], writes: ['messages'] },
};

/** What one person may see and do of another's record, as their practice decided it. */
export interface ProxyGrant {
  /** Patient id. */
  readonly patient: string;
  /** As the record has it now: with the ground it says whether the grant still stands (age-rules.ts). */
  readonly birthDate: string | undefined;
  readonly basis: ProxyBasis;
  readonly scopes: readonly ProxyScope[];
  /** Security labels, `system|code`, kept from this proxy besides what is kept from all. */
  readonly withheld: readonly string[];
  /** ms since 1970 UTC, from which it stands no more; undefined: until it is withdrawn. */
  readonly until: number | undefined;
}
