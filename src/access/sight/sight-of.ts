import type { Grant, Limits } from '../../record/sight.ts';
import type { Identity, PersonIdentity, StaffIdentity } from '../identity.ts';
import { type GroupName, typesIn } from '../resource-groups.ts';
import { purposes, type Role, roleOf, roles, safeguardingPurpose } from '../roles.ts';
import { confidential } from '../security-labels.ts';
import { ageRule } from './age-rules.ts';
import { type ProxyGrant, proxyScopeGroups } from './proxy-grant.ts';

export interface SightAsked {
  /** ms since 1970 UTC. */
  readonly now: number;
  /** Purpose of use; undefined: the usual one of the role. One that the role does not have shows no one's record. */
  readonly purpose?: string;
  /** Emergency accesses of the one who asks: Patient ids. */
  readonly emergencies: readonly { readonly patient: string; readonly until: number }[];
  /** For whom the one who asks may act. */
  readonly proxies: readonly ProxyGrant[];
}

/** What someone who has signed in may see and change now. An unknown role or purpose shows no one's record. */
export function sightOf(identity: Identity, asked: SightAsked): Limits {
  const grants = identity.kind === 'staff' ? staffGrants(identity, asked) : personGrants(identity, asked);
  return { grants: grants.filter(({ types }) => types.length > 0) };
}

function staffGrants({ user, post }: StaffIdentity, asked: SightAsked): readonly Grant[] {
  const role = roleOf(post.role);
  if (role?.holder !== 'staff') return [];
  const shared = sharedBy(role);
  const purpose = role.purposes.find((one) => one === (asked.purpose ?? role.purposes[0]));
  if (purpose === undefined) return [shared];
  const parties = [...new Set([user, post.organisation, ...post.parties])];
  const related: Grant = {
    types: typesIn(role.sees, 'person'),
    writes: typesIn(role.writes, 'person'),
    of: { kind: 'related', parties },
    withheld: role.withheld,
    consent: {
      parties: [...parties, ...post.organisationKinds.map((kind) => `kind:${kind}`)],
      use: purposes[purpose],
    },
  };
  const all: Grant = {
    types: typesIn(role.seesOfAll ?? [], 'person'),
    writes: [],
    of: { kind: 'everyone' },
    withheld: role.withheld,
  };
  const grants = [related, shared, all, given(role, staffBounds(parties))];
  if (purpose === safeguardingPurpose && role.actions.includes('safeguarding'))
    grants.push(safeguarding(role, parties));
  const ids = asked.emergencies.filter(({ until }) => asked.now < until).map(({ patient }) => patient);
  if (ids.length > 0 && role.actions.includes('emergency-access')) grants.push(emergency(related, ids));
  return grants;
}

/** Flags, and whose they are, whatever the person chose: harm by others comes before. A relationship is still asked. */
const safeguarding = (role: Role, parties: readonly string[]): Grant => ({
  types: typesIn(['safeguarding', 'demographics'], 'person'),
  writes: role.writes.includes('safeguarding') ? typesIn(['safeguarding'], 'person') : [],
  of: { kind: 'related', parties },
  withheld: [],
});

/** What the role sees, of people in an emergency: no relationship, nothing kept back, consent not asked. */
const emergency = ({ types, writes }: Grant, ids: readonly string[]): Grant => ({
  types,
  writes,
  of: { kind: 'persons', ids: [...new Set(ids)] },
  withheld: [],
});

const { patient: patientRole, proxy: proxyRole } = roles;

function personGrants(identity: PersonIdentity, asked: SightAsked): readonly Grant[] {
  const { patient, proofing } = identity;
  if (proofing === 'P0') return [];
  const shared = sharedBy(patientRole);
  if (proofing === 'P5') return patient === undefined ? [shared] : [ownBookings(patient), shared];
  const others = asked.proxies
    .filter((grant) => grant.patient !== patient)
    .flatMap((grant) => proxyGrant(grant, patient, asked.now));
  if (patient === undefined) return [shared, ...others];
  const own: Grant = {
    types: typesIn(patientRole.sees, 'person'),
    writes: typesIn(patientRole.writes, 'person'),
    of: { kind: 'persons', ids: [patient] },
    withheld: patientRole.withheld,
  };
  return [own, shared, given(patientRole, personBounds(patient)), ...others];
}

/** Someone whose identity matched, but was not proved: what they do with a practice, not what is known of them. */
function ownBookings(patient: string): Grant {
  const types = typesIn(['booking', 'messages'], 'person');
  return { types, writes: types, of: { kind: 'persons', ids: [patient] }, withheld: patientRole.withheld };
}

/** Nothing where the grant has ended, or where its ground does not hold at the person's age. */
function proxyGrant(grant: ProxyGrant, asker: string | undefined, now: number): Grant[] {
  if (grant.until !== undefined && grant.until <= now) return [];
  const rule = ageRule(grant.birthDate, now);
  if (!rule.bases.includes(grant.basis)) return [];
  const opened = grant.scopes.map((scope) => proxyScopeGroups[scope]);
  const typesOf = (groups: readonly GroupName[]): readonly string[] => [
    ...new Set(typesIn(groups, 'person')),
  ];
  const kept = rule.id === 'young-person' ? confidential : [];
  return [
    {
      types: typesOf(opened.flatMap(({ sees }) => sees)),
      writes: typesOf(opened.flatMap(({ writes }) => writes)),
      of: { kind: 'persons', ids: [grant.patient] },
      withheld: [...new Set([...proxyRole.withheld, ...kept, ...grant.withheld])],
      // What someone keeps from everyone, or from those who act for them, they keep from a proxy.
      consent: {
        parties: ['kind:proxy', ...(asker === undefined ? [] : [`Patient/${asker}`])],
        use: 'care',
      },
    },
  ];
}

/** What says nothing of anyone. */
const sharedBy = (role: Role): Grant => ({
  types: typesIn(role.sees, 'nobody'),
  writes: typesIn(role.writes, 'nobody'),
  of: { kind: 'nobody' },
  withheld: [],
});

type Bounds = Readonly<Record<string, readonly string[]>>;

/** What is in no one's record, bounded by searches; a type without a search that finds anything is left out. */
function given(role: Role, bounds: Bounds): Grant {
  const shown = (type: string): boolean => bounds[type]?.length !== 0;
  const types = typesIn(role.sees, 'given').filter(shown);
  const only = Object.fromEntries(
    Object.entries(bounds).filter(([type]) => types.some((one) => one === type)),
  );
  return {
    types,
    writes: typesIn(role.writes, 'given').filter(shown),
    of: { kind: 'everyone' },
    withheld: role.withheld,
    ...(Object.keys(only).length === 0 ? {} : { only }),
  };
}

const owners = /^(?:Practitioner|PractitionerRole|Organization|CareTeam|HealthcareService)\//;
const requesters = /^(?:Practitioner|PractitionerRole|Organization)\//;

/** Tasks they own or asked for, and equipment that is no one's. */
function staffBounds(parties: readonly string[]): Bounds {
  const search = (name: string, among: RegExp): string[] => {
    const found = parties.filter((party) => among.test(party));
    return found.length === 0 ? [] : [`${name}=${found.join(',')}`];
  };
  return {
    Task: [...search('owner', owners), ...search('requester', requesters)],
    Device: ['patient:missing=true'],
  };
}

/** Tasks they asked for or are to do, and their own devices. */
const personBounds = (patient: string): Bounds => ({
  Task: [`requester=Patient/${patient}`, `owner=Patient/${patient}`],
  Device: [`patient=Patient/${patient}`],
  Schedule: [],
  Slot: [],
});
