/**
 * A real OpenID provider that behaves as NHS login or Care Identity does: private_key_jwt with RS512, PKCE, vectors of
 * trust, their scopes and claims, a page of its own to sign in on, and logout tokens to those who have signed in.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  SignJWT,
} from 'jose';
import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import type { OutsideKey, OutsideProvider } from '../../src/access/outside/outside-provider.ts';
import { atEnd, type Ending } from './ending.ts';
import { freePort } from './free-port.ts';

/** Someone whom the provider knows. */
export interface OutsideUser {
  readonly sub: string;
  /** NHS login: how far their identity is proved there. */
  readonly level?: 'P0' | 'P5' | 'P9';
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Changes the claims of the next ID token before it is signed; or makes the whole token from the one signed. */
export interface Tampering {
  readonly claims?: (claims: JWTPayload) => JWTPayload;
  readonly token?: (token: string) => Promise<string>;
  /** Changes the next answer of the userinfo endpoint. */
  readonly userInfo?: (claims: Record<string, unknown>) => Record<string, unknown>;
}

export interface TestProvider {
  readonly issuer: string;
  /** As the product's configuration would name it. */
  readonly provider: OutsideProvider;
  readonly users: Map<string, OutsideUser>;
  /** The key it signs with. */
  readonly signingKey: JWK;
  /** For the next sign-in only. */
  tamper: Tampering | undefined;
  /** The last request of each kind that came, for what it must have held. */
  readonly seen: { authorize?: URLSearchParams; token?: URLSearchParams };
  /** Logout tokens that it has sent. */
  readonly logoutTokens: string[];
  /** Ends every connection, or (`'hang'`) takes requests and never answers, until `resume`. */
  pause(how?: 'hang'): void;
  resume(): void;
}

const vtm = 'https://auth.sandpit.signin.nhs.uk/trustmark/auth.sandpit.signin.nhs.uk';

const nhsLoginClaims = {
  openid: ['sub', 'vot', 'vtm', 'identity_proofing_level'],
  profile: ['nhs_number', 'family_name', 'birthdate', 'identity_proofing_level'],
  profile_extended: ['given_name'],
  email: ['email', 'email_verified'],
};
const careIdentityClaims = {
  openid: ['sub', 'id_assurance_level', 'authentication_assurance_level', 'selected_roleid'],
  profile: ['name', 'given_name', 'family_name'],
  nhsperson: ['nhsid_useruid', 'display_name'],
  nationalrbacaccess: ['nhsid_nrbac_roles'],
  associatedorgs: ['nhsid_user_orgs'],
};

export interface ProviderOptions {
  readonly key: OutsideKey;
  /** Of the product under test. */
  readonly baseUrl: string;
  readonly users: readonly OutsideUser[];
}

let keyPairs: Promise<{ signing: JWK; client: JWK; clientPublic: JWK }> | undefined;

/** Made once for a test file: RSA keys take their time. */
const keysOf = () => {
  keyPairs ??= (async () => {
    const [signing, client] = await Promise.all(
      ['provider', 'client'].map(async (kid) => {
        const { privateKey, publicKey } = await generateKeyPair('RS512', { extractable: true });
        return {
          own: { ...(await exportJWK(privateKey)), kid },
          open: { ...(await exportJWK(publicKey)), kid },
        };
      }),
    );
    return { signing: signing!.own, client: client!.own, clientPublic: client!.open };
  })();
  return keyPairs;
};

export async function startOutsideProvider(t: Ending, options: ProviderOptions): Promise<TestProvider> {
  const { key, baseUrl } = options;
  const isNhsLogin = key === 'nhs-login';
  const algorithm = isNhsLogin ? 'RS512' : 'RS256';
  const { signing, client, clientPublic } = await keysOf();
  const issuer = `http://127.0.0.1:${await freePort()}`;
  const users = new Map(options.users.map((user) => [user.sub, user]));
  const votes = new Map<string, string>();
  let down: 'gone' | 'hang' | undefined;

  const clientId = 'throughline';
  const configuration: Configuration = {
    clients: [
      {
        client_id: clientId,
        redirect_uris: [`${baseUrl}/sign-in/${key}/callback`],
        post_logout_redirect_uris: [`${baseUrl}/`],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'RS512',
        id_token_signed_response_alg: algorithm,
        require_auth_time: true,
        jwks: { keys: [{ ...clientPublic, use: 'sig', alg: 'RS512' }] as never },
        backchannel_logout_uri: `${baseUrl}/sign-in/${key}/back-channel-logout`,
        backchannel_logout_session_required: true,
      },
    ],
    jwks: { keys: [{ ...signing, use: 'sig' }] as never }, // its types want each kind of key by name
    cookies: { keys: ['test only'] },
    claims: isNhsLogin ? nhsLoginClaims : careIdentityClaims,
    extraParams: ['vtr'],
    conformIdTokenClaims: false,
    clientAuthMethods: ['private_key_jwt'],
    enabledJWA: {
      idTokenSigningAlgValues: ['RS256', 'RS512'],
      clientAuthSigningAlgValues: ['RS512'],
    },
    acrValues: ['AAL2_OR_AAL3_ANY'],
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        logoutSource: (ctx, form) => {
          ctx.body = `<!doctype html><title>Sign out</title>${form}<button form="op.logoutForm" name="logout" value="yes">Yes</button>`;
        },
        postLogoutSuccessSource: (ctx) => {
          ctx.body = '<!doctype html><title>Signed out</title>';
        },
      },
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    ttl: {
      AccessToken: 300,
      AuthorizationCode: 60,
      IdToken: 300,
      Interaction: 600,
      Session: 600,
      Grant: 600,
    },
    // Consent is asked for on the page where they sign in.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client!.clientId,
        accountId: ctx.oidc.session!.accountId!,
      });
      grant.addOIDCScope('openid profile profile_extended email nhsperson nationalrbacaccess associatedorgs');
      votes.set(await grant.save(), voteOf(users.get(ctx.oidc.session!.accountId!), ctx));
      return grant;
    },
    findAccount: (_ctx, sub, token) => {
      const user = users.get(sub);
      if (!user) return undefined;
      const grant = token && 'grantId' in token ? String(token.grantId) : '';
      const trust = isNhsLogin
        ? { vot: votes.get(grant) ?? '', vtm, identity_proofing_level: user.level ?? 'P0' }
        : {};
      return { accountId: sub, claims: () => ({ sub, ...trust, ...user.claims }) };
    },
    // Plain requests to this machine, which it would refuse to send by itself.
    fetch: (url, { method, headers, body } = {}) => {
      const token = body instanceof URLSearchParams ? body.get('logout_token') : null;
      if (token !== null) made.logoutTokens.push(token);
      return fetch(url, {
        ...(method ? { method } : {}),
        headers: headers ?? {},
        body: (body ?? null) as never,
      });
    },
  };
  const provider = quietly(() => new Provider(issuer, configuration));

  const made: TestProvider = {
    issuer,
    provider: {
      key,
      issuer,
      clientId,
      privateKeyJwk: client,
      timeoutSeconds: 2,
      allowLoopback: true,
    },
    users,
    signingKey: signing,
    tamper: undefined,
    seen: {},
    logoutTokens: [],
    pause: (how) => {
      down = how ?? 'gone';
    },
    resume: () => {
      down = undefined;
    },
  };

  provider.use(async (ctx, next) => {
    if (ctx.path === '/auth') made.seen.authorize = new URLSearchParams(ctx.querystring);
    await next();
    if (ctx.path === '/me' && made.tamper?.userInfo) {
      ctx.body = made.tamper.userInfo(ctx.body as Record<string, unknown>);
      made.tamper = undefined;
    }
    if (ctx.path !== '/token') return;
    made.seen.token = new URLSearchParams(ctx['oidc']?.body as Record<string, string>);
    const { tamper } = made;
    if (!tamper?.userInfo) made.tamper = undefined;
    const body = ctx.body as { id_token?: string };
    if (!tamper || body.id_token === undefined) return;
    if (tamper.claims) body.id_token = await resigned(body.id_token, signing, algorithm, tamper.claims);
    if (tamper.token) body.id_token = await tamper.token(body.id_token);
  });

  const callback = provider.callback();
  const server = createServer((request, response) => {
    if (down === 'hang') return;
    if (down) return void request.socket.destroy();
    if (!request.url?.startsWith('/interaction/')) return void callback(request, response);
    interact(provider, users, request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await listening(server, Number(new URL(issuer).port));
  atEnd(t, () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });
  return made;
}

/** What NHS login tells of this sign-in: the first vector that was asked for and that the person can meet. */
function voteOf(user: OutsideUser | undefined, ctx: KoaContextWithOIDC): string {
  const asked = JSON.parse(String(ctx.oidc.params?.['vtr'] ?? '["P9.Cp.Cd"]')) as string[];
  const level = Number((user?.level ?? 'P0').slice(1));
  const met = asked.filter((vector) => Number(vector.slice(1, 2)) <= level);
  return met.findLast((vector) => vector.endsWith('Cp.Cd')) ?? met.at(-1) ?? 'P0.Cp';
}

/** Its own page: who signs in, and whether they share their details. */
async function interact(
  provider: Provider,
  users: ReadonlyMap<string, OutsideUser>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    const names = [...users.keys()].map((sub) => `<option>${sub}</option>`).join('');
    response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      .end(`<!doctype html><html lang="en">
      <title>Test sign-in</title><h1>Test sign-in</h1><form method="post"><label>Who <select name="user">${names}</select>
      </label><button name="share" value="yes">Share</button><button name="share" value="no">Do not</button></form>`);
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
  const user = users.get(form.get('user') ?? '');
  const asked = JSON.parse(String(params['vtr'] ?? '["P0.Cp"]')) as string[];
  const enough = asked.some((vector) => vector.slice(0, 2) <= (user?.level ?? 'P9'));
  const result =
    user && enough && form.get('share') === 'yes'
      ? { login: { accountId: user.sub } }
      : { error: 'access_denied', error_description: 'ConsentNotGiven' };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

/** The same token with other claims, signed by a key. */
export async function resigned(
  token: string,
  key: JWK,
  algorithm: string,
  change: (claims: JWTPayload) => JWTPayload,
): Promise<string> {
  const header = { ...decodeProtectedHeader(token), alg: algorithm, kid: String(key.kid) };
  return new SignJWT(change(decodeJwt(token)))
    .setProtectedHeader(header)
    .sign(await importJWK(key, algorithm));
}

const listening = (server: Server, port: number) =>
  new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, '127.0.0.1', done);
  });

/** It warns on every start that this Node is newer than those it names. */
function quietly<T>(make: () => T): T {
  const { warn, info } = console;
  console.warn = () => {};
  console.info = () => {};
  try {
    return make();
  } finally {
    Object.assign(console, { warn, info });
  }
}
