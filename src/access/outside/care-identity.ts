import { z } from 'zod';
import { Refusal } from './refusal.ts';
import type { OutsideAnswer } from './round-trip.ts';

/** Scopes asked of Care Identity. Source: NHS England, CIS2 Authentication, “Scopes and claims”. */
export const careIdentityScope = 'openid profile nhsperson nationalrbacaccess';

/** Two factors at least, by any authenticator. Source: CIS2 Authentication, “Authentication context class references”. */
export const careIdentityParameters = { acr_values: 'AAL2_OR_AAL3_ANY', prompt: 'login' } as const;

export interface NationalPost {
  /** `S8000:G8000:R8001` */
  readonly roleCode: string;
  /** ODS code of the organisation. */
  readonly odsCode: string;
  /** SDS role profile id: of this person in this role at this organisation. */
  readonly profile: string;
}

export interface CareIdentityPerson {
  /** SDS user id. */
  readonly user: string;
  readonly name: string;
  /** The roles they may work in; the one they chose at Care Identity alone, where they chose there. */
  readonly posts: readonly NationalPost[];
}

const level = z.coerce.number().int();
const digits = z.string().regex(/^\d{1,20}$/);
const listOrOne = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]),
    z.array(item).max(500),
  );

const Assurance = z.object({
  id_assurance_level: level,
  authentication_assurance_level: level,
  selected_roleid: digits.optional().catch(undefined),
});

const Person = z.object({
  nhsid_useruid: digits,
  name: z.string().trim().min(1).max(200),
  display_name: z.string().trim().min(1).max(200).optional().catch(undefined),
  selected_roleid: digits.optional().catch(undefined),
  nhsid_nrbac_roles: listOrOne(
    z.object({
      role_code: z.string().max(100),
      org_code: z.string().regex(/^[A-Za-z0-9]{3,12}$/),
      person_roleid: digits,
    }),
  ),
});

/**
 * The member of staff of an answer. Identity must be proved to level 3 and sign-in be by two factors, whatever was asked
 * for (CIS2 Authentication: the service checks both claims itself). Throws a Refusal.
 */
export function careIdentityPerson({ claims, userInfo }: OutsideAnswer): CareIdentityPerson {
  const assurance = Assurance.safeParse(claims);
  const person = Person.safeParse(userInfo);
  if (!assurance.success || !person.success)
    throw new Refusal('not-valid', 'Care Identity gave claims of another form than agreed');
  const { id_assurance_level, authentication_assurance_level } = assurance.data;
  if (id_assurance_level < 3 || authentication_assurance_level < 2)
    throw new Refusal(
      'too-low',
      `Identity at level ${id_assurance_level}, sign-in at level ${authentication_assurance_level}`,
    );
  const { data } = person;
  const chosen = assurance.data.selected_roleid ?? data.selected_roleid;
  const posts = data.nhsid_nrbac_roles.map(
    ({ role_code, org_code, person_roleid }): NationalPost => ({
      roleCode: role_code,
      odsCode: org_code,
      profile: person_roleid,
    }),
  );
  return {
    user: data.nhsid_useruid,
    name: data.display_name ?? data.name,
    posts: chosen === undefined ? posts : posts.filter((post) => post.profile === chosen),
  };
}
