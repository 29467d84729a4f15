/** What the record keeps of a proxy: who they are to the person (RelatedPerson), and what was agreed (Consent). */
import type { Consent, RelatedPerson } from '@medplum/fhirtypes';
import type { ProxyRequest } from './proxy.ts';
import { basisNames, proxyRelationship, scopeNames } from './relationships.ts';

const hl7 = 'http://terminology.hl7.org/CodeSystem';
const instant = (ms: number): string => new Date(ms).toISOString();

/** Of a proxy that was approved, and perhaps ended since. The ids are the proxy's: written again, they change nothing. */
export function proxyResources(proxy: ProxyRequest): [RelatedPerson, Consent] {
  const { id, patient, relationship, askerName, askerAccount, scopes, decided, until, ended, basis } = proxy;
  const over = ended !== undefined;
  const end = over ? ended : until;
  const period = {
    start: instant(decided ?? proxy.asked),
    ...(end === undefined ? {} : { end: instant(end) }),
  };
  const person = { reference: `Patient/${patient}` };
  const kind = proxyRelationship(relationship);
  return [
    {
      resourceType: 'RelatedPerson',
      id,
      identifier: [{ system: 'https://throughline.example/account', value: askerAccount }],
      active: !over,
      patient: person,
      ...(kind ? { relationship: [{ coding: [kind.coding], text: kind.name }] } : {}),
      name: [{ text: askerName }],
      period,
    },
    {
      resourceType: 'Consent',
      id,
      status: over ? 'inactive' : 'active',
      scope: { coding: [{ system: `${hl7}/consentscope`, code: 'patient-privacy' }] },
      category: [
        { coding: [{ system: `${hl7}/v3-ActCode`, code: 'INFA' }] },
        ...(basis === undefined
          ? []
          : [
              {
                coding: [{ system: 'https://throughline.example/proxy-basis', code: basis }],
                text: basisNames[basis],
              },
            ]),
      ],
      patient: person,
      dateTime: instant(decided ?? proxy.asked),
      ...(proxy.organisation === undefined ? {} : { organization: [{ reference: proxy.organisation }] }),
      policyRule: { coding: [{ system: `${hl7}/v3-ActCode`, code: 'OPTIN' }] },
      provision: {
        type: 'permit',
        period,
        actor: [
          {
            role: { coding: [{ system: `${hl7}/v3-RoleCode`, code: kind?.coding.code ?? 'PRSN' }] },
            reference: { reference: `RelatedPerson/${id}`, display: askerName },
          },
        ],
        code: scopes.map((scope) => ({
          coding: [{ system: 'https://throughline.example/proxy-scope', code: scope }],
          text: scopeNames[scope],
        })),
      },
    },
  ];
}
