// Who may: sign-in, other ways to sign in, proxies, emergency access and API clients, put together for app.ts.
import { createHmac } from 'node:crypto';
import type { Organization } from '@medplum/fhirtypes';
import type { FastifyRequest } from 'fastify';
import { type Access, openAccess } from '../access/access.ts';
import { type Accounts, openAccounts } from '../access/accounts/accounts.ts';
import { type Emergencies, openEmergencies } from '../access/emergency/emergencies.ts';
import type { Identity, Post } from '../access/identity.ts';
import { type Linking, openLinking } from '../access/linking/linking.ts';
import { type OutsideSignIn, openOutsideSignIn } from '../access/outside/outside-sign-in.ts';
import { readProviders } from '../access/outside/read-providers.ts';
import { openProxies, type Proxies } from '../access/proxies/proxies.ts';
import { mayDo, roleOf, usualPurpose } from '../access/roles.ts';
import { openSecurityLog, type SecurityLog } from '../access/security-log.ts';
import { sightOf } from '../access/sight/sight-of.ts';
import { sightOfReach } from '../access/smart/client-details.ts';
import { grantsOf, interactionOf } from '../access/smart/narrow-sight.ts';
import { openSmart, type Smart } from '../access/smart/smart.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import type { NewId } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import { secretKeys } from '../platform/secret-keys.ts';
import type { Actor } from '../record/actor.ts';
import type { AuditReach } from '../record/audit-events/routes.ts';
import { type CareRecord, resourceOf } from '../record/care-record.ts';
import type { Sight } from '../record/sight.ts';
import type { Viewer } from '../web/shell.ts';

export interface WhoMayParts {
  readonly config: Config;
  readonly database: Database;
  readonly record: CareRecord;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  /** Path of the FHIR API: `/fhir`. */
  readonly fhirPath: string;
}

export interface WhoMay {
  readonly access: Access;
  readonly accounts: Accounts;
  readonly linking: Linking;
  readonly outside: OutsideSignIn;
  readonly proxies: Proxies;
  readonly emergencies: Emergencies;
  readonly smart: Smart;
  readonly securityLog: SecurityLog;
  /** What someone who has signed in may see now. */
  readonly sightOf: (identity: Identity) => Promise<Sight>;
  /** Ids of the Patients whose record someone may open as a person: their own first, then those they act for. */
  readonly patientsOf: (identity: Identity) => Promise<readonly string[]>;
}

export function openWhoMay(parts: WhoMayParts): WhoMay {
  const { config, database, record, clock, newId, log, fhirPath } = parts;
  const { baseUrl } = config;
  const secrets = secretKeys(config);
  const securityLog = openSecurityLog(database, clock);
  const accounts = openAccounts({ database, clock, newId, log, securityLog, secrets, baseUrl });
  const linking = openLinking({ database, clock, newId, record, accounts, log: securityLog });
  const providers = readProviders(config.signInProviders);
  const outside = openOutsideSignIn({
    ...{ providers, baseUrl, database, clock, record, accounts, linking },
    log: securityLog,
  });
  const proxies = openProxies({ database, record, clock, newId, securityLog });
  const emergencies = openEmergencies({ database, record, clock, newId, securityLog });
  /** Whether someone is still who they were when they let an app act for them: in the same post, linked to the same record. */
  const stands = async (identity: Identity): Promise<boolean> => {
    const account = await accounts.findAccount(identity.account);
    if (!account || account.disabled) return false;
    if (identity.kind === 'person') return account.patient === identity.patient;
    const { role, organisation } = identity.post;
    const posts = await accounts.postsOf(identity.account);
    return posts.some((post) => post.role === role && post.organisation === organisation);
  };
  const smart = openSmart({
    ...{ database, clock, log, securityLog, baseUrl, fhirPath },
    // A key of its own, so that what seals one room's secrets opens no other's.
    sealSecrets: secrets.map((secret) =>
      createHmac('sha256', secret).update('signing keys of the OpenID provider').digest('base64'),
    ),
    accountStands: async (account, session, approvedAs) =>
      (await stands(approvedAs)) &&
      (session === undefined || (await accounts.sessionsOf(account)).some(({ id }) => id === session)),
  });

  const sightNow = async (identity: Identity): Promise<Sight> => {
    const now = clock.now();
    const [given, open] = await Promise.all([
      identity.kind === 'person' ? proxies.proxiesOf(identity.account, now) : [],
      identity.kind === 'staff' ? emergencies.emergenciesOf(identity.account, now) : [],
    ]);
    return sightOf(identity, { now, proxies: given, emergencies: open });
  };

  const access = openAccess({
    accessToken: config.accessToken,
    identityOf: accounts.identityOf,
    sightOf: sightNow,
    clientOf: async (token, request) => {
      const holder = await smart.whoOf(token);
      if (!holder) return undefined;
      const { client, identity, patient, reach } = holder;
      if (identity && !(await stands(identity))) return undefined;
      const path = request.url.startsWith(fhirPath) ? request.url.slice(fhirPath.length) : request.url;
      const context = {
        as: holder.as,
        interaction: interactionOf(request.method, path, request.headers),
        ...(patient === undefined ? {} : { patient }),
      };
      const base = identity ? await sightNow(identity) : reach ? sightOfReach(reach) : { grants: [] };
      const sight = grantsOf(holder.scopes, base, context);
      if (identity?.kind === 'staff') {
        const { role, organisation } = identity.post;
        const name = `${identity.name}, with ${client.name}`;
        return { id: identity.user, name, role, organisation, purpose: usualPurpose(role) ?? 'TREAT', sight };
      }
      if (identity) {
        const id = identity.patient ? `Patient/${identity.patient}` : `Person/${identity.account}`;
        return {
          id,
          name: `${identity.name}, with ${client.name}`,
          role: 'patient',
          purpose: 'PATRQT',
          sight,
        };
      }
      const purpose = reach?.use === 'secondary' ? 'HRESCH' : 'TREAT';
      return { id: `Device/${client.id}`, name: client.name, role: 'system', purpose, sight };
    },
  });

  return {
    ...{ access, accounts, linking, outside, proxies, emergencies, smart, securityLog },
    sightOf: sightNow,
    patientsOf: async (identity) => {
      if (identity.kind === 'staff') return [];
      const given = await proxies.proxiesOf(identity.account, clock.now());
      const own = identity.patient === undefined ? [] : [identity.patient];
      return [...new Set([...own, ...given.map(({ patient }) => patient)])];
    },
  };
}

/** ms after which the keys of the OpenID provider are replaced. */
export const keysLast = 90 * 86_400_000;

/** How long ago, in minutes, someone may have shown who they are for acts that a stranger at an open screen must not do. */
export const minutesFresh = 10;

/** Whose entries of the audit log an actor may read by the API: no more than role, scopes and the patient of a launch show. */
export function auditReach({ role, sight }: Actor): AuditReach {
  if (sight === 'everything') return 'all';
  // The log takes no further searches, so what is bounded by one is not shown.
  const shown = sight.grants.filter(
    ({ types, only }) => types.includes('AuditEvent') && only?.['AuditEvent'] === undefined,
  );
  if (mayDo(role, 'see-audit') && shown.some(({ of }) => of.kind === 'everyone')) return 'all';
  const patients = shown.flatMap(({ of }) => (of.kind === 'persons' ? of.ids : []));
  return patients.length > 0 ? { patients: [...new Set(patients)] } : 'none';
}

/** Whose log someone sees: their own record's. Names in a child's log could betray what it keeps from its parents. */
export const ownRecords =
  (identityOf: Access['identityOf']) =>
  (request: FastifyRequest): readonly { readonly patient: string; readonly own: boolean }[] => {
    const identity = identityOf(request);
    const own = identity?.kind === 'person' ? identity.patient : undefined;
    return own === undefined ? [] : [{ patient: own, own: true }];
  };

/** Whom the header of a page names. */
export function viewerOf(request: FastifyRequest, { identityOf }: Access): Viewer | undefined {
  const identity = identityOf(request);
  if (!identity) return undefined;
  const role = identity.kind === 'staff' ? identity.post.role : 'patient';
  const own = identity.kind === 'person' ? identity.patient : undefined;
  return { name: identity.name, role, signedIn: true, ...(own === undefined ? {} : { patient: own }) };
}

/** The server's own work outside requests. */
export const ownActor: Actor = {
  ...{ id: 'Device/throughline', name: 'Throughline', role: 'system', purpose: 'HOPERAT' },
  ...{ sight: 'everything', requestId: 'server', via: 'job' },
};

/** A post in words: “GP, Harbour Surgery”. */
export const postWords =
  (record: CareRecord) =>
  async ({ role, organisation }: Post): Promise<string> => {
    const [type = '', id = ''] = organisation.split('/');
    const stored = type === 'Organization' ? await record.read(ownActor, type, id) : undefined;
    const name = stored?.body ? resourceOf<Organization>(stored).name : undefined;
    return `${roleOf(role)?.name ?? role}, ${name ?? organisation}`;
  };

const hour = 3_600_000;

/** Runs rooms' housekeeping each hour. Answers what ends that. */
export function eachHour(log: Log, rooms: readonly (() => Promise<unknown>)[]): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  const tidy = async () => {
    for (const room of rooms)
      await room().catch((error: unknown) =>
        log.warn({ err: error }, 'housekeeping failed: it runs again in an hour'),
      );
  };
  const timer = setInterval(() => {
    running = tidy();
  }, hour);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
