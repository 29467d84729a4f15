import type { Identity } from '../identity.ts';
import type { ProxyBasis } from '../sight/age-rules.ts';
import type { ProxyScope } from '../sight/proxy-grant.ts';

export type ProxyState = 'waiting' | 'approved' | 'refused' | 'ended' | 'withdrawn';

/** A request to act for someone, and what became of it. Times are ms since 1970 UTC. */
export interface ProxyRequest {
  readonly id: string;
  readonly askerAccount: string;
  readonly askerName: string;
  /** The asker's own Patient id, where they have one. */
  readonly askerPatient?: string;
  /** Name of the person, as the asker wrote it. */
  readonly personName: string;
  /** Code of `proxyRelationships`. */
  readonly relationship: string;
  /** Asked for while it waits; agreed to after. */
  readonly scopes: readonly ProxyScope[];
  readonly evidence: string;
  readonly asked: number;
  /** Patient id. Undefined: no record was found. Never shown to the asker. */
  readonly patient?: string;
  readonly birthDate?: string;
  readonly state: ProxyState;
  readonly basis?: ProxyBasis;
  /** What the practice saw before it agreed. */
  readonly checked?: string;
  readonly until?: number;
  readonly decided?: number;
  readonly deciderName?: string;
  /** `Organization/…` that decided. */
  readonly organisation?: string;
  /** Why it was refused or ended. */
  readonly reason?: string;
  readonly ended?: number;
  /** Name of who ended it. */
  readonly endedBy?: string;
}

/** The proxy as its asker may see it: nothing that tells whether a record was found before the practice agreed. */
export type OwnRequest = Omit<
  ProxyRequest,
  'patient' | 'birthDate' | 'checked' | 'organisation' | 'askerAccount'
> & {
  /** Patient id, once agreed and while it stands. */
  readonly patient?: string;
};

export interface ProxyAsk {
  /** Made with the form: the same form sent twice asks once. */
  readonly form: string;
  readonly nhsNumber: string;
  /** `2018-03-15` */
  readonly birthDate: string;
  readonly personName: string;
  readonly relationship: string;
  readonly scopes: readonly ProxyScope[];
  readonly evidence: string;
}

export interface Approval {
  /** At most those asked for. */
  readonly scopes: readonly ProxyScope[];
  /** ms since 1970 UTC. */
  readonly until: number;
  readonly basis: ProxyBasis;
  /** What was seen: documents, a talk with the person. */
  readonly checked: string;
}

export interface ProxyRow {
  id: string;
  asker_account: string;
  asker_name: string;
  asker_patient: string | null;
  person_name: string;
  relationship: string;
  scopes: ProxyScope[];
  evidence: string;
  asked: string;
  patient: string | null;
  birth_date: string | null;
  died: boolean;
  registered: string[];
  state: ProxyState;
  basis: ProxyBasis | null;
  checked: string | null;
  until: string | null;
  decided: string | null;
  decider_name: string | null;
  organisation: string | null;
  reason: string | null;
  ended: string | null;
  ended_by: string | null;
  untold: Change | null;
}

/** Who made a change, kept with it until the record and the audit log have it. */
export interface Change {
  readonly who: { readonly id: string; readonly name: string; readonly role: string; organisation?: string };
  readonly note: string;
  readonly requestId: string;
}

/** Who someone is in the audit log. */
export function whoOf(identity: Identity): Change['who'] {
  if (identity.kind === 'staff') {
    const { role, organisation } = identity.post;
    return { id: identity.user, name: identity.name, role, organisation };
  }
  const id = identity.patient === undefined ? `Person/${identity.account}` : `Patient/${identity.patient}`;
  return { id, name: identity.name, role: 'patient' };
}

const given = <K extends string, V>(key: K, value: V | null): { [k in K]?: V } =>
  value === null ? {} : ({ [key]: value } as { [k in K]: V }); // the one key

const time = (value: string | null): number | null => (value === null ? null : Number(value));

export function proxyOf(row: ProxyRow): ProxyRequest {
  return {
    id: row.id,
    askerAccount: row.asker_account,
    askerName: row.asker_name,
    personName: row.person_name,
    relationship: row.relationship,
    scopes: row.scopes,
    evidence: row.evidence,
    asked: Number(row.asked),
    state: row.state,
    ...given('askerPatient', row.asker_patient),
    ...given('patient', row.patient),
    ...given('birthDate', row.birth_date),
    ...given('basis', row.basis),
    ...given('checked', row.checked),
    ...given('until', time(row.until)),
    ...given('decided', time(row.decided)),
    ...given('deciderName', row.decider_name),
    ...given('organisation', row.organisation),
    ...given('reason', row.reason),
    ...given('ended', time(row.ended)),
    ...given('endedBy', row.ended_by),
  };
}
