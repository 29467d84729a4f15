/** The real npm client @m-lab/ndt7 in Node: it wants the Worker of browsers, which is made here of a thread of Node's. */
import { createRequire } from 'node:module';
import { Worker as Thread } from 'node:worker_threads';

const require = createRequire(import.meta.url);

/** What the client tells of a test. */
export interface ClientMeasurement {
  readonly ElapsedTime: number;
  readonly NumBytes: number;
  readonly MeanClientMbps: number;
}
export interface ServerMeasurement {
  readonly AppInfo: { readonly ElapsedTime: number; readonly NumBytes: number };
  readonly ConnectionInfo?: { readonly Client: string; readonly Server: string; readonly UUID: string };
  readonly Origin: string;
  readonly Test: string;
}
export interface Completed {
  readonly LastClientMeasurement?: ClientMeasurement;
  readonly LastServerMeasurement?: ServerMeasurement;
}

export interface Ndt7Client {
  readonly test: (
    config: Readonly<Record<string, unknown>>,
    callbacks: Readonly<Record<string, (told: never) => void>>,
  ) => Promise<number>;
}

export const workerFiles = {
  downloadworkerfile: require.resolve('@m-lab/ndt7/src/ndt7-download-worker.js'),
  uploadworkerfile: require.resolve('@m-lab/ndt7/src/ndt7-upload-worker.js'),
};

const start = `
const { parentPort, workerData } = require('node:worker_threads');
globalThis.self = globalThis;
globalThis.postMessage = (message) => parentPort.postMessage(message);
parentPort.on('message', (data) => globalThis.onmessage({ data }));
require('node:vm').runInThisContext(require('node:fs').readFileSync(workerData, 'utf8'));
`;

class WebWorker {
  onmessage: ((event: { data: unknown }) => void) | undefined;
  readonly #thread: Thread;

  constructor(file: string) {
    this.#thread = new Thread(start, { eval: true, workerData: file });
    this.#thread.on('message', (data) => this.onmessage?.({ data }));
    this.#thread.on('error', (error) =>
      this.onmessage?.({ data: { MsgType: 'error', Error: error instanceof Error ? error.message : '' } }),
    );
  }
  postMessage(message: unknown): void {
    this.#thread.postMessage(message);
  }
  terminate(): void {
    void this.#thread.terminate();
  }
}

export function npmClient(): Ndt7Client {
  Object.assign(globalThis, { Worker: WebWorker });
  return require('@m-lab/ndt7') as Ndt7Client;
}
