/** The practice’s one queue of requests for help. */
import type { Room, RoomNeeds } from '../../web/room.ts';
import type { LineCarriesAt } from '../../web/site-line.ts';

export interface TriageNeeds extends RoomNeeds {
  readonly lineCarries: LineCarriesAt;
}

export function triage(_needs: TriageNeeds): Room {
  return { register: () => {} };
}
