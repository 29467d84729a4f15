/** Keeps settling what came in, and telling who should know, as long as the server runs. */
import type { Log } from '../../../platform/log.ts';
import { isAway } from '../../../platform/sql-error.ts';
import type { Alerts } from './alerts.ts';
import type { Settling } from './settle.ts';

const everyMs = 30_000;

export interface Running {
  readonly start: () => void;
  readonly close: () => Promise<void>;
}

export function keepRunning({
  settling,
  alerts,
  log,
}: {
  readonly settling: Settling;
  readonly alerts: Alerts;
  readonly log: Log;
}): Running {
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  let closing = false;
  const turn = async (): Promise<void> => {
    try {
      if ((await settling.run()) > 0) await alerts.tell();
    } catch (error) {
      // The database is away for a moment: what waits is marked there, and done at the next turn.
      if (!isAway(error)) log.warn({ err: error }, 'readings of lines could not be looked through');
    }
    if (!closing) next();
  };
  const next = () => {
    timer = setTimeout(() => {
      working = turn();
    }, everyMs);
    timer.unref();
  };
  return {
    start: next,
    async close() {
      closing = true;
      clearTimeout(timer);
      await working;
    },
  };
}
