/** What care each line can carry. */
import { problem } from '../../../platform/problem.ts';
import type { Room, RoomNeeds } from '../../../web/room.ts';
import type { Capability, Incidents, Readings, Register } from '../model.ts';

export interface CapabilityNeeds extends RoomNeeds {
  readonly register: Register;
  readonly readings: Readings;
  readonly incidents: Incidents;
}

export interface LineCapability extends Room {
  readonly capability: Capability;
}

export function openCapability(_needs: CapabilityNeeds): LineCapability {
  const none = async () => new Map();
  return {
    capability: {
      siteCapability: async () => {
        throw problem('not-found', 'No line is known.');
      },
      capabilities: none,
      heldBack: none,
    },
    register: () => {},
  };
}
