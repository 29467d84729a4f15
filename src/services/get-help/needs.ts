import type { RoomNeeds } from '../../web/room.ts';
import type { Drafts } from './drafts.ts';
import type { Visitors } from './visitors.ts';

/** What the pages of this room share. */
export interface HelpNeeds extends RoomNeeds {
  readonly drafts: Drafts;
  readonly visitors: Visitors;
}
