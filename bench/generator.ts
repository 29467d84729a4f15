import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LoadAnswer, LoadJob } from './load.ts';
import type { Round } from './summary.ts';

/** The load generator's process. */
export interface Generator {
  readonly run: (job: LoadJob) => Promise<Round>;
  readonly stop: () => void;
}

export function startGenerator(): Generator {
  const child: ChildProcess = fork(join(import.meta.dirname, 'load.ts'));
  const ended = once(child, 'exit').then(([code, signal]): never => {
    throw new Error(`the load generator ended with ${signal ?? code}`);
  });
  ended.catch(() => {}); // told to whoever waits for a round
  return {
    run: async (job) => {
      child.send(job);
      const [answer] = (await Promise.race([once(child, 'message'), ended])) as [LoadAnswer]; // see load.ts
      if ('error' in answer) throw new Error(`the load generator failed: ${answer.error}`);
      return answer.round;
    },
    stop: () => child.disconnect(),
  };
}
