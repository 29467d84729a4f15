/** Measuring lines: the ndt7 server, probes, uptime, readings and what went wrong. */
import type { Room, RoomNeeds } from '../../../web/room.ts';
import type { Incidents, Readings, Register } from '../model.ts';

export interface MeasureNeeds extends RoomNeeds {
  readonly register: Register;
}

export interface LineMeasures extends Room {
  readonly readings: Readings;
  readonly incidents: Incidents;
}

export function openMeasures(_needs: MeasureNeeds): LineMeasures {
  return {
    readings: {
      add: async () => ({ added: 0, known: 0 }),
      of: async () => [],
      weeks: async () => new Map(),
      whenAdded: () => {},
    },
    incidents: { open: async () => [], of: async () => [] },
    register: () => {},
  };
}
