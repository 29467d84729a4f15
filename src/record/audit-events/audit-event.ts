/**
 * Entries of the audit log as FHIR R4 AuditEvent, in the shapes of IHE Basic Audit Log Patterns 1.1.4 (BALP).
 * Where BALP says nothing (history, operations, security events), R4's AuditEvent and its value sets decide.
 */
import type {
  AuditEvent,
  AuditEventAgent,
  AuditEventEntity,
  CodeableConcept,
  Coding,
} from '@medplum/fhirtypes';
import type { AuditAction, AuditEntry } from './entries.ts';

const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
const interaction = 'http://hl7.org/fhir/restful-interaction';
const profiles = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.';

export const rest: Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/audit-event-type',
  code: 'rest',
  display: 'RESTful Operation',
};
const dicomCode = (code: string, display: string): Coding => ({ system: dicom, code, display });
const restful = (code: string): Coding => ({ system: interaction, code, display: code });

interface Kind {
  readonly type: Coding;
  readonly subtype: Coding;
  readonly action: NonNullable<AuditEvent['action']>;
}

const authentication = dicomCode('110114', 'User Authentication');
const securityAlert = dicomCode('110113', 'Security Alert');
const attributes = dicomCode('110137', 'User Security Attributes Changed');

/** Events of security, by the kind that the log keeps. Source: R4 value sets audit-event-type and audit-event-sub-type. */
export const eventKinds: Readonly<Record<string, Kind>> = {
  'sign-in': { type: authentication, subtype: dicomCode('110122', 'Login'), action: 'E' },
  'sign-in-failed': { type: authentication, subtype: dicomCode('110122', 'Login'), action: 'E' },
  'sign-out': { type: authentication, subtype: dicomCode('110123', 'Logout'), action: 'E' },
  'session-ended': { type: authentication, subtype: dicomCode('110123', 'Logout'), action: 'E' },
  denied: { type: securityAlert, subtype: dicomCode('110132', 'Use of Restricted Function'), action: 'E' },
  'consent-changed': {
    type: securityAlert,
    subtype: dicomCode('110136', 'Security Roles Changed'),
    action: 'U',
  },
  'emergency-access': {
    type: securityAlert,
    subtype: dicomCode('110127', 'Emergency Override Started'),
    action: 'E',
  },
  'proxy-changed': {
    type: securityAlert,
    subtype: dicomCode('110136', 'Security Roles Changed'),
    action: 'U',
  },
  'token-issued': { type: securityAlert, subtype: attributes, action: 'C' },
  'token-revoked': { type: securityAlert, subtype: attributes, action: 'D' },
  'client-changed': { type: securityAlert, subtype: attributes, action: 'U' },
  'account-changed': { type: securityAlert, subtype: attributes, action: 'U' },
  'record-copied': {
    type: dicomCode('110106', 'Export'),
    subtype: dicomCode('110106', 'Export'),
    action: 'R',
  },
  'share-changed': { type: securityAlert, subtype: attributes, action: 'U' },
  'share-opened': { type: authentication, subtype: dicomCode('110122', 'Login'), action: 'E' },
  'share-refused': { type: authentication, subtype: dicomCode('110122', 'Login'), action: 'E' },
};
const otherEvent: Kind = { type: securityAlert, subtype: attributes, action: 'E' };

/** What R4 calls the log's actions, for searches. */
export const actionKinds: readonly { readonly action: AuditAction; readonly fhir: Kind['action'] }[] = [
  { action: 'C', fhir: 'C' },
  { action: 'R', fhir: 'R' },
  { action: 'U', fhir: 'U' },
  { action: 'D', fhir: 'D' },
  { action: 'S', fhir: 'E' },
  { action: 'H', fhir: 'R' },
  { action: 'E', fhir: 'E' },
];

function kindOf(entry: AuditEntry): Kind {
  const { action, id, type } = entry;
  switch (action) {
    case 'C':
      return { type: rest, subtype: restful('create'), action: 'C' };
    case 'R':
      return { type: rest, subtype: restful('read'), action: 'R' };
    case 'U':
      return { type: rest, subtype: restful('update'), action: 'U' };
    case 'D':
      return { type: rest, subtype: restful('delete'), action: 'D' };
    case 'S':
      return {
        type: rest,
        subtype: restful(type === undefined ? 'search-system' : 'search-type'),
        action: 'E',
      };
    case 'H': {
      const of =
        id !== undefined ? 'history-instance' : type !== undefined ? 'history-type' : 'history-system';
      return { type: rest, subtype: restful(of), action: 'R' };
    }
    case 'E':
      return { type: rest, subtype: restful('operation'), action: 'E' };
    case 'X':
      return eventKinds[entry.event ?? ''] ?? otherEvent;
  }
}

/** The profile that an entry fulfils; BALP has none for failures, history, operations and several of its kind. */
function profileOf(entry: AuditEntry, patients: number): string | undefined {
  if (entry.outcome >= 400) return undefined;
  const name = { C: 'Create', R: 'Read', U: 'Update', D: 'Delete', S: 'Query', H: '', E: '', X: '' }[
    entry.action
  ];
  return name && `${profiles}${patients === 1 ? 'Patient' : ''}${name}`;
}

const reference = /^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/;
const pointing = (id: string, display?: string) => ({
  ...(reference.test(id) ? { reference: id } : { identifier: { value: id } }),
  ...(display ? { display } : {}),
});

const codeOf = (system: string, code: string, display: string): CodeableConcept => ({
  coding: [{ system, code, display }],
});
const purposeOf = (code: string): CodeableConcept => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code }],
});

/**
 * The asking system and the answering one. BALP names them by DICOM, in which data flows from source to destination: a read
 * flows to the client, all else from it. The log keeps no network address of clients, and says so.
 */
function systemsOf(entry: AuditEntry, baseUrl: string): AuditEventAgent[] {
  const source = codeOf(dicom, '110153', 'Source Role ID');
  const destination = codeOf(dicom, '110152', 'Destination Role ID');
  const toClient = entry.action === 'R' || entry.action === 'H';
  const unknown = {
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
  };
  const ways: Readonly<Record<string, string>> = {
    api: 'A client of the API',
    page: 'A web browser',
    import: 'An import of the server',
    job: 'A job of the server',
  };
  return [
    {
      type: toClient ? destination : source,
      who: { display: ways[entry.via] ?? entry.via },
      requestor: false,
      network: { extension: unknown.extension },
    },
    {
      type: toClient ? source : destination,
      who: { display: baseUrl },
      requestor: false,
      network: { address: baseUrl, type: '5' },
    },
  ];
}

function agentsOf(entry: AuditEntry, baseUrl: string): AuditEventAgent[] {
  const participation = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
  const writes = entry.action === 'C' || entry.action === 'U' || entry.action === 'D';
  const user: AuditEventAgent = {
    type: writes
      ? codeOf(participation, 'AUT', 'author (originator)')
      : codeOf(participation, 'IRCP', 'information recipient'),
    role: [{ text: entry.role }],
    who: pointing(entry.actor, entry.actorName),
    name: entry.actorName,
    requestor: true,
    purposeOfUse: [purposeOf(entry.purpose)],
  };
  const organisation: AuditEventAgent[] =
    entry.organisation === undefined
      ? []
      : [
          {
            type: codeOf('http://terminology.hl7.org/CodeSystem/v3-RoleClass', 'PROV', 'healthcare provider'),
            who: pointing(entry.organisation),
            requestor: false,
          },
        ];
  return [user, ...systemsOf(entry, baseUrl), ...organisation];
}

const entityType = (code: string, display: string): Coding => ({
  system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type',
  code,
  display,
});
const objectRole = (code: string, display: string): Coding => ({
  system: 'http://terminology.hl7.org/CodeSystem/object-role',
  code,
  display,
});

/** A search's parameters without their values: a value may name somebody else. */
const namesOnly = (query: string): string =>
  query
    .split('&')
    .map((pair) => (pair.includes('=') ? `${pair.slice(0, pair.indexOf('='))}=*` : pair))
    .join('&');

function queryOf(entry: AuditEntry, whole: boolean): string {
  const { query = '', id = '', type = '' } = entry;
  const address = entry.action === 'S' && id !== '' ? `${id}/${type || '*'}` : type;
  const written = whole ? query : namesOnly(query);
  return written === '' ? address : `${address}?${written}`;
}

function entitiesOf(entry: AuditEntry, patients: readonly string[], whole: boolean): AuditEventEntity[] {
  const entities: AuditEventEntity[] = patients.map((id) => ({
    type: entityType('1', 'Person'),
    role: objectRole('1', 'Patient'),
    what: { reference: `Patient/${id}` },
  }));
  const system = entityType('2', 'System Object');
  if (entry.action === 'S' || (entry.action === 'E' && entry.query !== undefined)) {
    entities.push({
      type: system,
      role: objectRole('24', 'Query'),
      query: Buffer.from(queryOf(entry, whole)).toString('base64'),
    });
  } else if (entry.type !== undefined && entry.id !== undefined && entry.action !== 'X') {
    const version = entry.version === undefined ? '' : `/_history/${entry.version}`;
    entities.push({
      type: system,
      role: objectRole('4', 'Domain Resource'),
      what: { reference: `${entry.type}/${entry.id}${version}` },
    });
  } else if (entry.type !== undefined && entry.action === 'H') {
    entities.push({ type: system, role: objectRole('4', 'Domain Resource'), name: entry.type });
  }
  if (entry.note !== undefined) entities.push({ type: system, description: entry.note });
  // R4's rest events need no more; the request ties together what one call did.
  if (entry.request !== '')
    entities.push({
      type: {
        system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType',
        code: 'XrequestId',
      },
      what: { identifier: { value: entry.request } },
    });
  return entities;
}

/** `a` and the entry's time and number, both in base 36: the same for ever. */
export const auditEventId = ({ at, seq }: Pick<AuditEntry, 'at' | 'seq'>): string =>
  `a${at.toString(36)}-${BigInt(seq).toString(36)}`;

/** The entry's place by its id; undefined for what is none of ours. */
export function placeOf(id: string): { readonly at: number; readonly seq: string } | undefined {
  const [, at = '', seq = ''] = /^a([0-9a-z]{1,11})-([0-9a-z]{1,13})$/.exec(id) ?? [];
  if (at === '') return undefined;
  const time = Number.parseInt(at, 36);
  const number = [...seq].reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 0n);
  if (!Number.isSafeInteger(time) || number >= 1n << 63n) return undefined;
  return { at: time, seq: number.toString() };
}

export interface AuditEventContext {
  readonly baseUrl: string;
  /** Ids of the patients whom the reader may be told of. */
  readonly patients: readonly string[];
  /** Show what was searched for with its values; without it the parameters' names alone. */
  readonly whole: boolean;
}

/** The entry as an AuditEvent. */
export function auditEvent(entry: AuditEntry, { baseUrl, patients, whole }: AuditEventContext): AuditEvent {
  const { type, subtype, action } = kindOf(entry);
  const profile = profileOf(entry, patients.length);
  const failed = entry.outcome >= 400;
  return {
    resourceType: 'AuditEvent',
    id: auditEventId(entry),
    meta: {
      versionId: '1',
      lastUpdated: new Date(entry.at).toISOString(),
      ...(profile ? { profile: [profile] } : {}),
    },
    type,
    subtype: [subtype],
    action,
    recorded: new Date(entry.at).toISOString(),
    outcome: failed ? (entry.outcome >= 500 ? '8' : '4') : '0',
    ...(failed ? { outcomeDesc: `HTTP status ${entry.outcome}` } : {}),
    purposeOfEvent: [purposeOf(entry.purpose)],
    agent: agentsOf(entry, baseUrl),
    source: {
      site: new URL(baseUrl).host,
      observer: { display: 'Throughline' },
      type: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/security-source-type',
          code: '4',
          display: 'Application Server',
        },
      ],
    },
    entity: entitiesOf(entry, patients, whole),
  };
}
