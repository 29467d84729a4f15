/** A browser’s push service and the browser behind it: takes messages (RFC 8030), checks who sent them (RFC 8292), decrypts them (RFC 8291). */
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { importJWK, jwtVerify } from 'jose';
import type { PushTarget } from '../../src/platform/web-push.ts';
import { atEnd, type Ending } from './ending.ts';

export interface ReceivedPush {
  readonly payload: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** What the sender’s signed token says. */
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface PushReceiver {
  readonly target: PushTarget;
  readonly received: readonly ReceivedPush[];
  /** What the push service answers. Default 201. */
  status: number;
}

/** `publicKey`: the sender’s, base64url: messages signed by another are refused. */
export async function pushReceiver(t: Ending, publicKey: string): Promise<PushReceiver> {
  const keys = createECDH('prime256v1');
  keys.generateKeys();
  const auth = randomBytes(16);
  const received: ReceivedPush[] = [];
  const receiver = { status: 201, received };
  let origin = '';
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    try {
      const claims = await claimsOf(String(request.headers.authorization), publicKey, origin);
      if (receiver.status < 300)
        received.push({
          payload: decrypt(Buffer.concat(chunks), keys, auth),
          headers: request.headers,
          claims,
        });
      response.writeHead(receiver.status).end();
    } catch (error) {
      response.writeHead(403).end(String(error));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const target = {
    endpoint: `${origin}/push/${randomBytes(8).toString('hex')}`,
    p256dh: keys.getPublicKey('base64url'),
    auth: auth.toString('base64url'),
  };
  return Object.assign(receiver, { target });
}

async function claimsOf(authorization: string, publicKey: string, audience: string) {
  const [, token = '', key = ''] = /^vapid t=([^,]+),\s*k=(\S+)$/.exec(authorization) ?? [];
  if (key !== publicKey) throw new Error('signed with another key');
  const point = Buffer.from(publicKey, 'base64url');
  const jwk = {
    ...{ kty: 'EC', crv: 'P-256' },
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  return (await jwtVerify(token, await importJWK(jwk, 'ES256'), { audience })).payload;
}

/** RFC 8188 with one record, and the keys of RFC 8291 §3.4. */
function decrypt(body: Buffer, keys: ReturnType<typeof createECDH>, auth: Buffer): string {
  const salt = body.subarray(0, 16);
  const sender = body.subarray(21, 21 + (body[20] ?? 0));
  const record = body.subarray(21 + (body[20] ?? 0));
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), sender]);
  const secret = Buffer.from(hkdfSync('sha256', keys.computeSecret(sender), auth, info, 32));
  const key = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: aes128gcm\0', 16));
  const nonce = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: nonce\0', 12));
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAuthTag(record.subarray(-16));
  const plain = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  return plain.subarray(0, plain.lastIndexOf(2)).toString('utf8');
}
