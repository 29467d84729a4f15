import type { RoomNeeds } from '../../web/room.ts';
import type { Drafts } from './drafts.ts';
import type { Visitors } from './visitors.ts';

export interface GetHelpNeeds extends RoomNeeds {
  /** Whether more requests came to a practice (`Organization/…`) in this session than it can answer. */
  readonly isFull: (practice: string) => Promise<boolean>;
}

/** What the pages of this room share. */
export interface HelpNeeds extends GetHelpNeeds {
  readonly drafts: Drafts;
  readonly visitors: Visitors;
}
