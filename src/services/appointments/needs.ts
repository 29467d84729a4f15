import type { RoomNeeds } from '../../web/room.ts';
import type { LineCarriesAt } from '../../web/site-line.ts';
import type { AnswerLinks } from './answer-links.ts';
import type { Bookings } from './booking.ts';
import type { Generated } from './generate-slots.ts';
import type { Offers } from './offers.ts';
import type { Settings } from './settings.ts';

export interface AppointmentsNeeds extends RoomNeeds {
  readonly lineCarries: LineCarriesAt;
}

/** What the pages of this room stand on. */
export interface Parts extends AppointmentsNeeds {
  readonly settings: Settings;
  readonly bookings: Bookings;
  readonly offers: Offers;
  readonly links: AnswerLinks;
  /** Brings the diaries of a practice up to date, as the server itself. */
  readonly generate: (organisation: string) => Promise<Generated | undefined>;
}
