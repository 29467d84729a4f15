import type { Organization } from '@medplum/fhirtypes';
import { organisationKindSystem } from '../../record/consent-rules.ts';

/**
 * Roles of the NHS Organisation Data Service and the kind of organisation each is here (codes of `organisation-kinds.ts`).
 * Source: NHS England, Organisation Data Service, “Role identifiers”. A hospital trust may also do other care; what kind
 * its places are is said by their own type in our system.
 */
const odsRoles: Readonly<Record<string, string | undefined>> = {
  RO76: 'general-practice', // GP practice
  RO182: 'pharmacy',
  RO197: 'hospital', // NHS trust
  RO198: 'hospital', // NHS trust site
  RO141: 'social-care', // local authority
  RO102: 'social-care', // care home headquarters or site
};

/** The kinds of an organisation, by its types: our own codes, or those of the Organisation Data Service. */
export function kindsOfOrganisation(organisation: Organization): readonly string[] {
  const codings = (organisation.type ?? []).flatMap((type) => type.coding ?? []);
  const kinds = codings.flatMap(({ system, code = '' }) => {
    if (system === organisationKindSystem) return code === '' ? [] : [code];
    const kind = system?.includes('ODSAPI-OrganizationRole') ? odsRoles[code] : undefined;
    return kind === undefined ? [] : [kind];
  });
  return [...new Set(kinds)];
}
