/** The form by which a member of staff gets a post: what was typed, checked against the record. */
import type { Organization, Practitioner } from '@medplum/fhirtypes';
import type { Post } from '../../access/identity.ts';
import { odsCodeSystem, parseOdsCode } from '../../access/linking/linkage-key.ts';
import { kindsOfOrganisation } from '../../access/outside/kinds-of-organisation.ts';
import { roleOf, roles } from '../../access/roles.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import { type FieldError, type FormBody, formText } from '../../web/form-fields.ts';

export interface TypedPost {
  readonly role: string;
  readonly ods: string;
}

export const typedPost = (body: FormBody): TypedPost => ({
  role: formText(body, 'role'),
  ods: formText(body, 'ods'),
});

/** Roles that a post may have, by name. */
export const staffRoles: readonly { readonly value: string; readonly text: string }[] = Object.entries(roles)
  .filter(([, role]) => role.holder === 'staff')
  .map(([value, { name }]) => ({ value, text: name }))
  .sort((one, other) => one.text.localeCompare(other.text));

/** The post without whom it is for, or what is wrong. */
export async function checkedPost(
  record: CareRecord,
  actor: Actor,
  { role, ods }: TypedPost,
): Promise<
  | { readonly errors: readonly FieldError[] }
  | { readonly errors?: never; readonly post: Omit<Post, 'parties'> }
> {
  const errors: FieldError[] = [];
  if (roleOf(role)?.holder !== 'staff') errors.push({ field: 'role', text: 'Choose a role' });
  const code = parseOdsCode(ods);
  if (code === undefined) {
    const text =
      ods === '' ? 'Enter an ODS code' : 'Enter an ODS code of 3 to 10 letters and numbers, like B86012';
    return { errors: [...errors, { field: 'ods', text }] };
  }
  const query = new URLSearchParams({ identifier: `${odsCodeSystem}|${code}`, _count: '2' }).toString();
  const { matches } = await record.search(actor, 'Organization', query);
  const [found] = matches;
  if (!found || matches.length > 1)
    errors.push({ field: 'ods', text: 'No one organisation in the record has this ODS code' });
  if (!found || errors.length > 0) return { errors };
  const organisation = resourceOf<Organization>(found);
  return {
    post: {
      role,
      organisation: `Organization/${organisation.id}`,
      organisationKinds: kindsOfOrganisation(organisation),
    },
  };
}

/** `Practitioner/…` of an id as typed; empty where none was typed, undefined where the record has no such one. */
export async function practitionerOf(
  record: CareRecord,
  actor: Actor,
  id: string,
): Promise<string | undefined> {
  if (id === '') return '';
  if (!/^[A-Za-z0-9.-]{1,64}$/.test(id)) return undefined;
  const stored = await record.read(actor, 'Practitioner', id);
  return stored?.body ? `Practitioner/${resourceOf<Practitioner>(stored).id}` : undefined;
}
