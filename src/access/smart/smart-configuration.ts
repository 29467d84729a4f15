/** What apps read to find their way: the SMART configuration, and the security part of the CapabilityStatement. */
import type { CapabilityStatementRestSecurity } from '@medplum/fhirtypes';
import { assertionAlgorithms, lifetimes } from './lifetimes.ts';
import { contextScopes } from './scopes.ts';

/** Source: SMART App Launch 2.2 §4 (conformance). Only what works here is named. */
export function smartConfiguration(issuer: string): Readonly<Record<string, unknown>> {
  return {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    introspection_endpoint: `${issuer}/introspect`,
    revocation_endpoint: `${issuer}/revoke`,
    grant_types_supported: ['authorization_code', 'client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: [...assertionAlgorithms],
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    scopes_supported: [
      ...contextScopes,
      'patient/*.cruds',
      'patient/*.rs',
      'user/*.cruds',
      'user/*.rs',
      'system/*.cruds',
      'system/*.rs',
    ],
    capabilities: [
      'launch-ehr',
      'launch-standalone',
      'client-public',
      'client-confidential-symmetric',
      'client-confidential-asymmetric',
      'sso-openid-connect',
      'context-banner',
      'context-ehr-patient',
      'context-ehr-encounter',
      'context-standalone-patient',
      'permission-offline',
      'permission-online',
      'permission-patient',
      'permission-user',
      'permission-v1',
      'permission-v2',
    ],
  };
}

/** `rest.security` of the CapabilityStatement. Source: SMART App Launch 2.2 §4.3; FHIR R4 restful-security-service. */
export function capabilitySecurity(issuer: string): CapabilityStatementRestSecurity {
  const uri = (url: string, path: string) => ({ url, valueUri: `${issuer}/${path}` });
  return {
    extension: [
      {
        url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
        extension: [
          uri('authorize', 'authorize'),
          uri('token', 'token'),
          uri('introspect', 'introspect'),
          uri('revoke', 'revoke'),
        ],
      },
    ],
    cors: true,
    service: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/restful-security-service',
            code: 'SMART-on-FHIR',
            display: 'SMART-on-FHIR',
          },
        ],
        text: 'OAuth2 using SMART-on-FHIR profile (see http://docs.smarthealthit.org)',
      },
    ],
    description: `Apps ask for access by SMART App Launch, systems by SMART Backend Services; access tokens last ${lifetimes.access / 60} and ${lifetimes.system / 60} minutes. Every read and write is in the audit trail before it is answered.`,
  };
}
