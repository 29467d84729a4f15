import { Readable } from 'node:stream';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { hashed } from './hashed.ts';

const largest = 56 * 1024; // as the provider's own

/**
 * An app without a secret refreshes its token without saying who it is (SMART App Launch 2.2 §2.1.7 names no client_id),
 * while the provider wants its id, as OAuth 2 does. The refresh token tells whose it is; an app that has a secret or a key
 * must show it all the same.
 */
export function nameRefresher({ database, clock }: { database: Pick<Database, 'pool'>; clock: Clock }) {
  return async (context: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    if (context.method !== 'POST' || context.path !== '/token' || !context.is('urlencoded')) return next();
    const { req } = context;
    const body = await gather(req);
    if (body === undefined) {
      context.status = 413;
      return;
    }
    const form = new URLSearchParams(body.toString('utf8'));
    const token = form.get('refresh_token');
    const isUnnamed =
      form.get('grant_type') === 'refresh_token' &&
      token !== null &&
      !['client_id', 'client_secret', 'client_assertion'].some((name) => form.has(name)) &&
      req.headers.authorization === undefined;
    let sent = body;
    if (isUnnamed) {
      const [row] = await database.pool<{ client: string }[]>`
        select c.id as client from smart_item i join smart_client c on c.id = i.client and c.proof = 'none'
        where i.id = ${hashed(token)} and i.kind = 'RefreshToken' and i.expires > ${clock.now()}`;
      if (row) {
        form.set('client_id', row.client);
        sent = Buffer.from(form.toString());
      }
    }
    req.headers['content-length'] = String(sent.length);
    const { headers, method, url, socket } = req;
    const { baseUrl, requestId } = req as { baseUrl?: string; requestId?: string }; // put there by mount.ts
    // The provider reads the body off the request: this one can be read again.
    const again = Object.assign(Readable.from([sent]), { headers, method, url, socket, baseUrl, requestId });
    Object.assign(context, { req: again });
    await next();
  };
}

async function gather(stream: Readable): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
