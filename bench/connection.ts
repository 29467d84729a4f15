import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type HttpResponse, responseParser } from './http-response.ts';
import { faultOf, type LoadRequest } from './load-request.ts';

/** A request with the bytes that ask for it. */
export interface Prepared {
  readonly bytes: Buffer;
  readonly request: LoadRequest;
}

/** Where a connection gets its work and leaves its results. */
export interface Work {
  /** The next request; undefined when the phase is over. */
  readonly next: () => Prepared | undefined;
  /** True for the answers that are to be looked into. */
  readonly thorough: () => boolean;
  /** One request is done: how long it took in ms, the size of its body, and what was wrong. */
  readonly record: (latency: number, bytes: number, fault: string | undefined) => void;
  /** The phase is over and this connection has nothing outstanding. */
  readonly idle: () => void;
}

export interface Connection {
  readonly go: () => void;
  readonly close: () => void;
}

/** A keep-alive connection over a plain socket. One that breaks is counted as a fault and made again. */
export async function openConnection(host: string, port: number, work: Work): Promise<Connection> {
  let socket: Socket | undefined;
  let asked: Prepared | undefined;
  let since = 0;
  let thorough = false;

  const send = (): void => {
    asked = work.next();
    if (asked === undefined) {
      work.idle();
      return;
    }
    thorough = work.thorough();
    since = performance.now();
    socket?.write(asked.bytes);
  };

  const finish = (bytes: number, fault: string | undefined): void => {
    const latency = performance.now() - since;
    const label =
      fault === undefined ? undefined : `${asked?.request.method} ${asked?.request.path}: ${fault}`;
    asked = undefined;
    work.record(latency, bytes, label);
  };

  const answered = (response: HttpResponse): void => {
    if (asked === undefined) throw new Error('an answer without a request');
    finish(response.bytes, faultOf(response, asked.request.expect, thorough));
    if (response.keepAlive) send();
    else again();
  };

  const dial = async (): Promise<void> => {
    const fresh = connect({ host, port, noDelay: true });
    const parse = responseParser(answered, () => thorough);
    await new Promise<void>((resolve, reject) => {
      fresh.once('connect', resolve);
      fresh.once('error', reject);
    });
    let why = 'the server closed the connection';
    fresh.on('error', (error) => {
      why = error.message;
    });
    fresh.on('data', (chunk: Buffer) => {
      try {
        parse(chunk);
      } catch (error) {
        fresh.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    });
    fresh.on('close', () => {
      if (socket !== fresh) return;
      socket = undefined;
      if (asked === undefined) return;
      finish(0, why);
      again();
    });
    socket = fresh;
  };

  /** Makes the connection anew and goes on, for as long as the phase has work. */
  const again = (): void => {
    const old = socket;
    socket = undefined;
    old?.destroy();
    dial().then(send, async (error: Error) => {
      since = performance.now();
      await wait(50);
      asked = work.next();
      if (asked === undefined) {
        work.idle();
        return;
      }
      finish(0, error.message);
      again();
    });
  };

  await dial();
  return {
    go: () => (socket ? send() : again()),
    close: () => {
      const old = socket;
      socket = undefined;
      old?.destroy();
    },
  };
}
