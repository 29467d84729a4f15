/** NHS Notify as its public specification describes it, as far as sending one message needs. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { exportPKCS8, generateKeyPair, jwtVerify } from 'jose';
import type { NotifySettings } from '../../src/platform/notify/read-settings.ts';
import { atEnd, type Ending } from './ending.ts';

export interface NotifyServer {
  readonly settings: NotifySettings;
  /** Messages that it will send: `attributes` as they came, each reference once. */
  readonly messages: readonly Record<string, unknown>[];
  /** Requests to each path so far. */
  readonly asked: { tokens: number; messages: number };
  /** Answers instead of taking the next message. */
  next: { readonly status: number; readonly body?: unknown } | undefined;
  /** Tokens given so far are good no more. */
  readonly endTokens: () => void;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** `now`: what its clock says, in ms. */
export async function notifyServer(t: Ending, now: () => number): Promise<NotifyServer> {
  const { publicKey, privateKey } = await generateKeyPair('RS512', { extractable: true });
  const messages: Record<string, unknown>[] = [];
  const asked = { tokens: 0, messages: 0 };
  const used = new Set<unknown>();
  let good = new Set<string>();
  let base = '';
  const state: { next: NotifyServer['next'] } = { next: undefined };

  const giveToken = async (body: string): Promise<[number, unknown]> => {
    asked.tokens += 1;
    const form = new URLSearchParams(body);
    const assertion = form.get('client_assertion') ?? '';
    if (
      form.get('grant_type') !== 'client_credentials' ||
      form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    )
      return [400, { error: 'invalid_request' }];
    const { payload, protectedHeader } = await jwtVerify(assertion, publicKey, {
      ...{ algorithms: ['RS512'], audience: `${base}/oauth2/token`, issuer: 'our-key', subject: 'our-key' },
      currentDate: new Date(now()),
    });
    if (
      protectedHeader.kid !== 'key-1' ||
      used.has(payload.jti) ||
      (payload.exp ?? 0) * 1000 > now() + 300_000
    )
      return [401, { error: 'invalid_client' }];
    used.add(payload.jti);
    const token = `token-${asked.tokens}`;
    good.add(token);
    return [200, { access_token: token, expires_in: '599', token_type: 'Bearer' }];
  };

  const takeMessage = (request: IncomingMessage, body: string): [number, unknown] => {
    asked.messages += 1;
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!good.has(token)) return [401, { errors: [{ code: 'CM_DENIED', status: '401' }] }];
    if (request.headers['content-type'] !== 'application/vnd.api+json') return [415, {}];
    const { next } = state;
    if (next) {
      state.next = undefined;
      return [next.status, next.body ?? {}];
    }
    const { data } = JSON.parse(body) as { data: { type: string; attributes: Record<string, unknown> } };
    const { messageReference, routingPlanId } = data.attributes;
    if (data.type !== 'Message' || !uuid.test(String(messageReference)) || !uuid.test(String(routingPlanId)))
      return [400, { errors: [{ code: 'CM_INVALID_VALUE', status: '400' }] }];
    if (messages.some((one) => one['messageReference'] === messageReference))
      return [
        422,
        {
          errors: [
            {
              code: 'CM_DUPLICATE_REQUEST',
              status: '422',
              source: { pointer: '/data/attributes/messageReference' },
            },
          ],
        },
      ];
    messages.push(data.attributes);
    const attributes = { messageReference, messageStatus: 'created' };
    return [201, { data: { type: 'Message', id: `ksuid-${messages.length}`, attributes } }];
  };

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const [status, answer] =
      request.url === '/oauth2/token'
        ? await giveToken(body).catch((): [number, unknown] => [401, { error: 'invalid_client' }])
        : request.url === '/comms/v1/messages'
          ? takeMessage(request, body)
          : ([404, {}] as [number, unknown]);
    response.writeHead(status, { 'content-type': 'application/vnd.api+json' }).end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const plan = { routingPlanId: 'b838b13c-f98c-4def-93f0-515d4e4f4ee1' };
  const settings: NotifySettings = {
    ...{ baseUrl: base, apiKey: 'our-key', keyId: 'key-1', privateKey: await exportPKCS8(privateKey) },
    ...{ email: plan, text: plan },
    callback: { applicationId: 'app-1', apiKey: '0bb04a0e-d005-42dd-8993-dacf37410a12' },
  };
  return Object.assign(state, {
    ...{ settings, messages, asked },
    endTokens: () => {
      good = new Set();
    },
  });
}
