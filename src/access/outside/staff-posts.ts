import type { CareTeam, Organization, Practitioner, PractitionerRole, Resource } from '@medplum/fhirtypes';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import type { Post } from '../identity.ts';
import { odsCodeSystem } from '../linking/linkage-key.ts';
import type { CareIdentityPerson } from './care-identity.ts';
import { kindsOfOrganisation } from './kinds-of-organisation.ts';
import { roleOfNational } from './national-roles.ts';
import { Refusal } from './refusal.ts';

/** Where user ids of the NHS Spine directory are assigned. Source: FHIR UK Core, naming systems. */
const userIds = 'https://fhir.nhs.uk/Id/sds-user-id';

export interface StaffMember {
  /** `Practitioner/…` */
  readonly user: string;
  /** What they may work as now. */
  readonly posts: readonly Post[];
}

/**
 * Who a member of staff is in the record, and as what they may work here: their national roles that have a role here, at
 * organisations that the record knows. Throws a Refusal where the record has no such practitioner, or nothing is left.
 */
export async function staffMember(
  record: CareRecord,
  person: CareIdentityPerson,
  requestId: string,
): Promise<StaffMember> {
  const find = <T extends Resource>(type: T['resourceType'], query: Record<string, string>) =>
    search<T>(record, requestId, type, query);

  const practitioners = (
    await find<Practitioner>('Practitioner', { identifier: `${userIds}|${person.user}` })
  ).filter((one) => one.active !== false);
  const [practitioner] = practitioners;
  if (!practitioner || practitioners.length > 1)
    throw new Refusal('not-known-here', 'No one practitioner of the record has this SDS user id');
  const user = `Practitioner/${practitioner.id}`;

  const posts = new Map<string, Post>();
  for (const { roleCode, odsCode } of person.posts) {
    const organisations = (
      await find<Organization>('Organization', { identifier: `${odsCodeSystem}|${odsCode}` })
    ).filter((one) => one.active !== false);
    const [organisation] = organisations;
    if (!organisation || organisations.length > 1) continue;
    const organisationKinds = kindsOfOrganisation(organisation);
    const role = roleOfNational(roleCode, organisationKinds);
    const reference = `Organization/${organisation.id}`;
    if (!role || posts.has(`${role} ${reference}`)) continue;
    posts.set(`${role} ${reference}`, {
      role,
      organisation: reference,
      organisationKinds,
      parties: [reference, user, ...(await placesOf(find, user, reference))],
    });
  }
  if (posts.size === 0) throw new Refusal('no-role', 'None of their national roles has a role here');
  return { user, posts: [...posts.values()] };
}

type Find = <T extends Resource>(
  type: T['resourceType'],
  query: Record<string, string>,
) => Promise<readonly T[]>;

/** Roles, places, services and teams by which the record may name someone who works for an organisation. */
async function placesOf(find: Find, user: string, organisation: string): Promise<readonly string[]> {
  const [roles, teams] = await Promise.all([
    find<PractitionerRole>('PractitionerRole', { practitioner: user, organization: organisation }),
    find<CareTeam>('CareTeam', { participant: user, status: 'active' }),
  ]);
  const named = roles
    .filter((role) => role.active !== false)
    .flatMap((role) => [
      `PractitionerRole/${role.id}`,
      ...[...(role.location ?? []), ...(role.healthcareService ?? [])].map((place) => place.reference ?? ''),
    ]);
  return [...new Set([...named, ...teams.map((team) => `CareTeam/${team.id}`)])].filter((one) => one !== '');
}

/** More than anyone holds. */
const most = 200;

async function search<T extends Resource>(
  record: CareRecord,
  requestId: string,
  type: T['resourceType'],
  query: Record<string, string>,
): Promise<readonly T[]> {
  const text = new URLSearchParams({ ...query, _count: String(most) }).toString();
  const { matches } = await record.search({ ...signIn, requestId }, type, text);
  return matches.map((stored) => resourceOf<T>(stored));
}

/** The system itself, before anyone is signed in: reads the directory of staff only. */
const signIn: Omit<Actor, 'requestId'> = {
  id: 'Device/sign-in',
  name: 'Sign-in',
  role: 'system',
  purpose: 'HOPERAT',
  sight: 'everything',
  via: 'page',
};
