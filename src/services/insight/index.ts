import type { Room, RoomNeeds } from '../../web/room.ts';

export type InsightNeeds = RoomNeeds;

export function insight(_needs: InsightNeeds): Room {
  return { register: () => {} };
}
