import { lookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIP } from 'node:net';
import { problem } from './problem.ts';

/** All addresses of a host. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface PublicFetchOptions {
  readonly resolve?: Resolve;
  /** Addresses that may be reached. Default: those of the public internet. */
  readonly allows?: (address: string) => boolean;
  /** Default `https:` alone. */
  readonly schemes?: readonly string[];
  /** For the whole exchange. Default 5. */
  readonly seconds?: number;
  /** Largest answer, in bytes. Default 128 KB. */
  readonly mostBytes?: number;
  /** Certificates of the authorities to believe, as PEM. Default: those that Node comes with. */
  readonly authorities?: string;
}

export interface FetchInit {
  readonly method?: string;
  readonly headers?: ConstructorParameters<typeof Headers>[0];
  readonly body?: string | Uint8Array;
}

/**
 * Fetches an address that somebody else chose, such as a client's keys, without lending them our place in the network: only
 * https, only public addresses, connected to the very address that was checked (a second look-up could tell another), no
 * redirects followed, limits on time and size. Throws a Problem (422) where it will not, and 503 where the other end fails.
 */
export function publicFetch(
  options: PublicFetchOptions = {},
): (address: string | URL, init?: FetchInit) => Promise<Response> {
  const {
    resolve = systemResolve,
    allows = isPublicAddress,
    schemes = ['https:'],
    seconds = 5,
    mostBytes = 128 * 1024,
    authorities,
  } = options;
  return async (given, init = {}) => {
    const url = URL.parse(String(given));
    if (!url || !schemes.includes(url.protocol))
      throw refusal('Only https addresses are fetched. Give one that begins with https://.');
    if (url.username !== '' || url.password !== '')
      throw refusal('An address to fetch may hold no user name or password.');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const signal = AbortSignal.timeout(seconds * 1000);
    const addresses = isIP(host) ? [host] : await inTime(resolve(host), signal, url);
    // One private address among public ones is as bad as all: which is used would be luck.
    if (addresses.length === 0 || !addresses.every(allows))
      throw refusal(`${url.host} is not on the public internet, so it is not fetched.`);
    return exchange({ url, host, address: addresses[0]!, authorities, init, signal, mostBytes });
  };
}

const refusal = (message: string) => problem('business-rule', message);
const failure = (url: URL, cause?: unknown) =>
  problem('transient', `${url.host} did not answer as it should.`, { cause });

const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

async function inTime<T>(work: Promise<T>, signal: AbortSignal, url: URL): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(failure(url)), { once: true });
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    throw failure(url, error);
  }
}

interface Exchange {
  readonly url: URL;
  readonly host: string;
  readonly address: string;
  readonly authorities: string | undefined;
  readonly init: FetchInit;
  readonly signal: AbortSignal;
  readonly mostBytes: number;
}

function exchange(parts: Exchange): Promise<Response> {
  const { url, host, address, authorities, init, signal, mostBytes } = parts;
  const headers = new Headers(init.headers);
  headers.set('host', url.host);
  headers.set('accept-encoding', 'identity');
  const secure = url.protocol === 'https:';
  return new Promise((done, fail) => {
    const sent = (secure ? httpsRequest : httpRequest)(
      {
        host: address,
        // The certificate must be the name's, not the address's.
        ...(secure && isIP(host) === 0 ? { servername: host } : {}),
        ...(authorities === undefined ? {} : { ca: authorities }),
        port: url.port || (secure ? 443 : 80),
        path: `${url.pathname}${url.search}`,
        method: init.method ?? 'GET',
        headers: Object.fromEntries(headers),
        agent: false,
        signal,
      },
      (answer) => {
        gather(answer, mostBytes).then(
          (body) => done(asResponse(answer, body)),
          (error) => {
            answer.destroy();
            fail(failure(url, error));
          },
        );
      },
    );
    sent.on('error', (error) => fail(failure(url, error)));
    sent.end(init.body);
  });
}

async function gather(answer: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) throw new Error(`the answer exceeds ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const withoutBody = new Set([204, 205, 304]);

function asResponse(answer: IncomingMessage, body: Buffer): Response {
  const status = answer.statusCode ?? 500;
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  return new Response(withoutBody.has(status) ? null : new Uint8Array(body), { status, headers });
}

const special = new BlockList();
/** Source: IANA IPv4 Special-Purpose Address Registry, and multicast. */
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  special.addSubnet(network, bits, 'ipv4');
/** Within 2000::/3. Source: IANA IPv6 Special-Purpose Address Registry. 6to4 and Teredo carry IPv4 addresses. */
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
] as const)
  special.addSubnet(network, bits, 'ipv6');
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !special.check(address, 'ipv4');
  // Whatever is not global unicast is not public: loopback, link-local, unique local, IPv4 in IPv6's clothes.
  return version === 6 && globalUnicast.check(address, 'ipv6') && !special.check(address, 'ipv6');
}
