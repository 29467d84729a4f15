/** What an administrator says of an API client, checked; and what it may see where it acts for itself. Pure. */
import type { Grant, Limits } from '../../record/sight.ts';
import { type GroupName, resourceGroups, typesIn, typesOfNobody } from '../resource-groups.ts';
import { confidential } from '../security-labels.ts';
import { isKnownScope, parseDataScope } from './scopes.ts';

/** `app`: acts for a person who signs in and agrees. `system`: acts for itself (SMART Backend Services). */
export type ClientKind = 'app' | 'system';

/** How it shows who it is: not at all (runs in a browser or on a phone), by a secret, or by a key of its own. */
export type ClientProof = 'none' | 'secret' | 'key';

/** Whose records a system may see, as the administrator approved. */
export interface ClientReach {
  readonly whose: 'everyone' | 'related' | 'nobody';
  /** For `related`: `Organization/…` and others by which people are related. Also those against which consent is held. */
  readonly parties: readonly string[];
  readonly use: 'care' | 'secondary';
  /** May see what is labelled restricted or very restricted. */
  readonly restricted: boolean;
}

export interface ClientDetails {
  readonly name: string;
  readonly kind: ClientKind;
  readonly proof: ClientProof;
  readonly redirects: readonly string[];
  /** Where a launch from here opens it. */
  readonly launch?: string;
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly jwksUri?: string;
  readonly scopes: readonly string[];
  readonly reach?: ClientReach;
  /** May ask about tokens of other clients (RFC 7662), as a resource server does. */
  readonly inspects: boolean;
}

/** Something wrong with what was given: which field, and how to mend it. */
export interface ClientFault {
  readonly field:
    | 'name'
    | 'kind'
    | 'proof'
    | 'redirects'
    | 'launch'
    | 'keys'
    | 'scopes'
    | 'reach'
    | 'parties';
  readonly text: string;
}

/** Who looked, what people chose, and who is in a cohort are for no system: a scope for these gives nothing. */
const kept: readonly GroupName[] = ['audit', 'choices', 'cohorts'];
const groups = Object.keys(resourceGroups).filter(
  (name): name is GroupName => !kept.some((one) => one === name),
);
const typesOfPeople = [...typesIn(groups, 'person'), ...typesIn(groups, 'given')];

/** The sight of a system before its scopes narrow it. */
export function sightOfReach(reach: ClientReach): Limits {
  const people = (of: Grant['of']): Grant => ({
    types: typesOfPeople,
    writes: typesOfPeople,
    of,
    withheld: reach.restricted ? [] : confidential,
    consent: { parties: reach.parties, use: reach.use },
  });
  const shared = (writes: Grant['writes']): Grant => ({
    types: typesOfNobody,
    writes,
    of: { kind: 'nobody' },
    withheld: [],
  });
  if (reach.whose === 'everyone') return { grants: [people({ kind: 'everyone' }), shared(typesOfNobody)] };
  if (reach.whose === 'related')
    return { grants: [people({ kind: 'related', parties: reach.parties }), shared([])] };
  return { grants: [shared(typesOfNobody)] };
}

const loopbacks = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Whether people may be sent to this address with a code: https, or http on their own machine. */
function isRedirect(text: string): boolean {
  const url = URL.parse(text);
  if (!url || text.includes('#') || text.includes('*') || url.username !== '' || url.password !== '')
    return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopbacks.has(url.hostname));
}

const partyForm =
  /^(Organization|Practitioner|PractitionerRole|Location|HealthcareService|CareTeam)\/[A-Za-z0-9.-]{1,64}$/;

/** Everything that is wrong with the details; empty when they can be kept. */
export function faultsOf(details: ClientDetails): readonly ClientFault[] {
  const faults: ClientFault[] = [];
  const fault = (field: ClientFault['field'], text: string) => faults.push({ field, text });
  const name = details.name.trim();
  if (name === '') fault('name', 'Enter the name of the app or system');
  else if (name.length > 100 || /\p{Cc}/u.test(name))
    fault('name', 'The name must be 100 characters or fewer, on one line');

  if (details.kind === 'system' && details.proof !== 'key')
    fault('proof', 'A system proves who it is with a key. Select “A key of its own”');
  if (details.kind === 'app') checkAddresses(details, fault);
  if (details.proof === 'key') checkKeys(details, fault);
  checkScopes(details, fault);
  if (details.kind === 'system') checkReach(details.reach, fault);
  return faults;
}

type Say = (field: ClientFault['field'], text: string) => void;

function checkAddresses({ redirects, launch }: ClientDetails, fault: Say): void {
  if (redirects.length === 0) fault('redirects', 'Enter at least one address that people return to');
  for (const one of redirects.slice(0, 20))
    if (!isRedirect(one))
      fault(
        'redirects',
        `${one.slice(0, 200)} is not an address that people can return to. Use https, or http on 127.0.0.1 or localhost, without “#” or “*”`,
      );
  if (redirects.length > 20) fault('redirects', 'Enter no more than 20 addresses that people return to');
  if (launch !== undefined && !isRedirect(launch))
    fault('launch', 'The launch address must begin with https, or http on 127.0.0.1 or localhost');
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

function checkKeys({ jwks, jwksUri }: ClientDetails, fault: Say): void {
  const wrong = keysFault(jwks, jwksUri);
  if (wrong !== undefined) fault('keys', wrong);
}

function keysFault(jwks: ClientDetails['jwks'], jwksUri: string | undefined): string | undefined {
  if (jwks === undefined && jwksUri === undefined)
    return 'Paste the public keys, or enter the https address where they are';
  if (jwks !== undefined && jwksUri !== undefined)
    return 'Paste the public keys or enter their address, not both';
  if (jwks === undefined)
    return URL.parse(jwksUri ?? '')?.protocol === 'https:'
      ? undefined
      : 'The address of the public keys must begin with https';
  if (
    !Array.isArray(jwks.keys) ||
    jwks.keys.length === 0 ||
    jwks.keys.length > 20 ||
    !jwks.keys.every(isObject)
  )
    return 'The public keys must be a JSON Web Key Set: {"keys": [ … ]} with 1 to 20 keys';
  if (jwks.keys.some((key) => privateMembers.some((member) => key[member] !== undefined)))
    return 'These keys hold private parts. Paste public keys only, and replace these';
  return jwks.keys.some(isUsable) ? undefined : 'None of the keys can sign with RS384 (RSA) or ES384 (P-384)';
}

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isUsable(key: Readonly<Record<string, unknown>>): boolean {
  const has = (member: string) => typeof key[member] === 'string' && key[member] !== '';
  if (key['kty'] === 'RSA') return has('n') && has('e');
  return key['kty'] === 'EC' && key['crv'] === 'P-384' && has('x') && has('y');
}

function checkScopes({ kind, scopes }: ClientDetails, fault: Say): void {
  if (scopes.length === 0) fault('scopes', 'Enter at least one scope, such as patient/Observation.rs');
  if (scopes.length > 100) fault('scopes', 'Enter no more than 100 scopes');
  for (const scope of scopes.slice(0, 100)) {
    const level = parseDataScope(scope)?.level;
    if (!isKnownScope(scope))
      fault('scopes', `${scope.slice(0, 200)} is not a scope. Write it like patient/Observation.rs`);
    else if (kind === 'system' && level !== 'system')
      fault('scopes', `${scope.slice(0, 200)} is not for systems. Use scopes that begin with system/`);
    else if (kind === 'app' && level === 'system')
      fault('scopes', `${scope.slice(0, 200)} is for systems. Use scopes that begin with patient/ or user/`);
  }
}

function checkReach(reach: ClientReach | undefined, fault: Say): void {
  if (!reach) {
    fault('reach', 'Select whose records it may use');
    return;
  }
  if (reach.whose === 'related' && reach.parties.length === 0)
    fault('parties', 'Enter the organisations whose people it may use the records of');
  for (const party of reach.parties)
    if (!partyForm.test(party))
      fault('parties', `${party.slice(0, 100)} is not a reference. Write it like Organization/123`);
}
