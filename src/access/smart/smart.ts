/** API clients: apps that people open, and systems that act for themselves. Source: SMART App Launch 2.2. */
import type { CapabilityStatementRestSecurity } from '@medplum/fhirtypes';
import type { FastifyInstance } from 'fastify';
import type { Provider } from 'oidc-provider';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import { problem } from '../../platform/problem.ts';
import { type PublicFetchOptions, publicFetch } from '../../platform/public-fetch.ts';
import type { SecurityLog } from '../security-log.ts';
import { type AppRequests, openAppRequests } from './app-requests.ts';
import { type Approvals, openApprovals } from './approvals.ts';
import { type ApiClient, type ClientRegister, openClientRegister } from './clients.ts';
import { openKeyStore } from './keys.ts';
import { type LaunchContext, type Launches, openLaunches } from './launches.ts';
import { mountProvider } from './mount.ts';
import type { Answered, ProviderParts } from './provider.ts';
import { capabilitySecurity, smartConfiguration } from './smart-configuration.ts';
import { type TokenIdentity, tokenReader } from './token-identity.ts';

export interface SmartNeeds {
  readonly database: Pick<Database, 'pool' | 'lane'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly securityLog: SecurityLog;
  /** Public address of the server, without a slash at the end: `https://example.org`. */
  readonly baseUrl: string;
  /** Default `/fhir`. */
  readonly fhirPath?: string;
  /** Default `/oauth`. */
  readonly path?: string;
  /** Where the pages of services/app-consent stand. Default `/app-consent`. */
  readonly consentPath?: string;
  /** As ProviderParts has it. Default: always. */
  readonly accountStands?: ProviderParts['accountStands'];
  /** Keeps the signing keys encrypted in the database where given. */
  readonly sealSecrets?: readonly string[];
  /** How the keys of clients are fetched from their addresses. */
  readonly fetching?: PublicFetchOptions;
}

export interface Smart {
  readonly clients: ClientRegister;
  readonly launches: Launches;
  readonly approvals: Approvals;
  /** Apps that open from a record here. */
  readonly launchable: () => Promise<readonly ApiClient[]>;
  /**
   * The address that opens the app with a context, in the name of an account. The caller has made sure that the person may
   * see that record. Throws a Problem (404) where the app does not open from here.
   */
  readonly launchAddress: (client: string, account: string, context: LaunchContext) => Promise<string>;
  /** Requests of apps that wait for a person's answer. */
  readonly requests: AppRequests;
  /** Adds the addresses and the CORS hook. Call it before the FHIR routes are registered. */
  readonly register: (app: FastifyInstance) => void;
  /** Who holds an access token; one indexed statement. */
  readonly whoOf: (bearer: string) => Promise<TokenIdentity | undefined>;
  /** `rest.security` of the CapabilityStatement. */
  readonly capabilitySecurity: () => CapabilityStatementRestSecurity;
  /** New keys, without an outage: see keys.ts. `olderThan` (ms): only where the newest are older, for a job. */
  readonly rotateKeys: (olderThan?: number) => Promise<boolean>;
  /** Takes away what has lapsed; answers how many rows. For a job, hourly or so. */
  readonly clean: () => Promise<number>;
}

/** ms that a process goes without looking whether the keys have changed; well within keys.ts's lead time. */
const keyCheck = 60_000;
/** ms that the origins of apps are remembered. Who may read is decided by the token, not by the origin. */
const originCheck = 10_000;

export function openSmart(needs: SmartNeeds): Smart {
  const { database, clock, log, securityLog, baseUrl } = needs;
  const { fhirPath = '/fhir', path = '/oauth', consentPath = '/app-consent' } = needs;
  const issuer = `${baseUrl}${path}`;
  const fhirBase = `${baseUrl}${fhirPath}`;
  const clients = openClientRegister(database, clock);
  const approvals = openApprovals(database, clock);
  const launches = openLaunches(database, clock);
  const keys = openKeyStore({
    database,
    clock,
    ...(needs.sealSecrets === undefined ? {} : { sealSecrets: needs.sealSecrets }),
  });

  let current: { readonly provider: Provider; readonly state: string } | undefined;
  let checked = Number.NEGATIVE_INFINITY;
  let checking: Promise<void> | undefined;
  const check = async () => {
    const ring = await keys.ring();
    if (current?.state !== ring.state) {
      // Loaded at first use: no command and no start waits for it.
      const { makeProvider } = await import('./provider.ts');
      current = {
        state: ring.state,
        provider: makeProvider(
          {
            database,
            clock,
            clients,
            approvals,
            issuer,
            fhirBase,
            consentPath,
            fetch: publicFetch(needs.fetching),
            accountStands: needs.accountStands ?? (async () => true),
            onServerError: (error) => log.error({ err: error }, 'the OpenID provider failed'),
            whenAnswered: (answered) => tell(securityLog, answered),
          },
          ring,
        ),
      };
    }
    checked = clock.now();
  };
  const provider = async (): Promise<Provider> => {
    if (!current || clock.now() - checked >= keyCheck) {
      checking ??= check().finally(() => {
        checking = undefined;
      });
      await checking;
    }
    return current!.provider; // set by check, which throws otherwise
  };

  let origins: { readonly known: ReadonlySet<string>; readonly at: number } | undefined;
  const isAppOrigin = async (origin: string): Promise<boolean> => {
    if (!origins || clock.now() - origins.at >= originCheck) {
      const apps = (await clients.list()).filter((one) => one.disabled === undefined);
      const known = apps.flatMap((one) => one.redirects.map((uri) => URL.parse(uri)?.origin ?? ''));
      origins = { known: new Set(known), at: clock.now() };
    }
    return origins.known.has(origin);
  };

  const launchable = async () =>
    (await clients.list()).filter((one) => one.launch !== undefined && one.disabled === undefined);

  return {
    clients,
    launches,
    launchable,
    async launchAddress(id, account, context) {
      const client = (await launchable()).find((one) => one.id === id);
      if (client?.launch === undefined) throw problem('not-found', 'This app does not open from here.');
      const url = new URL(client.launch);
      url.searchParams.set('iss', fhirBase);
      url.searchParams.set('launch', await launches.make(id, account, context));
      return url.href;
    },
    approvals,
    requests: openAppRequests({ provider, clients, approvals, launches, clock, fhirBase, baseUrl }),
    register: (app) =>
      mountProvider(app, {
        path,
        fhirPath,
        baseUrl,
        provider,
        isAppOrigin,
        smartConfiguration: () => smartConfiguration(issuer),
      }),
    whoOf: tokenReader(database, clock),
    capabilitySecurity: () => capabilitySecurity(issuer),
    async rotateKeys(olderThan) {
      const rotated = await keys.rotate(olderThan);
      if (rotated) checked = Number.NEGATIVE_INFINITY;
      return rotated;
    },
    async clean() {
      const now = clock.now();
      const { pool: sql } = database;
      const gone = await Promise.all([
        sql`delete from smart_item where expires < ${now}`,
        sql`delete from smart_launch where expires < ${now}`,
        sql`delete from smart_assertion where expires < ${now}`,
        sql`delete from smart_approval where expires < ${now}`,
        sql`delete from smart_key where ends < ${now}`,
      ]);
      return gone.reduce((sum, rows) => sum + rows.count, 0);
    },
  };
}

/** Tokens given, refused and withdrawn, in the audit log before the answer leaves. */
async function tell(securityLog: SecurityLog, answered: Answered): Promise<void> {
  const { what, status, client, approval, scope, error } = answered;
  const name = client?.name || 'An unknown client';
  const identity = approval?.identity;
  const who =
    identity === undefined
      ? { id: client ? `Device/${client.id}` : 'Device/unknown', name, role: 'api-client' }
      : {
          id: identity.kind === 'staff' ? identity.user : `Patient/${identity.patient ?? identity.account}`,
          name: identity.name,
          role: identity.kind === 'staff' ? identity.post.role : 'patient',
          ...(identity.kind === 'staff' ? { organisation: identity.post.organisation } : {}),
        };
  const success = status < 400;
  await securityLog.record({
    kind: what === 'revocation' ? 'token-revoked' : success ? 'token-issued' : 'denied',
    who,
    ...(approval?.patient === undefined ? {} : { patient: approval.patient }),
    outcome: success ? 'success' : 'failure',
    note: success
      ? what === 'revocation'
        ? `${name} gave back its access`
        : `${name} was given access: ${scope ?? ''}`
      : `${name} was refused access (${error ?? status})`,
    requestId: answered.requestId,
    via: 'api',
  });
}
