/**
 * The ndt7 server: tests of WebSocket on the product's own HTTP server. Never with permessage-deflate, since clients upload zeros.
 * Source: m-lab/ndt-server, spec/ndt7-protocol.md.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Log } from '../../../platform/log.ts';
import type { LineAccess } from './line-access.ts';
import {
  downloadPath,
  longestQuery,
  pulsePath,
  pulseProtocol,
  sizes,
  subprotocol,
  testSeconds,
  uploadPath,
} from './ndt7-protocol.ts';
import { runDownload, runUpload, type SubtestResult } from './ndt7-subtests.ts';
import { runPulse } from './pulse.ts';

export interface Ndt7Needs {
  readonly log: Log;
  readonly newId: () => string;
  /** Who may measure with this token; undefined for nobody. */
  readonly accessOf: (token: string) => Promise<LineAccess | undefined>;
  /** What a test came to, as the server saw it. */
  readonly finished: (access: LineAccess, result: SubtestResult) => Promise<void>;
  readonly limits?: Partial<Ndt7Limits>;
}

export interface Ndt7Limits {
  /** Of each test. */
  readonly seconds: number;
  /** Tests at once in this process, and of one site. */
  readonly tests: number;
  readonly ofSite: number;
  /** Mbit/s of one test: faster than any rule asks of a line, and what one process sends without others waiting. */
  readonly most: number;
}

export const usualLimits: Ndt7Limits = { seconds: testSeconds, tests: 6, ofSite: 2, most: 1000 };

export interface Ndt7Server {
  readonly attach: (server: Server) => void;
  /** How many tests run now, in this process. */
  readonly running: () => number;
  readonly close: () => void;
}

const paths = new Map([
  [downloadPath, subprotocol],
  [uploadPath, subprotocol],
  [pulsePath, pulseProtocol],
]);

interface Refusal {
  readonly status: number;
  readonly words: string;
}
const phrases: Readonly<Record<number, string>> = {
  ...{ 400: 'Bad Request', 401: 'Unauthorized', 405: 'Method Not Allowed', 414: 'URI Too Long' },
  503: 'Service Unavailable',
};

export function openNdt7(needs: Ndt7Needs): Ndt7Server {
  const { log, accessOf, finished, newId } = needs;
  const limits = { ...usualLimits, ...needs.limits };
  const sockets = new WebSocketServer({
    ...{ noServer: true, perMessageDeflate: false, maxPayload: sizes.most, clientTracking: true },
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : pulseProtocol),
  });
  const running = new Map<string, number>();
  const pulses = new Map<string, number>();
  let [tests, pulsing] = [0, 0];
  let closing = false;

  const refusalOf = (request: IncomingMessage, path: string, query: string): Refusal | undefined => {
    if (request.method !== 'GET') return { status: 405, words: 'A test is asked for with GET.' };
    if (Buffer.byteLength(query) > longestQuery)
      return { status: 414, words: `The query is longer than ${longestQuery} bytes.` };
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
    if (!offered.includes(paths.get(path) ?? ''))
      return { status: 400, words: `The subprotocol ${paths.get(path)} is needed (Sec-WebSocket-Protocol).` };
    return undefined;
  };

  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    socket.on('error', () => socket.destroy());
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const refusal = refusalOf(request, path, query);
    if (refusal) return refuse(socket, refusal);
    const access = await accessOf(new URLSearchParams(query).get('access_token') ?? '');
    if (socket.destroyed) return;
    if (!access)
      return refuse(socket, {
        status: 401,
        words:
          'The access_token in the address is not known, or has ended. Ask for one on the page of the site.',
      });
    const isPulse = path === pulsePath;
    const ofSite = (isPulse ? pulses : running).get(access.site) ?? 0;
    // A pulse costs next to nothing and goes with a test: twice as many, for those that wait their turn or are just ending.
    const [most, mostOfSite] = isPulse
      ? [2 * limits.tests, 2 * limits.ofSite]
      : [limits.tests, limits.ofSite];
    if (closing || (isPulse ? pulsing : tests) >= most || ofSite >= mostOfSite)
      return refuse(socket, { status: 503, words: 'Too many tests run now. Try again in half a minute.' });
    sockets.handleUpgrade(request, socket, head, (client) => {
      if (isPulse) {
        pulsing += 1;
        pulses.set(access.site, ofSite + 1);
        client.once('close', () => {
          pulsing -= 1;
          const left = (pulses.get(access.site) ?? 1) - 1;
          if (left > 0) pulses.set(access.site, left);
          else pulses.delete(access.site);
        });
        return runPulse(client);
      }
      tests += 1;
      running.set(access.site, (running.get(access.site) ?? 0) + 1);
      void run(client, request, path === downloadPath ? 'download' : 'upload', access).finally(() => {
        tests -= 1;
        const left = (running.get(access.site) ?? 1) - 1;
        if (left > 0) running.set(access.site, left);
        else running.delete(access.site);
      });
    });
  };

  const run = async (
    client: WebSocket,
    request: IncomingMessage,
    test: 'download' | 'upload',
    access: LineAccess,
  ): Promise<void> => {
    const { remoteAddress, remotePort, localAddress, localPort } = request.socket;
    const options = {
      ...{
        seconds: limits.seconds,
        mostBytes: access.mostBytes ?? Number.POSITIVE_INFINITY,
        most: limits.most,
      },
      bytesRead: () => request.socket.bytesRead,
      connection: {
        Client: `${remoteAddress ?? ''}:${remotePort ?? ''}`,
        Server: `${localAddress ?? ''}:${localPort ?? ''}`,
        UUID: newId(),
      },
    };
    try {
      const result = await (test === 'download' ? runDownload(client, options) : runUpload(client, options));
      await finished(access, result);
    } catch (error) {
      log.warn({ err: error }, 'a test of a line failed');
      client.terminate();
    }
  };

  return {
    attach(server) {
      // Other requests with an Upgrade header (HTTP/2 over plain text) are answered as if they had none: RFC 9110 §7.8.
      const isOurs = (request: IncomingMessage) => paths.has((request.url ?? '').split('?')[0] ?? '');
      Object.assign(server, { shouldUpgradeCallback: isOurs });
      server.on('upgrade', (request, socket, head) => {
        upgrade(request, socket, head).catch((error: unknown) => {
          log.warn({ err: error }, 'a test of a line could not begin');
          socket.destroy();
        });
      });
    },
    running: () => tests,
    close() {
      closing = true;
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
}

function refuse(socket: Duplex, { status, words }: Refusal): void {
  const body = `${words}\n`;
  const again = status === 503 ? 'Retry-After: 30\r\n' : '';
  socket.end(
    `HTTP/1.1 ${status} ${phrases[status] ?? 'Refused'}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n${again}\r\n${body}`,
  );
}
