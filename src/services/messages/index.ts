/** Messages between patients and teams, and among a team about a patient. */
import type { Room, RoomNeeds } from '../../web/room.ts';

/** What words that someone typed may mean at once, by the safety rules. */
export interface MessagingNeeds extends RoomNeeds {
  readonly urgentWords: (
    text: string,
  ) =>
    | { readonly rule: string; readonly advice: string; readonly heading: string; readonly words: string }
    | undefined;
}

export function messaging(_needs: MessagingNeeds): Room {
  return { register: () => {} };
}
