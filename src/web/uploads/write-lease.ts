/** Only one request writes to an upload at a time, over all server processes; a later one asks the earlier to stop. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Locker } from '@tus/server';
import type { Clock } from '../../platform/clock.ts';
import type { Sql } from '../../platform/database.ts';
import { uuidv7 } from '../../platform/ids.ts';

/** A writer that was killed holds it no longer than this. */
const leaseMs = 10_000;
const beatMs = 1_000;
const waitMs = 12_000;

/** In the form that @tus/server answers with. */
const busy = {
  status_code: 423,
  body: 'Another request writes to this upload. Try again in some seconds.\n',
};

export function writeLeases(pool: Sql, clock: Clock): Locker {
  const newToken = uuidv7(clock);
  /** Writers of this process by upload: asked to stop without waiting for their next beat. */
  const own = new Map<string, () => void>();
  return {
    newLock(id) {
      const token = newToken();
      let beat: NodeJS.Timeout | undefined;
      return {
        async lock(signal, stop) {
          const until = performance.now() + waitMs;
          for (;;) {
            const now = clock.now();
            const [row] = await pool<{ writer: string | null }[]>`
              update upload set
                writer = case when writer is null or writer_until <= ${now} then ${token}::uuid else writer end,
                writer_until = case when writer is null or writer_until <= ${now} then ${now + leaseMs} else writer_until end,
                wanted = not (writer is null or writer_until <= ${now})
              where id = ${id} returning writer`;
            if (!row) return; // it is being made: nobody else knows of it yet
            if (row.writer === token) break;
            own.get(id)?.();
            if (signal.aborted || performance.now() > until) throw busy;
            await pause(100);
          }
          const ask = () => void stop();
          own.set(id, ask);
          const renew = async () => {
            const [row] = await pool<{ wanted: boolean }[]>`
              update upload set writer_until = ${clock.now() + leaseMs} where id = ${id} and writer = ${token}
              returning wanted`;
            if (!row || row.wanted) ask();
          };
          beat = setInterval(() => void renew().catch(ask), beatMs);
          beat.unref();
        },
        async unlock() {
          if (beat === undefined) return;
          clearInterval(beat);
          own.delete(id);
          await pool`update upload set writer = null, writer_until = null, wanted = false
            where id = ${id} and writer = ${token}`;
        },
      };
    },
  };
}
