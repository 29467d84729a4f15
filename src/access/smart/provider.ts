/** The OpenID provider, set up as SMART App Launch and Backend Services want it. */
import { timingSafeEqual } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import {
  type ClientCredentials,
  type Configuration,
  errors,
  interactionPolicy,
  type KoaContextWithOIDC,
  Provider,
} from 'oidc-provider';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { FetchInit } from '../../platform/public-fetch.ts';
import type { Identity } from '../identity.ts';
import type { Approval, Approvals } from './approvals.ts';
import type { ClientRegister } from './clients.ts';
import { hashed, hashedText } from './hashed.ts';
import type { KeyRing } from './keys.ts';
import { assertionAlgorithms, lifetimes } from './lifetimes.ts';
import { nameRefresher } from './name-refresher.ts';
import { providerStore } from './provider-store.ts';
import { contextScopes, covers, isKnownScope, splitScopes } from './scopes.ts';

export interface ProviderParts {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
  readonly clients: ClientRegister;
  readonly approvals: Approvals;
  /** `https://example.org/oauth` */
  readonly issuer: string;
  /** `https://example.org/fhir` */
  readonly fhirBase: string;
  /** Where the person is asked: the request's id is put after it. */
  readonly consentPath: string;
  /** Fetches the keys of clients. */
  readonly fetch: (url: string | URL, init?: FetchInit) => Promise<Response>;
  /**
   * Whether the account is still one that may sign in as what it was when it approved, and, where a session is given, is
   * still signed in by it. Asked at each exchange of a code or refresh token.
   */
  readonly accountStands: (
    account: string,
    session: string | undefined,
    approvedAs: Identity,
  ) => Promise<boolean>;
  readonly onServerError: (error: Error) => void;
  /** Told of each answer about tokens; the answer waits for it. */
  readonly whenAnswered: (answered: Answered) => Promise<void>;
}

/** An exchange at the token or revocation address. */
export interface Answered {
  readonly requestId: string;
  readonly what: 'token' | 'revocation';
  readonly status: number;
  /** Name of the error, where it is one. */
  readonly error?: string;
  readonly client?: { readonly id: string; readonly name: string };
  readonly approval?: Approval;
  readonly scope?: string;
}

export function makeProvider(parts: ProviderParts, ring: KeyRing): Provider {
  const provider = new Provider(parts.issuer, configurationOf(parts, ring));
  // Host and scheme in the request's headers are set by mount.ts from the configured address, never taken from outside.
  provider.proxy = true;
  provider.Client.prototype.compareClientSecret = function (this: { clientSecret?: string }, given: string) {
    const kept = Buffer.from(this.clientSecret ?? '');
    const tried = Buffer.from(hashedText(given));
    return kept.length === tried.length && timingSafeEqual(kept, tried);
  };
  provider.ReplayDetection.unique = (issuer, jti, expires) => firstUse(parts, `${issuer}\n${jti}`, expires);
  provider.use(nameRefresher(parts));
  provider.use(alwaysAsk);
  provider.use(tellAudit(parts));
  provider.use(tellContext(parts));
  provider.silent = true; // Koa would write errors to the console
  provider.on('server_error', (_context, error) => parts.onServerError(error));
  // Koa's own event, which the type does not name.
  (provider as EventEmitter).on('error', (error: Error) => parts.onServerError(error));
  return provider;
}

/** One statement, so that of two requests with one assertion one fails. The provider's own looks first and writes after. */
async function firstUse({ database }: ProviderParts, id: string, expires: number): Promise<boolean> {
  const rows = await database.pool`insert into smart_assertion (id, expires)
    values (${hashed(id)}, ${expires * 1000}) on conflict do nothing returning id`;
  return rows.length === 1;
}

function configurationOf(parts: ProviderParts, ring: KeyRing): Configuration {
  const { clients, fhirBase } = parts;
  return {
    adapter: providerStore(parts),
    jwks: { keys: ring.tokenKeys as never }, // private RSA keys; the type names each kind apart
    cookies: {
      keys: [...ring.cookieKeys],
      names: { session: 'smart_session', interaction: 'smart_request', resume: 'smart_resume' },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
      long: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    routes: {
      authorization: '/authorize',
      token: '/token',
      introspection: '/introspect',
      revocation: '/revoke',
      jwks: '/jwks',
    },
    scopes: [...contextScopes],
    claims: { openid: ['sub'], fhirUser: ['fhirUser'], profile: ['name', 'fhirUser'] },
    responseTypes: ['code'],
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    enabledJWA: {
      clientAuthSigningAlgValues: [...assertionAlgorithms] as never, // its type lists other algorithms as well
      idTokenSigningAlgValues: ['RS256'],
    },
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: async (_context, client, token) =>
          ('clientId' in token && token.clientId === client.clientId) ||
          (await clients.find(client.clientId))?.inspects === true,
      },
      revocation: {
        enabled: true,
        allowedPolicy: async (_context, client, token) =>
          'clientId' in token && token.clientId === client.clientId,
      },
      resourceIndicators: {
        enabled: true,
        // The record is the one thing that tokens are for.
        defaultResource: () => fhirBase,
        useGrantedResource: () => true,
        getResourceServerInfo: async (context, resource, client) => {
          if (resource !== fhirBase) throw new errors.InvalidTarget();
          const registered = await clients.find(client.clientId);
          const scope = askedScopes(context).filter((one) => registered && covers(registered.scopes, one));
          if (registered?.kind === 'system' && scope.length === 0)
            throw new errors.InvalidScope('none of the scopes is approved for this client', '');
          return { scope: scope.join(' '), accessTokenFormat: 'opaque' };
        },
      },
    },
    extraParams: {
      // Required by SMART App Launch 2.2 §2.1.4, so that a token never goes to a server the app did not mean.
      aud: (_context, value) => {
        if (value === undefined || value.replace(/\/$/, '') !== fhirBase)
          throw new errors.InvalidRequest(`aud must be ${fhirBase}`);
      },
      launch: null,
    },
    interactions: {
      policy: interactionPolicy.base(),
      url: (_context, interaction) => `${parts.consentPath}/${interaction.uid}`,
    },
    // Each approval is a new grant with a context of its own; none is taken up again.
    loadExistingGrant: async (context) => {
      const grantId = context.oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : context.oidc.provider.Grant.find(grantId);
    },
    findAccount: (context, account, token) => accountOf(parts, context, account, token),
    expiresWithSession: async () => false,
    issueRefreshToken: async (_context, client, source) =>
      client.grantTypeAllowed('refresh_token') &&
      (source.scopes.has('offline_access') || source.scopes.has('online_access')),
    rotateRefreshToken: () => true,
    // What an app gives back, or what leaks, takes everything of its approval with it.
    revokeGrantPolicy: () => true,
    ttl: {
      AccessToken: lifetimes.access,
      AuthorizationCode: lifetimes.code,
      ClientCredentials: (_context, _token: ClientCredentials) => lifetimes.system,
      Grant: lifetimes.grant,
      IdToken: lifetimes.identity,
      Interaction: lifetimes.request,
      RefreshToken: (_context, token) =>
        token.scopes.has('offline_access') ? lifetimes.offline : lifetimes.online,
      Session: lifetimes.request,
    },
    clientBasedCORS: (_context, origin, client) =>
      (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
    assertJwtClientAuthClaimsAndHeader: async (_context, claims) => {
      const left = Number(claims['exp']) - parts.clock.now() / 1000;
      if (!(left <= lifetimes.assertion))
        throw new errors.InvalidClientAuth('exp must be at most 5 minutes ahead');
    },
    fetch: (url, options) =>
      parts.fetch(url instanceof Request ? url.url : url, {
        ...(options?.method === undefined ? {} : { method: options.method }),
        ...(options?.headers === undefined ? {} : { headers: options.headers }),
      }),
    renderError: async (context, out) => {
      // Errors that may not go back to the app: its address is what is wrong.
      if (context.accepts('json', 'html') !== 'html') {
        context.body = out;
        return;
      }
      context.status = 303;
      context.redirect(`${parts.consentPath}?problem=${encodeURIComponent(out.error)}`);
    },
  };
}

/** The scopes of this request, and of what it is made with. Unknown ones fall away. */
function askedScopes(context: KoaContextWithOIDC): readonly string[] {
  const { params, entities } = context.oidc;
  const asked = typeof params?.['scope'] === 'string' ? params['scope'] : '';
  const earlier = entities.RefreshToken?.scope ?? entities.AuthorizationCode?.scope ?? '';
  return splitScopes(`${asked} ${earlier}`).filter(isKnownScope);
}

/** References of who is signed in, as an address: the fhirUser claim. */
function fhirUserOf({ identity }: Approval, fhirBase: string): string | undefined {
  if (identity.kind === 'staff') return `${fhirBase}/${identity.user}`;
  return identity.patient === undefined ? undefined : `${fhirBase}/Patient/${identity.patient}`;
}

async function accountOf(
  { approvals, accountStands, fhirBase }: ProviderParts,
  context: KoaContextWithOIDC,
  account: string,
  token: unknown,
) {
  const source = token as { grantId?: string; scopes?: ReadonlySet<string> } | undefined; // whichever model it is
  const grant = source?.grantId ?? context.oidc.result?.consent?.grantId;
  if (grant === undefined) return { accountId: account, claims: async () => ({ sub: account }) };
  const approval = await approvals.find(grant);
  if (!approval || approval.identity.account !== account) return undefined;
  const online = source?.scopes?.has('online_access') && !source.scopes.has('offline_access');
  if (!(await accountStands(account, online ? approval.identity.session : undefined, approval.identity)))
    return undefined;
  const fhirUser = fhirUserOf(approval, fhirBase);
  return {
    accountId: account,
    claims: async () => ({
      sub: account,
      name: approval.identity.name,
      ...(fhirUser === undefined ? {} : { fhirUser }),
    }),
  };
}

/**
 * Asks the person each time. The provider also gives `offline_access` only where consent is asked for (OpenID Connect
 * Core §11), which SMART apps do not write into their requests.
 */
async function alwaysAsk(context: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  if (context.path === '/authorize') {
    const query = new URLSearchParams(context.querystring);
    const prompts = query.getAll('prompt').join(' ').split(' ').filter(Boolean);
    if (!prompts.includes('none') && !prompts.includes('consent') && query.getAll('prompt').length < 2) {
      query.set('prompt', [...prompts, 'consent'].join(' '));
      context.querystring = query.toString();
    }
  }
  await next();
}

/** Adds the launch context to answers about tokens. Source: SMART App Launch 2.2 §2.1.6, §5 (token introspection). */
function tellContext({ approvals, fhirBase }: ProviderParts) {
  return async (context: KoaContextWithOIDC, next: () => Promise<void>) => {
    await next();
    const route = context.oidc?.route;
    if (context.status !== 200 || (route !== 'token' && route !== 'introspection')) return;
    const { entities } = context.oidc;
    const grant = entities.Grant?.jti ?? entities.AccessToken?.grantId ?? entities.RefreshToken?.grantId;
    if (grant === undefined) return;
    const body = context.body as Record<string, unknown>; // JSON of the provider's own making
    const approval = await approvals.find(grant);
    if (route === 'introspection') {
      if (body['active'] !== true) return;
      if (!approval) {
        context.body = { active: false };
        return;
      }
      const user = fhirUserOf(approval, fhirBase);
      context.body = {
        ...body,
        ...patientOf(approval),
        ...(user !== undefined && approval.scopes.split(' ').includes('fhirUser') ? { fhirUser: user } : {}),
      };
    } else if (approval) context.body = { ...body, ...approval.extras, ...patientOf(approval) };
  };
}

function tellAudit({ approvals, whenAnswered }: ProviderParts) {
  return async (context: KoaContextWithOIDC, next: () => Promise<void>) => {
    const tokens = { '/token': 'token', '/revoke': 'revocation' } as const;
    const what = tokens[context.path as keyof typeof tokens]; // undefined for every other path
    await next();
    if (what === undefined || context.method !== 'POST') return;
    const { entities } = context.oidc;
    const grant = entities.Grant?.jti ?? entities.AccessToken?.grantId ?? entities.RefreshToken?.grantId;
    const approval = grant === undefined ? undefined : await approvals.find(grant, { ended: true });
    const body = (context.body ?? {}) as { error?: string; scope?: string }; // JSON of the provider's own making
    const { requestId } = context.req as { requestId?: string }; // put there by mount.ts
    await whenAnswered({
      requestId: requestId ?? '',
      what,
      status: context.status,
      ...(body.error === undefined ? {} : { error: body.error }),
      ...(body.scope === undefined ? {} : { scope: body.scope }),
      ...(entities.Client
        ? { client: { id: entities.Client.clientId, name: entities.Client.clientName ?? '' } }
        : {}),
      ...(approval ? { approval } : {}),
    });
  };
}

const patientOf = ({ patient, encounter }: Approval) => ({
  ...(patient === undefined ? {} : { patient }),
  ...(encounter === undefined ? {} : { encounter }),
});
