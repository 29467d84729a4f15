/** People who sign in elsewhere, and what the record has of them. Numbers are of the test range. */
import type { Patient, Resource } from '@medplum/fhirtypes';
import { type Seen, type Visitor, visitor } from './http-visitor.ts';
import type { OutsideUser, TestProvider } from './outside-provider.ts';

const patient = (id: string, nhsNumber: string, family: string, birthDate: string): Patient => ({
  ...{ resourceType: 'Patient', id, active: true, birthDate },
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: nhsNumber }],
  ...{ name: [{ family, given: ['Test'] }], generalPractitioner: [{ reference: 'Organization/practice' }] },
});

const person = (
  sub: string,
  level: 'P5' | 'P9',
  nhsNumber: string,
  family: string,
  born: string,
): OutsideUser => ({
  ...{ sub, level },
  claims: {
    ...{ nhs_number: nhsNumber, family_name: family, given_name: 'Test', birthdate: born },
    ...{ email: `${sub}@example.org`, email_verified: true },
  },
});

export const outsidePeople: readonly OutsideUser[] = [
  person('rosa', 'P9', '9990000018', 'O’Brien', '1962-07-03'),
  person('stefan', 'P5', '9990000026', 'Nowak', '1990-01-31'),
  person('priya', 'P5', '9912003071', 'Shah', '1988-11-20'),
  person('twice', 'P9', '9990000034', 'Twice', '1980-05-05'),
  person('other-name', 'P9', '9449304130', 'Another', '1975-02-02'),
  person('unknown', 'P9', '9434765919', 'Unknown', '1975-02-02'),
  { sub: 'basic', level: 'P0', claims: { email: 'basic@example.org', email_verified: true } },
];

const post = (role: string, ods: string, profile: string) => ({
  ...{ role_code: role, org_code: ods, person_roleid: profile, person_orgid: '1' },
});
const worker = (sub: string, name: string, roles: readonly unknown[], level = '3'): OutsideUser => ({
  sub,
  claims: {
    ...{ nhsid_useruid: sub, name, id_assurance_level: level, authentication_assurance_level: '3' },
    ...{ nhsid_nrbac_roles: roles, nhsid_user_orgs: [{ org_code: 'A81001', org_name: 'HYDE PARK SURGERY' }] },
  },
});

export const outsideStaff: readonly OutsideUser[] = [
  worker('555036632103', 'Asha Patel', [post('S8000:G8000:R8009', 'A81001', '555254240100')]),
  worker('555036632104', 'Ben Okafor', [
    post('S8000:G8000:R8000', 'A81001', '555254240101'),
    post('S8000:G8000:R8000', 'RR8', '555254240102'),
    post('S8000:G8000:R8007', 'A81001', '555254240103'),
  ]),
  worker('555036632105', 'Cara Coder', [post('S8000:G8000:R8007', 'A81001', '555254240104')]),
  worker('555036632106', 'Dan Unknown', [post('S8000:G8000:R8001', 'A81001', '555254240105')]),
  worker('555036632107', 'Eve Unproved', [post('S8000:G8000:R8001', 'A81001', '555254240106')], '2'),
];

const organisation = (id: string, name: string, ods: string, kind: string): Resource => ({
  ...{ resourceType: 'Organization', id, name, active: true },
  identifier: [{ system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: ods }],
  type: [{ coding: [{ system: 'https://throughline.example/organisation-kind', code: kind }] }],
});
const practitioner = (id: string, user: string): Resource => ({
  ...{ resourceType: 'Practitioner', id, active: true },
  identifier: [{ system: 'https://fhir.nhs.uk/Id/sds-user-id', value: user }],
});

export const elsewhereRecord: readonly Resource[] = [
  organisation('practice', 'Hyde Park Surgery', 'A81001', 'general-practice'),
  organisation('hospital', 'Leeds General', 'RR8', 'hospital'),
  organisation('another', 'Far Surgery', 'B82002', 'general-practice'),
  practitioner('asha', '555036632103'),
  practitioner('ben', '555036632104'),
  practitioner('cara', '555036632105'),
  practitioner('eve', '555036632107'),
  { resourceType: 'Location', id: 'ward', name: 'Ward 7' },
  {
    ...{ resourceType: 'PractitionerRole', id: 'ben-ward', active: true },
    ...{
      practitioner: { reference: 'Practitioner/ben' },
      organization: { reference: 'Organization/hospital' },
    },
    location: [{ reference: 'Location/ward' }],
  },
  patient('rosa', '9990000018', 'OBrien', '1962-07-03'),
  patient('stefan', '9990000026', 'Nowak', '1990-01-31'),
  patient('priya', '9912003071', 'Shah', '1988-11-20'),
  patient('twice-1', '9990000034', 'Twice', '1980-05-05'),
  patient('twice-2', '9990000034', 'Twice', '1980-05-05'),
  patient('other-name', '9449304130', 'Different', '1975-02-02'),
  {
    ...patient('elsewhere', '4010232137', 'Faraway', '1970-01-01'),
    generalPractitioner: [{ reference: 'Organization/another' }],
  },
];

/** Goes to a provider from an address of the product, signs in on its page, and comes back. */
export async function signInAs(
  start: string,
  user: string,
  { share = 'yes', browser = visitor() }: { share?: 'yes' | 'no'; browser?: Visitor } = {},
): Promise<Seen & { browser: Visitor }> {
  const page = await browser.get(start);
  if (!page.url.pathname.startsWith('/interaction/')) return { ...page, browser };
  return { ...(await browser.post(page.url.href, { user, share })), browser };
}

/** As `signInAs`, stopping before the answer reaches the product: the address with which it would come back. */
export async function answerFor(
  provider: TestProvider,
  start: string,
  user: string,
  browser: Visitor,
): Promise<URL> {
  const page = await browser.get(start);
  const until = (target: URL) => target.origin !== provider.issuer;
  return (await browser.post(page.url.href, { user, share: 'yes' }, { until })).url;
}
