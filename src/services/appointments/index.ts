/** Diaries, slots and bookings. */
import type { Room, RoomNeeds } from '../../web/room.ts';
import type { LineCarriesAt } from '../../web/site-line.ts';

export interface AppointmentsNeeds extends RoomNeeds {
  readonly lineCarries: LineCarriesAt;
}

export function appointments(_needs: AppointmentsNeeds): Room {
  return { register: () => {} };
}
