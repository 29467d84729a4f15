/** Measuring lines: the ndt7 server, probes, uptime, readings and what went wrong. */
import type { Room, RoomNeeds } from '../../../web/room.ts';
import type { Incidents, Register } from '../model.ts';
import { openReadings, type ReadingStore } from './readings.ts';

export interface MeasureNeeds extends RoomNeeds {
  readonly register: Register;
}

/** A span of signs of life of a probe (`up`), or one in which it ran and could not reach the server (`cut`). ms since 1970 UTC. */
export interface LifeSpan {
  readonly site: string;
  readonly by: string;
  readonly kind: 'up' | 'cut';
  readonly started: number;
  readonly ended: number;
}

export interface LineMeasures extends Room {
  readonly readings: ReadingStore;
  readonly incidents: Incidents & {
    /** Percentiles of all sites anew, and incidents from a time on, as if every reading and sign of life had just come in. Nobody is told. */
    readonly rescan: (from: number) => Promise<void>;
  };
  /** Signs of life of the past, for demonstrations and imports. */
  readonly addLife: (spans: readonly LifeSpan[]) => Promise<void>;
}

export function openMeasures({ database, clock, register }: MeasureNeeds): LineMeasures {
  return {
    readings: openReadings({ database, clock, register }),
    incidents: { open: async () => [], of: async () => [], rescan: async () => {} },
    addLife: async () => {},
    register: () => {},
  };
}
