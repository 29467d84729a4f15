import type { Room, RoomNeeds } from '../../web/room.ts';

export type ConsultationsNeeds = RoomNeeds;

export function consultations(_needs: ConsultationsNeeds): Room {
  return { register: () => {} };
}
