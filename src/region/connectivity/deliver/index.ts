/** From order to a line that was measured and taken over: orders, progress, spending, the board's report. */
import type { Room, RoomNeeds } from '../../../web/room.ts';
import type { Capability, Incidents, Readings, Register } from '../model.ts';
import type { LinePlans } from '../plan/index.ts';

export interface DeliveryNeeds extends RoomNeeds {
  readonly register: Register;
  readonly readings: Readings;
  readonly incidents: Incidents;
  readonly capability: Capability;
  readonly plans: LinePlans;
}

export function openDelivery(_needs: DeliveryNeeds): Room {
  return { register: () => {} };
}
