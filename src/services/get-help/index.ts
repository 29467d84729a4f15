/** Get help: ask the practice in plain words, be kept safe, choose how to be answered. */
import type { Room, RoomNeeds } from '../../web/room.ts';

/** What words that someone typed may mean at once. Never lowers urgency, never blocks. */
export interface UrgentWords {
  /** Id of the rule and its version: `chest-pain@3`. */
  readonly rule: string;
  /** `emergency`: call 999. `department`: go to A&E. `111`: call 111. `pharmacist`. */
  readonly advice: 'emergency' | 'department' | '111' | 'pharmacist';
  /** What to tell the person. */
  readonly heading: string;
  readonly words: string;
}

export interface GetHelp extends Room {
  /** The most urgent that fits what was typed, or undefined. */
  readonly urgentWords: (text: string) => UrgentWords | undefined;
}

export function getHelp(_needs: RoomNeeds): GetHelp {
  return { urgentWords: () => undefined, register: () => {} };
}
