/** Looks for malware in files before anyone may read them. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { problem } from '../../platform/problem.ts';

export type Finding = { readonly clean: true } | { readonly clean: false; readonly what: string };

export interface Scanner {
  readonly name: string;
  /** Reads the content and says what it found. Throws a Problem (503) where it cannot tell: the file then waits. */
  readonly scan: (content: Readable) => Promise<Finding>;
}

/** Takes every file for clean: for demonstrations, and where something before this server scans. */
export const noScanner: Scanner = {
  name: 'none',
  async scan(content) {
    content.destroy();
    return { clean: true };
  },
};

/** How long clamd may say nothing, ms: its own time limit for one file is two minutes. */
const silenceMs = 150_000;
const chunkBytes = 64 * 1024;

/**
 * ClamAV's daemon by its command INSTREAM (clamd(8)): chunks, each behind its length, then an empty one; it answers with a
 * line. `tcp://host:3310` or `unix:/run/clamav/clamd.ctl`.
 */
export function clamdScanner(address: string, waitMs = silenceMs): Scanner {
  const open = (): Socket => {
    const url = new URL(address);
    return url.protocol === 'unix:'
      ? connect({ path: url.pathname })
      : connect({ host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 3310) });
  };
  return {
    name: 'clamd',
    async scan(content) {
      const socket = open();
      socket.setTimeout(waitMs, () => socket.destroy(new Error('clamd says nothing')));
      let said = '';
      const answered = (async () => {
        socket.setEncoding('utf8');
        for await (const part of socket) {
          said += part;
          if (said.includes('\0') || said.length > 4_096) break;
        }
      })();
      answered.catch(() => {}); // told below
      try {
        await once(socket, 'connect');
        socket.write('zINSTREAM\0');
        for await (const piece of content) {
          const bytes = piece as Buffer;
          for (let at = 0; at < bytes.length; at += chunkBytes) {
            const chunk = bytes.subarray(at, at + chunkBytes);
            const length = Buffer.alloc(4);
            length.writeUInt32BE(chunk.length);
            socket.write(length);
            if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), answered]);
          }
          if (said !== '') break; // it has seen enough, or takes no more
        }
        if (said === '') socket.write(Buffer.alloc(4));
        await answered;
      } catch (cause) {
        throw problem(
          'transient',
          'The check for viruses does not answer, so the file waits. Try again soon.',
          {
            cause,
          },
        );
      } finally {
        content.destroy();
        socket.destroy();
      }
      const line = said
        .replace(/\0[\s\S]*$/, '')
        .replace(/^stream: /, '')
        .trim();
      if (line === 'OK') return { clean: true };
      const found = /^(.+) FOUND$/.exec(line)?.[1];
      if (found !== undefined) return { clean: false, what: found.slice(0, 200) };
      throw problem('transient', 'The check for viruses could not read the file, so it waits.', {
        cause: new Error(`clamd answered: ${line.slice(0, 200)}`),
      });
    },
  };
}
